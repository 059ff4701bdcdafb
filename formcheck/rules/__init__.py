"""Rules: the catalogue, its limits, the grading of reps and their score.

A rule is a pure function of measures (`rule`), in one small file per family of faults; `catalogue` holds them
all in the order of importance, `limits` every number that a plan can set, `grade` the one way of judging.
A slow lift is no rule: slow is never a fault, and how long a lift took stands in the table of reps.
"""

from formcheck.rules.catalogue import catalogue, columns_needed, find, manual, render, table
from formcheck.rules.grade import judge
from formcheck.rules.limits import Limits, Plan
from formcheck.rules.plan_file import from_dict, parse
from formcheck.rules.score import EXPLANATION, of_rep, of_set
from formcheck.rules.wording import seen

__all__ = [
    "EXPLANATION",
    "Limits",
    "Plan",
    "catalogue",
    "columns_needed",
    "find",
    "from_dict",
    "judge",
    "manual",
    "of_rep",
    "of_set",
    "parse",
    "render",
    "seen",
    "table",
]
