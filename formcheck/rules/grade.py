"""From measures to verdicts: one way of grading for every rule.

A rule gives the excess over its limit; the measure it rests on has an uncertainty (half its 95 % band). Then

    fault           the excess is larger than the uncertainty
    not assessable  the excess is unknown; or the band reaches across the limit and is, halved, wider than the
                    first severity step, so that a major fault may hide in it
    fine            everything else

A fault is minor, major or severe by how many of the two steps of its check the excess has reached. Where a
rule has several checks, one that is raised suffices, and the worst one is reported; a rule of which none is
raised is fine only if none is in doubt.

All arithmetic is elementwise, so reps judged together and one by one get the same bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.data.observations import Floats
from formcheck.data.result import SEVERITIES, Finding
from formcheck.rules.catalogue import NAMES, RULES, columns_needed
from formcheck.rules.limits import Limits
from formcheck.rules.rule import BAND, Rule

Verdict = tuple[tuple[Finding, ...], tuple[str, ...]]
Flags = NDArray[np.bool_]

_CHECKS = tuple(check for each in RULES for check in each.checks)
_FIRST = np.cumsum([0, *(len(each.checks) for each in RULES)])[:-1]
_MAJOR = np.array([[check.steps[0]] for check in _CHECKS])
_SEVERE = np.array([[check.steps[1]] for check in _CHECKS])
_SIGN = np.array([check.sign for check in _CHECKS])

_COLUMNS = columns_needed()
_INDEX = {name: number for number, name in enumerate(_COLUMNS)}
_MEASURE = np.array([_INDEX[check.column] for check in _CHECKS])
_MOMENT = np.array([_INDEX[check.at] for check in _CHECKS])
_TIMES = [_INDEX[name] for name in ("end_s", "lower_start_s", "hold_start_s", "lift_start_s")]
_DIGITS = 6


class Grades(NamedTuple):
    """All checks of all reps: each array (C, R), checks in the order of the catalogue."""

    excess: Floats
    band: Floats
    raised: Flags
    doubt: Flags
    severity: NDArray[np.int64]


def judge(columns: Mapping[str, Floats], uncertainty: Mapping[str, Floats], limits: Limits) -> list[Verdict]:
    """Faults and rules that cannot be assessed, for each of R reps, both in the order of importance.

    `columns` and `uncertainty` hold arrays (R,) by the same names (`columns_needed`). A measure that is
    missing or not finite, or whose uncertainty is, counts as unknown. Raises `ValueError` where lengths
    differ.
    """
    count = _length(columns, uncertainty)
    values = _stack(columns, count)
    grades = _grade(*_known(values, _stack(uncertainty, count)), limits)
    raised, doubt = _rules(grades, limits)
    faults = _findings(raised, grades, values, limits)
    unknown: list[list[str]] = [[] for _ in range(count)]
    for number, rep in np.argwhere(doubt).tolist():
        unknown[rep].append(RULES[number].name)
    return [(tuple(f), tuple(u)) for f, u in zip(faults, unknown, strict=True)]


def _length(columns: Mapping[str, Floats], uncertainty: Mapping[str, Floats]) -> int:
    lengths = {len(array) for table in (columns, uncertainty) for array in table.values()}
    if len(lengths) > 1:
        raise ValueError(f"judge: columns of lengths {sorted(lengths)}; give one value a rep in each")
    return lengths.pop() if lengths else 0


def _stack(table: Mapping[str, Floats], count: int) -> Floats:
    blank = np.full(count, np.nan)
    return np.array([table.get(name, blank) for name in _COLUMNS], dtype=np.float64)


def _known(values: Floats, bands: Floats) -> tuple[Floats, Floats]:
    """Values and bands, (columns, R), both not-a-number where either is unknown."""
    known = np.isfinite(values) & np.isfinite(bands) & (bands >= 0)
    return np.where(known, values, np.nan), np.where(known, bands, np.nan)


def _grade(values: Floats, bands: Floats, limits: Limits) -> Grades:
    rows: list[Floats] = []
    for each in RULES:
        found = each.excess(**_arguments(each, values, bands, limits))
        rows.extend(found if isinstance(found, tuple) else (found,))
    excess = np.array(rows)
    band = bands[_MEASURE]
    wide = (np.abs(excess) <= band) & (band > _MAJOR)
    severity = (excess >= _MAJOR).astype(np.int64) + (excess >= _SEVERE)
    return Grades(excess, band, excess > band, np.isnan(excess) | wide, severity)


def _arguments(each: Rule, values: Floats, bands: Floats, limits: Limits) -> dict[str, Floats | float]:
    given: dict[str, Floats | float] = {name: values[_INDEX[name]] for name in each.columns}
    given.update({name: bands[_INDEX[name.removesuffix(BAND)]] for name in each.bands})
    given.update({name: getattr(limits, name) for name in each.limits})
    return given


def _rules(grades: Grades, limits: Limits) -> tuple[Flags, Flags]:
    """What is raised and what is in doubt, (rules, R): from checks to rules."""
    raised = np.logical_or.reduceat(grades.raised, _FIRST, axis=0)
    doubt = np.logical_or.reduceat(grades.doubt, _FIRST, axis=0)
    for number, each in enumerate(RULES):
        if each.name in limits.off:
            raised[number] = doubt[number] = False
        for other in each.unless:
            raised[number] &= ~raised[NAMES.index(other)]
            doubt[number] &= ~raised[NAMES.index(other)]
    return raised, doubt & ~raised


def _findings(raised: Flags, grades: Grades, values: Floats, limits: Limits) -> list[list[Finding]]:
    """The faults of each rep."""
    faults: list[list[Finding]] = [[] for _ in range(raised.shape[1])]
    rules, reps = np.nonzero(raised)
    checks = _worst(grades)[rules, reps]
    lines = np.array([check.factor * getattr(limits, check.limit) for check in _CHECKS])
    found = lines[checks] + _SIGN[checks] * grades.excess[checks, reps]
    columns = (found, lines[checks], grades.band[checks, reps], _moments(values)[checks, reps])
    numbers = zip(*(column.tolist() for column in columns), strict=True)
    kinds = zip(rules.tolist(), reps.tolist(), checks.tolist(), grades.severity[checks, reps].tolist(), strict=True)
    for (rule, rep, number, severity), (value, limit, band, time_s) in zip(kinds, numbers, strict=True):
        check = _CHECKS[number]
        faults[rep].append(
            Finding(
                name=NAMES[rule],
                severity=SEVERITIES[severity],
                value=round(value, _DIGITS),
                limit=limit,
                uncertainty=round(band, _DIGITS),
                unit=check.unit,
                time_s=time_s,
                cue=check.cue,
            )
        )
    return faults


def _worst(grades: Grades) -> NDArray[np.int64]:
    """The check to report, (rules, R): raised, and of these the most severe, then of most steps."""
    worst = np.repeat(_FIRST[:, None], grades.excess.shape[1], axis=1)
    for number, (start, each) in enumerate(zip(_FIRST.tolist(), RULES, strict=True)):
        if len(each.checks) > 1:
            rows = slice(start, start + len(each.checks))
            severity = np.where(grades.raised[rows], grades.severity[rows], -1)
            steps = np.where(severity == severity.max(axis=0), grades.excess[rows] / _MAJOR[rows], -np.inf)
            worst[number] += np.argmax(steps, axis=0)
    return worst


def _moments(values: Floats) -> Floats:
    """When to look, (C, R): the time that the check names, or else the first known time of the rep."""
    anywhere = np.full(values.shape[1], np.nan)
    for row in values[_TIMES]:
        anywhere = np.where(np.isfinite(row), row, anywhere)
    named = values[_MOMENT]
    return np.where(np.isfinite(named), named, anywhere)
