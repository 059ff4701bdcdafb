"""Real light, in small: eight seconds of a sample with one rep, spoilt as lamps and cameras do, seen by `lite`.

What is made is that of `validation/transforms.py`, what is wrong that of `validation/transformed.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice, takewhile
from pathlib import Path
from types import ModuleType
from typing import Any

import av
import numpy as np
import pytest
from conftest import SAMPLES
from laws import same

from formcheck.analyze import replay
from formcheck.core.calibrate import calibrate
from formcheck.core.uncertainty import COARSE_BITS
from formcheck.data.recording import Recording
from formcheck.data.result import Result
from formcheck.inputs.coarse import bits
from formcheck.inputs.observe import observe
from formcheck.inputs.video import Video
from formcheck.rules.limits import Limits
from formcheck.rules.remarks import remarked
from formcheck.session import judge_recording

HERE = Path(__file__).resolve().parents[1] / "validation"
OWN = (
    "stored",
    "transforming",
    "transforms",
    "transformed",
    *(f"transformed_{of}" for of in ("light", "time", "camera")),
)
UNTIL_S = 8.5
RATE_HZ = 10.0
LIGHT = ("noise", "dark", "flicker", "low-rate", "cast", "blur", "slow-camera", "behind")


@pytest.fixture(scope="module")
def made() -> Iterator[Any]:
    """The module `validation/transformed.py`."""
    before = {name: sys.modules.pop(name, None) for name in OWN}
    sys.path.insert(0, str(HERE))
    try:
        import transformed  # noqa: PLC0415 - from the folder above

        yield transformed
    finally:
        sys.path.remove(str(HERE))
        sys.modules.update({name: module for name, module in before.items() if isinstance(module, ModuleType)})


def seen(path: Path) -> Result:
    """As `analyze`, at fewer pictures a second."""
    found = observe(path, "lite", rate_hz=RATE_HZ, turn_deg=0)
    calibration = calibrate(found.observations, found.source, "lite", found.room)
    recording = Recording(found.observations, calibration, found.source, "lite", found.room)
    return remarked(judge_recording(recording, warnings=found.warnings))


@pytest.fixture(scope="module")
def clean(made: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One rep as it is."""
    folder = tmp_path_factory.mktemp("light")
    clip = made.Clip(SAMPLES / "clip02.mp4", None)
    piece = made.Made(takewhile(lambda shot: shot.time_s < UNTIL_S, clip.shots()))
    path = made.write(piece, folder, "clean")
    result = seen(path)
    assert len(result.reps) == 1
    assert result.reps[0].numbers["lower_s"] == pytest.approx(3.18, abs=0.3)
    return made.Clip(path, result)


@pytest.mark.parametrize("name", LIGHT)
def test_light_costs_little_or_is_told(made: Any, clean: Any, name: str, tmp_path: Path) -> None:
    assert set(LIGHT) == set(made.LIGHT)
    _, transform, strengths, _ = made.TRANSFORMS[name]
    spoilt = transform(clean, strengths[0])
    found = made.changes(clean.result, seen(made.write(spoilt, tmp_path, name)), spoilt.was)
    assert found.silent == ()
    assert found.reps == (1, 1) or found.told
    assert found.leg < 2.0 or found.told


def test_a_picture_that_is_dark_is_told(made: Any, clean: Any, tmp_path: Path) -> None:
    result = seen(made.write(made.TRANSFORMS["dark"][1](clean, 0.15), tmp_path, "dark"))
    assert any("dark" in warning for warning in result.warnings)


def held(path: Path) -> float:
    """Bits for each pixel, as `observe` asks for them."""
    with Video(path) as video:
        assert all(picture.size for _, picture in video)
        return bits(path, video.source)


def test_a_video_of_too_few_bits_is_told(made: Any, tmp_path: Path) -> None:
    """Samples as they are have few, but enough; coded at crf 45 they have not, in any file, beside any sound."""
    for path in sorted(SAMPLES.glob("*.mp4"))[:3]:
        assert held(path) > COARSE_BITS
    rough = made.write(made.Made(made.Clip(SAMPLES / "clip10.mp4", None).shots(), crf=45), tmp_path, "rough")
    assert 0 < held(rough) < COARSE_BITS
    for name in ("rough.mkv", "rough.ts", "heard.mp4"):
        again = joined(rough, tmp_path / name, heard=name.startswith("heard"))
        assert held(again) == pytest.approx(held(rough), rel=0.15), name  # headers of some are larger
    fine = tmp_path / "back.ts"
    fine.write_bytes(b"".join(joined(SAMPLES / "clip10.mp4", tmp_path / f"{n}.ts", n).read_bytes() for n in (90, 0)))
    assert held(fine) > COARSE_BITS


