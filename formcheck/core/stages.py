"""The stages of one movement, up or down: legs may stop on their way and go on.

A movement starts with its first stage and ends with its last one, as somebody with a stopwatch would take it. What is
too small or too slow to be a stage is a correction or a drift, and belongs to the level on either side.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.core.grid import RATE_HZ

Floats = NDArray[np.float64]

SPEED = 5
"""Speeds are differences over twice as many samples (0.33 s): shorter ones are noise."""
STOP = 3
"""A stop on the way is looked for by speeds over twice as many samples (0.2 s): the shortest lasts 0.3 s."""
SLOW = 0.1
"""A level is reached where the speed has sunk to this share of the greatest of its movement."""
SETTLES = 0.25
"""The same for a last stage, which is shorter: what follows more slowly is the settling of body and landmarks."""
STAGE, STAGE_DEG = 0.06, 1.6
"""A movement by a smaller share of the rep's range, or by less, is a correction, not a stage of its own."""
SMALL = 0.2
"""A smaller share begins a lift only where the legs stood still before it: landmarks alone drift by 2 degrees when one
leg hides the other, and legs may still be settling from the rep before."""
AT_TOP = 0.15
"""A smaller share at the top belongs to the hold: a sag before the lowering, a push where the legs stood before it as
long as after it."""
DRIFT_DEG_S = 2.5
"""What is slower is a drift: a third of the speed of the slowest lowering that is asked for."""
DIP = 0.3
"""At a stop between two stages the speed sinks below this share of the greatest on either side."""
DRIFT = DRIFT_DEG_S * 2 * SPEED / RATE_HZ
EDGE, MOVES = 12, 0.5
"""A movement that keeps this share of its speed, but for so many samples at either end, has no stop."""
STOOD = int(0.7 * RATE_HZ)
"""Legs that stay for so many samples stand; a shorter stay is the turn of a swing."""


class Span(NamedTuple):
    """Samples at which the first stage starts and stops, and the last one; twice the same where there is only one."""

    start: int
    first_stop: int
    last_start: int
    stop: int


def speeds(curve: Floats, half: int = SPEED) -> Floats:
    """Change (n,) of a curve (n,) from `half` samples before each to `half` after; 0 where one of them is missing."""
    speed = np.zeros_like(curve)
    if len(curve) > 2 * half:
        speed[half:-half] = curve[2 * half :] - curve[: -2 * half]
    return speed


def lift(curve: Floats, speed: Floats, at: int, levels: tuple[int, int], until: int) -> Span:
    """The rise of a curve (n,) through sample `at`, in the midst of it, between its levels at two samples.

    `speed` (n,) as from `speeds`; `until` is the sample by which the level at the top has ended.
    """
    low, high = levels
    way = _way(curve, speed, at, low, high)
    start, stop = walk(way.speed, at, -1, min(low, at), way.slow), walk(way.speed, at, 1, max(high, at), way.slow)
    while (earlier := _earlier(way, start, low)) < start and _begins(way, start, earlier):
        start = earlier
    while (later := _later(way, stop, high)) > stop and not _pushed(way, stop, later, until):
        stop = later
    return _span(way, start, stop, way.least)


def lowering(curve: Floats, speed: Floats, at: int, levels: tuple[int, int], home: float) -> Span:
    """The fall of a curve (n,) through sample `at`, in the midst of it, between its levels at two samples.

    `home` is the level from which the legs were lifted: who is back there is down, whatever follows. An earlier stage
    counts only where the legs stood before it.
    """
    high, low = levels
    way = _way(-curve, -speed, at, high, low)
    down = -home - way.least
    start, stop = walk(way.speed, at, -1, min(high, at), way.slow), walk(way.speed, at, 1, max(low, at), way.slow)
    while (earlier := _earlier(way, start, high)) < start and _leaves(way, start, earlier):
        start = earlier
    while way.curve[stop] < down and (later := _later(way, stop, low)) > stop:
        stop = later
    if way.curve[stop] > down + way.least:
        stop = _arrived(way, start, stop, down)
    return _span(way, start, stop, max(way.least, AT_TOP * way.rise))


class _Way(NamedTuple):
    """A curve and its speed; its greatest speed, the one below which it has come to a level, and the one above which it
    does not drift; how far it rises in all, and by how much at least in a stage.
    """

    curve: Floats
    speed: Floats
    fastest: float
    slow: float
    fast: float
    rise: float
    least: float

    def moving(self, start: int, stop: int) -> NDArray[np.intp]:
        """Samples after `start`, before `stop`, that are quicker than a drift."""
        return (self.speed[start:stop] > self.fast).nonzero()[0]

    def keeps_on(self, start: int, stop: int) -> bool:
        """Whether it is surely too quick for a stop at any sample from `start`, before `stop`."""
        return bool(self.speed[start:stop].min() >= MOVES * self.fastest)

    def fine(self, start: int, stop: int) -> Floats:
        """Change over `2 * STOP` samples about each from `start` to `stop`."""
        before, after = max(0, start - STOP), stop + STOP + 1
        return speeds(self.curve[before:after], STOP)[start - before : stop + 1 - before]

    def is_stage(self, begin: int, end: int, level: float) -> bool:
        """Whether what moves from `begin` to `end` comes far enough above a level, and is quick enough."""
        by = self.curve[end] - self.curve[begin]
        return bool(self.curve[end] - level > self.least and by > DRIFT_DEG_S * (end - begin) / RATE_HZ)


