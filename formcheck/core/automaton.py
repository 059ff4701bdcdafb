"""The automaton behind `turns`: it walks along the legs' elevation from low to top to low.

A rep is a rise of the legs from a low and a fall by at least half of that rise, followed by the next
rise, a rest at the bottom, or the end. What counts as a rise is relative to the person's own range.
Someone who is not in position (standing, kneeling, getting onto the ball, walking by) makes no reps, and what moves
otherwise than in this exercise is none: `exercise` has the say in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.core import exercise
from formcheck.core.exercise import COLUMNS, HANDS_MOVE, IN_POSITION, READY, UNSEEN, middle, why_not
from formcheck.core.grid import RATE_HZ

Floats = NDArray[np.float64]

STRIDE = 3
"""Every third instant (ten a second) is looked at: rough is enough here, the boundaries are found later."""
FIRST_RISE_DEG = 6.0
"""The least rise that can be a rep: many times the noise of a smoothed leg, half of the laziest lift seen."""
RISE_SHARE = 0.25
"""Once reps are known: the least rise as a share of their middle range."""
FALL_SHARE = 0.5
"""A rise ends with a fall by this share of it; overshoot and sag at the top stay below."""
STILL_DEG = 1.0
"""Changes below this are noise."""
REST = 2 * RATE_HZ
"""Legs down for this many instants close the rep."""
STOP = 6 * RATE_HZ
"""Legs that stand still above where they started are down after so many instants: people stop on their way for up to
four seconds."""
DOWN = 0.06
"""Legs are back where they started when no more than this share of the rise is left, or `STILL_DEG`."""
LONGEST = 30 * RATE_HZ
"""Open for longer than this is no rep, and memory stays bounded."""
SHORTEST = int(0.8 * RATE_HZ)
"""Shorter than this is no rep: half of the fastest one that people manage."""
SLOWEST = 8 * RATE_HZ
"""A lift is found out at most so many instants after it began, stops on its way among them."""
AWAY = 2 * RATE_HZ
"""Unseen for this many instants before anybody lay still: whoever comes has to settle first."""
GONE = 4 * RATE_HZ
"""Unseen for this many instants: the person has left; an open rise is dropped. A lowering takes as long, and one that
nobody saw still ends a rep."""
OUT = int(0.4 * RATE_HZ)
"""The same where somebody is seen to be out of position; landmarks that jump for a moment are back sooner."""
SETTLED = RATE_HZ // 2
"""After being away, legs have to be still for so many instants before a rise can begin: getting into
position raises them too."""
SETTLED_DEG = 3.0
"""Still means within this."""
PASSING = int(1.5 * RATE_HZ)
"""Legs that go up and down again in less, with the body leaving its place at once, only swing along with it."""
REMEMBERED = 9
"""So many reps tell the person's own range."""


class Turn(NamedTuple):
    """One rep in instants of the grid: last instant at its low, its top, its low after, where it was closed.

    Where `why` is not empty the legs turned so, but it was no rep: one of `exercise.REASONS`.
    """

    low: int
    top: int
    bottom: int
    close: int
    why: str = ""


Places = tuple[tuple[float, ...], ...]
"""Up to three, as `exercise.Place`."""
NOWHERE = np.zeros((0, len(COLUMNS)))
PLACES = ("bottom_at", "low_at", "top_at")


@dataclass(frozen=True)
class State:
    """Between two blocks; `at` counts instants, levels are degrees, `top` is -1 while nothing has risen; `fell` is when
    the legs had come down by half; `arrived` is where the legs came to be as they are since somebody is back, -1 once
    they were still; `recent` are the last places, the others those at the bottom, at the low and at the top.
    """

    at: int = 0
    rising: bool = False
    low: int = 0
    low_deg: float = inf
    top: int = -1
    top_deg: float = -inf
    fell: int = 0
    bottom: int = 0
    bottom_deg: float = inf
    sank: int = 0
    sank_deg: float = inf
    seen: int = -1
    arrived: int = -1
    arrived_deg: float = inf
    ranges: tuple[float, ...] = ()
    recent: Places = ()
    bottom_at: Places = ()
    low_at: Places = ()
    top_at: Places = ()