def joined(path: Path, other: Path, begin_s: int = 0, *, heard: bool = False) -> Path:
    """The same pictures in another file, from a time on, with noise to hear or without."""
    with av.open(str(path)) as one, av.open(str(other), "w") as two:
        stream = two.add_stream_from_template(one.streams.video[0])
        sound = two.add_stream("aac", rate=48000, layout="mono") if heard else None
        for packet in one.demux(video=0):
            if packet.dts is not None:
                later = round(begin_s / packet.time_base)
                packet.pts, packet.dts, packet.stream = packet.pts + later, packet.dts + later, stream
                two.mux(packet)
        for number in range(300 if sound else 0):
            noise = np.random.default_rng(number).integers(-9000, 9000, (1, 1024), np.int16)
            frame = av.AudioFrame.from_ndarray(noise, format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 48000, 1024 * number, Fraction(1, 48000)
            two.mux(sound.encode(frame))
        if sound:
            two.mux(sound.encode())
    return other


def test_of_smeared_limbs_nothing_is_judged(clean: Any) -> None:
    """No fault of heights, bends or tempo whatever was measured, and a line says so; what stands still is judged."""
    recording = clean.result.recording
    reps = {}
    for bits_each in (0.0, 0.0021, 0.0018):
        swung = replace(recording, source=replace(recording.source, bits=bits_each))
        strict = Limits(lift_min_s=5.0, hold_min_s=9.0, lower_min_s=9.0)
        reps[bits_each] = (result := replay(swung, limits=strict)).reps[0]
        assert any("heights, bends and tempo are not judged" in line for line in result.warnings) == (
            bits_each == 0.0018
        )
    assert {fault.name for fault in reps[0.0].faults} >= {"swinging", "short-hold", "fast-descent"}
    assert same(reps[0.0021], reps[0.0])
    assert reps[0.0018].faults == ()
    assert {"swinging", "short-hold", "fast-descent", "incomplete-lift"} <= set(reps[0.0018].not_assessable)
    assert "ball-misplaced" not in reps[0.0018].not_assessable


def test_every_transformation_can_be_made(made: Any, tmp_path: Path) -> None:
    """A few pictures of each can be read."""
    path = SAMPLES / "clip02.mp4"
    clip = made.Clip(path, judge_recording(Recording.load(HERE / "recordings" / "clip02_lite.npz")))
    assert len(made.TRANSFORMS) >= 16
    for name, (_, transform, strengths, how) in made.TRANSFORMS.items():
        for strength in strengths:
            spoilt = transform(clip, strength)
            assert how.format(strength)
            assert spoilt.was(10.0) <= 10.0
            few = replace(spoilt, shots=islice(spoilt.shots, 4))
            with Video(made.write(few, tmp_path, name)) as video:
                assert len(list(video)) == 4, name


def test_what_is_wrong_and_not_told_is_found(made: Any, clean: Any) -> None:
    """The judge of this file: numbers, faults and counts, with and without a warning, a band, a check not made."""
    result = clean.result
    rep = result.reps[0]
    off = replace(rep, numbers={**rep.numbers, "lower_s": rep.numbers["lower_s"] + 2.0}, uncertainty={"lower_s": 0.5})
    spoilt = replace(result, reps=(off,))
    assert made.changes(result, result).silent == ()
    assert made.changes(result, spoilt).silent == ("lower_s +2.00 (rep 1)",)
    assert made.changes(result, spoilt).time == pytest.approx(2.0)
    assert made.changes(result, replace(spoilt, warnings=(*result.warnings, "the clock jumped"))).silent == ()
    assert made.changes(result, replace(result, reps=(replace(off, uncertainty={"lower_s": 2.1}),))).silent == ()
    unsure = replace(off, not_assessable=(*off.not_assessable, "fast-descent"))
    assert made.changes(result, replace(result, reps=(unsure,))).silent == ()
    assert made.changes(result, replace(result, reps=())).silent == ("0 reps for 1",)
    assert np.isnan(made.changes(result, replace(result, reps=())).angle)
