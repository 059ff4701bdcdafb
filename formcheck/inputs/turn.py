"""Whether a picture lies on its side or stands on its head, told by the body in it as it goes; live and recorded alike.

Nothing more is looked at while the body lies upright, or nobody lies at all. Where it lies prone on its hands in a
picture turned by a quarter or a half, a ball under its pelvis has to be seen there too: `core.upright` says why.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formcheck.core import upright
from formcheck.data.landmarks import INDEX
from formcheck.inputs.ball import find_ball
from formcheck.inputs.pose import Scout
from formcheck.inputs.rotate import TURNS, rotated, rotated_points
from formcheck.inputs.video import Picture

SURE_S = 2.0
"""Whoever has lain upright for so long does not stand on the head."""
LEAST_S = 1.0
"""So long a body must lie the other way up before a picture is turned."""
OTHERWISE = 0.1
"""Share of that time in which it may seem to lie yet another way."""
LOOK_EVERY_S = 0.5
LOOKS, FOUND = 3, 0.5
"""So many looks for the ball at least, and the share of them that must find it."""
FREE = 1.25
"""Hands farther from the middle of a ball than this many radii do not hold it: it is no ball that somebody carries."""
TRIES = 2
"""Single pictures that must agree where the body is not found unless the picture is turned."""
SEEN_SO, SEEN_BY = 0.5, (90, 270)
"""Without a ball the body alone is worth a remark: on its side only where half of all that is seen is so, as people
also stand with their arms ahead."""


class Turning:
    """Gathers what speaks for a turn. Times are seconds, and rise."""

    def __init__(self) -> None:
        self._lain = dict.fromkeys(TURNS, 0.0)
        self._looks = {turn: [0, 0] for turn in TURNS}
        self._tried = dict.fromkeys(TURNS, 0)
        self._seen_s = self._all_s = 0.0
        self._last_s = self._look_s = -np.inf

    @property
    def sure(self) -> bool:
        """Whether the picture is surely upright: nothing needs to be shown any more."""
        return self._lain[0] >= SURE_S

    @property
    def hardly_seen(self) -> bool:
        """Whether next to nobody has been found so far."""
        return self._seen_s < OTHERWISE * self._all_s

    def see(self, time_s: float, pixels: NDArray[np.floating]) -> int:
        """Take in a frame's landmarks (33, 2 or more); the turn for which a ball should be looked for now, else 0."""
        step = min(time_s - self._last_s, LOOK_EVERY_S / 2) if np.isfinite(self._last_s) else 0.0
        self._last_s = time_s
        self._all_s += step
        if not np.isfinite(pixels[0, 0]):
            return 0
        self._seen_s += step
        turn = int(upright.turns(pixels[None])[0])
        if turn == upright.NONE:
            return 0
        self._lain[turn] += step
        if turn == 0 or time_s - self._look_s < LOOK_EVERY_S:
            return 0
        self._look_s = time_s
        return turn

    def look(self, picture: Picture, pixels: NDArray[np.floating], turn: int) -> None:
        """Look for a ball under the body in a BGR picture turned by `turn`; `pixels` are those of the picture."""
        joints = rotated_points(pixels[:, :2], (picture.shape[1], picture.shape[0]), turn)
        self._looks[turn][0] += 1
        self._looks[turn][1] += _carried(rotated(picture, turn), joints)

    def try_all(self, picture: Picture, scout: Scout) -> None:
        """Look for somebody prone over a ball in a BGR picture in which nobody is found as it is; three looks."""
        for turn in TURNS[1:]:
            turned = rotated(picture, turn)
            bodies = [body for body in scout.look(turned) if upright.turns(body[None])[0] == 0]
            self._tried[turn] += any(_carried(turned, body) for body in bodies)

    def turn(self, least_s: float = LEAST_S) -> int:
        """By how much the picture is to be turned, clockwise; 0 while nothing speaks clearly for it."""
        turn = self._lying(least_s)
        looks, found = self._looks[turn]
        if turn and looks >= LOOKS and found >= FOUND * looks:
            return turn
        best = max(TURNS, key=self._tried.__getitem__)
        clear = self._tried[best] >= TRIES and sum(self._tried.values()) == self._tried[best]
        return best if clear and self.hardly_seen else 0

    def doubt(self, least_s: float = LEAST_S) -> str:
        """In words, that the body lies the other way up though no ball was seen to tell it; else empty."""
        turn = self._lying(least_s)
        if turn == 0 or self.turn() or (turn in SEEN_BY and self._lain[turn] < SEEN_SO * self._seen_s):
            return ""
        return f"the body is seen {HOW[turn]}, but no ball that tells the way up; if it is so, give --rotate {turn}"

    def _lying(self, least_s: float) -> int:
        """The turn other than 0 in which somebody has lain for so long, and hardly in another; else 0."""
        best = max(TURNS, key=self._lain.__getitem__)
        others = sum(self._lain.values()) - self._lain[best]
        return best if self._lain[best] >= least_s and others <= OTHERWISE * self._lain[best] else 0


HOW = {90: "lying on the side", 180: "upside down", 270: "lying on the side"}


def told(turn: int) -> str:
    """What was done, in words."""
    stands = "stands on its head" if turn == 180 else "lies on its side"
    return f"the picture {stands}; it was turned by {turn}°; --rotate 0 leaves it as it is"


def _carried(picture: Picture, joints: NDArray[np.float64]) -> bool:
    """Whether a ball lies under a body (33, 2) that does not hold it in its hands."""
    ball = find_ball(picture, joints)
    if ball is None:
        return False
    hands = joints[[INDEX["left_wrist"], INDEX["right_wrist"]]] - (ball.x, ball.y)
    return bool(np.hypot(*hands.T).min() > FREE * ball.radius)
