"""The phase of the legs at this instant, and when it began: an automaton over levels and speeds.

Looser than the boundaries of the judged rep, which see the whole of it: here the end of a lift is what comes to a
stop, the start of a lowering what falls from the level held. Times are then put back to where the movement truly
began, by the same curves: minimum jerk up, an even speed after an even acceleration down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, nan
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.core.automaton import RISE_SHARE
from formcheck.core.boundaries import KNEE_BENT_DEG
from formcheck.core.grid import RATE_HZ
from formcheck.core.onset import lasting
from formcheck.core.reach import lift_times, reach
from formcheck.core.stages import SLOW

Floats = NDArray[np.float64]

REST, LIFT, HOLD, LOWER = "rest", "lift", "hold", "lower"
SPEED_LAG = 3
"""A speed is that of so many instants ago: the median's delay and half of the line."""
MOVED_DEG = 2.5
"""Legs held still sway by about 1 degree from crest to trough (see `oscillation_max_deg`): more is a movement."""
MOVING_DEG_S = 5.0
"""A lowering that takes three times as long as asked for, and twice the noise of the speed."""
STILL_DEG_S = 2.0
"""What is slower stands still."""
DROP_DEG, DROPPING_DEG_S = 1.0, 3.0
"""A lowering is under way once legs that were still have fallen so far, so fast."""
LEAST_WAY_DEG = 20.0
"""Two thirds of the usual way: legs that were hardly lifted do not drop far."""
SETTLED = int(0.4 * RATE_HZ)
"""So many instants after a lift's end tell the level held, and calm legs have settled."""
BACK = 3
"""Standing still is told by how far the legs came in so many instants."""
RECENT = RATE_HZ
"""The level from which legs rise is the lowest of the last second, that from which they fall its middle."""
AHEAD = RATE_HZ // 4
"""The last instants do not count for the level held: they may belong to the fall."""
REMEMBERED = 5 * RATE_HZ
"""A lift that takes longer is not looked at from its start."""
LONGEST_S = 0.5
"""A movement is recognised so soon after its beginning at the latest."""
BLIND = RATE_HZ // 2
"""Unknown for longer, or not lying: all is forgotten."""


class Instant(NamedTuple):
    """Whether somebody lies there, the least rise that can be a rep, and the legs: degrees, lengths, seconds."""

    lies: bool
    least: float
    leg: float
    thigh: float
    level: float
    speed: float
    bend: float
    toe: float
    thigh_speed: float
    onset_fallen: float
    onset_speed: float


class Seen(NamedTuple):
    """What the automaton thinks: degrees of the leg (`stop`: of the thigh), times in instants."""

    at: int
    phase: str
    lift: float
    hold: float
    lower: float
    stop: float
    lasts_s: float
    onset_s: float
    low: float
    top: float
    floor: float


@dataclass(frozen=True)
class State:
    """`path` holds leg and thigh of the last instants; `entered` when the phase was recognised, `calm` the last
    instant that was not still, `quick` the greatest speed of the lift, `first` where it is looked at from; `settled`
    once the time of the hold is told."""

    at: int = 0
    phase: str = ""
    entered: int = 0
    blind: int = 0
    calm: int = 0
    settled: bool = False
    path: tuple[tuple[float, float], ...] = ()
    first: int = 0
    quick: float = 0.0
    low: float = nan
    top: float = nan
    bottom: float = nan
    lift: float = nan
    hold: float = nan
    lower: float = nan
    floor: float = inf


def step(state: State, now: Instant) -> tuple[State, Seen]:
    """One instant further."""
    walk = _Walk(state)
    stop, lasts, onset = walk.through(now)
    floor = walk.floor if isfinite(walk.floor) else nan
    seen = Seen(walk.at, walk.phase, walk.lift, walk.hold, walk.lower, stop, lasts, onset, walk.low, walk.top, floor)
    walk.at += 1
    return walk.freeze(), seen


