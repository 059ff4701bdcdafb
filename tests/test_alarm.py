"""The tone and the warnings of single lifts and lowerings, with limits moved and rules switched off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coached import Line, act, listen, ticks, when
from hypothesis import given
from hypothesis import strategies as st
from movements import Rep, Times, movement

from formcheck.core import quick
from formcheck.core.phases import HOLD, LIFT, LOWER, REST
from formcheck.core.quick import Estimate
from formcheck.live.alarm import guide, target, warning, way_down
from formcheck.live.coach import Coach
from formcheck.outputs.voice.sounds import Guide
from formcheck.rules.limits import Limits

GOOD = Rep(low_deg=-28.0, hold_s=2.0)
NOW = Estimate(5.0, 0.0, 0.0, HOLD, 1.0, 2.0, np.nan, np.nan, np.nan, np.nan, -28.0, 0.0, 0.6, 0.1, 0)
Heard = tuple[list[Line], list[tuple[float, Guide | None]]]


def heard(*reps: Rep, limits: Limits | None = None, noise_deg: float = 0.1) -> tuple[Heard, list[Times]]:
    curve, times, end = movement(reps, 1.0)
    return listen(Coach(limits or Limits()), act(curve, end + 1, noise_deg=noise_deg)), times


@pytest.mark.parametrize("top_deg", [9.0, 12.0, 18.0])
@pytest.mark.parametrize("lift_s", [0.8, 1.0, 1.6])
def test_stop_comes_before_the_peak(top_deg: float, lift_s: float) -> None:
    (lines, _), times = heard(GOOD, GOOD._replace(top_deg=top_deg, lift_s=lift_s), GOOD)
    assert len(when(lines, "stop")) == 1
    assert times[1].lift_start_s < when(lines, "stop")[0] < times[1].hold_start_s - 0.08


@pytest.mark.parametrize("top_deg", [-12.0, 0.0, 3.0])
@pytest.mark.parametrize("lift_s", [0.5, 1.0, 2.5])
def test_lifts_to_parallel_are_left_alone(top_deg: float, lift_s: float) -> None:
    (lines, _), _ = heard(GOOD, GOOD._replace(top_deg=top_deg, lift_s=lift_s), GOOD)
    assert when(lines, "stop") == []


def test_the_limit_of_stop_moves_with_the_plan() -> None:
    high = GOOD._replace(top_deg=9.0)
    (lines, _), _ = heard(high, limits=Limits(parallel_tolerance_deg=12.0))
    assert when(lines, "stop") == []
    (lines, _), _ = heard(high, limits=Limits(off=("hyperextension",)))
    assert when(lines, "stop") == []


@pytest.mark.parametrize("lower_s", [0.7, 1.0, 1.2])
def test_slower_comes_soon_after_a_fall_began(lower_s: float) -> None:
    (lines, _), times = heard(GOOD, GOOD._replace(lower_s=lower_s), GOOD)
    assert len(when(lines, "slower")) == 1
    assert 0.0 < when(lines, "slower")[0] - times[1].lower_start_s < 0.4


@pytest.mark.parametrize("lower_s", [2.5, 3.0, 4.0, 8.0])
def test_controlled_lowerings_are_left_alone(lower_s: float) -> None:
    (lines, _), _ = heard(*[GOOD._replace(lower_s=lower_s)] * 3)
    assert when(lines, "slower", "floor") == []


def test_the_limit_of_slower_moves_with_the_plan() -> None:
    (lines, _), _ = heard(GOOD._replace(lower_s=1.2), limits=Limits(lower_min_s=1.0))
    assert when(lines, "slower") == []
    (lines, _), _ = heard(GOOD._replace(lower_s=1.2), limits=Limits(off=("fast-descent",)))
    assert when(lines, "slower") == []


def test_floor_is_said_before_legs_go_deeper_than_ever() -> None:
    deep = GOOD._replace(end_deg=-36.0, lower_s=4.0)
    (lines, _), times = heard(GOOD, GOOD, deep)
    assert len(when(lines, "floor")) == 1
    assert times[2].lower_start_s + 2.0 < when(lines, "floor")[0] < times[2].end_s - 0.3
    (lines, _), _ = heard(GOOD, GOOD, deep, limits=Limits(off=("toe-touch",)))
    assert when(lines, "floor") == []


def test_nothing_is_warned_of_without_knowing() -> None:
    for phase in (LIFT, LOWER, HOLD, REST, ""):
        unknown = NOW._replace(phase=phase, toe_legs=np.nan, floor_legs=np.nan)
        assert warning(unknown, np.nan, Limits()) == ""
        assert guide(unknown, 5.0, Limits()).warning == 0.0


def test_the_detent_is_where_thighs_count_as_parallel() -> None:
    assert [guide(NOW._replace(elevation_deg=e), 5.0, Limits()).parallel for e in (-5.1, -5.0, 0.0, 5.0, 5.1)] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_the_tone_gets_harsh_beyond_parallel_and_near_the_floor() -> None:
    high = [guide(NOW._replace(elevation_deg=e), 5.0, Limits()).warning for e in (4.0, 6.0, 8.0, 12.0)]
    assert high == pytest.approx([0.0, 0.2, 0.6, 1.0])
    down = NOW._replace(phase=LOWER, lower_s=4.0)
    low = [
        guide(down._replace(toe_legs=(0.06 + h) / 0.8), 5.0, Limits()).warning for h in (0.08, 0.04, 0.02, 0.0, -0.1)
    ]
    assert low == pytest.approx([0.0, 0.2, 0.6, 1.0, 1.0])
    off = Limits(off=("toe-touch", "hyperextension"))
    assert guide(down._replace(toe_legs=0.0, elevation_deg=30.0), 5.0, off).warning == 0.0


def test_the_guide_falls_over_three_and_a_half_seconds() -> None:
    down = NOW._replace(phase=LOWER, lower_s=4.0)
    levels = [target(down, 4.0 + s, Limits()) for s in (0.0, 1.75, 3.5, 6.0)]
    assert levels == pytest.approx([0.0, -14.0, -28.0, -28.0])
    slow = Limits(lower_min_s=5.5)
    assert target(down, 4.0 + 3.0, slow) == pytest.approx(-14.0)
    assert target(NOW, 5.0, Limits()) is None
    assert target(down._replace(lower_s=np.nan), 5.0, Limits()) is None


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.01, 0.5))
def test_the_way_down_only_goes_down(a: float, b: float, corner: float) -> None:
    low, high = sorted((a, b))
    assert 0.0 <= way_down(low, corner) <= way_down(high, corner) <= 1.0


def test_ticks_and_warnings_in_strong_noise() -> None:
    """A third of a degree from frame to frame, three times what the pose models leave: rougher, but nothing false."""
    (lines, _), _ = heard(*[GOOD._replace(hold_s=3.0)] * 5, noise_deg=0.33)
    assert when(lines, "stop", "slower", "floor") == []
    assert len(ticks(lines, "hold")) == pytest.approx(15, abs=2)


def test_estimates_of_perfect_reps_hold_no_warning() -> None:
    curve, _, end = movement([GOOD] * 3, 1.0)
    rows = np.concatenate([m.rows for m in act(curve, end)])
    found = quick.step(quick.State(), rows)[1]
    strict = replace(Limits(), overshoot_max_deg=0.5)
    assert {warning(e, np.nan, strict) for e in found} == {""}
