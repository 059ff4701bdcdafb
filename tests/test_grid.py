"""The steady grid against a slow and obvious one, instant by instant."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from formcheck.core import grid

Floats = NDArray[np.float64]
EARLY_S = 1e-3


def gridded(time_s: Floats, rows: Floats) -> Floats:
    state, found = grid.step(grid.start(rows.shape[1]), (time_s, rows))
    return np.concatenate([found, grid.finish(state)])


def oracle(time_s: Floats, rows: Floats) -> list[list[float]]:
    """The value at each instant, told from the seen frames before and after it."""
    seen = [(t, row) for t, row in zip(time_s, rows, strict=True) if not np.isnan(row[0])]
    out = []
    k = 0
    while k / grid.RATE_HZ <= time_s[-1] + EARLY_S:
        out.append(_at(k / grid.RATE_HZ, seen, rows.shape[1]))
        k += 1
    return out


def _at(instant: float, seen: list[tuple[float, Floats]], columns: int) -> list[float]:
    unknown = [float("nan")] * columns
    after = [(t, row) for t, row in seen if t >= instant - EARLY_S]
    before = [(t, row) for t, row in seen if t < instant - EARLY_S]
    if not after:
        return unknown
    t1, row1 = after[0]
    if not before:
        return list(row1) if abs(t1 - instant) <= EARLY_S else unknown
    t0, row0 = before[-1]
    if t1 - t0 > grid.BRIDGE_S + EARLY_S:
        return unknown
    share = min(1.0, max(0.0, (instant - t0) / (t1 - t0)))
    return [a + (b - a) * share for a, b in zip(row0, row1, strict=True)]


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.sampled_from([0.005, 0.012, 1 / 60, 1 / 30, 0.041, 0.1, 0.29, 0.31, 1.3]), max_size=60),
    st.floats(0.0, 0.2),
    st.integers(0, 1000),
)
def test_as_the_oracle(steps: list[float], first: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    time_s = first + np.cumsum([0.0, *steps])
    rows = random.normal(0.0, 100.0, (len(time_s), 3))
    rows[random.random(len(time_s)) < 0.2] = np.nan
    np.testing.assert_allclose(gridded(time_s, rows), oracle(time_s, rows), rtol=1e-9, atol=1e-9)


def test_frames_on_the_grid_stay_as_they_are() -> None:
    time_s = np.arange(90) / 30
    rows = np.random.default_rng(1).normal(size=(90, 2))
    np.testing.assert_allclose(gridded(time_s, rows), rows, atol=1e-12)


@pytest.mark.parametrize("digits", [3, 4, 6])
def test_rounded_stream_times_do_not_cost_an_instant(digits: int) -> None:
    time_s = np.round(np.arange(301) / 30, digits)
    found = gridded(time_s, time_s[:, None])
    assert len(found) == 301
    np.testing.assert_allclose(found[:, 0], np.arange(301) / 30, atol=1.1e-3)


@pytest.mark.parametrize("fps", [15.0, 24.0, 25.0, 29.97, 50.0, 60.0, 120.0])
def test_a_straight_line_stays_one_at_any_rate(fps: float) -> None:
    time_s = np.arange(int(4 * fps)) / fps
    found = gridded(time_s, np.stack([time_s * 10, 5 - time_s], axis=1))
    at = np.arange(len(found)) / grid.RATE_HZ
    known = ~np.isnan(found[:, 0])
    assert known[:-1].all()
    np.testing.assert_allclose(found[known], np.stack([at * 10, 5 - at], axis=1)[known], atol=0.011)


@pytest.mark.parametrize(("gap_s", "bridged"), [(0.1, True), (0.29, True), (0.32, False), (2.0, False)])
def test_short_gaps_are_bridged_and_long_ones_unknown(gap_s: float, bridged: bool) -> None:
    time_s = np.concatenate([np.arange(0.0, 1.0, 1 / 60), np.arange(0.0, 1.0, 1 / 60) + 1.0 - 1 / 60 + gap_s])
    found = gridded(time_s, time_s[:, None])[:, 0]
    at = np.arange(len(found)) / grid.RATE_HZ
    inside = (at > 1.0) & (at < 1.0 - 1 / 60 + gap_s - 0.002)
    assert np.isnan(found[inside]).all() == (not bridged)
    assert np.isfinite(found[inside]).all() == bridged
    np.testing.assert_allclose(found[at < 0.98], at[at < 0.98], atol=1e-9)


@pytest.mark.parametrize("digits", [3, 6, 15])
def test_nine_frames_are_bridged_wherever_they_are(digits: int) -> None:
    """0.3 s to the digit: the last bits of stream times must not decide."""
    time_s = np.round(np.arange(300) / 30, digits)
    for start in range(1, 280):
        kept = np.ones(300, bool)
        kept[start : start + 8] = False
        assert np.isfinite(gridded(time_s[kept], time_s[kept][:, None])).all(), f"gap from {time_s[start - 1]} s"


def test_frames_of_nobody_are_gaps() -> None:
    time_s = np.arange(120) / 30
    rows = np.ones((120, 2))
    rows[30:37] = np.nan  # seen 8 frames apart: 0.27 s
    rows[60:70] = np.nan  # seen 11 frames apart: 0.37 s
    found = gridded(time_s, rows)[:, 0]
    assert np.isfinite(found[:60]).all()
    assert np.isnan(found[60:70]).all()


def test_before_the_first_and_after_the_last_frame_nothing_is_known() -> None:
    time_s = np.array([0.5, 0.52, 0.54, 0.7])
    rows = np.array([[1.0], [1.0], [1.0], [np.nan]])
    found = gridded(time_s, rows)[:, 0]
    assert len(found) == 22
    assert np.isnan(found[:15]).all()
    assert found[15] == 1.0
    assert np.isnan(found[17:]).all()


def test_an_instant_comes_out_as_soon_as_it_can_be_told() -> None:
    state = grid.start(1)
    for k in range(10):
        state, found = grid.step(state, (np.array([k / 30]), np.array([[float(k)]])))
        assert found[:, 0].tolist() == [float(k)]


def test_a_lost_body_holds_nothing_up_for_long() -> None:
    """Live, what is unknown is told when the gap is too long to be bridged, not when somebody comes back."""
    state, _ = grid.step(grid.start(1), (np.array([0.0]), np.array([[1.0]])))
    out = 0
    for k in range(1, 31):
        state, found = grid.step(state, (np.array([k / 30]), np.array([[np.nan]])))
        assert np.isnan(found).all()
        out += len(found)
    assert out == 30


def test_nothing_gives_nothing() -> None:
    assert grid.finish(grid.start(4)).shape == (0, 4)
    state, found = grid.step(grid.start(4), (np.zeros(0), np.zeros((0, 4))))
    assert found.shape == (0, 4)
    assert grid.finish(state).shape == (0, 4)
