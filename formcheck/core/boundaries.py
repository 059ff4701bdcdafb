"""Where the phases of one rep begin: where the movement starts, not where a threshold is crossed.

A quick voluntary movement such as the lift follows the minimum-jerk curve (Flash & Hogan, J Neurosci
1985, 5:1688): from the times at which a tenth and half of it are done its start follows, and the same
backwards its end. The slow lowering runs at an even speed between two short corners: a line through its
early (late) part meets the level of the hold (of the bottom) half a corner after (before) its true ends.

A movement may have several stages with stops between them. It starts with its first stage and ends with its last:
the hold begins where the legs have come to the top, the rep ends where they are down, and the stops belong to the
lift or to the lowering.
"""

from __future__ import annotations

from math import isfinite
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.core.grid import RATE_HZ
from formcheck.core.numbers import median
from formcheck.core.stages import SPEED, Span, lift, lowering, speeds

Floats = NDArray[np.float64]

TENTH = 0.2466
"""Share of a minimum-jerk movement's time at which a tenth of its way is done: 10 u^3 - 15 u^4 + 6 u^5 = 0.1."""
CORNER_S = 0.28
"""Half the time that legs take to reach an even speed: a minimum-jerk second has 0.23, slow ones 0.3."""
EARLY, LATE = (0.1, 0.5), (0.5, 0.9)
"""Shares of the way down through which the two lines are laid."""
GETTING_UP_DEG = 6.0
"""Legs that hang from the ball touch the floor before they sink so far below the start of the rep."""
KNEE_BENT_DEG = 20.0
"""Knees bent more than this move the ankle more than the noise does."""
SHORT = 0.5
"""A last stage by a smaller share of the lowering never reaches an even speed."""
HOME = 0.1
"""Legs are down when no more than this share of their way is left; who rests then may bend the knees."""
LEFT = 0.33
"""At a quarter of the speed of the shortest stages so much of the half corner is left, and more of longer ones."""
LEVEL = 12
"""So many instants beside a movement tell the level there (0.4 s)."""
SPAN = RATE_HZ // 3
"""So many instants tell the speed at the end: smoothing holds the last six still, and noise stalls as long."""
NEARLY_DEG = 1.0
"""Differences below this are noise."""
BROKEN_OFF = 0.3
"""Legs that still sink by this share of their greatest speed when last seen have not arrived."""


class Boundaries(NamedTuple):
    """Times in instants from the slice's start, not-a-number where unknown."""

    lift_start: float
    hold_start: float
    lower_start: float
    end: float


UNKNOWN = Boundaries(np.nan, np.nan, np.nan, np.nan)


def until_up(leg: Floats, low: int, top: int) -> int:
    """How many instants belong to the rep: legs that sink well below where they started are getting up."""
    below = leg[top:] < leg[low] - GETTING_UP_DEG
    return top + int(below.argmax()) if below.any() else len(leg)


def timed_by(leg: Floats, thigh: Floats, knee: Floats, low: int, top: int) -> Floats:
    """The curve (n,) that tells the phases: the leg's elevation, or the thigh's where knees bend before legs are down.

    The ankle is far from the hip, so the leg is steadier; but bending a knee raises it too.
    """
    if np.fmax.reduce(knee, initial=0.0) <= KNEE_BENT_DEG:
        return leg
    down = (leg[top:] < leg[low] + HOME * (leg[top] - leg[low])).nonzero()[0]
    until = top + int(down[0]) + 1 if len(down) else len(leg)
    return thigh if np.fmax.reduce(knee[:until], initial=0.0) > KNEE_BENT_DEG else leg


def boundaries(leg: Floats, low: int, top: int, *, gets_up: bool = False, begun: bool = True) -> Boundaries:
    """Of one rep: elevation (n,) degrees, with `low` and `top` from its `Turn`.

    A lowering that was last seen on its way has no end, unless the slice ends because the person `gets_up`; a rise
    that was not seen to have `begun` has no start, and comes down to wherever it comes.
    """
    up = _crossing(leg, low, top, rising=True)
    if up is None or not np.isfinite(leg[top:]).any():
        return UNKNOWN
    bottom = top + int((leg[top:] == np.fmin.reduce(leg[top:])).argmax())
    down = _crossing(leg, top, len(leg) - 1, rising=False, other=float(leg[bottom]))
    if down is None:
        return UNKNOWN
    speed = speeds(leg)
    home = median(leg[max(0, low - LEVEL) : low + LEVEL + 1]) if begun else float(leg[bottom])
    fall = lowering(leg, speed, down, (top, bottom), home=home)
    lift_start, hold_start = _lift(leg, lift(leg, speed, up, (low, top), until=fall.start))
    lower_start, end = _lower(leg, fall)
    if lower_start < hold_start:  # legs that turn at the top are held for no time
        hold_start = lower_start = (hold_start + lower_start) / 2
    lift_start = lift_start if begun else np.nan
    end = np.nan if not gets_up and _broken_off(leg, top) else end
    return Boundaries(*(_if_seen(leg, t) for t in (lift_start, hold_start, lower_start, end)))


