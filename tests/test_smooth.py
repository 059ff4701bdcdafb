"""The smoother against a slow and obvious one: the median of five, then an explicit weighted sum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from formcheck.core import grid, smooth

Floats = NDArray[np.float64]


def smoothed(rows: Floats) -> Floats:
    state, found = smooth.step(smooth.State(), rows)
    return np.concatenate([found, smooth.finish(state)])


def oracle(rows: Floats) -> Floats:
    """Instant by instant, the ends continued with their last value."""
    padded = np.concatenate([np.repeat(rows[:1], 6, axis=0), rows, np.repeat(rows[-1:], 6, axis=0)])
    medians = [np.median(padded[i - 2 : i + 3], axis=0) for i in range(2, len(padded) - 2)]
    weights = [np.sin(np.pi * k / 10) ** 2 for k in range(1, 10)]
    out = []
    for i in range(4, len(medians) - 4):
        total = sum(w * medians[i - 4 + k] for k, w in enumerate(weights))
        out.append(total / sum(weights))
    return np.array(out)


values = st.floats(-100, 100, allow_nan=False, width=32)


@settings(deadline=None, max_examples=80)
@given(
    st.integers(1, 40).flatmap(lambda n: arrays(np.float64, (n, 2), elements=values)),
    st.sets(st.integers(0, 39), max_size=3),
)
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_as_the_oracle(rows: Floats, unknown: set[int]) -> None:
    rows = rows.copy()
    rows[[k for k in unknown if k < len(rows)]] = np.nan
    np.testing.assert_allclose(smoothed(rows), oracle(rows), atol=1e-9)


def test_one_row_out_for_one_row_in_and_none_shifted() -> None:
    t = np.arange(300) / grid.RATE_HZ
    wave = 20 * np.sin(2 * np.pi * 0.25 * t)[:, None]
    found = smoothed(wave)
    assert found.shape == wave.shape
    inner = slice(10, -10)
    lags = range(-5, 6)
    errors = [np.abs(found[inner, 0] - np.roll(wave[:, 0], k)[inner]).max() for k in lags]
    assert lags[int(np.argmin(errors))] == 0
    assert min(errors) < 0.15


def test_a_line_and_a_level_pass_unchanged() -> None:
    t = np.arange(100) / grid.RATE_HZ
    rows = np.stack([np.full(100, -12.5), 11.0 * t], axis=1)
    np.testing.assert_allclose(smoothed(rows)[:, 0], -12.5, atol=1e-12)
    np.testing.assert_allclose(smoothed(rows)[6:-6, 1], rows[6:-6, 1], atol=1e-9)


@pytest.mark.parametrize("length", [1, 2])
def test_wild_values_leave_no_trace(length: int) -> None:
    rows = np.zeros((60, 1))
    rows[30 : 30 + length] = 80.0
    assert np.array_equal(smoothed(rows), np.zeros((60, 1)))


def test_noise_shrinks_to_less_than_half() -> None:
    noise = np.random.default_rng(3).normal(0.0, 1.0, (3000, 1))
    assert smoothed(noise).std() < 0.5


def test_what_is_unknown_stays_local() -> None:
    rows = np.ones((100, 1))
    rows[50:60] = np.nan
    found = smoothed(rows)[:, 0]
    assert np.isnan(found[50:60]).all()
    assert np.isfinite(found[: 50 - smooth.LAG]).all()
    assert np.isfinite(found[60 + smooth.LAG :]).all()


def test_the_lag_is_what_it_says() -> None:
    state, found = smooth.step(smooth.State(), np.ones((50, 3)))
    assert found.shape == (50 - smooth.LAG, 3)
    assert smooth.finish(state).shape == (smooth.LAG, 3)
    assert smooth.LAG / grid.RATE_HZ <= 0.2


def test_nothing_gives_nothing() -> None:
    state, found = smooth.step(smooth.State(), np.zeros((0, 3)))
    assert found.shape == (0, 3)
    assert len(smooth.finish(state)) == 0