def _way(curve: Floats, speed: Floats, at: int, low: int, high: int) -> _Way:
    fastest, rise = float(speed[max(0, at - 2 * SPEED) : at + 2 * SPEED].max()), float(curve[high] - curve[low])
    slow = SLOW * fastest
    return _Way(curve, speed, fastest, slow, max(slow, DRIFT), rise, max(STAGE_DEG, STAGE * rise))


def _span(way: _Way, start: int, stop: int, above: float) -> Span:
    """With the stops on the way that are `above` its beginning."""
    first_stop, last_start = _stops(way, start, stop, above)
    return Span(start, first_stop, last_start, _arrives(way.speed, last_start, stop) if last_start > start else stop)


def _arrives(speed: Floats, start: int, stop: int) -> int:
    """Where a last stage ends, which may be followed by a slow settling."""
    fastest = start + int(speed[start : stop + 1].argmax())
    return walk(speed, fastest, 1, stop, SETTLES * float(speed[fastest]))


def walk(speed: Floats, start: int, step: int, stop: int, slow: float) -> int:
    """The first sample from `start` towards `stop` whose speed is no longer above `slow`; else `stop`."""
    way = speed[start : stop + 1] if step > 0 else speed[stop : start + 1][::-1]
    slower = ~(way > slow)
    first = int(slower.argmax())
    return start + step * first if slower[first] else stop


def _earlier(way: _Way, start: int, low: int) -> int:
    """Where the stage before `start` begins; `start` where there is none."""
    curve, speed, seek = way.curve, way.speed, start
    while curve[start] - curve[low] > way.least and (found := way.moving(low, seek)).size:
        inside = low + int(found[-1])
        seek, end = walk(speed, inside, -1, low, way.slow), walk(speed, inside, 1, start, way.slow)
        if way.is_stage(seek, end, curve[seek]):
            return seek
    return start


def _later(way: _Way, stop: int, high: int) -> int:
    """Where the stage after `stop` ends, higher than all before; `stop` where there is none."""
    curve, speed, seek = way.curve, way.speed, stop
    while curve[high] - curve[stop] > way.least and (found := way.moving(seek + 1, high + 1)).size:
        inside = seek + 1 + int(found[0])
        seek, begin = walk(speed, inside, 1, high, way.slow), walk(speed, inside, -1, stop, way.slow)
        if way.is_stage(begin, seek, curve[stop : inside + 1].max()):
            return seek
    return stop


def _begins(way: _Way, start: int, earlier: int) -> bool:
    """Whether what goes from `earlier` to the level before `start` is the first stage of a lift."""
    return bool(way.curve[start] - way.curve[earlier] >= SMALL * way.rise or _stood(way, earlier))


def _leaves(way: _Way, start: int, earlier: int) -> bool:
    """Whether what goes from `earlier` to the level before `start` is the first stage of a lowering."""
    return bool(way.curve[start] - way.curve[earlier] >= AT_TOP * way.rise and _stood(way, earlier))


def _stood(way: _Way, at: int) -> bool:
    before = way.curve[max(0, at - STOOD) : at + 1]
    return len(before) > STOOD and bool(np.ptp(before) < way.least)


def _pushed(way: _Way, stop: int, later: int, until: int) -> bool:
    """Whether a stage that ends at `later` is a push within the hold that began at `stop`."""
    moving = way.moving(stop + 1, later + 1)
    return bool(way.curve[later] - way.curve[stop] < AT_TOP * way.rise and moving[0] >= until - later)


def _arrived(way: _Way, start: int, stop: int, down: float) -> int:
    """Where the curve first stops beyond the level `down`, if it goes on from there; else `stop`."""
    curve = way.curve[start : stop + 1]
    beyond = ((curve > down) & (curve < curve[-1] - way.least)).nonzero()[0]
    if len(beyond) == 0 or way.keeps_on(start + int(beyond[0]), start + int(beyond[-1]) + 1):
        return stop
    part = way.fine(start, stop)
    stops = beyond[part[beyond] < DIP * _either(part)[beyond]]
    return start + int(stops[0]) if len(stops) else stop


def _either(part: Floats) -> Floats:
    """The greatest speed before or after each sample, whichever is less."""
    return np.minimum(np.maximum.accumulate(part), np.maximum.accumulate(part[::-1])[::-1])


def _stops(way: _Way, start: int, stop: int, above: float) -> tuple[int, int]:
    """Samples of the first and of the last stop on the way; `stop` and `start` where there is none."""
    edge = min((stop - start) // 4, EDGE)
    if way.keeps_on(start + edge, stop + 1 - edge):
        return stop, start
    curve, part = way.curve[start : stop + 1], way.fine(start, stop)
    inside = ((curve > curve[0] + above) & (curve < curve[-1] - way.least)).nonzero()[0]
    if len(inside) == 0 or part[inside].min() >= DIP * part.max():
        return stop, start
    least = DIP * _either(part)
    stands = inside[part[inside] < least[inside]]
    if len(stands) == 0 or (part < -least)[stands[0] : stands[-1] + 1].any():  # what turns is a swing
        return stop, start
    return start + int(stands[0]), start + int(stands[-1])
