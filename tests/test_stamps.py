"""Wrong time stamps: each is mended by itself; where times are guessed, tempo is not told."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from test_video import EVEN, encode, times_of

from formcheck.analyze import replay
from formcheck.core.measure import TEMPO
from formcheck.data.journal import Journal
from formcheck.data.recording import Recording
from formcheck.inputs.camera.file import File
from formcheck.inputs.container import WRAPS_S
from formcheck.inputs.stamps import Clock
from formcheck.inputs.video import Video
from formcheck.outputs.summary import summary
from formcheck.session import judge_recording

Floats = NDArray[np.float64]
STORED = Path(__file__).parents[1] / "validation" / "recordings"
T = np.arange(60) / 30
TEMPO_RULES = {"short-hold", "fast-descent"}


def told(stamps: Floats, fps: float = 30.0, wraps_s: float = np.inf) -> tuple[Floats, Clock]:
    """Times from the first on, one for each stamp, strictly rising whatever the stamps."""
    clock = Clock(fps, stamps[:4].tolist(), wraps_s)
    times = [*itertools.chain.from_iterable(clock.read(float(each)) for each in stamps), *clock.finish()]
    assert len(times) == len(stamps)
    assert (np.diff(times) > 0).all()
    return np.array(times) - times[0], clock


def with_wrong(at: list[int], wrong: list[float], times: Floats = T) -> Floats:
    stamps = times.copy()
    stamps[at] = wrong
    return stamps


WRONG: dict[str, tuple[list[int], list[float]]] = {
    "second repeated": ([1], [T[0]]),
    "first far ahead": ([0], [3600.0]),
    "second far ahead": ([1], [3600.0]),
    "none at first": ([0], [np.nan]),
    "repeated": ([30], [T[29]]),
    "last repeated": ([59], [T[58]]),
    "three repeated": ([20, 21, 22], [T[19]] * 3),
    "ten repeated": (list(range(20, 30)), [T[19]] * 10),
    "backwards": ([30], [0.2]),
    "back before the start": ([2], [-5.0]),
    "far ahead": ([30], [1e9]),
    "half a second ahead": ([30], [T[30] + 0.5]),
    "a tenth ahead": ([30], [T[30] + 0.1]),
    "two far ahead": ([30, 31], [3600.0, 3601.0]),
    "last far ahead": ([59], [1e6]),
    "none": ([30], [np.nan]),
    "many of all kinds": ([5, 9, 13, 22, 23, 40, 58], [0.0, 1e9, 0.1, 0.2, 0.1, 77.0, 3.0]),
}


@pytest.mark.parametrize("rate", [15.0, 30.0, 60.0, 240.0])
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_stamp_is_mended_by_itself(name: str, rate: float) -> None:
    """Whatever the nominal rate says, which is wrong here for all but one."""
    at, wrong = WRONG[name]
    wrong = [each * 30 / rate if 0 <= each < 3 else each for each in wrong]
    found, clock = told(with_wrong(at, wrong, T * 30 / rate))
    np.testing.assert_allclose(found, T * 30 / rate, atol=1.1 / rate if name == "none at first" else 1e-9)
    assert clock.repaired == len(at)
    assert clock.seams == []


@pytest.mark.parametrize("hole_s", [0.1, 0.2, 0.9, 1.5, 30.0, 86_400.0])
def test_a_hole_stays_as_it_is(hole_s: float) -> None:
    stamps = T + hole_s * (T >= 1.0)
    found, clock = told(stamps)
    np.testing.assert_array_equal(found, stamps)
    assert (clock.repaired, clock.spans()) == (0, ())


def test_two_pictures_after_a_hole_at_the_end_are_believed() -> None:
    stamps = np.array([0.0, 0.033, 0.066, 60.0, 60.033])
    np.testing.assert_array_equal(told(stamps)[0], stamps)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from([0.004, 1 / 60, 1 / 30, 0.0341, 0.1, 0.35, 0.9, 3.0]), min_size=8, max_size=80))
def test_rising_stamps_pass_unchanged(steps: list[float]) -> None:
    stamps = np.cumsum([0.0, *steps, *[1 / 30] * 4])
    found, clock = told(stamps)
    np.testing.assert_array_equal(found, stamps)
    assert clock.remarks() == []


@settings(deadline=None, max_examples=100)
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=60))
def test_whatever_comes_times_rise(stamps: list[float]) -> None:
    clock = Clock(30.0, stamps[:4])
    times = [*itertools.chain.from_iterable(clock.read(each) for each in stamps), *clock.finish()]
    assert len(times) == len(stamps)
    if np.isfinite(times).all() and max(np.abs(times)) < 1e9:  # beyond, steps drown in the last bit
        assert (np.diff(times) > 0).all()


def test_a_long_stretch_without_stamps_is_told() -> None:
    found, clock = told(with_wrong(list(range(20, 50)), [T[19]] * 30))
    np.testing.assert_allclose(found, T, atol=1e-9)
    (span,) = clock.spans()
    assert span == pytest.approx((T[19], T[50]))
    (line,) = clock.remarks()
    assert "from 0.6 to 1.7 s" in line
    assert "tempo is not assessable" in line


@pytest.mark.parametrize("stamps", [0 * T, np.arange(60) * 851_968.07], ids=["all equal", "ten days apart"])
def test_without_any_stamp_the_rate_is_taken_and_named(stamps: Floats) -> None:
    found, clock = told(stamps, fps=25.0)
    np.testing.assert_allclose(found, np.arange(60) / 25)
    assert clock.spans() == (pytest.approx((0.0, 59 / 25)),)
    assert "nominal 25 pictures a second" in clock.remarks()[0]


@pytest.mark.parametrize("start_s", [1.0, 99.0])
@pytest.mark.parametrize("wraps", [False, True])
def test_joined_pieces_go_on_one_step_later(start_s: float, wraps: bool) -> None:
    second = start_s + T[:30] + WRAPS_S * wraps
    found, clock = told(np.concatenate([100 + T[:30], second]), wraps_s=WRAPS_S if wraps else np.inf)
    np.testing.assert_allclose(found, T, atol=1e-6)
    assert clock.spans(100.0) == (pytest.approx((T[29], T[30])),)
    assert "starts again after 1.0 s" in clock.remarks(100.0)[0]


def test_a_repeated_stamp_in_a_file_of_another_rate(tmp_path: Path) -> None:
    """60 pictures a second in a file that names 30."""
    true = [round(1000 * k / 60) for k in range(40)]
    path = encode(tmp_path / "v.mkv", [true[0], true[0], *true[2:]])
    with Video(path) as video:
        times = times_of(video)
    np.testing.assert_allclose(times, np.array(true) / 1000, atol=1e-3)
    assert video.source.guessed_s == ()
    assert video.source.fps == pytest.approx(60, rel=0.02)


def test_pictures_keep_to_their_times_where_some_had_to_wait(tmp_path: Path) -> None:
    stamps = [33 * k for k in range(30)]
    stamps[10:13] = [stamps[9]] * 3
    path = encode(tmp_path / "v.mkv", stamps)
    with Video(path) as video:
        rows = [(time_s, int(picture[-1, -1, 0])) for time_s, picture in video]
    assert [time_s for time_s, _ in rows] == pytest.approx([0.033 * k for k in range(30)], abs=2e-3)
    assert [shade for _, shade in rows] == pytest.approx([(20 * k) % 240 for k in range(30)], abs=8)


def test_fewer_pictures_a_second_where_some_had_to_wait(tmp_path: Path) -> None:
    stamps = [17 * k for k in range(60)]
    stamps[20:23] = [stamps[19]] * 3
    with Video(encode(tmp_path / "v.mkv", stamps), rate_hz=30.0) as video:
        times = times_of(video)
    assert len(times) == pytest.approx(30, abs=1)
    assert np.diff(times) == pytest.approx(0.034, abs=0.018)
    assert video.source.frames == 60


def joined_ts(path: Path, starts: list[float], each: int = 40) -> Path:
    pieces = []
    for number, start_s in enumerate(starts):
        piece = path.with_name(f"{number}.ts")
        encode(piece, [round((start_s + k / 30) * 90_000) for k in range(each)], base=Fraction(1, 90_000))
        pieces.append(piece.read_bytes())
    path.write_bytes(b"".join(pieces))
    return path


@pytest.mark.parametrize("starts", [[100.0, 1.0], [20.0, 10.0], [300.0, 200.0, 100.0]])
def test_transport_streams_joined_as_files(tmp_path: Path, starts: list[float]) -> None:
    with Video(joined_ts(tmp_path / "v.ts", starts)) as video:
        times = times_of(video)
    assert times[-1] == pytest.approx(len(times) / 30, abs=0.2)
    assert len(video.source.guessed_s) == len(starts) - 1
    (line,) = video.warnings
    assert "time starts again after 1." in line


@pytest.mark.parametrize("name", ["clip02_heavy", "clip10_full"])
@pytest.mark.parametrize("kind", ["seam", "rep", "all"])
def test_tempo_of_reps_across_guessed_times_is_not_assessable(kind: str, name: str) -> None:
    made = Recording.load(STORED / f"{name}.npz")
    clean = judge_recording(made).reps
    at = clean[1].numbers["lower_start_s"]
    spans: dict[str, tuple[tuple[float, float], ...]] = {
        "seam": ((at, at + 1 / 30),),
        "rep": ((at - 1.0, at + 1.0),),
        "all": ((0.0, 1e3),),
    }
    found = judge_recording(replace(made, source=replace(made.source, guessed_s=spans[kind]))).reps
    for before, after in zip(clean, found, strict=True):
        touched = kind == "all" or before.rep == 2
        for number in TEMPO:
            assert np.isnan(after.numbers[number]) == touched
        assert (set(after.not_assessable) >= TEMPO_RULES) == touched
        assert after.numbers["peak_thigh_elevation_deg"] == before.numbers["peak_thigh_elevation_deg"]
        if not touched:
            assert after.faults == before.faults
        else:
            assert not TEMPO_RULES & {fault.name for fault in after.faults}


def test_guessed_stretches_are_kept(tmp_path: Path) -> None:
    made = Recording.load(STORED / "clip02_lite.npz")
    made = replace(made, source=replace(made.source, guessed_s=((1.0, 2.5), (7.0, 7.04)), speed=0.25))
    made.save(tmp_path / "r.npz")
    again = Recording.load(tmp_path / "r.npz")
    assert again.source == made.source
    shown = summary(judge_recording(again))["source"]
    assert (shown["guessed_s"], shown["speed"]) == ([[1.0, 2.5], [7.0, 7.04]], 0.25)
    assert Recording.load(STORED / "clip02_lite.npz").source.guessed_s == ()


def _raw(path: Path) -> Path:
    return encode(path, list(range(60)), base=Fraction(1, 30))


def _repeated(path: Path) -> Path:
    return encode(path, [EVEN[0]] * 2 + EVEN[2:])


@pytest.mark.parametrize(
    ("name", "make", "guessed"), [("v.h264", _raw, True), ("v.mkv", _repeated, False)], ids=["no stamps", "one wrong"]
)
def test_what_is_said_of_a_file(tmp_path: Path, name: str, make: Callable[[Path], Path], guessed: bool) -> None:
    with Video(make(tmp_path / name)) as video:
        times_of(video)
    (line,) = video.warnings
    assert ("tempo is not assessable" in line) == guessed == bool(video.source.guessed_s)


def test_a_replay_says_where_times_were_guessed() -> None:
    made = Recording.load(STORED / "clip02_lite.npz")
    made = replace(made, source=replace(made.source, guessed_s=((1.0, 2.5), (7.0, 7.04))))
    lines = [line for line in replay(made).warnings if "tempo is not assessable" in line]
    assert lines == ["times had to be guessed from 1.0 to 2.5 s, 7.0 to 7.0 s, and tempo is not assessable there"]


def test_a_journal_keeps_what_was_guessed_meanwhile(tmp_path: Path) -> None:
    made = Recording.load(STORED / "clip02_lite.npz")
    with Journal(tmp_path / "recording.journal") as journal:
        journal.begin(made.source, made.model, {})
        journal.calibration(made.calibration)
        journal.frames(made.observations)
        journal.source(replace(made.source, guessed_s=((1.0, 2.5),)))
    again = Recording.load(tmp_path / "recording.journal")
    assert again.source.guessed_s == ((1.0, 2.5),)
    assert again.model == made.model


def test_a_file_that_is_played_has_the_same_times_and_tells_what_was_guessed(tmp_path: Path) -> None:
    path = joined_ts(tmp_path / "v.ts", [100.0, 1.0], each=20)
    with Video(path) as video:
        times = times_of(video)
    played = File(path)
    try:
        frames = list(played.frames(threading.Event()))
    finally:
        played.close()
    assert [frame.stamp_s for frame in frames] == times
    assert frames[10].guessed_s == ()
    assert frames[-1].guessed_s == video.source.guessed_s