class _Walk:
    """A state thawed for one instant, as in `turns`."""

    at: int
    phase: str
    entered: int
    blind: int
    calm: int
    settled: bool
    path: tuple[tuple[float, float], ...]
    first: int
    quick: float
    low: float
    top: float
    bottom: float
    lift: float
    hold: float
    lower: float
    floor: float

    def __init__(self, state: State) -> None:
        self.__dict__.update(state.__dict__)

    def freeze(self) -> State:
        return State(*(self.__dict__[name] for name in State.__dataclass_fields__))

    def through(self, now: Instant) -> tuple[float, float, float]:
        """Where the lift will stop, and how long the lowering will last, twice; not-a-number in other phases."""
        if not (now.lies and isfinite(now.level) and isfinite(now.speed)):
            self.miss()
            return nan, nan, nan
        self.blind = 0
        self.path = (*self.path, (now.leg, now.thigh))[-REMEMBERED:]
        self.floor = min(self.floor, now.toe) if isfinite(now.toe) else self.floor
        self.calm = self.calm if abs(now.speed) < STILL_DEG_S else self.at
        _PHASES[self.phase](self, now)
        stop = self.stop(now) if self.phase == LIFT else nan
        lasts = self.lasts(now) if self.phase == LOWER else nan
        return stop, lasts, self.onset(now) if self.phase in {HOLD, LOWER} else nan

    def miss(self) -> None:
        """Short gaps change nothing but the path, which has to be whole."""
        self.blind += 1
        if self.blind > BLIND:
            self.enter("")
            self.path = ()
            self.low = self.top = self.bottom = self.lift = self.hold = self.lower = nan
        elif self.path:
            self.path = (*self.path, self.path[-1])[-REMEMBERED:]

    def enter(self, phase: str) -> None:
        self.phase, self.entered = phase, self.at

    def legs(self, first: int, stop: int | None = None) -> list[float]:
        """Legs of the instants from `first` to `stop`, as far as they are remembered."""
        start = self.at + 1 - len(self.path)
        end = len(self.path) if stop is None else max(0, stop - start)
        return [leg for leg, _ in self.path[max(0, first - start) : end]]

    def back(self, instants: int) -> float:
        return self.path[max(-len(self.path), -1 - instants)][0]

    def nobody(self, now: Instant) -> None:
        """Somebody has come: legs that are slow are at rest."""
        if len(self.path) >= BLIND and abs(now.speed) < MOVING_DEG_S:
            self.enter(REST)
            self.low = now.leg

    def rest(self, now: Instant) -> None:
        """Until it rises; the lift begins where the legs last stood still."""
        recent = self.legs(max(self.at - RECENT, self.entered))
        self.low = min(recent)
        if now.leg - self.low > MOVED_DEG and now.speed > MOVING_DEG_S:
            start = len(recent) - 1
            while start >= BACK and recent[start] - recent[start - BACK] > STILL_DEG_S * BACK / RATE_HZ:
                start -= 1
            self.low = min(recent[max(0, start - BACK) : start + 1])
            self.first = self.at - (len(recent) - 1 - start)
            self.enter(LIFT)
            self.quick, self.settled = now.speed, False
            self.lift, self.hold, self.lower, self.top = self.began(self.low, now.speed), nan, nan, nan

    def began(self, level: float, speed: float) -> float:
        """When a movement from a level began: without a jerk, its way is a third of its speed times its time."""
        way = abs(self.back(SPEED_LAG) - level)
        return self.at - SPEED_LAG - min(3.0 * way / abs(speed), LONGEST_S) * RATE_HZ

    def lifting(self, now: Instant) -> None:
        """Until it stands still."""
        self.quick = max(self.quick, now.speed)
        if now.speed < max(SLOW * self.quick, STILL_DEG_S):
            self.enter(HOLD if now.leg - self.low >= now.least else REST)
            self.top = now.leg

    def holding(self, now: Instant) -> None:
        """Until it falls, or rises again."""
        if not self.settled:
            self.settle()
        elif self.at - self.entered > SETTLED:
            self.top = median(self.legs(max(self.at - RECENT, self.entered), self.at - AHEAD))
        drop = DROP_DEG if self.settled else DROP_DEG + MOVED_DEG
        if self.top - now.leg > drop and now.speed < -DROPPING_DEG_S:
            self.falls(now)
        elif self.settled and now.leg > self.top + MOVED_DEG and now.speed > MOVING_DEG_S:
            self.enter(LIFT)
            self.settled = False

    def settle(self) -> None:
        """The level held is what follows the lift's end; when that was follows from the lift's course.

        Leg and thigh are off the truth in different ways, so their mean tells it; bending a knee raises the ankle, too.
        """
        leg, thigh = np.array(self.path[max(0, len(self.path) - 1 - self.at + self.first) :]).T
        held = self.entered - self.at - 1
        bent = float((leg - thigh).max()) > KNEE_BENT_DEG / 2
        curve = thigh if bent else (leg + thigh) / 2.0
        start = self.at - len(curve)
        low = float(curve[: max(1, SETTLED // 2)].min())
        self.lift, hold = lift_times(curve, start, low, median(curve[held:].tolist()))
        self.hold = min(hold, self.entered + SETTLED / 2) if isfinite(hold) else nan
        self.top = median(leg[held:].tolist())
        self.settled = self.at - self.entered >= SETTLED

    def falls(self, now: Instant) -> None:
        self.enter(LOWER)
        self.bottom = now.leg
        began = self.began(self.top, now.speed)
        self.lower = max(began, self.hold) if isfinite(self.hold) else began

    def lasts(self, now: Instant) -> float:
        """Seconds that the lowering will last; of leg and thigh the slower counts, for a landmark may jump.

        Legs that were not yet still may be swinging: they fall once they have come down by a quarter.
        """
        fallen = self.top - self.back(SPEED_LAG)
        if not (self.settled or fallen >= RISE_SHARE * self.way):
            return nan
        return lasting(fallen, -max(now.speed, now.thigh_speed), self.way)

    def onset(self, now: Instant) -> float:
        """The same by its first frames, where the legs had come to rest before."""
        return lasting(now.onset_fallen, now.onset_speed, self.way) if self.settled else nan

    @property
    def way(self) -> float:
        return max(self.top - self.low, LEAST_WAY_DEG)

    def lowering(self, now: Instant) -> None:
        """Until it is down, or was only a sway or a sag."""
        self.bottom = min(self.bottom, now.leg)
        still = self.at - self.calm
        if self.top - self.bottom > 0.5 * (self.top - self.low):
            if now.speed > -STILL_DEG_S:
                self.enter(REST)
                self.low = self.bottom
        elif self.top - now.leg < DROP_DEG / 2 or now.leg - self.bottom > MOVED_DEG or still > SETTLED:
            self.enter(HOLD)
            self.top, self.settled = now.leg, True

    def stop(self, now: Instant) -> float:
        """By leg and by thigh, whichever is lower: a landmark that jumps moves one of them more."""
        both = np.array(self.path[max(-len(self.path), self.first - self.at - 1) :])
        low = both[:6].min(axis=0)
        if both[-1, 0] <= low[0] or both[-1, 1] <= low[1]:
            return nan
        leg, thigh = reach(both[:, 0] - low[0]), reach(both[:, 1] - low[1])
        return min(float(low[0]) + leg + now.bend, float(low[1]) + thigh) if isfinite(leg + thigh) else nan


_PHASES: dict[str, Callable[[_Walk, Instant], None]] = {
    "": _Walk.nobody,
    REST: _Walk.rest,
    LIFT: _Walk.lifting,
    HOLD: _Walk.holding,
    LOWER: _Walk.lowering,
}
