"""Recordings that end while the legs come down: is the last rep accused of what nobody knows?

    python validation/cuts.py

Cuts every stored recording at six places of each lowering and counts reps that get a fault of the lowering that they do
not have in the whole recording. Ends with 1 where more than one in a hundred does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from math import isfinite
from pathlib import Path

from formcheck import Recording
from formcheck.data.result import Rep
from formcheck.session import judge_recording

HERE = Path(__file__).resolve().parent
SHARES = (0.55, 0.65, 0.75, 0.85, 0.95, 1.0)
"""Of the way down in time; a rep that has not come down by half is none."""
LOWERING = {"fast-descent", "incomplete-lowering", "toe-touch"}
MOST = 0.01


def main() -> int:
    """Cut, judge, print; the exit code."""
    count, wrong = 0, 0
    for path in sorted((HERE / "recordings").glob("*.npz")):
        whole = Recording.load(path)
        for rep, share, found in cut(whole):
            count += 1
            more = (LOWERING & faults(found)) - faults(rep)
            if more:
                wrong += 1
                print(f"{path.stem}, rep {rep.rep}, after {share:.0%} of its lowering: {', '.join(sorted(more))}")
    print(f"{wrong} of {count} reps cut off on the way down are accused of what is not known")
    return int(wrong > MOST * count)


def cut(whole: Recording) -> Iterator[tuple[Rep, float, Rep]]:
    """Each rep as it is judged in the whole recording, where it was cut, and how it is judged then."""
    seen = whole.observations
    for number, rep in enumerate(judge_recording(whole).reps):
        began_s, end_s = rep.numbers["lower_start_s"], rep.numbers["end_s"]
        for share in SHARES if isfinite(began_s + end_s) else ():
            until = int((seen.time_s <= began_s + share * (end_s - began_s)).sum())
            reps = judge_recording(replace(whole, observations=seen[:until])).reps
            if len(reps) > number:
                yield rep, share, reps[number]


def faults(rep: Rep) -> set[str]:
    """Names of a rep's faults."""
    return {fault.name for fault in rep.faults}


if __name__ == "__main__":
    sys.exit(main())
