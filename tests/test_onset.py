"""The first frames of a fall: told before the lowering is, and of nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from movements import trapezoid

from formcheck.core import angles
from formcheck.core.grid import RATE_HZ
from formcheck.core.onset import CALM, LINE, TAIL, lasting, onsets

Floats = np.ndarray
HELD_S = 1.0


def seen(lower_s: float, *, noise_deg: float = 0.0, seed: int = 0, thigh: float = 1.0) -> Floats:
    """Rows of legs that are held for a second and then lowered by 28 degrees; the thigh moves by a share of it."""
    t = np.arange(int((HELD_S + lower_s) * RATE_HZ)) / RATE_HZ
    way = -28.0 * trapezoid(0.56 / lower_s)((t - HELD_S) / lower_s)
    rows = np.zeros((len(t), len(angles.SIGNALS)))
    noise = np.random.default_rng(seed).normal(0.0, 1.0, (2, len(t))) * noise_deg
    rows[:, angles.LEG], rows[:, angles.THIGH] = way + noise[0], thigh * way + noise[1]
    return rows


def told(rows: Floats) -> list[tuple[float, float]]:
    """When (s after the start) and how long the lowering is thought to last, where that is told."""
    found = [lasting(fallen, speed, 28.0) for fallen, speed in onsets(rows).tolist()]
    at = (np.arange(len(found)) + TAIL) / RATE_HZ - HELD_S
    return [(float(s), lasts) for s, lasts in zip(at, found, strict=True) if np.isfinite(lasts)]


@pytest.mark.parametrize("lower_s", [0.7, 0.9, 1.0])
@pytest.mark.parametrize("noise_deg", [0.0, 0.05])
def test_a_fall_is_told_within_a_quarter_of_a_second(lower_s: float, noise_deg: float) -> None:
    early = [at for at, lasts in told(seen(lower_s, noise_deg=noise_deg)) if lasts < 1.75]
    assert early
    assert 0.06 < early[0] < 0.25


@pytest.mark.parametrize("lower_s", [2.7, 3.5, 5.0])
@pytest.mark.parametrize("seed", range(5))
def test_a_controlled_lowering_is_none(lower_s: float, seed: int) -> None:
    for noise_deg in (0.0, 0.05, 0.1):
        assert all(lasts > 1.75 for _, lasts in told(seen(lower_s, noise_deg=noise_deg, seed=seed)))


@pytest.mark.parametrize("seed", range(5))
def test_trembling_landmarks_are_given_time(seed: int) -> None:
    """A third of a degree from frame to frame: not calm, so nothing is told of any lowering."""
    assert all(lasts > 1.75 for _, lasts in told(seen(3.0, noise_deg=0.33, seed=seed)))


def test_an_ankle_that_jumps_is_no_fall() -> None:
    """For one frame, or for good: the thigh stays where it is."""
    for frames in (1, 2, 100):
        rows = np.zeros((60, len(angles.SIGNALS)))
        rows[30 : 30 + frames, angles.LEG] = -2.0
        assert told(rows) == []
    assert told(seen(1.2, thigh=0.0)) == []
    assert told(seen(1.0, thigh=0.5))


def test_swinging_legs_are_not_calm() -> None:
    rows = seen(1.2)
    t = np.arange(len(rows)) / RATE_HZ
    for column in (angles.LEG, angles.THIGH):
        rows[:, column] += 2.0 * np.sin(2 * np.pi * 1.5 * t)
    assert told(rows) == []


def test_what_is_unknown_is_not_told() -> None:
    for column in (angles.LEG, angles.THIGH):
        rows = seen(1.2)
        rows[int(HELD_S * RATE_HZ) + 1 :: LINE, column] = np.nan
        assert told(rows) == []


@given(st.integers(1, 40), st.integers(0, 3))
def test_it_does_not_matter_how_many_come_at_once(block: int, seed: int) -> None:
    rows = seen(1.2, noise_deg=0.1, seed=seed)
    whole = onsets(rows)
    parts = [onsets(rows[k : k + TAIL + block]) for k in range(0, len(rows) - TAIL, block)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert len(whole) == len(rows) - TAIL
    assert TAIL == CALM + LINE - 1


def test_lasting() -> None:
    """From an even acceleration from rest: a body at 40 degrees a second after 4 degrees, with 28 to go."""
    assert lasting(4.0, 40.0, 28.0) == pytest.approx(np.sqrt((0.56 + 28 / (200 * 0.56)) * (0.56 + 28 / 40)))
    for fallen, speed in ((0.0, 5.0), (-1.0, 5.0), (3.0, 0.0), (np.nan, 5.0), (3.0, np.nan)):
        assert np.isnan(lasting(fallen, speed, 28.0))
