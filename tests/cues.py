"""How soon the coach's warnings come, and how often for nothing, over all stored recordings: `python tests/cues.py`.

With shares as arguments (`python tests/cues.py 0 0.6 0.7 0.8`), the same for "slower" with each of them as the share
of the shortest lowering below which its first frames count as a fall: the trade of delay against false alarms.
"""

from __future__ import annotations

import sys
from typing import Any, NamedTuple

import numpy as np
from coached import CLIPS, HELD, coached, when

from formcheck.live import alarm

EVERY = [*(f"{clip}_{model}" for model in ("heavy", "full", "lite") for clip in CLIPS), *HELD]
ABOUT = {"slower": "fast-descent", "stop": "hyperextension", "floor": "toe-touch"}
BEGINS = {"slower": "lower_start_s", "stop": "hold_start_s", "floor": "end_s"}


class Told(NamedTuple):
    """A rep in which a warning was due or said; `late_s` after what it is about began, not-a-number if never said."""

    name: str
    rep: int
    due: str
    late_s: float
    swings: bool


def told(key: str) -> list[Told]:
    """Each rep with this fault, surely or perhaps, and each in which the warning was said all the same."""
    return [
        Told(name, number, due, said - rep[BEGINS[key]], "swinging" in {*rep["faults"], *rep["borderline"]})
        for name in EVERY
        for number, (rep, said) in enumerate(_reps(name, key), 1)
        if (due := _due(rep, ABOUT[key])) == "yes" or np.isfinite(said)
    ]


def _reps(name: str, key: str) -> list[tuple[dict[str, Any], float]]:
    """True reps with the moment at which the warning was asked for."""
    reps = coached(name).truth["reps"]
    ends = [*(rep["lift_start_s"] for rep in reps[1:]), np.inf]
    at = when(coached(name).lines, key)
    return [
        (rep, next((s for s in at if rep["lift_start_s"] < s < end), np.nan))
        for rep, end in zip(reps, ends, strict=True)
    ]


def _due(rep: dict[str, Any], fault: str) -> str:
    return "yes" if fault in rep["faults"] else "perhaps" if fault in rep["borderline"] else "no"


def show(key: str) -> None:
    """One line of figures; which were said for nothing."""
    found = told(key)
    due = [each for each in found if each.due == "yes"]
    false = [f"{each.name}/{each.rep}" for each in found if each.due == "no"]
    print(f"{key:6}  {_figures(due)}  for nothing {len(false)} {' '.join(false)}".rstrip())
    print(f"{'':8}without swinging: {_figures([each for each in due if not each.swings])}")


def _figures(due: list[Told]) -> str:
    late = np.array([each.late_s for each in due if np.isfinite(each.late_s)])
    said = f"due {len(due)}, said {len(late)}"
    if len(late) == 0:
        return said
    return f"{said}, median {np.median(late):.2f} s, latest {late.max():.2f} s, by 0.30 s {sum(late <= 0.3)}"


if __name__ == "__main__":
    for share in map(float, sys.argv[1:]):
        alarm.FAST_ONSET = share
        coached.cache_clear()
        print(share)
        show("slower")
    for key in ABOUT if len(sys.argv) == 1 else ():
        show(key)
