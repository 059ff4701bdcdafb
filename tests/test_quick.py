"""The quick estimate: the law, its delays, and what it says about recordings whose truth is known."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from coached import NAMES, load
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import check_law, cuts
from movements import Curve, Piece, Rep, curve_of, minimum_jerk, movement

from formcheck.core import angles, grid, quick, screen
from formcheck.core.calibrate import stage
from formcheck.core.grid import RATE_HZ
from formcheck.core.phases import HOLD, LIFT, LOWER, REST
from formcheck.core.posemodel import LAG_S, named
from formcheck.core.quick import Estimate
from formcheck.core.reach import reach

Floats = np.ndarray
STAGE = (quick.State, quick.step, quick.finish)
UNSTEADY = {"swinging", "uneven-legs"}
"""Reps in which the legs come to no clear stop, or the near leg is not what both do."""


@cache
def signals(name: str) -> Floats:
    made, _ = load(name)
    _, rows = screen.step(screen.State(made.calibration), made.observations)
    state, steady = grid.step(grid.start(screen.COLUMNS), rows)
    steady = np.concatenate([steady, grid.finish(state)])
    return angles.step(stage(made.calibration, made.source, named(made.model)), steady)[1]


@cache
def estimates(name: str) -> list[Estimate]:
    return quick.step(quick.State(), signals(name))[1]


def rows_of(curve: Curve, seconds: float, noise_deg: float = 0.0) -> Floats:
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    rows = np.zeros((len(t), len(angles.SIGNALS)))
    noise = np.random.default_rng(1).normal(0.0, 1.0, (2, len(t))) * noise_deg
    rows[:, angles.LEG], rows[:, angles.THIGH] = curve(t) + noise
    rows[:, angles.TOE] = rows[:, angles.SMOOTHED :] = np.nan
    return rows


def told(curve: Curve, seconds: float, noise_deg: float = 0.0) -> list[Estimate]:
    return quick.step(quick.State(), rows_of(curve, seconds, noise_deg))[1]


def phases_of(found: list[Estimate]) -> list[str]:
    return [b.phase for a, b in pairwise(found) if b.phase != a.phase]


def troubled() -> Floats:
    """Gaps, single wild values, legs apart, somebody who stands up."""
    rows = signals("clip14_heavy").copy()
    random = np.random.default_rng(3)
    for start in random.integers(0, len(rows), 8):
        rows[start : start + random.integers(1, 40)] = np.nan
    rows[random.integers(0, len(rows), 20), angles.LEG] += 30.0
    rows[300:380, angles.TRUNK] = 80.0
    return rows


TROUBLED = troubled()


def test_the_law_in_blocks() -> None:
    check_law(STAGE, TROUBLED)
    check_law(STAGE, signals("clip08_heavy"))


@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_the_law_cut_anywhere(data: st.DataObject) -> None:
    check_law(STAGE, TROUBLED, data.draw(cuts(len(TROUBLED), most=12)))


def test_level_and_speed_are_little_behind() -> None:
    """On a steady slope the level trails by the median's one instant, the speed is right."""
    found = told(lambda t: -30.0 + 10.0 * t, 3.0)[30:]
    assert [e.elevation_deg for e in found] == pytest.approx([-30.0 + 10.0 * (e.time_s - 1 / RATE_HZ) for e in found])
    assert [e.speed_deg_s for e in found] == pytest.approx([10.0] * len(found))
    assert quick.LEVEL_LAG_S <= 0.06


def test_speed_survives_noise_and_wild_values() -> None:
    """A tenth of a degree of noise is what the pose models' video mode leaves."""
    rows = rows_of(lambda t: np.full(np.shape(t), -20.0), 10.0, noise_deg=0.1)
    rows[50::40, angles.LEG] += 25.0
    speed = np.array([e.speed_deg_s for e in quick.step(quick.State(), rows)[1]][10:])
    assert speed.std() < 1.5
    assert np.abs(speed).max() < 5.0