class Walk:
    """A state thawed for one block: a plain loop over numbers is the clearest form of an automaton.

    Where the body was is kept as the count of the instants in position until then, and looked up when it is asked for.
    """

    at: int
    rising: bool
    low: int
    low_deg: float
    top: int
    top_deg: float
    fell: int
    bottom: int
    bottom_deg: float
    sank: int
    sank_deg: float
    seen: int
    arrived: int
    arrived_deg: float
    ranges: tuple[float, ...]
    recent: Places
    bottom_at: Places | int
    low_at: Places | int
    top_at: Places | int

    def __init__(self, state: State, start: int = 0, places: Floats = NOWHERE) -> None:
        self.__dict__.update(state.__dict__)
        self._start, self._places = start, places
        self._ready: list[tuple[float, ...] | int] = list(state.recent)  # places, and rows of this block
        self.turns: list[Turn] = []
        self.least = self.least_rise()
        self.fall_below = self.fallen()

    def freeze(self) -> State:
        """For the next block."""
        self.recent = self.known(len(self._ready))
        for name in PLACES:
            self.__dict__[name] = self.known(self.__dict__[name])
        return State(*(self.__dict__[name] for name in State.__dataclass_fields__))

    def known(self, places: Places | int) -> Places:
        """The places themselves: the last three until a count of them."""
        if not isinstance(places, int):
            return places
        return tuple(
            (float(self._start + STRIDE * each), *self._places[each].tolist()) if isinstance(each, int) else each
            for each in self._ready[max(0, places - 3) : places]
        )

    def against(self) -> str:
        """As the function of that name."""
        if not (self.low_at and self.top_at):
            return ""
        return why_not(middle(self.known(self.low_at)), middle(self.known(self.top_at)))

    def least_rise(self) -> float:
        """The least rise in degrees that can be a rep."""
        return max(FIRST_RISE_DEG, RISE_SHARE * median(self.ranges)) if self.ranges else FIRST_RISE_DEG

    def fallen(self) -> float:
        """The level below which the legs have come down from the top."""
        return self.top_deg - max(self.least, FALL_SHARE * (self.top_deg - self.low_deg))

    def through(self, legs: Sequence[float], postures: Sequence[float]) -> None:
        """Every third instant from the start on."""
        at, ready = self._start, self._ready
        for row, (leg, posture) in enumerate(zip(legs, postures, strict=True)):
            if posture not in IN_POSITION:
                if at - self.seen >= self.patience(posture):
                    self.leave(at)
            else:
                self.seen = at
                ready.append(row)
                if self.rising:
                    self.rise(at, leg)
                else:
                    self.sink(at, leg)
                    if posture != READY:
                        self.arrange(at, leg, posture)
            at += STRIDE

    def patience(self, posture: float) -> int:
        """After how many instants out of position the person has left."""
        if posture != UNSEEN:
            return OUT
        return GONE if self.seen >= 0 and self.arrived < 0 else AWAY

    def rise(self, at: int, leg: float) -> None:
        """Looking for the top, then for the fall from it."""
        if leg > self.top_deg - STILL_DEG:
            self.top_at = len(self._ready)
        if leg > self.top_deg:
            self.top, self.top_deg = at, leg
            self.fall_below = self.fallen()
        elif leg <= self.fall_below:
            self.turn_down(at, leg)
        elif at - self.low > LONGEST:
            self.leave(at)

    def turn_down(self, at: int, leg: float) -> None:
        """The legs have come down by half."""
        self.rising, self.fell = False, at
        self.bottom, self.bottom_deg = self.sank, self.sank_deg = at, leg
        self.bottom_at = len(self._ready)

    def sink(self, at: int, leg: float) -> None:
        """Looking for the lowest point, then for the next rise or a rest."""
        if self.arrived >= 0:
            self.settle(at, leg)
            return
        if leg >= self.bottom_deg + self.least:
            self.close(at)
            self.turn_up(at, leg)
            return
        if leg <= self.bottom_deg + STILL_DEG:
            self.bottom, self.bottom_deg = at, min(leg, self.bottom_deg)
            self.bottom_at = len(self._ready)
        if leg < self.sank_deg - STILL_DEG:
            self.sank, self.sank_deg = at, leg
        elif at - self.sank >= (REST if self.down(leg) else STOP):
            self.close(at)

    def down(self, leg: float) -> bool:
        """Whether the legs are back where the rise started; what has no top was no rise."""
        left = max(STILL_DEG, DOWN * (self.top_deg - self.low_deg))
        return self.top < 0 or leg - self.low_deg <= left

    def arrange(self, at: int, leg: float, posture: float) -> None:
        """The body is being put elsewhere: no lift has begun yet, and who takes the hands away is done with the rep."""
        if self.top >= 0 and posture == HANDS_MOVE and self.down(leg):
            self.close(at, leaves=True)
        if self.top < 0 and leg > self.bottom_deg:
            self.bottom, self.bottom_deg = self.sank, self.sank_deg = at, leg
            self.bottom_at = len(self._ready)

    def settle(self, at: int, leg: float) -> None:
        """Back from being away: follow the legs until they are still."""
        if abs(leg - self.arrived_deg) > SETTLED_DEG:
            self.arrived, self.arrived_deg = at, leg
        self.bottom, self.bottom_deg = self.sank, self.sank_deg = at, leg
        self.bottom_at = len(self._ready)
        if at - self.arrived >= SETTLED:
            self.arrived = -1

    def turn_up(self, at: int, leg: float) -> None:
        """A rise has begun, at the last low."""
        self.rising = True
        self.low, self.low_deg = max(self.bottom, at - SLOWEST), self.bottom_deg
        self.low_at, self.top_at = self.bottom_at, len(self._ready)
        self.top, self.top_deg = at, leg
        self.fall_below = self.fallen()

    def close(self, at: int, *, leaves: bool = False) -> None:
        """The rise that has come down is a rep, if it took long enough and is one of this exercise."""
        if self.top >= 0 and at - self.low >= SHORTEST:
            why = self.against() or (exercise.PASSING if leaves and self.fell - self.low < PASSING else "")
            self.turns.append(Turn(self.low, self.top, self.bottom, at, why))
            if not why:
                self.ranges = (*self.ranges, self.top_deg - self.low_deg)[-REMEMBERED:]
                self.least = self.least_rise()
        self.top, self.top_deg = -1, -inf

    def leave(self, at: int) -> None:
        """The person is away, or what rose was no rep: forget it, keep what had come down."""
        if not self.rising:
            self.close(at, leaves=True)
        self.rising, self.top, self.top_deg = False, -1, -inf
        self.bottom, self.bottom_deg = self.sank, self.sank_deg = at, inf
        self.arrived, self.arrived_deg = at, inf
