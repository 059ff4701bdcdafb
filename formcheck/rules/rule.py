"""What a rule is: a pure function of columns, with its facts in a decorator and its manual in its docstring.

The function's parameter names say what it is given:

    a name in `limits.SPECS`       the limit in force, a float
    NAME_uncertainty               half the 95 % band of the column NAME, (R,)
    any other                      that column, (R,), not-a-number where unknown

It returns the excess over the limit, (R,), in the limit's unit: positive beyond it, not-a-number where
unknown; where a rule has several checks, a tuple of such arrays in their order.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from formcheck.rules.limits import SPECS, UNITS

HEADINGS = ("What it checks", "Why it matters", "What to do", "Limit", "Example", "References")
BAND = "_uncertainty"


@dataclass(frozen=True)
class Check:
    """One condition of a rule.

    column  the measure whose uncertainty decides whether the excess is sure
    limit   name of the limit; the line is drawn at `factor` times its value
    side    "above" where more is worse, "below" where less is worse
    steps   excess from which the fault is major, and severe, in the limit's unit
    at      column that holds the time to look at
    cue     what to say, at most six words
    says    what was seen; `{value}` becomes the value without its sign
    """

    column: str
    limit: str
    side: str
    steps: tuple[float, float]
    at: str
    cue: str
    says: str
    factor: float = 1.0

    @property
    def unit(self) -> str:
        """Unit of value, limit, uncertainty and steps."""
        return SPECS[self.limit].unit

    @property
    def sign(self) -> float:
        """+1 where more is worse, -1 where less is worse."""
        return 1.0 if self.side == "above" else -1.0


class Praise(NamedTuple):
    """What is said of a rule that is kept.

    written        in the report, where every rep was within the limits
    without_ball   the same where no ball was seen
    better         key of the phrase that is said when a fault is gone
    """

    written: str
    without_ball: str
    better: str


@dataclass(frozen=True)
class Rule:
    """One fault: its checks, its function, its manual page.

    A rule says nothing about a rep in which one of `unless` is raised. `praise` has what is written and said where
    nothing is wrong.
    """

    name: str
    checks: tuple[Check, ...]
    praise: Praise
    unless: tuple[str, ...]
    excess: Callable[..., Any]
    columns: tuple[str, ...]
    bands: tuple[str, ...]
    limits: tuple[str, ...]
    manual: str

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The excess over the limit, as the function under the decorator gives it."""
        return self.excess(*args, **named)

    @property
    def cue(self) -> str:
        """What to say, at most six words; a rule of several checks has one cue for each."""
        return self.checks[0].cue

    @property
    def what(self) -> str:
        """The fault in one line."""
        return self.manual.splitlines()[0]

    @property
    def why(self) -> str:
        """Why it matters, as one paragraph."""
        return " ".join(section(self.manual, "Why it matters").split())

    @property
    def do(self) -> str:
        """What to do about it, as one paragraph."""
        return " ".join(section(self.manual, "What to do").split())


def rule(
    name: str,
    *checks: Check,
    praise: str,
    praise_without_ball: str = "",
    better: str = "better",
    unless: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Rule]:
    """Make a rule of a function; `{limits}` in its docstring becomes the limits with their reasons."""
    praises = Praise(praise, praise_without_ball or praise, better)

    def make(function: Callable[..., Any]) -> Rule:
        parameters = tuple(inspect.signature(function).parameters)
        bands = tuple(p for p in parameters if p.endswith(BAND))
        limits = tuple(p for p in parameters if p in SPECS)
        columns = tuple(p for p in parameters if p not in bands + limits)
        text = inspect.cleandoc(function.__doc__ or "").replace("{limits}", limit_text(checks, limits))
        function.__doc__ = text
        return Rule(name, checks, praises, unless, function, columns, bands, limits, text)

    return make


def section(manual: str, heading: str) -> str:
    """The text below one heading of a manual page."""
    body = manual.split(f"\n{heading}\n{'-' * len(heading)}\n", 1)[1]
    for after in HEADINGS[HEADINGS.index(heading) + 1 :]:
        body = body.split(f"\n{after}\n", 1)[0]
    return body.strip()


def limit_text(checks: tuple[Check, ...], limits: tuple[str, ...]) -> str:
    """The limits of a rule with defaults and reasons, and where major and severe begin."""
    paragraphs = []
    for name in limits:
        spec = SPECS[name]
        unit = UNITS[spec.unit]
        paragraphs.append(f"{name} = {spec.default:g}{unit} ({spec.low:g} to {spec.high:g} may be set): {spec.reason}.")
    for check in {c.limit: c for c in checks}.values():
        major, severe = (f"{step:g}{UNITS[check.unit]}" for step in check.steps)
        paragraphs.append(f"Major from {major} and severe from {severe} beyond {check.limit}; minor before that.")
    return "\n".join(textwrap.fill(p, 78, subsequent_indent="  ") for p in paragraphs)
