"""The spoken set-up check: one instruction at a time until somebody lies well before the camera, and still.

What is wrong must be so for a while before it is spoken, and be over for a while before it is not.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from formcheck.live.checks import ORDER, furthest_ball_m, wrong
from formcheck.live.place import STILL_S, Place
from formcheck.live.prone import STILL
from formcheck.rules.limits import Limits

HOLDS_S, CLEAR_S = 1.0, 0.5
LONGER_S = {
    "nobody": 2.0,
    "lie-down": 3.0,
    "one-person": 1.5,
    "turn-camera-left": 1.5,
    "turn-camera-right": 1.5,
    "lower-camera": 1.5,
    "straighten-legs": 2.0,
    "ball-under-hips": 2.0,
    "hold-still": 4.0,
    "no-ball": 5.0,
}
"""What is mostly passing: walking to the ball, kneeling, sliding into place; people are counted once a second, and a
ball is looked for every two."""
BALL_WAIT_S = 2.2
"""Nobody is ready before the ball has been looked for in vain."""
ONCE_S = 1.0
"""What is said a single time stands for so long."""


class Advice(NamedTuple):
    """What the set-up check has to say.

    key    of the instruction, empty where all is well; "no-ball" alone does not keep anybody from starting
    still  lying, all is well, and nothing has moved for a second
    """

    key: str = ""
    still: bool = False


class Setup:
    """The set-up check before a set; `step` takes the `Place` of each frame."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._ball_m = furthest_ball_m(limits or Limits())
        self._dwell = {key: Dwell(LONGER_S.get(key, HOLDS_S), CLEAR_S) for key in (*ORDER, "hold-still", "no-ball")}
        self._no_ball_s = inf
        self._last_s = -inf
        self._advice = Advice()

    def step(self, place: Place) -> Advice:
        """What is to be said now; the same until something changes."""
        if place.time_s != self._last_s:
            self._last_s = place.time_s
            self._advice = self._judged(place)
        return self._advice

    def _judged(self, place: Place) -> Advice:
        """All dwells are stepped, so that each knows for how long its reason has held."""
        now, lies = place.time_s, place.prone_s > 0
        spoken = frozenset(key for key, dwell in self._dwell.items() if dwell.on)
        amiss = wrong(place, spoken, self._ball_m)
        well = lies and not amiss
        moves = place.moved >= STILL
        reasons = {*amiss}
        if well and moves and place.prone_s > STILL_S:
            reasons.add("hold-still")
        if lies and not place.ball:
            reasons.add("no-ball")
        on = [key for key, dwell in self._dwell.items() if dwell.step(key in reasons, now)]
        key = next((key for key in on if key != "no-ball"), "")
        still = well and not moves and not key and (place.ball or place.prone_s >= BALL_WAIT_S)
        return Advice(key or self._once("no-ball" in on and well, now), still)

    def _once(self, no_ball: bool, now: float) -> str:
        """The remark on a missing ball, a single time."""
        if no_ball:
            self._no_ball_s = min(self._no_ball_s, now)
        return "no-ball" if no_ball and now - self._no_ball_s < ONCE_S else ""


class Dwell:
    """On when something has held for `holds_s`, off when it has been over for `clear_s`."""

    def __init__(self, holds_s: float, clear_s: float) -> None:
        self._holds_s, self._clear_s = holds_s, clear_s
        self._since_s = self._over_s = inf
        self.on = False

    def step(self, holds: bool, now: float) -> bool:
        """Whether it is on, at a time that rises from call to call."""
        if holds:
            self._since_s, self._over_s = min(self._since_s, now), inf
            self.on = self.on or now - self._since_s >= self._holds_s
        else:
            self._since_s, self._over_s = inf, min(self._over_s, now)
            self.on = self.on and now - self._over_s < self._clear_s
        return self.on
