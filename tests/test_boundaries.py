"""Phase times against movements whose times are known: minimum-jerk lift, hold, lowering at an even speed."""

from __future__ import annotations

import numpy as np
import pytest
from movements import Rep, movement
from numpy.typing import NDArray

from formcheck.core import grid, smooth, turns
from formcheck.core.boundaries import UNKNOWN, Boundaries, boundaries
from formcheck.core.exercise import COLUMNS, READY, UNSEEN

Floats = NDArray[np.float64]
RATE = grid.RATE_HZ
NUMBERS = len(COLUMNS)

LIFT_S = 0.05
"""How far the lift's two ends may be off, seconds, without noise."""
LOWER_S = 0.12
"""How far the lowering's two ends may be off for corners like people's (0.35 to 0.8 s), without noise."""


def leg_of(rep: Rep, noise_deg: float = 0.0, seed: int = 0, phase_s: float = 0.0) -> tuple[Floats, Floats]:
    """Smoothed leg elevations and the four true times, in instants; `phase_s` shifts between instants."""
    curve, times, stop = movement([rep], before_s=1.5 + phase_s)
    leg = curve(np.arange(int((stop + 1.0) * RATE)) / RATE)
    leg = leg + np.random.default_rng(seed).normal(0.0, 1.0, len(leg)) * noise_deg
    state, found = smooth.step(smooth.State(), leg[:, None])
    return np.concatenate([found, smooth.finish(state)])[:, 0], np.array(times[0]) * RATE


def marks(leg: Floats) -> Boundaries:
    """As in the chain: the turn first, then its boundaries, in instants of the whole."""
    state, closed = turns.step(
        turns.State(), (leg, np.where(np.isfinite(leg), READY, UNSEEN), np.full((len(leg), NUMBERS), np.nan))
    )
    (turn,) = closed + turns.finish(state)
    first = max(0, turn.low - int(1.5 * RATE))
    part = leg[first : min(turn.close, len(leg) - 1) + 1]
    return Boundaries(*(t + first for t in boundaries(part, turn.low - first, turn.top - first)))


def errors_s(rep: Rep, noise_deg: float = 0.0, seed: int = 0, phase_s: float = 0.0) -> Floats:
    leg, true = leg_of(rep, noise_deg, seed, phase_s)
    return (np.array(marks(leg)) - true) / RATE


@pytest.mark.parametrize("top", [-12.0, 0.0, 8.0])
@pytest.mark.parametrize("lift_s", [0.6, 1.0, 1.6])
def test_the_lift(lift_s: float, top: float) -> None:
    for phase_s in (0.0, 0.011, 0.024):
        error = errors_s(Rep(lift_s=lift_s, top_deg=top), phase_s=phase_s)
        assert np.abs(error[:2]).max() < LIFT_S


@pytest.mark.parametrize("corner_s", [0.35, 0.5, 0.65, 0.8])
@pytest.mark.parametrize("lower_s", [2.0, 3.5, 5.0])
@pytest.mark.parametrize("hold_s", [1.0, 3.0])
def test_the_lowering(corner_s: float, lower_s: float, hold_s: float) -> None:
    error = errors_s(Rep(lower_s=lower_s, corner_s=corner_s, hold_s=hold_s))
    assert np.abs(error[2:]).max() < LOWER_S


def test_sharp_corners_are_found_within_a_fifth_of_a_second() -> None:
    """Legs that take 0.2 s to reach their speed: the usual corner is then too long, by a known amount."""
    assert np.abs(errors_s(Rep(corner_s=0.2))[2:]).max() < 0.2


def test_noise_of_a_third_of_a_degree() -> None:
    errors = np.array([errors_s(Rep(), noise_deg=0.3, seed=seed) for seed in range(40)])
    assert np.isfinite(errors).all()
    lift, lower = errors[:, :2], errors[:, 2:]
    assert np.sqrt((lift**2).mean()) < 0.05
    assert np.abs(lift).max() < 0.15
    assert np.sqrt((lower**2).mean()) < 0.1
    assert np.abs(lower).max() < 0.25


def test_times_lie_between_instants() -> None:
    """Moved by a fraction of a frame, the times move by it: they are interpolated, not counted in frames."""
    shifts = np.array([0.0, 0.25, 0.5, 0.75]) / RATE
    found = np.array([np.array(marks(leg_of(Rep(), phase_s=s)[0])) / RATE - s for s in shifts])
    assert np.ptp(found, axis=0).max() < 0.02


def test_scale_and_level_change_nothing() -> None:
    leg, _ = leg_of(Rep(), noise_deg=0.2)
    one = np.array(boundaries(leg, 30, 90))
    two = np.array(boundaries(leg * 1.7 + 11.0, 30, 90))
    np.testing.assert_allclose(one, two, atol=1e-6)


def test_a_short_hold_is_short() -> None:
    error = errors_s(Rep(hold_s=0.4))
    assert abs(error[2] - error[1]) < 0.35
    assert np.abs(error).max() < 0.3


@pytest.mark.parametrize("which", range(4))
def test_an_unknown_stretch_at_a_boundary_leaves_it_unknown(which: int) -> None:
    leg, true = leg_of(Rep())
    at = round(true[which])
    leg[at - 6 : at + 7] = np.nan
    assert np.isnan(marks(leg)[which])


def test_an_unknown_stretch_elsewhere_does_not() -> None:
    leg, true = leg_of(Rep())
    middle = round((true[1] + true[2]) / 2)
    leg[middle - 5 : middle + 6] = np.nan
    found = np.array(marks(leg))
    assert np.isfinite(found).all()
    assert np.abs(found - true).max() / RATE < LOWER_S


@pytest.mark.parametrize("half", [3, 6, 12])
def test_times_are_right_or_unknown_wherever_something_is_hidden(half: int) -> None:
    whole, true = leg_of(Rep(lower_s=3.0))
    for at in range(half, len(whole) - half, 2):
        leg = whole.copy()
        leg[at - half : at + half + 1] = np.nan
        error = (np.array(marks(leg)) - true) / RATE
        assert np.nanmax(np.abs(error), initial=0.0) < 0.15, f"hidden around {at / RATE:.2f} s: {error}"


def test_a_stretch_that_is_flat_has_no_boundaries() -> None:
    assert all(np.isnan(t) for t in boundaries(np.full(100, -20.0), 10, 50))
    assert all(np.isnan(t) for t in UNKNOWN)
