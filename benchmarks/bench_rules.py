"""The rules alone: verdicts and scores of a thousand reps, as a batch of recordings under new limits asks for them."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import numpy as np
import pytest
from before import before
from material import RECORDING
from timing import Benchmark, Figure, in_turn, ratio, tell

from formcheck.analyze import replay
from formcheck.rules import grade, limits, score

REPS, ROUNDS = 1000, 15
TIMES = 4
"""So often in a round, or the clock would be too coarse."""
SPREAD = 0.05
"""By so much (one standard deviation, as a share) the measures differ from rep to rep."""

PARTS = ("score", "grade", "limits")
Columns = dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]


@pytest.mark.benchmark(timer=time.process_time)
def test_rules(benchmark: Benchmark) -> None:
    columns, bands = reps(REPS)
    old = tuple(before(f"rules.{name}") for name in PARTS)
    times, base = in_turn(
        benchmark, lambda: judged(columns, bands, (score, grade, limits)), lambda: judged(columns, bands, old), ROUNDS
    )
    one, other = median(times) / TIMES, median(base) / TIMES
    note = f"{one * 1e3 * 1000 / REPS:.1f} ms for 1,000 reps"
    tell(benchmark, Figure("rules.judge", ratio(times, base), one, other, note))


def judged(columns: Columns, bands: Columns, parts: tuple[Any, Any, Any]) -> None:
    """Verdict and score of each rep, by the modules of these `PARTS`."""
    score, grade, limits = parts
    for _ in range(TIMES):
        for faults, _unknown in grade.judge(columns, bands, limits.Limits()):
            score.of_rep(faults)


def reps(count: int) -> tuple[Columns, Columns]:
    """Measures of so many reps and half the 95 % band of each, by name: those of a recording, each a little off."""
    known = replay(RECORDING).reps
    chance = np.random.default_rng(1)
    which = np.arange(count) % len(known)
    columns, bands = (
        {name: np.array([table[name] for table in tables])[which] for name in tables[0]}
        for tables in ([rep.numbers for rep in known], [rep.uncertainty for rep in known])
    )
    return {name: values * chance.normal(1.0, SPREAD, count) for name, values in columns.items()}, bands
