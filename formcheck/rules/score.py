"""The score of a rep and of a set, simple enough to explain in three sentences, and what it rests on.

    check    a rule of the catalogue that is switched on
    seen     of a rep: every check that is not among its `not_assessable`; of a set or a whole recording: the mean
             of its reps, rounded down
    score    only where half of the checks or more were seen; of a set: the mean of its reps that have one
    partial  a third of the checks or more were not seen: the score is never told without saying so

Whoever shows a score takes its words from here: `told` for a sentence, `figure` and `note` for a table.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from formcheck.data.result import Checks, Finding, Rep
from formcheck.rules.catalogue import NAMES
from formcheck.rules.limits import Limits

POINTS = {"minor": 10, "major": 25, "severe": 40}

EXPLANATION = (
    f"A rep starts at 100, and each fault takes away {POINTS['minor']} points if it is minor, "
    f"{POINTS['major']} if major and {POINTS['severe']} if severe, down to 0 at the lowest. "
    "The score of a set, or of a whole recording, is the mean of its reps that have one. "
    "What could not be assessed takes nothing away: where that is a third of the checks or more, the score is told "
    "with how many were seen, and where fewer than half were seen there is no score."
)


class Scored(NamedTuple):
    """How many checks were seen, and the score where these are enough."""

    checks: Checks
    score: int | None


def switched_on(limits: Limits) -> int:
    """How many checks there are under these limits."""
    return sum(name not in limits.off for name in NAMES)


def rep(faults: Iterable[Finding], unknown: Sequence[str], on: int) -> Scored:
    """Of one rep, from its faults, the names of what was not seen, and how many checks are switched on."""
    checks = Checks(on - len(unknown), on)
    return Scored(checks, of_rep(faults) if enough(checks) else None)


def whole(reps: Sequence[Rep], on: int) -> Scored:
    """Of a set or a whole recording; without reps nothing was seen."""
    seen = sum(one.checks.seen for one in reps) // len(reps) if reps else 0
    checks = Checks(seen, on)
    return Scored(checks, of_set([one.score for one in reps]) if enough(checks) else None)


def of_rep(faults: Iterable[Finding]) -> int:
    """What faults leave of 100, down to 0."""
    return max(0, 100 - sum(POINTS[fault.severity] for fault in faults))


def of_set(scores: Iterable[int | None]) -> int | None:
    """Mean of the scores that there are, halves rounded up; `None` where there are none."""
    known = [score for score in scores if score is not None]
    return math.floor(sum(known) / len(known) + 0.5) if known else None


def enough(checks: Checks) -> bool:
    """Whether half of the checks or more were seen."""
    return checks.of > 0 and 2 * checks.seen >= checks.of


def partial(checks: Checks) -> bool:
    """Whether a third of the checks or more were not seen."""
    return checks.of > 0 and 3 * (checks.of - checks.seen) >= checks.of


def told(score: int | None, checks: Checks) -> str:
    """A score with what it covers, in words.

    >>> told(90, Checks(13, 13)), told(90, Checks(8, 13)), told(None, Checks(5, 13))
    ('score 90 of 100', 'score 90 of 100, 8 of 13 checks seen', 'no score: only 5 of 13 checks seen')
    """
    words = note(score, checks)
    if score is None:
        return f"no score: {words}"
    return f"score {score} of 100" + (f", {words}" if words else "")


def figure(score: int | None, none: str = "-") -> str:
    """The score alone, for a cell that has its `note` nearby."""
    return none if score is None else str(score)


def note(score: int | None, checks: Checks) -> str:
    """What has to stand beside the figure: what it covers, or why there is none; empty where it covers enough."""
    if checks.of == 0:
        return "no check is switched on" if score is None else ""
    if score is None:
        return f"only {seen(checks)}"
    return seen(checks) if partial(checks) else ""


def seen(checks: Checks) -> str:
    """How many checks were seen, in words."""
    return f"{checks.seen} of {checks.of} checks seen"
