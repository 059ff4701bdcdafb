"""Taking turns: a piece of work and a fixed reference timed A B A B in one run, and what of it counts."""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, NamedTuple, Protocol

from formcheck.inputs.memory import one_store

Work = Callable[[], object]
Clock = Callable[[], float]


class Figure(NamedTuple):
    """One measurement against its bound.

    value   what is guarded: a ratio, or seconds
    work    and base: medians of what the work and the reference took, each for one unit of work
    note    the same in words and units that a person reads
    unit    of work and base: "s" or "B"
    """

    name: str
    value: float
    work: float
    base: float
    note: str = ""
    unit: str = "s"


class Benchmark(Protocol):
    """What is used of the fixture of pytest-benchmark."""

    extra_info: dict[str, Any]
    stats: Any

    @property
    def enabled(self) -> bool:
        """Whether the library times anything."""

    def pedantic(self, target: Work, *, setup: Work | None = None, rounds: int = 1) -> Any:
        """Call `setup` and then, timed, `target`, so many times."""


def processor_s() -> float:
    """Processor time of this process and of all that it began and waited for, seconds."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, WHO))


WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def in_turn(
    benchmark: Benchmark, work: Work, against: Work, rounds: int, *, warm: bool = True
) -> tuple[list[float], list[float]]:
    """Seconds of work and reference in each round; with `warm` both are run once before, untimed.

    The library times the work; the reference is timed by the same clock just before each round, and its times are
    noted beside the library's own. That clock is the one on the wall where the benchmark's mark names no other `timer`;
    the processor's stands still while others have the processor. The garbage collector leaves alone what lived before:
    going through all of a big process, it would always come at the same place of a round, and be one side's cost. And
    memory is not given back between the rounds, as in every command: the side that comes next would pay for it.
    """
    if not benchmark.enabled:
        raise RuntimeError("pytest-benchmark is switched off (by --benchmark-disable, or several processes)")
    base_s: list[float] = []
    one_store()
    if warm:
        work()
        against()
    gc.collect()
    gc.freeze()
    try:
        benchmark.pedantic(work, setup=lambda: _note(benchmark, against, base_s), rounds=rounds)
    finally:
        gc.unfreeze()
    benchmark.extra_info["against_s"] = base_s
    return list(benchmark.stats.stats.data), base_s


def _note(benchmark: Benchmark, against: Work, base_s: list[float]) -> None:
    clock: Clock = benchmark.stats.options["timer"]
    began = clock()
    against()
    base_s.append(clock() - began)


def tell(benchmark: Benchmark, *figures: Figure) -> None:
    """Leave figures where `run.py` and the library's files have them."""
    benchmark.extra_info["figures"] = [figure._asdict() for figure in figures]


def ratio(work_s: Sequence[float], base_s: Sequence[float]) -> float:
    """Median over the rounds of one time over the other, which was taken next to it."""
    return median(a / b for a, b in zip(work_s, base_s, strict=True))
