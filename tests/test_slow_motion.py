"""Slow motion: told where every rep is too slow for a person, taken from the phone's mark, or given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from test_video import times_of

from formcheck.batch.key import Settings
from formcheck.cli import main
from formcheck.data.recording import Recording
from formcheck.inputs.container import CAPTURE
from formcheck.inputs.video import Video
from formcheck.rules.remarks import remarked
from formcheck.rules.slowmotion import remark
from formcheck.session import judge_recording

STORED = Path(__file__).parents[1] / "validation" / "recordings"
CLIPS = [f"clip{number:02d}_heavy" for number in range(1, 15)]
WORDS = "looks like slow motion"


def slowed(name: str, times: float) -> Recording:
    """A stored clip that takes so many times as long, with as many pictures a second as before."""
    made = Recording.load(STORED / f"{name}.npz")
    if times == 1:
        return made
    seen = made.observations
    time_s = np.arange(int(seen.time_s[-1] * times * 30)) / 30
    before = (np.searchsorted(seen.time_s * times, time_s, side="right") - 1).clip(0, len(seen) - 2)
    step = seen.time_s[before + 1] - seen.time_s[before]
    share = ((time_s / times - seen.time_s[before]) / step).clip(0, 1).astype(np.float32)[:, None, None]
    pixels, world = (a[before] * (1 - share) + a[before + 1] * share for a in (seen.pixels, seen.world))
    rest = seen[before.astype(np.int64)]  # type: ignore[index]
    return replace(made, observations=replace(rest, time_s=time_s, pixels=pixels, world=world))


@pytest.mark.parametrize("name", CLIPS)
def test_clips_at_their_own_speed_are_not_slow(name: str) -> None:
    assert remark(judge_recording(slowed(name, 1))) == ""


@pytest.mark.parametrize("times", [3, 4, 8])
def test_slow_motion_is_told(times: int) -> None:
    told = [remark(judge_recording(slowed(name, times))) for name in CLIPS]
    assert sum(WORDS in line for line in told) >= (len(CLIPS) if times < 8 else 12)
    assert all("--speed" in line for line in told if line)


def test_half_speed_is_named_where_lift_hold_and_lowering_are_slow_alike() -> None:
    """Nobody is called wrong for being slow; but the line says what to do."""
    whole = judge_recording(slowed("clip02_heavy", 2))
    assert "--speed 0.5" in remark(whole)
    assert WORDS not in remark(whole)
    for name in ("lift_s", "hold_s", "lower_s"):
        usual = replace(whole.reps[1], numbers={**whole.reps[1].numbers, name: whole.reps[1].numbers[name] / 2})
        assert remark(replace(whole, reps=(whole.reps[0], usual, whole.reps[2]))) == ""


def test_where_the_speed_is_known_nothing_is_said() -> None:
    made = slowed("clip02_heavy", 4)
    assert WORDS in " ".join(remarked(judge_recording(made)).warnings)
    known = replace(made, source=replace(made.source, speed=0.25))
    assert WORDS not in " ".join(remarked(judge_recording(known)).warnings)


def film(path: Path, frames: int = 60, mark: str = "") -> Path:
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as file:
        if mark:
            file.metadata[CAPTURE] = mark
        stream = file.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for k in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((120, 160, 3), 3 * k % 250, np.uint8), "bgr24")
            frame.pts, frame.time_base = k, Fraction(1, 30)
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("mark", "given", "speed"),
    [
        ("", None, 1.0),
        ("30.000000", None, 1.0),
        ("120.000000", None, 0.25),
        ("240", None, 0.125),
        ("7.5", None, 4.0),
        ("240", 1.0, 1.0),
        ("", 0.25, 0.25),
        ("nan", None, 1.0),
        ("0", None, 1.0),
        ("fast", None, 1.0),
    ],
)
def test_times_are_the_true_ones(tmp_path: Path, mark: str, given: float | None, speed: float) -> None:
    with Video(film(tmp_path / "v.mp4", mark=mark), speed=given) as video:
        assert video.promised == 60
        times = times_of(video)
    assert times == pytest.approx(np.arange(60) / 30 * speed)
    assert video.source.speed == speed
    assert video.source.fps == pytest.approx(30 / speed)
    assert video.source.duration_s == pytest.approx(2 * speed)
    assert [("phone" in line, f"{speed:g}" in line) for line in video.warnings] == [
        (True, True) for _ in range(given is None and speed != 1)
    ]


def test_rates_are_true_ones_too(tmp_path: Path) -> None:
    with Video(film(tmp_path / "v.mp4", 120), rate_hz=30.0, speed=0.25) as video:
        assert len(times_of(video)) == pytest.approx(30, abs=1)


def test_the_option_reaches_recording_summary_and_overlay(tmp_path: Path) -> None:
    video = film(tmp_path / "v.mp4", 120)
    assert main(["analyze", str(video), "--model", "lite", "--out", str(tmp_path), "--speed", "0.5", "--quiet"]) == 0
    folder = tmp_path / "v_formcheck"
    recording = Recording.load(folder / "recording.npz")
    assert recording.source.speed == 0.5
    assert recording.observations.time_s[-1] == pytest.approx(119 / 60)
    with av.open(str(folder / "overlay.mp4")) as overlay:
        assert overlay.duration / 1e6 == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("value", ["0", "-1", "100", "nan", "fast"])
def test_a_speed_that_cannot_be_is_refused(value: str, refused: Callable[..., str]) -> None:
    assert "--speed" in refused(2, "analyze", "v.mp4", "--speed", value)


def test_a_batch_knows_clips_of_another_speed_apart() -> None:
    usual, slow = Settings(model="lite"), Settings(model="lite", speed=0.25)
    assert usual.looking() != slow.looking()
    assert usual.judging() != slow.judging()
    assert '"speed": 0.25' in slow.shown()
    assert "speed" not in usual.shown()