def down_from(leg: Floats, top: int, bottom: int) -> int:
    """The first sample after `top` at which the leg (n,) is seen about as low as it is at `bottom`, else `bottom`."""
    low = leg[top : bottom + 1] <= leg[min(bottom, len(leg) - 1)] + NEARLY_DEG
    return top + int(low.argmax()) if low.any() else bottom


def seen_to_begin(leg: Floats, low: int, top: int, before: Floats) -> bool:
    """Whether the leg (n,) was seen from just before its low (k, from `before` the slice) until half of its rise.

    Where it was not it may have been lower, and nobody knows where the rise began.
    """
    high = leg[low : top + 1] >= (leg[low] + leg[top]) / 2
    until = np.concatenate([before, leg[: low + int(high.argmax())]])[-SPEED - int(high.argmax()) :]
    return len(until) > 0 and bool(np.isfinite(until).all())


def _broken_off(leg: Floats, top: int) -> bool:
    """Whether the curve was last seen while the legs came down, so that nobody knows how far and how long."""
    known = np.isfinite(leg).nonzero()[0]
    last = int(known[-1]) if len(known) else 0
    if last - top <= SPAN:
        return False
    falls = leg[top + SPAN : last + 1] - leg[top : last + 1 - SPAN]
    return bool(falls[-1] < BROKEN_OFF * np.fmin.reduce(falls))


def _crossing(leg: Floats, start: int, stop: int, *, rising: bool, other: float = np.nan) -> int | None:
    """The instant before half way between two levels: the last one going up, the first one going down."""
    half = (leg[start] + leg[stop]) / 2 if rising else (leg[start] + other) / 2
    part = leg[start : stop + 1] < half
    where = part.nonzero()[0]
    if len(where) == 0:
        return None
    return start + int(where[-1] if rising else where[0])


def _lift(leg: Floats, way: Span) -> tuple[float, float]:
    """Start and end of a rise, from when a tenth and half of its first stage, and half of its last, were done."""
    stretch = 0.5 / (0.5 - TENTH)
    first, last = _shares(leg, way)
    half, tenth = (way.start + _last_below(first, level) for level in (0.5, 0.1))
    late_half, ninth = (way.last_start + _last_below(last, level) for level in (0.5, 0.9))
    return half - stretch * (half - tenth), late_half + stretch * (ninth - late_half)


def _lower(leg: Floats, way: Span) -> tuple[float, float]:
    """Start and end of a fall, from lines through its first and its last stage."""
    corner = CORNER_S * RATE_HZ
    first, last = _shares(leg, way)
    end = way.last_start + _line_meets(last, *LATE, 1.0) + corner
    if way.last_start == way.start:
        return way.start + _line_meets(first, *EARLY, 0.0) - corner, end
    fallen, last_fall = (float(leg[at] - leg[way.stop]) for at in (way.start, way.last_start))
    share = last_fall / fallen if fallen > 0 else 1.0
    if share < SHORT:  # hardly longer than its two corners
        end = min(end, way.stop + LEFT * (1.0 + share) * corner)
    return way.start + _line_meets(first, *EARLY, 0.0) - corner, end


def _shares(leg: Floats, way: Span) -> tuple[Floats, Floats]:
    """How much of the first and of the last stage is done at each of their samples."""
    first = _share(leg, way.start, way.first_stop)
    return first, first if way.last_start == way.start else _share(leg, way.last_start, way.stop)


def _share(leg: Floats, start: int, stop: int) -> Floats:
    """How much of a stage is done at each of its samples: 0 at the level before it, 1 at the level after it."""
    before = median(leg[max(0, start - LEVEL) : start + 1])
    after = median(leg[stop : stop + LEVEL + 1])
    return np.asarray((leg[start : stop + 1] - before) / (after - before))


def _last_below(share: Floats, level: float) -> float:
    """Where a rising curve crosses `level` for the last time, interpolated."""
    where = (share < level).nonzero()[0]
    at = min(int(where[-1]) if len(where) else 0, len(share) - 2)
    if at < 0 or share[at + 1] == share[at]:
        return np.nan
    return at + float((level - share[at]) / (share[at + 1] - share[at]))


def _line_meets(share: Floats, low: float, high: float, level: float) -> float:
    """Where the least-squares line through the part between two levels reaches `level`."""
    at = ((share >= low) & (share <= high)).nonzero()[0]
    if len(at) < 2:
        return _last_below(share, 0.5)
    values = share[at]
    middle, mean = at.sum() / len(at), values.sum() / len(at)
    away = at - middle
    slope = float(away.dot(values - mean) / away.dot(away))
    return float(middle + (level - mean) / slope) if slope > 0 else np.nan


def _if_seen(leg: Floats, at: float) -> float:
    """`at`, if the legs are known around it."""
    if not isfinite(at):
        return np.nan
    around = leg[max(0, int(at) - SPEED) : int(at) + SPEED + 1].tolist()
    return float(at) if around and isfinite(sum(around)) else np.nan
