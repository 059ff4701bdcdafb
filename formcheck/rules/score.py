"""The score of a rep and of a set, simple enough to explain in three sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from formcheck.data.result import Finding

POINTS = {"minor": 10, "major": 25, "severe": 40}

EXPLANATION = (
    f"A rep starts at 100, and each fault takes away {POINTS['minor']} points if it is minor, "
    f"{POINTS['major']} if major and {POINTS['severe']} if severe, down to 0 at the lowest. "
    "The score of a set, or of a whole recording, is the mean of its reps. "
    "What could not be assessed takes nothing away, so a score says nothing about it."
)


def of_rep(faults: Iterable[Finding]) -> int:
    """Score of one rep, 0 to 100."""
    return max(0, 100 - sum(POINTS[fault.severity] for fault in faults))


def of_set(scores: Sequence[int]) -> int:
    """Mean of the scores of its reps, halves rounded up; raises `ValueError` where there are none."""
    if not scores:
        raise ValueError("no reps, no score: ask only for sets that hold at least one rep")
    return math.floor(sum(scores) / len(scores) + 0.5)
