"""The chain as a whole, by what it means: true angles, times, faults, sets, frames, memory."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from figure import Camera, leg_elevation, posed
from judged import check_times, names, reps_of
from laws import same
from movements import Rep, instants, movement
from synthetic import MODEL, calibration, mirrored, observations, recording, source, swapped

from formcheck.data.recording import Calibration, Recording
from formcheck.data.result import PHASES, TIMES, Checks
from formcheck.rules.catalogue import NAMES
from formcheck.rules.limits import Limits
from formcheck.session import FULL, Session, judge_recording

CAMERAS = {
    "level": (Camera(), "left"),
    "right": (Camera(facing="right"), "right"),
    "crooked": (Camera(facing="right", roll_deg=5.0, yaw_deg=20.0, pitch_deg=8.0), "right"),
    "other crooked": (
        Camera(roll_deg=-5.0, yaw_deg=-25.0, pitch_deg=12.0, width=1280, height=720, focal_px=900.0),
        "left",
    ),
    "taken for each other": (Camera(), "right"),
    "upright phone": (Camera(width=720, height=1280, focal_px=600.0, distance_m=3.0), "left"),
}


@pytest.mark.parametrize("name", CAMERAS)
def test_true_numbers_from_any_known_camera(name: str) -> None:
    camera, side = CAMERAS[name]
    made, times = recording([Rep(top_deg=t) for t in (1.0, -3.0, 2.0)], knee=6.0, elbow=4.0, camera=camera, side=side)
    found = reps_of(made)
    check_times(found, times)
    for rep, top in zip(found, (1.0, -3.0, 2.0), strict=True):
        assert rep.numbers["peak_thigh_elevation_deg"] == pytest.approx(top, abs=0.3)
        assert rep.numbers["min_thigh_elevation_deg"] == pytest.approx(-25.0, abs=0.3)
        assert rep.numbers["max_knee_flexion_deg"] == pytest.approx(6.0, abs=0.3)
        assert rep.numbers["max_elbow_flexion_deg"] < 10.0
        assert names(rep) == []
        assert rep.score == 100


def test_the_same_rep_again_gives_the_same_numbers() -> None:
    """Also without a rest: what belongs to one rep is not taken from the next."""
    for rest_s in (0.2, 1.0, 4.0):
        found = reps_of(recording([Rep(rest_s=rest_s)] * 4)[0])
        for name in ("lift_s", "hold_s", "lower_s", "range_deg", "min_thigh_elevation_deg"):
            values = [rep.numbers[name] for rep in found]
            assert np.ptp(values) < 0.1, f"rest of {rest_s} s: {name} {values}"


FAULTS: dict[str, tuple[Rep, dict[str, float]]] = {
    "hyperextension": (Rep(top_deg=16.0), {}),
    "incomplete-lift": (Rep(top_deg=-15.0, lift_s=0.9), {}),
    "bent-knees": (Rep(), {"knee": 32.0}),
    "bent-elbows": (Rep(), {"elbow": 45.0}),
    "short-hold": (Rep(hold_s=0.9), {}),
    "fast-descent": (Rep(lower_s=1.2, corner_s=0.4), {}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_plain_fault_is_raised(fault: str) -> None:
    rep, bent = FAULTS[fault]
    for each in reps_of(recording([rep] * 2, noise_px=0.5, **bent)[0]):
        assert fault in names(each)
        assert each.score < 100


def test_nothing_is_raised_for_good_reps() -> None:
    for seed in range(5):
        for rep in reps_of(recording([Rep()] * 3, noise_px=1.0, seed=seed)[0]):
            assert names(rep) == []


def test_legs_that_are_uneven() -> None:
    curve, _, stop = movement([Rep(), Rep()])
    t = instants(stop, 30.0)
    seen = observations(t, posed(curve(t)), posed(curve(t) - 14.0), noise_px=0.5)
    made = Recording(seen, calibration(), source(), MODEL)
    assert all("uneven-legs" in names(rep) for rep in reps_of(made))


def test_limits_that_are_given_hold() -> None:
    made, _ = recording([Rep(hold_s=2.0)])
    assert "short-hold" in names(judge_recording(made).reps[0])
    assert "short-hold" not in names(judge_recording(made, Limits(hold_min_s=1.0)).reps[0])


def test_a_mirror_changes_nothing() -> None:
    made, _ = recording([Rep(), Rep(top_deg=-16.0)], noise_px=0.5)
    known = replace(made.calibration, side="right", facing="right")
    other = replace(made, observations=mirrored(made.observations, made.source.width), calibration=known)
    for one, two in zip(reps_of(made), reps_of(other), strict=True):
        assert names(one) == names(two)
        for name, value in one.numbers.items():
            assert two.numbers[name] == pytest.approx(value, abs=1e-3, nan_ok=True), name


def test_swapped_sides_change_nothing() -> None:
    made, _ = recording(noise_px=0.5)
    where = np.random.default_rng(0).random(len(made.observations)) < 0.3
    assert same(reps_of(replace(made, observations=swapped(made.observations, where))), reps_of(made))


def test_reps_closed_by_one_push_are_judged_as_one_by_one() -> None:
    """Many at once and each for itself: the same verdicts, numbered on."""
    tops = (0.0, 14.0, -14.0, 2.0, 16.0)
    made, _ = recording([Rep(top_deg=top) for top in tops], noise_px=0.5)
    together, apart = (Session(made.calibration, made.source, made.model) for _ in range(2))
    first = together.push(made.observations)
    second = together.finish()
    came = [apart.push(made.observations[k : k + 1]) for k in range(len(made.observations))]
    assert len(first) >= 4
    assert max(map(len, came)) == 1
    assert [rep.rep for rep in (*first, *second)] == [1, 2, 3, 4, 5]
    assert same((*first, *second), (*(rep for reps in came for rep in reps), *apart.finish()))
    assert len({rep.faults for rep in together.reps}) > 1


def test_a_rest_of_more_than_twenty_seconds_begins_a_new_set() -> None:
    reps = [Rep(), Rep(rest_s=17.0), Rep(rest_s=24.0), Rep(), Rep()]
    result = judge_recording(recording(reps)[0])
    assert [rep.set for rep in result.reps] == [1, 1, 1, 2, 2]
    assert [(part.set, part.reps) for part in result.sets] == [(1, 3), (2, 2)]
    for part in result.sets:
        own = [rep for rep in result.reps if rep.set == part.set]
        assert (part.start_s, part.end_s) == (own[0].numbers["lift_start_s"], own[-1].numbers["end_s"])


def test_frames_agree_with_the_truth_and_with_the_reps() -> None:
    made, _ = recording([Rep(), Rep(top_deg=-5.0)], knee=5.0)
    curve, _, _ = movement([Rep(), Rep(top_deg=-5.0)])
    result = judge_recording(made)
    frames = result.frames
    assert len(frames) == int(made.observations.time_s[-1] * 30 + 0.03) + 1
    np.testing.assert_allclose(frames.time_s, np.arange(len(frames)) / 30, atol=1e-12)
    expected = {"thigh": curve(frames.time_s), "leg": leg_elevation(curve(frames.time_s), 5.0), "trunk": 5.0}
    for name, values in expected.items():
        assert np.abs(frames.angles[f"{name}_elevation_deg"] - values).max() < 1.0
    both = frames.angles["thigh_elevation_deg"] + frames.angles["trunk_elevation_deg"]
    np.testing.assert_allclose(frames.angles["hip_extension_deg"], both, atol=1e-9)
    for k, t in enumerate(frames.time_s):
        inside = [rep for rep in result.reps if rep.numbers["lift_start_s"] <= t < rep.numbers["end_s"]]
        assert frames.rep[k] == (inside[0].rep if inside else 0)
        begun = [name for name in TIMES[:3] if inside and inside[0].numbers[name] <= t]
        assert PHASES[frames.phase[k]] == PHASES[len(begun)]


def ten_minutes(session: Session, made: Recording) -> int:
    """The most memory that a session needs on the way, bytes; reps in blocks as they come."""
    seen, seconds = made.observations, made.observations.time_s[-1] + 1 / 30
    session.push(seen)
    tracemalloc.start()
    try:
        for k in range(1, int(600 / seconds)):
            later = replace(seen, time_s=seen.time_s + k * seconds)
            for start in range(0, len(later), 50):
                session.push(later[start : start + 50])
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_is_the_table_of_frames_and_little_else() -> None:
    """About a hundred bytes a frame; for an endless session those of a minute, and nothing but memory differs."""
    made, _ = recording([Rep()] * 6)
    session = Session(made.calibration, made.source, made.model)
    endless = Session(made.calibration, made.source, made.model, endless=True)
    assert 3e6 < ten_minutes(session, made) < 8e6
    assert ten_minutes(endless, made) < 2.2e6
    assert len(session.reps) >= 6 * 8
    assert same([*session.reps, *session.finish()], [*endless.reps, *endless.finish()])


@pytest.mark.parametrize("size", [1, 7, 400, 5000])
def test_what_an_endless_session_forgets_is_not_needed(size: int) -> None:
    made, _ = recording([Rep(rest_s=rest) for rep in range(4) for rest in (1.0, 12.0, 35.0)], noise_px=0.5)
    session = Session(made.calibration, made.source, made.model, endless=True)
    for start in range(0, len(made.observations), size):
        session.push(made.observations[start : start + size])
    session.finish()
    expected = judge_recording(made)
    assert len(made.observations) > 2 * FULL
    assert same(session.reps, list(expected.reps))
    last = session.result(made).frames
    assert len(last) < len(expected.frames)
    kept = np.searchsorted(expected.frames.time_s, last.time_s[0])
    assert same(last.angles, {name: values[kept:] for name, values in expected.frames.angles.items()})


def test_a_rep_comes_out_live_soon_after_its_end() -> None:
    made, times = recording([Rep(rest_s=6.0)], after_s=1.0)
    session = Session(made.calibration, made.source, made.model)
    came = [t for k, t in enumerate(made.observations.time_s) if session.push(made.observations[k : k + 1])]
    assert len(came) == 1
    assert times[0].end_s < came[0] < times[0].end_s + 2.8


def test_an_unknown_calibration_works_too() -> None:
    made, times = recording(noise_px=0.5)
    assert len(reps_of(made.with_calibration(Calibration()))) == len(times)


def test_a_score_says_on_how_many_checks_it_rests() -> None:
    """Without a ball the floor and the support are not seen."""
    made, _ = recording([Rep(), Rep(rest_s=30.0), Rep()])
    result = judge_recording(made)
    unseen = result.reps[0].not_assessable
    assert len(unseen) == 5
    for each in (result, *result.reps, *result.sets):
        assert (each.score, each.checks) == (100, Checks(8, 13))
    seen = tuple(name for name in NAMES if name not in unseen)
    half = judge_recording(made, Limits(off=seen[:3]))
    assert (half.score, half.checks) == (100, Checks(5, 10))
    for each in ((less := judge_recording(made, Limits(off=seen[:4]))), *less.reps, *less.sets):
        assert (each.score, each.checks) == (None, Checks(4, 9))
