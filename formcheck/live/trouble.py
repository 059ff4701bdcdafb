"""Trouble in the middle of a session: said once, calmly, when it has lasted for a while."""

from __future__ import annotations

from math import inf

import numpy as np
from numpy.typing import NDArray

from formcheck.live.checks import SEEN
from formcheck.live.place import Place
from formcheck.live.setup import Dwell
from formcheck.rules.remarks import DARK

LASTS_S = {"too-dark": 3.0, "where-are-you": 4.0, "two-people": 6.0, "camera-moved": 1.5}
"""Two people must be seen twice, with looks five seconds apart."""
AGAIN_S = 10.0
"""Trouble must have been over for this long before the same is said anew."""
LOOKS = 8
"""Where hands and ball are is the median of so many looks, a second and a half of them."""
SHIFT = 0.15
"""Hands and ball that both are elsewhere by this share of a leg, in the same direction: 12 cm."""
APART = 0.5
"""Two shifts are the same when they differ by less than this share of the larger one."""
GROWTH = 0.12
"""A ball that seems larger or smaller by this share: the camera is nearer or farther."""
TURN_DEG = 3.0
"""The room's lines tell roll to a degree."""


Floats = NDArray[np.float64]


class Watch:
    """What is in the way of going on; `step` takes the `Place` of each frame."""

    def __init__(self) -> None:
        self._dwell = {key: Dwell(lasts, AGAIN_S) for key, lasts in LASTS_S.items()}
        self._last_s = -inf
        self._stand = _Stand()

    def step(self, place: Place) -> str:
        """The key of a trouble on the one frame at which it is to be said; else empty."""
        if place.time_s == self._last_s:
            return ""
        self._last_s = place.time_s
        now = {
            "too-dark": place.light < DARK,
            "where-are-you": place.seen < SEEN,
            "two-people": (place.people or 0) > 1,
            "camera-moved": self._stand.moved(place),
        }
        new = []
        for key, dwell in self._dwell.items():
            before = dwell.on
            if dwell.step(now[key], place.time_s) and not before:
                new.append(key)
        if "camera-moved" in new:
            self._stand = _Stand()
        return new[0] if new else ""

    def camera_moved(self) -> None:
        """It is known already: where things are seen is learnt anew."""
        self._stand = _Stand()


class _Stand:
    """Where hands, ball and the room's lines were seen at first; forgotten with who gets up, but for the room's."""

    def __init__(self) -> None:
        self._looks: list[Floats] = []
        self._roll_deg = np.nan

    def moved(self, place: Place) -> bool:
        """Whether they are elsewhere now, all together."""
        return self._turned(place.room_roll_deg) or self._shifted(place)

    def _turned(self, roll_deg: float) -> bool:
        if np.isnan(self._roll_deg):
            self._roll_deg = roll_deg
        return abs(roll_deg - self._roll_deg) > TURN_DEG

    def _shifted(self, place: Place) -> bool:
        if place.prone_s == 0:
            self._looks.clear()
        look = np.array([*place.hands, *place.ball_px])
        if not np.isfinite(look).all():
            return False
        if len(self._looks) < LOOKS:
            self._looks.append(look)
            return False
        first = np.median(self._looks, axis=0)
        hands, ball = (look - first)[:2], (look - first)[2:4]
        larger = max(np.hypot(*hands), np.hypot(*ball))
        together = np.hypot(*(hands - ball)) < APART * larger
        far = min(np.hypot(*hands), np.hypot(*ball)) > SHIFT * place.leg_px
        grown = abs(look[4] / first[4] - 1.0) > GROWTH
        return bool(grown or (together and far))
