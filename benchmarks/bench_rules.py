"""The rules alone: verdicts and scores of a thousand reps, as a batch of recordings under new limits asks for them."""

from __future__ import annotations

import time
from statistics import median

import numpy as np
import pytest
from material import RECORDING
from references import varied_calls
from timing import Benchmark, Figure, in_turn, ratio, tell

from formcheck.analyze import replay
from formcheck.rules import score
from formcheck.rules.grade import judge
from formcheck.rules.limits import Limits

REPS, ROUNDS = 1000, 15
TIMES = 4
"""So often in a round, or the clock would be too coarse."""
REPS_A_CALL = 25
"""So many reps stand against a round of varied calls."""
SPREAD = 0.05
"""By so much (one standard deviation, as a share) the measures differ from rep to rep."""

Columns = dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]


@pytest.mark.benchmark(timer=time.process_time)
def test_rules(benchmark: Benchmark) -> None:
    columns, bands = reps(REPS)
    times, base = in_turn(
        benchmark, lambda: judged(columns, bands), lambda: varied_calls(REPS * TIMES // REPS_A_CALL), ROUNDS
    )
    one, other = median(times) / TIMES, median(base) / TIMES
    note = f"{one * 1e3 * 1000 / REPS:.1f} ms for 1,000 reps"
    tell(benchmark, Figure("rules.judge", ratio(times, base), one, other, note))


def judged(columns: Columns, bands: Columns) -> None:
    """Verdict and score of each rep."""
    for _ in range(TIMES):
        for faults, _unknown in judge(columns, bands, Limits()):
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
