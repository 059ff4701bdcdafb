"""Rules asked again of what recordings measured: limits play no part before the rules."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from formcheck.data.result import Rep
from formcheck.outputs.measures import Measures
from formcheck.rules import score
from formcheck.rules.grade import judge
from formcheck.rules.limits import Limits


class Judged(NamedTuple):
    """Of one recording: its reps, and what they come to."""

    reps: list[Rep]
    whole: score.Scored


def judged(all_measures: list[Measures], limits: Limits) -> list[Judged]:
    """Each recording under these limits; judged together, which is quicker and gives the same."""
    on = score.switched_on(limits)
    return [Judged(reps, score.whole(reps, on)) for reps in _all_reps(all_measures, limits, on)]


def _all_reps(all_measures: list[Measures], limits: Limits, on: int) -> list[list[Rep]]:
    reps: list[list[Rep]] = [[] for _ in all_measures]
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[int]] = {}
    for number, each in enumerate(all_measures):
        if each.sets:
            alike.setdefault(each.names, []).append(number)
    for numbers in alike.values():
        for number, found in zip(numbers, _judged([all_measures[i] for i in numbers], limits, on), strict=True):
            reps[number] = found
    return reps


def _judged(alike: list[Measures], limits: Limits, on: int) -> list[list[Rep]]:
    """The same for recordings that know the same numbers."""
    names, bands = alike[0].names
    values = np.concatenate([each.numbers for each in alike], axis=1)
    widths = np.concatenate([each.bands for each in alike], axis=1)
    verdicts = iter(judge(dict(zip(names, values, strict=True)), dict(zip(bands, widths, strict=True)), limits))
    return [_reps(each, verdicts, on) for each in alike]


def _reps(measures: Measures, verdicts: Any, on: int) -> list[Rep]:
    names, bands = measures.names
    rows = zip(measures.sets, measures.numbers.T.tolist(), measures.bands.T.tolist(), strict=True)
    reps = []
    for number, (part, values, widths) in enumerate(rows, 1):
        faults, unknown = next(verdicts)
        own = dict(zip(names, values, strict=True)), dict(zip(bands, widths, strict=True))
        checks, points = score.rep(faults, unknown, on)
        reps.append(Rep(number, part, *own, faults, unknown, points, checks))
    return reps
