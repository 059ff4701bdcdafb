"""The chain as a whole, by what it means: true angles, times, faults, sets, and what cannot be told."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from laws import same
from movements import Rep, Times, instants, movement
from synthetic import (
    BALL_M,
    FLOOR_UP_M,
    LEG_M,
    MODEL,
    Camera,
    body,
    calibration,
    leg_elevation,
    mirrored,
    observations,
    posed,
    recording,
    source,
    swapped,
    without,
)

from formcheck.core.posemodel import named
from formcheck.data.landmarks import INDEX
from formcheck.data.observations import Floats
from formcheck.data.recording import Calibration, Recording
from formcheck.data.result import PHASES, TIMES, Result
from formcheck.data.result import Rep as Found
from formcheck.rules.limits import Limits
from formcheck.session import Session, judge_recording

LIFT_S, LOWER_S = 0.05, 0.12
"""How far times may be off without noise."""
SHIFT = np.array([90.0, -140.0])


def reps_of(made: Recording) -> tuple[Found, ...]:
    return judge_recording(made).reps


def check_times(
    found: Sequence[Found], times: Sequence[Times], lift_s: float = LIFT_S, lower_s: float = LOWER_S
) -> None:
    assert [rep.rep for rep in found] == list(range(1, len(times) + 1))
    for rep, true in zip(found, times, strict=True):
        for name, bound in zip(TIMES, (lift_s, lift_s, lower_s, lower_s), strict=True):
            assert rep.numbers[name] == pytest.approx(getattr(true, name), abs=bound), f"rep {rep.rep}: {name}"


def names(rep: Found) -> list[str]:
    return [fault.name for fault in rep.faults]


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


# ---------------------------------------------------------------- floor, hands and ball

LOW = Rep(low_deg=-15.0)


def on_a_ball(reps: Sequence[Rep], camera: Camera, ball_tail_m: Floats | float = BALL_M[0]) -> Recording:
    """A body as broad as people are on a ball whose centre is at `ball_tail_m` (n,) or for good; lengths known."""
    curve, _, stop = movement(reps)
    t = instants(stop + 1.0, 30.0)
    seen = observations(t, posed(curve(t)), camera=camera, broad=True)
    tails = np.broadcast_to(ball_tail_m, t.shape)
    places = {tail: camera.outline((tail, *BALL_M[1:])) for tail in set(tails.tolist())}
    ball = np.array([places[tail] for tail in tails.tolist()], np.float32)
    usual = tuple(float(value) for value in np.median(ball, axis=0))
    known = replace(calibration(camera), leg_plane=LEG_M / camera.to_plane_m, ball_px=usual)
    return Recording(replace(seen, ball=ball), known, source(camera), MODEL)


BALL_CAMERAS = [
    Camera(aim_up_m=0.3),
    Camera(facing="right", roll_deg=5.0, yaw_deg=18.0, pitch_deg=8.0, aim_up_m=0.3),
]


@pytest.mark.parametrize("camera", BALL_CAMERAS)
@pytest.mark.parametrize("tail_m", [-0.2, 0.05, 0.25])
def test_where_the_ball_lies(camera: Camera, tail_m: float) -> None:
    """Positive is towards the head; hips are at tail 0. Too low on the thighs is told as such."""
    for rep in reps_of(on_a_ball([LOW] * 2, camera, tail_m)):
        # lengths are taken for those of a usual leg, and the hip's landmark turns with the leg a little
        assert rep.numbers["ball_offset_m"] == pytest.approx(-tail_m * 0.8 / LEG_M, abs=0.02)
        assert ("ball-misplaced" in names(rep)) == (abs(tail_m) > 0.15)
        assert rep.numbers["support_shift_m"] < 0.01
        assert "unstable-support" not in names(rep)


@pytest.mark.parametrize("camera", BALL_CAMERAS)
def test_a_ball_that_rolls_is_unstable(camera: Camera) -> None:
    t = instants(movement([LOW])[2] + 1.0, 30.0)
    (rep,) = reps_of(on_a_ball([LOW], camera, np.where(t < 4.0, -0.06, 0.06)))
    assert rep.numbers["support_shift_m"] == pytest.approx(0.12 * 0.8 / LEG_M, abs=0.015)
    assert "unstable-support" in names(rep)


@pytest.mark.parametrize("camera", BALL_CAMERAS)
def test_toes_well_above_the_floor_do_not_touch(camera: Camera) -> None:
    """The lowest landmark of a foot, above the floor on which the ball lies."""
    made = on_a_ball([LOW] * 2, camera)
    curve, _, stop = movement([LOW] * 2)
    lowest = body(posed(curve(np.array([stop]))), 0.0)["foot_index"][0, 1] - FLOOR_UP_M
    for rep in reps_of(made):
        soles = lowest * 0.8 / LEG_M - named(MODEL).toe_zero_m
        assert rep.numbers["toe_clearance_m"] == pytest.approx(soles, abs=0.015)
        assert rep.numbers["touch_s"] == 0.0
        assert "toe-touch" not in rep.not_assessable
    for rep in reps_of(made.with_calibration(replace(made.calibration, ball_px=None))):
        assert np.isnan(rep.numbers["touch_s"])
        assert "toe-touch" in rep.not_assessable


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


# ---------------------------------------------------------------- gaps and broken frames


def hiding(made: Recording, start_s: float, seconds: float) -> Result:
    t = made.observations.time_s
    gone = (t > start_s) & (t < start_s + seconds)
    return judge_recording(replace(made, observations=without(made.observations, gone)))


@pytest.mark.parametrize("start_s", [1.3, 2.0, 5.1, 6.0, 8.3])
def test_gaps_up_to_three_tenths_of_a_second_are_bridged(start_s: float) -> None:
    made, _ = recording()
    whole, found = judge_recording(made), hiding(made, start_s, 0.25)
    assert np.isfinite(found.frames.angles["leg_elevation_deg"]).all()
    assert found.frames.visible.all()
    for one, two in zip(whole.reps, found.reps, strict=True):
        assert names(one) == names(two)
        for name in TIMES:
            assert two.numbers[name] == pytest.approx(one.numbers[name], abs=0.1)
        assert two.numbers["peak_thigh_elevation_deg"] == pytest.approx(0.0, abs=0.5)


def test_longer_gaps_are_unknown() -> None:
    made, _ = recording()
    frames = hiding(made, 3.0, 0.6).frames
    inside = (frames.time_s > 3.05) & (frames.time_s < 3.55)
    for values in frames.angles.values():
        assert np.isnan(values[inside]).all()
    assert not frames.visible[inside].any()
    assert (frames.phase[inside] == -1).all()
    assert frames.visible[(frames.time_s < 2.5) | (frames.time_s > 4.2)].all()


@pytest.mark.parametrize(
    ("at_s", "unknown", "rules"),
    [
        (2.0, ("hold_start_s", "lift_s", "hold_s"), ("short-hold",)),
        (5.0, ("lower_start_s", "hold_s", "lower_s"), ("short-hold", "fast-descent")),
        (8.5, ("end_s", "lower_s"), ("fast-descent",)),
    ],
)
def test_hidden_at_a_decisive_place_it_cannot_be_told(
    at_s: float, unknown: tuple[str, ...], rules: tuple[str, ...]
) -> None:
    made, _ = recording()
    first, second = hiding(made, at_s - 0.3, 0.6).reps
    for name in unknown:
        assert np.isnan(first.numbers[name])
    for rule in rules:
        assert rule in first.not_assessable
        assert rule not in names(first)
        assert rule not in second.not_assessable


@pytest.mark.parametrize("at_s", [1.5, 2.1, 3.5, 5.3, 7.0])
@pytest.mark.parametrize("kind", ["half", "elsewhere", "thrown up"])
def test_one_absurd_frame_changes_nothing(kind: str, at_s: float) -> None:
    made, _ = recording(noise_px=0.3)
    pixels = made.observations.pixels.copy()
    k = int(at_s * 30)
    hip = pixels[k, INDEX["left_hip"], :2].copy()
    for name in ("left_knee", "left_ankle", "right_knee", "right_ankle"):
        way = pixels[k, INDEX[name], :2] - hip
        new = {"half": way / 2, "elsewhere": way + SHIFT, "thrown up": way[::-1] * (1, -1)}[kind]
        pixels[k, INDEX[name], :2] = hip + new
    found = reps_of(replace(made, observations=replace(made.observations, pixels=pixels)))
    for one, two in zip(reps_of(made), found, strict=True):
        assert names(one) == names(two)
        assert two.numbers["peak_thigh_elevation_deg"] == pytest.approx(
            one.numbers["peak_thigh_elevation_deg"], abs=0.5
        )
        for name in TIMES:
            assert two.numbers[name] == pytest.approx(one.numbers[name], abs=0.1)


def test_getting_up_and_lying_down_are_no_reps() -> None:
    curve, times, stop = movement([Rep(), Rep()], before_s=8.0)
    t = instants(stop + 8.0, 30.0)
    standing = 1.0 / (1.0 + np.exp(-(np.maximum(4.0 - t, t - stop - 3.0)) * 4.0))
    pose = posed(curve(t) * (1 - standing) - 90.0 * standing, trunk=5.0 + 80.0 * standing)
    made = Recording(observations(t, pose, noise_px=0.5), calibration(), source(), MODEL)
    check_times(reps_of(made), times, lift_s=0.15, lower_s=0.25)


# ---------------------------------------------------------------- sets, frames, memory


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


def test_memory_is_the_table_of_frames_and_little_else() -> None:
    """Ten minutes, in blocks as they come: about a hundred bytes a frame."""
    made, _ = recording([Rep()] * 6)
    seen, seconds = made.observations, made.observations.time_s[-1] + 1 / 30
    session = Session(made.calibration, made.source, made.model)
    session.push(seen)
    tracemalloc.start()
    try:
        rounds = int(600 / seconds)
        for k in range(1, rounds):
            later = replace(seen, time_s=seen.time_s + k * seconds)
            for start in range(0, len(later), 50):
                session.push(later[start : start + 50])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(session.reps) >= 6 * (rounds - 1)
    assert peak < 8e6


def test_a_rep_comes_out_live_soon_after_its_end() -> None:
    made, times = recording([Rep(rest_s=6.0)], after_s=1.0)
    session = Session(made.calibration, made.source, made.model)
    came = [t for k, t in enumerate(made.observations.time_s) if session.push(made.observations[k : k + 1])]
    assert len(came) == 1
    assert times[0].end_s < came[0] < times[0].end_s + 2.8


def test_an_unknown_calibration_works_too() -> None:
    made, times = recording(noise_px=0.5)
    assert len(reps_of(made.with_calibration(Calibration()))) == len(times)


@pytest.mark.parametrize("after_s", [0.5, 1.0, 1.5])
def test_getting_up_at_once_does_not_spoil_the_last_rep(after_s: float) -> None:
    camera = Camera(aim_up_m=0.3)
    curve, _, stop = movement([Rep(low_deg=-15.0)] * 2)
    time_s = instants(stop + after_s + 4.0, 30.0)
    up = 1.0 / (1.0 + np.exp(-(time_s - stop - after_s + 0.3) * 5.0))
    pose = posed(curve(time_s) * (1.0 - up) - 90.0 * up, trunk=5.0 + 80.0 * up)
    seen = observations(time_s, pose, camera=camera, broad=True)
    known = replace(calibration(camera), leg_plane=LEG_M / camera.to_plane_m, ball_px=camera.outline())
    first, last = judge_recording(Recording(seen, known, source(camera), MODEL)).reps
    assert {f.name for f in last.faults} <= {f.name for f in first.faults}
    lower_s = last.numbers["lower_s"]
    assert np.isnan(lower_s) or lower_s == pytest.approx(3.5, abs=LOWER_S)
