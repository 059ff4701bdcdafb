"""Statistics, matching and interpolation of the evaluation against slow and plain ones."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.evaluate.clip import interpolate
from formcheck.evaluate.match import MIN_OVERLAP, match, overlap
from formcheck.evaluate.stats import describe


def slow_statistics(errors: list[float]) -> list[float]:
    n = len(errors)
    bias = sum(errors) / n
    size = sorted(abs(e) for e in errors)
    place = 0.95 * (n - 1)
    below = math.floor(place)
    above = min(below + 1, n - 1)
    p95 = size[below] + (place - below) * (size[above] - size[below])
    spread = 1.96 * math.sqrt(sum((e - bias) ** 2 for e in errors) / (n - 1)) if n > 1 else math.nan
    mean_square = sum(e * e for e in errors) / n
    return [n, bias, sum(size) / n, math.sqrt(mean_square), p95, size[-1], bias - spread, bias + spread]


@given(st.lists(st.floats(-90, 90), min_size=1, max_size=40))
def test_statistics_against_oracle(errors: list[float]) -> None:
    s = describe(np.array(errors))
    found = [s.n, s.bias, s.mae, s.rmse, s.p95, s.worst, s.low, s.high]
    assert found == pytest.approx(slow_statistics(errors), abs=1e-9, nan_ok=True)


def test_statistics_by_hand() -> None:
    s = describe(np.array([1.0, -1.0, 3.0, math.nan]))
    assert (s.n, s.bias, s.mae, s.rmse) == (3, 1, pytest.approx(5 / 3), pytest.approx(math.sqrt(11 / 3)))
    assert (s.low, s.high, s.worst, s.p95) == (
        pytest.approx(-2.92),
        pytest.approx(4.92),
        3,
        pytest.approx(2.8),
    )
    assert describe(np.zeros(0)).n == 0


spans = st.lists(st.tuples(st.floats(0, 20), st.floats(0.1, 8)).map(lambda p: (p[0], p[0] + p[1])), max_size=4)


def slow_best(found: list[Any], true: list[Any]) -> float:
    """Largest overlap over every way to pair."""

    def shared(a: tuple[float, float], b: tuple[float, float]) -> float:
        both = min(a[1], b[1]) - max(a[0], b[0])
        return both if both > 0 and both >= MIN_OVERLAP * (max(a[1], b[1]) - min(a[0], b[0])) else 0.0

    few, many = sorted((found, true), key=len)
    ways = itertools.permutations(many, len(few))
    return max(sum(shared(a, b) for a, b in zip(few, way, strict=True)) for way in ways)


@given(spans, spans)
def test_match_against_every_pairing(found: list[Any], true: list[Any]) -> None:
    pairs = match(found, true)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    seconds = overlap(found, true)
    assert sum(seconds[i, j] for i, j in pairs) == pytest.approx(slow_best(found, true))
    assert all(seconds[i, j] > 0 for i, j in pairs)


def test_match_is_not_greedy() -> None:
    # the largest single overlap (the first with the first) would leave the second true rep alone
    assert match([(0, 10), (-6, 4.5)], [(0, 9), (5, 14)]) == [(0, 1), (1, 0)]
    assert match([(math.nan, math.nan)], [(0, 9)]) == []
    assert match([], [(0, 9)]) == []


@given(st.data())
def test_interpolation_against_oracle(data: st.DataObject) -> None:
    steps = data.draw(st.lists(st.sampled_from([0.05, 0.1, 0.15, 0.5]), min_size=1, max_size=12))
    time_s = np.cumsum(steps)
    value = st.one_of(st.just(math.nan), st.floats(-90, 90))
    values = np.array(data.draw(st.lists(value, min_size=len(steps), max_size=len(steps))))
    middles = (time_s[1:] + time_s[:-1]) / 2
    at_s = np.array([*data.draw(st.lists(st.floats(-1, 7), max_size=8)), *time_s, *middles])
    wanted = [slow_value(list(time_s), list(values), at) for at in at_s]
    assert interpolate(time_s, values, at_s).tolist() == pytest.approx(wanted, abs=1e-9, nan_ok=True)


def slow_value(time_s: list[float], values: list[float], at: float) -> float:
    for t, v in zip(time_s, values, strict=True):
        if t == at:
            return v
    for (t0, v0), (t1, v1) in itertools.pairwise(zip(time_s, values, strict=True)):
        if t0 < at < t1 and t1 - t0 <= 0.2:
            return v0 + (v1 - v0) * (at - t0) / (t1 - t0)
    return math.nan


def test_interpolation_by_hand() -> None:
    values = interpolate(
        np.array([0.0, 0.1, 0.2, 0.9, 1.0]),
        np.array([0.0, 10.0, 20.0, 90.0, math.nan]),
        np.array([-0.1, 0.0, 0.05, 0.2, 0.5, 0.9, 0.95, 1.0, 1.1]),
    )
    nan = math.nan
    assert values.tolist() == pytest.approx([nan, 0, 5, 20, nan, 90, nan, nan, nan], nan_ok=True)
