"""Reps belong to sets: a long rest begins a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, nan

from formcheck.data.result import TIMES, Rep, SetSummary
from formcheck.rules import score

SET_REST_S = 20.0
"""A rest longer than this begins a new set."""


def number(reps: Sequence[Rep], numbers: Mapping[str, float]) -> int:
    """The set of the rep with these numbers, which comes after `reps`."""
    if not reps:
        return 1
    last = reps[-1]
    began, ended = _known(numbers, TIMES), _known(last.numbers, TIMES[::-1])
    return last.set + int(began - ended > SET_REST_S)


def summaries(reps: Sequence[Rep], on: int) -> tuple[SetSummary, ...]:
    """Each set as a whole, with `on` rules switched on."""
    found = []
    for each in sorted({rep.set for rep in reps}):
        part = [rep for rep in reps if rep.set == each]
        checks, points = score.whole(part, on)
        start, end = part[0].numbers["lift_start_s"], part[-1].numbers["end_s"]
        found.append(SetSummary(each, len(part), start, end, points, checks))
    return tuple(found)


def _known(numbers: Mapping[str, float], names: Sequence[str]) -> float:
    """The first of these times that is known."""
    return next((numbers[name] for name in names if isfinite(numbers[name])), nan)
