"""What the overlay says at any time of the video: phase and clock, rep, angle and faults.

All of it is looked up in the table of frames and in the reps, so picture and tables agree.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from formcheck.data.result import PHASES, SEVERITIES, Finding, Rep, Result

LEAST_SHOWN_S = 1.5
STARTS = {"lift": "lift_start_s", "hold": "hold_start_s", "lower": "lower_start_s"}


@dataclass(frozen=True)
class Moment:
    """One instant; `phase` is empty where unknown, `clock_s` `None` outside a rep, `leg_deg` `None` where
    unknown. `faults` has the most severe first."""

    time_s: float
    visible: bool
    phase: str
    clock_s: float | None
    rep: int
    reps: int
    leg_deg: float | None
    faults: tuple[Finding, ...]


def timeline(result: Result) -> Callable[[float], Moment]:
    """A function from a time in seconds to the moment, that of the nearest row of the table of frames."""
    frames = result.frames
    shown = [(*_span(fault, rep, result.reps), fault) for rep in result.reps for fault in rep.faults]
    by_number = {rep.rep: rep for rep in result.reps}
    begun = [rep.numbers.get("lift_start_s", math.nan) for rep in result.reps]

    def at(time_s: float) -> Moment:
        faults = [fault for start, end, fault in shown if start <= time_s < end]
        faults.sort(key=lambda fault: (-SEVERITIES.index(fault.severity), fault.time_s))
        if not len(frames):
            return Moment(time_s, False, "", None, 0, len(result.reps), None, tuple(faults))
        row = _nearest(frames.time_s, time_s)
        number = int(frames.rep[row])
        phase = PHASES[frames.phase[row]] if frames.phase[row] >= 0 else ""
        leg = float(frames.angles["leg_elevation_deg"][row])
        return Moment(
            time_s,
            bool(frames.visible[row]),
            phase,
            _clock(by_number.get(number), phase, time_s),
            number or sum(start <= time_s for start in begun),
            len(result.reps),
            leg if math.isfinite(leg) else None,
            tuple(faults),
        )

    return at


def _nearest(times: np.ndarray[tuple[int], np.dtype[np.float64]], time_s: float) -> int:
    after = int(np.clip(np.searchsorted(times, time_s), 1, max(len(times) - 1, 1)))
    if after >= len(times):
        return 0
    return after if times[after] - time_s < time_s - times[after - 1] else after - 1


def _clock(rep: Rep | None, phase: str, time_s: float) -> float | None:
    """Seconds since the phase began."""
    if rep is None or phase not in STARTS:
        return None
    start = rep.numbers.get(STARTS[phase], math.nan)
    return max(0.0, time_s - start) if math.isfinite(start) else None


def _span(fault: Finding, rep: Rep, reps: tuple[Rep, ...]) -> tuple[float, float]:
    """When a fault is shown: from where it is seen to the end of its rep, long enough to read, and not into
    the hold of the next rep."""
    end = rep.numbers.get("end_s", math.nan)
    until = max(end if math.isfinite(end) else fault.time_s, fault.time_s + LEAST_SHOWN_S)
    later = (other.numbers.get("hold_start_s", math.nan) for other in reps if other.rep > rep.rep)
    return fault.time_s, min([until, *(time for time in later if time > fault.time_s)])
