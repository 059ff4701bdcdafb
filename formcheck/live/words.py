"""What is said, as keys of phrases: cues and praise by the rules' names, numbers, the summary of a set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from formcheck.data.result import Rep
from formcheck.outputs.voice.phrases import slug
from formcheck.rules.catalogue import RULES

Keys = tuple[str, ...]

MOST = 60
"""The largest number that is spoken."""
DOMINANT = 1 / 3
"""A fault in more than this share of the reps is named in the summary."""
WARNED = {"stop": "hyperextension", "slower": "fast-descent", "floor": "toe-touch"}
"""Which fault each warning wants to prevent."""
_BETTER = {rule.name: rule.praise.better for rule in RULES}


def number(n: int) -> Keys:
    """A number, or nothing where there is no phrase for it."""
    return (f"n-{n}",) if 1 <= n <= MOST else ()


def counted(n: int, planned: int) -> Keys:
    """The number of a rep, with what is left at the end of the set."""
    left = {1: ("last-one",), 2: ("last-two",)}.get(planned - n, ())
    return (*number(n), *left)


def better(fault: str) -> Keys:
    """Praise when a fault is gone."""
    return (_BETTER.get(fault, "better"),)


def summary(reps: Sequence[Rep]) -> Keys:
    """How many reps of a set, how many without fault, and the cue of the fault that most had.

    Nothing is said of how many were without fault where of one of them too little was seen to give it a score.
    """
    if not reps:
        return ()
    good = [rep for rep in reps if not rep.faults]
    noun = "rep" if len(reps) == 1 else "reps"
    told = all(rep.score is not None for rep in good)
    without = (*number(len(good)), "without-fault") if good and told else ()
    return (*number(len(reps)), noun, *without, *_mostly(reps))


def _mostly(reps: Sequence[Rep]) -> Keys:
    """The cue of the commonest fault; of several, of the one that comes first in the catalogue."""
    found = Counter(slug(cue) for rep in reps for cue in {fault.cue for fault in rep.faults})
    order = [slug(check.cue) for rule in RULES for check in rule.checks]
    ranked = sorted(found, key=lambda key: (-found[key], order.index(key) if key in order else len(order)))
    return ("mostly", ranked[0]) if ranked and found[ranked[0]] > DOMINANT * len(reps) else ()
