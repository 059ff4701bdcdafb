"""The chain as a whole where something is amiss: gaps, absurd frames, getting up and lying down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from figure import LEG_M, Camera, posed
from judged import LOWER_S, check_times, names, reps_of
from movements import Rep, instants, movement
from synthetic import MODEL, calibration, observations, recording, source, without

from formcheck.data.landmarks import INDEX
from formcheck.data.recording import Recording
from formcheck.data.result import TIMES, Result
from formcheck.rules.unseen import missed
from formcheck.session import judge_recording

STORED = Path(__file__).parents[1] / "validation" / "recordings"
SHIFT = np.array([90.0, -140.0])


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


@pytest.mark.parametrize("name", ["clip02_heavy", "clip08_heavy", "clip10_heavy", "clip14_lite"])
def test_a_recording_that_ends_on_the_way_down_accuses_nobody_of_it(name: str) -> None:
    """Neither of coming down too fast nor of turning round too high: nobody knows."""
    whole = Recording.load(STORED / f"{name}.npz")
    second = judge_recording(whole).reps[1]
    began_s, end_s = (second.numbers[each] for each in ("lower_start_s", "end_s"))
    told = 0
    for stop_s in np.arange((began_s + end_s) / 2, end_s + 0.9, 0.1):
        seen = whole.observations[: int((whole.observations.time_s <= stop_s).sum())]
        reps = judge_recording(replace(whole, observations=seen)).reps
        if len(reps) > 1:
            assert set(names(reps[1])) <= set(names(second)), stop_s
            told += {"fast-descent", "incomplete-lowering"} <= set(reps[1].not_assessable)
            if stop_s > end_s + 0.6:  # legs settle for a moment longer
                assert reps[1].numbers["end_s"] == pytest.approx(end_s, abs=0.1)
    assert told >= 2


def without_frames(made: Recording, start_s: float, seconds: float) -> Recording:
    """As after pictures that are missing, or stood still."""
    time_s = made.observations.time_s
    return replace(made, observations=made.observations[(time_s <= start_s) | (time_s >= start_s + seconds)])


STORED_NAMES = ["clip02_lite", "clip08_heavy", "clip11_heavy"]


@pytest.mark.parametrize("name", STORED_NAMES)
@pytest.mark.parametrize("seconds", [1.0, 1.5, 2.0])
def test_no_rep_is_lost_wherever_two_seconds_are_missing(name: str, seconds: float) -> None:
    """What is told of it and its neighbours is what is told of the whole recording, or not known."""
    whole = Recording.load(STORED / f"{name}.npz")
    wanted = judge_recording(whole).reps
    begin_s, end_s = (wanted[1].numbers[each] for each in ("lift_start_s", "end_s"))
    for start_s in np.arange(begin_s - 1.5, end_s, 0.45):
        reps = judge_recording(without_frames(whole, start_s, seconds)).reps
        assert len(reps) == len(wanted), start_s
        for one, two in zip(wanted, reps, strict=True):
            assert set(names(two)) <= set(names(one)), start_s
            for each, bound in (
                ("peak_thigh_elevation_deg", 2.0),
                ("lift_s", 0.15),
                ("hold_s", 0.25),
                ("lower_s", 0.25),
            ):
                off = abs(two.numbers[each] - one.numbers[each])
                assert not off > max(bound, one.uncertainty.get(each, 0.0)), (start_s, each)


@pytest.mark.parametrize("name", STORED_NAMES)
def test_where_a_rep_may_be_missing_that_is_told(name: str) -> None:
    """The lowering, the low and the next lift unseen, two reps may look like one; of more nobody knows anything."""
    whole = Recording.load(STORED / f"{name}.npz")
    assert missed(judge_recording(whole)) == []
    end_s = judge_recording(whole).reps[0].numbers["end_s"]
    for seconds in (3.0, 4.5, 8.0):
        start_s = end_s - seconds / 2
        found = judge_recording(without_frames(whole, start_s, seconds))
        (line,) = missed(found)
        assert line.startswith("nobody was seen from ")
        assert float(line.split()[4]) == pytest.approx(start_s, abs=0.1)
        for rep in found.reps:
            lasted = rep.numbers["end_s"] - rep.numbers["lift_start_s"]
            assert not rep.numbers["hold_s"] + rep.numbers["lower_s"] > 9.0
            assert not (lasted > 12.0 and np.isfinite(rep.numbers["hold_s"]))


def test_a_lift_whose_beginning_nobody_saw_has_no_time_and_no_low() -> None:
    whole = Recording.load(STORED / "clip02_lite.npz")
    start_s = judge_recording(whole).reps[1].numbers["lift_start_s"]
    seen = judge_recording(without_frames(whole, start_s - 2.0, 2.1)).reps[1].numbers
    assert np.isnan([seen[name] for name in ("lift_start_s", "lift_s", "min_thigh_elevation_deg", "range_deg")]).all()
    assert np.isfinite([seen[name] for name in ("hold_s", "lower_s", "peak_thigh_elevation_deg")]).all()


def test_nobody_is_missed_who_has_left() -> None:
    """Out of the picture between two sets, after getting up."""
    made, _ = recording()
    t = made.observations.time_s
    first = made.observations[t < 2.0]
    upright = replace(first, pixels=first.pixels[..., [1, 0, 2]].copy())
    apart = replace(made, observations=upright)
    assert missed(judge_recording(without_frames(apart, 0.5, 1.0))) == []
