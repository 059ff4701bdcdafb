"""Measured reps to reps with verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from formcheck.data.result import Rep
from formcheck.rules import score, sets
from formcheck.rules.grade import judge
from formcheck.rules.limits import Limits


class Measured(NamedTuple):
    """Numbers of one rep and half the 95 % band of each, by name."""

    numbers: dict[str, float]
    bands: dict[str, float]


def judged(measured: Sequence[Measured], limits: Limits, before: Sequence[Rep]) -> list[Rep]:
    """Reps that come after those `before`; judged together, which is quicker than one by one and gives the same."""
    if not measured:
        return []
    columns, bands = (
        {name: np.array([table[name] for table in tables]) for name in tables[0]}
        for tables in zip(*measured, strict=True)
    )
    on = score.switched_on(limits)
    reps: list[Rep] = []
    for (numbers, band), (faults, unknown) in zip(measured, judge(columns, bands, limits), strict=True):
        checks, points = score.rep(faults, unknown, on)
        number, part = len(before) + len(reps) + 1, sets.number([*before[-1:], *reps], numbers)
        reps.append(Rep(number, part, numbers, band, faults, unknown, points, checks))
    return reps
