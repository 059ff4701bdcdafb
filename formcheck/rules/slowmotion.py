"""Whether a video was played back more slowly than it was taken: nobody moves like that in every rep."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import numpy as np
from numpy.typing import NDArray

from formcheck.core.grid import RATE_HZ
from formcheck.data.result import Result

Floats = NDArray[np.float64]

LIFT_S, LOWER_S = 2.1, 6.9
"""A lift takes about a second and a lowering 3 to 4 (`rules.limits`); in a video at a third of the speed thrown lifts
are as long as this. Legs may be dropped in slow motion too: of the lowerings the longest counts."""
LEAST = 2
"""So many reps, or swings of the legs, tell."""
SWING_DEG = 12.0
"""Legs that go up and down by as much swing; twice what counts as lifted."""
SHARES = (0.1, 0.9)
RISE_S, FALL_S = 2.0, 5.0
"""Between these shares of its way a lift of a second takes half a second (Flash & Hogan 1985), a lowering of 3.5 s less
than three; four times the one and twice the other are out of reach of who is only slow."""
EVERY = 3
TWICE = {"lift_s": 1.6, "hold_s": 5.0, "lower_s": 5.5}
"""Whoever is slow is seldom so in all three alike; they are asked for in one second, three, and three to four."""


def remark(result: Result) -> str:
    """The warning of a video that looks like slow motion; empty otherwise, and where the speed is known."""
    source = result.recording.source
    if source.kind != "video" or source.speed != 1 or source.guessed_s:
        return ""
    times = [(rep.numbers["lift_s"], rep.numbers["lower_s"]) for rep in result.reps]
    lifts, longest = [lift for lift, _ in times if lift > 0], max((low for _, low in times if low > 0), default=0.0)
    if lifts and (longest < LOWER_S or median(lifts) < LIFT_S):
        return _twice(result)
    if len(lifts) < LEAST or min(lifts) < LIFT_S:
        rises = list(_slow_rises(result.frames.angles["leg_elevation_deg"]))
        if len(rises) < LEAST or min(rises) < RISE_S:
            return _twice(result)
        lifts = [2.0 * rise for rise in rises]
    usual = median(lifts)
    told = f"lifts take about {usual:.0f} s instead of one"
    return f"this looks like slow motion: {told}; if so, say how slow with --speed, such as {_share(usual)}"


def _twice(result: Result) -> str:
    """What is said where lift, hold and lowering of every rep take about twice as long as asked for."""
    slow = [all(rep.numbers[name] >= least for name, least in TWICE.items()) for rep in result.reps]
    if len(slow) < LEAST or not all(slow):
        return ""
    return "lift, hold and lowering all take about twice as long as asked for: slow motion is told with --speed 0.5"


def _share(lift_s: float) -> str:
    """The usual share of the true speed that makes such a lift of one of about a second."""
    return f"{min((1 / 2, 1 / 4, 1 / 8, 1 / 16), key=lambda share: abs(np.log(share * lift_s))):g}"


def _slow_rises(leg: Floats) -> Iterator[float]:
    """Seconds that each rise of the legs takes which a slow fall follows; 0 for one that a quick one follows."""
    known = leg[np.isfinite(leg)][::EVERY]
    turns = _turns(known.tolist())
    for low, top, bottom in zip(turns[::2], turns[1::2], turns[2::2], strict=False):
        rise, fall = _lasts(known[low : top + 1]), _lasts(-known[top : bottom + 1])
        yield rise if fall >= FALL_S else 0.0


def _turns(levels: list[float]) -> list[int]:
    """Where levels turn round for `SWING_DEG`: lows and tops in turn, a low first."""
    turns: list[int] = []
    low = top = 0
    rising = False
    for at, level in enumerate(levels):
        low = at if level < levels[low] else low
        top = at if level > levels[top] else top
        if rising and level < levels[top] - SWING_DEG:
            turns.append(top)
            rising, low = False, at
        elif not rising and level > levels[low] + SWING_DEG:
            turns.append(low)
            rising, top = True, at
    return [*turns, top if rising else low] if turns else []


def _lasts(levels: Floats) -> float:
    """Seconds from the last time below the first to the first time above the second of `SHARES` of a rise."""
    share = (levels - levels[0]) / (levels[-1] - levels[0])
    start, stop = np.flatnonzero(share <= SHARES[0])[-1], np.flatnonzero(share >= SHARES[1])[0]
    return float(max(stop - start, 0)) * EVERY / RATE_HZ
