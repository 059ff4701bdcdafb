"""Taking turns: two pieces of work timed A B A B in one run, and what of it counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

Work = Callable[[], object]


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


def turns(works: Sequence[Work], rounds: int) -> list[list[float]]:
    """Seconds of each work in each round, (works, rounds); all are run once before, untimed."""
    for work in works:
        work()
    return [
        list(row) for row in zip(*([clocked(work) for work in works] for _ in range(rounds)), strict=True)
    ]


def clocked(work: Work) -> float:
    """Seconds that a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ratio(work_s: Sequence[float], base_s: Sequence[float]) -> float:
    """Median over the rounds of one time over the other, which was taken next to it."""
    return median(a / b for a, b in zip(work_s, base_s, strict=True))
