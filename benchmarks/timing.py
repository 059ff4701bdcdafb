"""Taking turns: two pieces of work timed A B A B in one run, and what of it counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

Work = Callable[[], object]
Clock = Callable[[], float]


class Figure(NamedTuple):
    """One measurement against its bound.

    value   what is guarded: a ratio, or seconds
    work_s  and base_s: medians of the two times in seconds, each for one unit of work
    note    the same in words and units that a person reads
    """

    name: str
    value: float
    work_s: float
    base_s: float
    note: str = ""


def turns(works: Sequence[Work], rounds: int, clock: Clock = time.perf_counter) -> list[list[float]]:
    """Seconds of each work in each round, (works, rounds); all are run once before, untimed.

    `clock` is the one on the wall, or `time.process_time` for what keeps to this process: it stands still
    while others have the processor.
    """
    for work in works:
        work()
    times = ([_clocked(work, clock) for work in works] for _ in range(rounds))
    return [list(row) for row in zip(*times, strict=True)]


def _clocked(work: Work, clock: Clock) -> float:
    began = clock()
    work()
    return clock() - began


def ratio_of_best(work_s: Sequence[float], base_s: Sequence[float]) -> float:
    """The shortest of one time over the shortest of the other: what neighbours on the machine add is never negative."""
    return min(work_s) / min(base_s)


def ratio(work_s: Sequence[float], base_s: Sequence[float]) -> float:
    """Median over the rounds of one time over the other, which was taken next to it."""
    return median(a / b for a, b in zip(work_s, base_s, strict=True))
