"""Reps that are not one smooth movement: times as somebody with a stopwatch would take them."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from bodies import RATE, Body, recorded, seen
from hypothesis import given, settings
from hypothesis import strategies as st
from movements import Floats, Piece, curve_of, minimum_jerk, trapezoid

from formcheck.data.recording import Recording
from formcheck.data.result import Rep, Result
from formcheck.session import judge_recording

STORED = Path(__file__).parents[1] / "validation" / "recordings"
OFF_S, OFF_DEG = 0.15, 1.0
LATE, LATE_OFF_S = 0.45, 0.25
"""After a stop in the second half of the way too little of the lowering is left to tell its end as well."""
TOP = 0.8
"""A stop above this share of the lift may as well begin the hold."""


@cache
def whole() -> tuple[Recording, Result]:
    """Three reps without a fault."""
    recording = Recording.load(STORED / "clip02_heavy.npz")
    return recording, judge_recording(recording)


def stopped(recording: Recording, at_s: float, pause_s: float) -> Recording:
    """The same with the picture of one moment kept for a while, as noisy as landmarks are."""
    old = recording.observations
    t = np.arange(0, old.time_s[-1] + pause_s, 1 / 30)
    when = np.where(t < at_s, t, np.where(t < at_s + pause_s, at_s, t - pause_s)).clip(0, old.time_s[-1])
    at = np.searchsorted(old.time_s, when).clip(0, len(old) - 1)
    columns = {f.name: getattr(old, f.name)[at] for f in fields(old)} | {"time_s": t}
    still = (t >= at_s) & (t < at_s + pause_s)
    noise = np.random.default_rng(1).normal(0, 0.4, (int(still.sum()), 33, 2))
    columns["pixels"] = columns["pixels"].copy()
    columns["pixels"][still, :, :2] += noise.astype(np.float32)
    return replace(recording, observations=type(old)(**columns))


def moment(result: Result, rep: Rep, way: str, share: float) -> float:
    """When so much of the way up, or down, is done."""
    names = ("lift_start_s", "hold_start_s") if way == "up" else ("lower_start_s", "end_s")
    begin, end = (rep.numbers[name] for name in names)
    inside = (result.frames.time_s >= begin) & (result.frames.time_s <= end)
    leg, time_s = result.frames.angles["leg_elevation_deg"][inside], result.frames.time_s[inside]
    return float(time_s[np.argmax((leg - leg[0]) / (leg[-1] - leg[0]) >= share)])


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.integers(0, 2), st.sampled_from(["up", "down"]), st.floats(0.1, 0.89), st.floats(0.3, 4.0))
def test_a_stop_of_any_length_anywhere_belongs_to_its_movement(
    number: int, way: str, share: float, pause_s: float
) -> None:
    recording, before = whole()
    smooth = before.reps[number].numbers
    reps = judge_recording(stopped(recording, moment(before, before.reps[number], way, share), pause_s)).reps
    assert len(reps) == len(before.reps)
    found, late_s = reps[number].numbers, pause_s if way == "up" else 0.0
    assert found["end_s"] == pytest.approx(smooth["end_s"] + pause_s, abs=OFF_S if share < LATE else LATE_OFF_S)
    assert found["min_thigh_elevation_deg"] == pytest.approx(smooth["min_thigh_elevation_deg"], abs=OFF_DEG)
    lift_s = [smooth["lift_s"] + late_s] + ([smooth["lift_s"]] if share > TOP else [])
    assert min(abs(found["lift_s"] - right) for right in lift_s) < OFF_S + (0.1 if share > TOP else 0.0)
    assert found["hold_s"] >= 0
    assert [fault.name for fault in reps[number].faults] == []


def shown(pieces: list[Piece], seconds: float) -> tuple[Rep, ...]:
    curve = curve_of(pieces, -26.0)
    return judge_recording(recorded(seen(Body(curve(np.arange(int(seconds * RATE)) / RATE)), noise_px=0.3))).reps


def times(rep: Rep) -> Floats:
    return np.array([rep.numbers[name] for name in ("lift_start_s", "hold_start_s", "lower_start_s", "end_s")])


SLOWLY = trapezoid(0.16)


@pytest.mark.parametrize("pause_s", [0.5, 1.5, 4.0])
def test_a_lift_in_two_stages_is_held_from_the_top_on(pause_s: float) -> None:
    """Up to -20 degrees, a rest there, on to parallel."""
    again = 2.7 + pause_s
    pieces = [
        Piece(2.0, 0.7, 6.0, minimum_jerk),
        Piece(again, 0.9, 20.0, minimum_jerk),
        Piece(again + 3.9, 3.3, -26.0, SLOWLY),
    ]
    (rep,) = shown(pieces, again + 9.0)
    assert times(rep) == pytest.approx([2.0, again + 0.9, again + 3.9, again + 7.2], abs=0.2)


def test_a_small_push_at_the_top_belongs_to_the_hold() -> None:
    pieces = [Piece(2.0, 1.0, 25.0, minimum_jerk), Piece(4.6, 0.5, 1.5, minimum_jerk), Piece(6.2, 3.3, -26.5, SLOWLY)]
    (rep,) = shown(pieces, 11.0)
    assert times(rep) == pytest.approx([2.0, 3.0, 6.2, 9.5], abs=0.2)


@pytest.mark.parametrize("pause_s", [0.4, 1.5])
def test_braking_half_way_down_ends_at_the_bottom(pause_s: float) -> None:
    """Dropped by half, stopped after hearing "slower", and lowered slowly from there."""
    again = 6.7 + pause_s
    pieces = [
        Piece(2.0, 1.0, 26.0, minimum_jerk),
        Piece(6.0, 0.7, -13.0, minimum_jerk),
        Piece(again, 2.2, -13.0, SLOWLY),
    ]
    (rep,) = shown(pieces, again + 5.0)
    assert times(rep) == pytest.approx([2.0, 3.0, 6.0, again + 2.2], abs=0.25)


def test_legs_that_only_swing_are_held_for_no_time() -> None:
    """Up and down without a stay: starts are in order and nothing is negative."""
    pieces = [Piece(2.0 + 2 * k, 1.0, 26.0 * way, minimum_jerk) for k in range(4) for way in (1,)] + [
        Piece(3.0 + 2 * k, 1.0, -26.0, minimum_jerk) for k in range(4)
    ]
    reps = shown(pieces, 12.0)
    assert len(reps) == 4
    for rep in reps:
        assert (np.diff(times(rep)) >= 0).all()
        assert rep.numbers["hold_s"] < 0.5


def test_stages_one_after_the_other_never_say_not_lowered() -> None:
    """A stop of three seconds a hand's breadth above the floor, then down: the next lift starts from the bottom."""
    pieces = [
        Piece(2.0, 1.0, 26.0, minimum_jerk),
        Piece(6.0, 2.5, -20.0, SLOWLY),
        Piece(11.5, 0.8, -6.0, minimum_jerk),
        Piece(13.5, 1.0, 26.0, minimum_jerk),
        Piece(17.5, 3.3, -26.0, SLOWLY),
    ]
    reps = shown(pieces, 23.0)
    assert len(reps) == 2
    assert times(reps[0])[3] == pytest.approx(12.3, abs=0.2)
    assert "incomplete-lowering" not in {fault.name for rep in reps for fault in rep.faults}