@pytest.mark.parametrize("noise_deg", [0.0, 0.3])
def test_phases_of_good_reps(noise_deg: float) -> None:
    curve, times, seconds = movement([Rep(), Rep(low_deg=-28.0), Rep(lift_s=1.4, hold_s=1.0, lower_s=5.0)])
    found = told(curve, seconds, noise_deg)
    assert phases_of(found) == [REST, *[LIFT, HOLD, LOWER, REST] * 3]
    assert found[-1].reps == 3
    for k, true in enumerate(times):
        first = next(e for e in found if e.phase == HOLD and e.time_s > true.hold_start_s - 0.3).time_s
        held = [e for e in found if e.phase == HOLD and first + 0.45 < e.time_s < true.lower_start_s][-1]
        assert held.hold_s + LAG_S == pytest.approx(true.hold_start_s, abs=0.08), k
        fall = next(e for e in found if e.phase == LOWER and e.time_s > true.lower_start_s)
        assert fall.lower_s + LAG_S == pytest.approx(true.lower_start_s, abs=0.3), k
        assert held.top_deg == pytest.approx(0.0, abs=0.5)
        assert held.low_deg == pytest.approx(curve(np.array([true.lift_start_s]))[0], abs=1.0)


def test_a_pause_on_the_way_up_is_one_lift() -> None:
    pieces = [Piece(1.0, 0.8, 14.0, minimum_jerk), Piece(2.6, 0.8, 14.0, minimum_jerk)]
    found = told(curve_of(pieces, -28.0), 6.0)
    assert phases_of(found) == [REST, LIFT, HOLD, LIFT, HOLD]
    assert found[-1].hold_s == pytest.approx(3.4, abs=0.25)
    assert found[-1].reps == 0


def test_a_twitch_is_no_lift_and_a_sag_no_lowering() -> None:
    twitch = curve_of([Piece(1.0, 0.4, 4.0, minimum_jerk), Piece(1.6, 0.4, -4.0, minimum_jerk)], -28.0)
    assert HOLD not in phases_of(told(twitch, 4.0))
    sag = curve_of([Piece(1.0, 1.0, 28.0, minimum_jerk), Piece(3.5, 0.5, -2.0, minimum_jerk)], -28.0)
    found = told(sag, 7.0)
    assert found[-1].phase == HOLD
    assert found[-1].hold_s == pytest.approx(2.0 - LAG_S, abs=0.08)


def test_nobody_lying_is_no_phase() -> None:
    curve, _, seconds = movement([Rep(), Rep(), Rep()])
    rows = rows_of(curve, seconds)
    rows[:60, angles.TRUNK] = 80.0
    rows[300:400] = np.nan
    found = quick.step(quick.State(), rows)[1]
    assert {e.phase for e in found[:60]} == {""}
    assert {e.phase for e in found[316:400]} == {""}
    assert {e.phase for e in found[430:]} >= {LIFT, HOLD}


@pytest.mark.parametrize("height", [15.0, 28.0, 40.0])
@pytest.mark.parametrize("seconds", [0.6, 1.0, 1.6])
def test_reach_of_a_perfect_lift(height: float, seconds: float) -> None:
    """It knows the end from three fifths of the time on."""
    t = np.arange(int(seconds * RATE_HZ) + 1) / RATE_HZ
    rise = height * minimum_jerk(t / seconds)
    late = [reach(rise[: k + 1]) for k in range(len(t)) if 0.65 < t[k] / seconds < 0.95]
    assert late == pytest.approx([height] * len(late), rel=0.05)
    early = [reach(rise[: k + 1]) for k in range(1, len(t)) if t[k] / seconds < 0.5]
    assert np.isnan(early).all()


def test_reach_of_nothing() -> None:
    for rise in (np.zeros(0), np.zeros(20), np.full(20, np.nan), np.linspace(5, 0, 20), np.linspace(-3, -1, 9)):
        assert np.isnan(reach(rise))


@pytest.mark.parametrize("name", NAMES)
def test_counts_and_holds_of_the_recordings(name: str) -> None:
    """Hold starts, as they are known 0.8 s after them, are within 0.1 s."""
    found, truth = estimates(name), load(name)[1]
    assert found[-1].reps == len(truth["reps"])
    for rep in truth["reps"]:
        if UNSTEADY & set(rep["faults"]):
            continue
        known = [e for e in found if rep["hold_start_s"] < e.time_s <= rep["hold_start_s"] + 0.85]
        assert known[-1].hold_s == pytest.approx(rep["hold_start_s"], abs=0.1), rep


@pytest.mark.parametrize("name", NAMES)
def test_elevation_follows_the_truth(name: str) -> None:
    found, truth = estimates(name), load(name)[1]["frames"]
    known = [e for e in found if np.isfinite(e.elevation_deg)]
    true = np.interp([e.time_s for e in known], truth["time_s"], truth["thigh_elevation_deg"])
    seen = np.array([e.elevation_deg for e in known])
    assert np.corrcoef(seen, true)[0, 1] > 0.98
    assert np.abs(seen - true).mean() < 3.0
