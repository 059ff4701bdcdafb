"""The whole catalogue on one screen, in the order of importance: what may hurt comes first."""

from __future__ import annotations

from typing import NamedTuple

from formcheck.data.likeness import suggestion
from formcheck.errors import UsageError
from formcheck.rules.elevation import hyperextension, incomplete_lift
from formcheck.rules.floor import incomplete_lowering, toe_touch
from formcheck.rules.legs import legs_apart, uneven_legs
from formcheck.rules.limits import UNITS, Limits, shown
from formcheck.rules.rule import BAND, Check, Rule
from formcheck.rules.straight import bent_elbows, bent_knees
from formcheck.rules.support import ball_misplaced, unstable_support
from formcheck.rules.tempo import fast_descent, short_hold, swinging

RULES: tuple[Rule, ...] = (
    hyperextension,
    swinging,
    fast_descent,
    unstable_support,
    ball_misplaced,
    bent_elbows,
    bent_knees,
    incomplete_lift,
    short_hold,
    toe_touch,
    uneven_legs,
    legs_apart,
    incomplete_lowering,
)
NAMES: tuple[str, ...] = tuple(each.name for each in RULES)
_BY_NAME = {each.name: each for each in RULES}


class Row(NamedTuple):
    """One check of a rule as text; `what` is empty for the second check of a rule. `key` sets the limit in a plan."""

    name: str
    what: str
    limit: str
    major: str
    severe: str
    cue: str
    key: str


HEADER = Row("fault", "what it means", "limit", "major", "severe", "cue", "in a plan")


def catalogue() -> tuple[Rule, ...]:
    """All rules in the order of importance."""
    return RULES


def find(name: str) -> Rule:
    """The rule called `name`; raises `UsageError` with the nearest name."""
    if name not in _BY_NAME:
        raise UsageError(f"no rule is called {shown(name)}; {suggestion(name, NAMES)} (all: formcheck rules)")
    return _BY_NAME[name]


def manual(name: str) -> str:
    """The manual page of a rule as plain text; raises `UsageError` with the nearest name."""
    rule = find(name)
    said = "\n".join(check.cue for check in rule.checks)
    return f"{name}\n{'=' * len(name)}\n{rule.manual}\n\nWhat is said\n------------\n{said}\n"


def columns_needed() -> tuple[str, ...]:
    """Every measure that some rule uses, and every time at which a finding may point, sorted."""
    measures = {column for each in RULES for column in each.columns}
    bands = {band.removesuffix(BAND) for each in RULES for band in each.bands}
    checks = {name for each in RULES for check in each.checks for name in (check.column, check.at)}
    return tuple(sorted(measures | bands | checks))


def table(limits: Limits) -> list[Row]:
    """The catalogue with the limits in force: one row a check."""
    return [row for each in RULES for row in _rows(each, limits)]


def render(limits: Limits) -> str:
    """The table as text, one line a row; what is said is left to the manual pages."""
    rows = [(*row[: Row._fields.index("cue")], row.key) for row in (HEADER, *table(limits))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _rows(each: Rule, limits: Limits) -> list[Row]:
    if each.name in limits.off:
        return [Row(each.name, each.what.rstrip("."), "off", "", "", each.cue, each.checks[0].limit)]
    rows = []
    for number, check in enumerate(each.checks):
        first = number == 0
        levels = _levels(check, limits)
        name, what = (each.name, each.what.rstrip(".")) if first else ("", "")
        rows.append(Row(name, what, *levels, check.cue, check.limit))
    return rows


def _levels(check: Check, limits: Limits) -> tuple[str, str, str]:
    line = check.factor * getattr(limits, check.limit)
    unit = UNITS[check.unit]
    levels = [line + check.sign * step for step in (0.0, *check.steps)]
    texts = [f"{level + 0.0:.4g}{unit}" for level in levels]
    never = check.side == "below" and check.factor > 0
    major, severe = ("never" if never and x < 0 else t for x, t in zip(levels[1:], texts[1:], strict=True))
    return f"{'>' if check.side == 'above' else '<'} {texts[0]}", major, severe
