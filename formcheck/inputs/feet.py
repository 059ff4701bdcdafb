"""How high the feet are above the floor when they are low, seen in the picture itself.

Landmarks tell that to some centimetres only: feet and shoes differ. The picture shows more: the feet's lower edge and
the shadow under them. `Feet.look` is called for every picture. While the legs are up it remembers the floor without
feet; while they come down, some of the pictures; once they are low it looks five times a second. It keeps some 30
cut-outs around the feet, 9 MB, and four numbers for each look.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.data.landmarks import INDEX
from formcheck.inputs.shadow import Shadow, shadow
from formcheck.inputs.sole import Cutout, Place, Shot, Sole, find, sole_of
from formcheck.inputs.video import Picture

Floats = NDArray[np.float64]

EVERY_S = 0.2
STILL_S, STILL = (0.15, 0.25), 0.012  # feet that came down by less than this in that time, in legs, are low
UP, DOWN = 0.05, 0.12  # within this of their highest the legs are up; from this below it on feet may be low
LEFT = 0.05  # feet that rose by this have left their low
STEP = 0.012  # pictures of feet that come down are kept this far apart, in legs
COMING, ROOM = 24, 9  # so many of them, and of the floor without feet
FEWEST = 3
TRIES = 4
LEG_PX = 200  # cut-outs are made no larger than this leg
ACROSS, BELOW = (0.5, 1.4), (0.05, 0.95)  # the cut-out from the hips, towards the feet and down, in legs
STEEPEST = 0.4  # a floor that rises faster along the body, in the picture, is seen wrongly
MOVED = 0.12  # hips that moved by this, in legs, belong to another position
SMALLEST = 50  # pixels of a cut-out's sides
DIFFERS = 14.0  # an outline that differs by more from the picture, of 255, is not that of these feet
DEPTH = 0.12  # a fainter shadow (logarithm) may be none
NEARER, SCATTER, ASTRAY, NEAR = (0.5, 1.5), 0.003, 0.012, 0.11
"""For each pixel that the feet come down the shadow comes nearer by 0.5 to 1.5, half of the looks within 0.003 legs of
a line, the last within 0.012; seen over the last 0.11 legs. What does not is not their shadow."""

FOOT = tuple(INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("heel", "foot_index", "ankle"))
UNKNOWN = (np.nan, np.nan, np.nan)


@dataclass(frozen=True)
class Body:
    """Hips (2,) and leg's length in pixels; +1 where the feet are on the right of the head."""

    hips: Floats
    leg: float
    tail: float


@dataclass(frozen=True)
class Frame:
    """The cut-out's place in the picture, and what it is made smaller by."""

    left: int
    top: int
    right: int
    bottom: int
    zoom: float

    def inside(self, points: Floats) -> Floats:
        """Points of the picture in the cut-out."""
        return np.asarray((points - (self.left, self.top)) * self.zoom)

    def outside(self, point: Floats) -> Floats:
        """And back."""
        return np.asarray(point / self.zoom + (self.left, self.top))


@dataclass
class Low:
    """Feet at their low: how far down, the floor without them, and once found their outline and its last place."""

    begun: float
    depth: float
    room: Cutout
    next_s: float = -np.inf
    tries: int = 0
    sole: Sole | None = None
    last: tuple[Shot, Place] | None = None
    nearer: list[tuple[float, float]] = field(default_factory=list)


class Seen(NamedTuple):
    """One picture, and in it what matters here: its cut-out's place, the feet (6, 2) in it, how far they are below
    the hips in legs, the body and the ball's foot (2,) in the cut-out."""

    picture: Picture
    time_s: float
    frame: Frame
    feet: Floats
    down: float
    body: Body
    floor: Floats

    def cut(self) -> Cutout:
        """The cut-out, its noise smoothed."""
        part = self.picture[self.frame.top : self.frame.bottom, self.frame.left : self.frame.right]
        if self.frame.zoom < 1:
            part = cv2.resize(part, None, fx=self.frame.zoom, fy=self.frame.zoom, interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.GaussianBlur(part, (0, 0), 0.7), np.float32)

    def shot(self) -> Shot:
        """The cut-out with the feet."""
        return Shot(self.cut(), self.feet)


class Feet:
    """Looks at pictures as they come; `places` tells what was seen."""

    def __init__(self) -> None:
        self._looks: list[tuple[float, float, float, float]] = []
        self._body: Body | None = None
        self._again(np.inf)

    def _again(self, highest: float) -> None:
        """Wait for the legs to be up."""
        self._highest = highest
        self._room: list[Cutout] = []
        self._room_s = -np.inf
        self._coming: list[Shot] = []
        self._levels: list[tuple[float, float]] = []
        self._low: Low | None = None

    def look(self, picture: Picture, time_s: float, joints: Floats, floor: Floats, scale: float = 1.0) -> None:
        """One picture with its landmarks (33, 2) and the place (2,) at which the ball stands on the floor, pixels.

        `scale` is this picture's pixels for one of the original's. Most calls keep a cut-out at the most.
        """
        body = _body(joints)
        if body is None or not np.isfinite(floor).all():
            return
        if self._body is None or np.hypot(*(body.hips - self._body.hips)) > MOVED * self._body.leg:
            self._body = body
            self._again(np.inf)
        seen = _seen(picture, time_s, joints[list(FOOT)], self._body, floor)
        if seen is None:
            return
        self._levels = [pair for pair in self._levels if pair[0] >= time_s - STILL_S[1]] + [(time_s, seen.down)]
        if self._low is None:
            self._while_high(seen)
        if self._low is not None:
            self._while_low(self._low, seen, scale)

    def places(self, time_s: Floats) -> Floats:
        """The lowest place x, y of the feet and how far below it their shadow ends (T, 3), original pixels.

        As last looked at while they are low; not-a-number elsewhere, and where one of them is not clearly seen.
        """
        looks = np.array([(-np.inf, *UNKNOWN), *self._looks])
        return looks[np.searchsorted(looks[:, 0], time_s, side="right") - 1, 1:]

    def _while_high(self, seen: Seen) -> None:
        """Remember the floor without feet, and the feet on their way down; at their low, begin one."""
        self._highest = min(self._highest, seen.down)
        if seen.down < self._highest + UP:
            self._coming = []
            if seen.time_s >= self._room_s:
                self._room = [*self._room[1 - ROOM :], seen.cut()]
                self._room_s = seen.time_s + EVERY_S
            return
        step = STEP * seen.body.leg
        if not self._coming or seen.feet[:, 1].mean() - self._coming[-1].level[1] > step:
            self._coming = [*self._coming[1 - COMING :], seen.shot()]
        if seen.down > self._highest + DOWN and len(self._room) >= FEWEST and self._is_still(seen):
            self._low = Low(seen.down, seen.down, np.median(np.stack(self._room), axis=0).astype(np.float32))

    def _is_still(self, seen: Seen) -> bool:
        before = [level for at, level in self._levels if at <= seen.time_s - STILL_S[0]]
        return bool(before) and seen.down - before[0] < STILL

    def _while_low(self, low: Low, seen: Seen, scale: float) -> None:
        """Look now and then, until the feet leave."""
        if seen.down > low.begun + LEFT:  # they only paused on their way
            self._looks.append((seen.time_s, *UNKNOWN))
            self._low = None
        elif seen.down < low.depth - LEFT:
            self._looks.append((seen.time_s, *UNKNOWN))
            self._again(seen.down)
        elif seen.time_s >= low.next_s:
            low.depth, low.next_s = max(low.depth, seen.down), seen.time_s + EVERY_S
            found = _height(low, self._coming, seen)
            if found is None:
                self._looks.append((seen.time_s, *UNKNOWN))
            else:
                x, y = seen.frame.outside(found[0]) / scale
                self._looks.append((seen.time_s, float(x), float(y), found[1] / seen.frame.zoom / scale))


def _height(low: Low, coming: list[Shot], seen: Seen) -> tuple[Floats, float] | None:
    """The feet's lowest place in the cut-out, and the shadow's distance below; changes `low`."""
    if low.sole is None or low.last is None:
        _begin(low, coming, seen)
    else:
        _follow(low, low.sole, low.last, seen.shot())
    if low.sole is None or low.last is None or low.last[1].differs > DIFFERS:
        return None
    shot, place = low.last
    under = _shadow(low, low.sole, shot, place, seen)
    if under.depth < DEPTH or not _comes_nearer([*low.nearer, (float(place.shift[1]), under.below)], seen.body.leg):
        return None
    return low.sole.tip_at(place.shift), under.below


def _follow(low: Low, sole: Sole, last: tuple[Shot, Place], shot: Shot) -> None:
    found = find(sole, shot, last[1].shift + shot.level - last[0].level)
    if found is not None:
        low.last = shot, found


def _begin(low: Low, coming: list[Shot], seen: Seen) -> None:
    """Find the outline, and how the shadow came nearer as the feet came down."""
    low.tries += 1
    found = sole_of(coming, seen.shot(), low.room, seen.body.leg, seen.body.tail) if low.tries <= TRIES else None
    if found is None:
        return
    low.sole, (*before, low.last) = found
    lowest = float(low.last[1].shift[1])
    for shot, place in before:
        if lowest - place.shift[1] < NEAR * seen.body.leg:
            under = _shadow(low, low.sole, shot, place, seen)
            if under.depth > 0:
                low.nearer.append((float(place.shift[1]), under.below))


def _shadow(low: Low, sole: Sole, shot: Shot, place: Place, seen: Seen) -> Shadow:
    """The shadow, along the floor from the feet to where the ball stands."""
    way = seen.floor - sole.tip_at(place.shift)
    slope = float(np.clip(way[1] / max(1.0, abs(way[0])), -STEEPEST, STEEPEST))
    return shadow(shot.picture, low.room, sole, place.shift, (-seen.body.tail, slope))


def _comes_nearer(pairs: list[tuple[float, float]], leg: float) -> bool:
    """Whether the distance to the shadow falls in proportion to the way down, to the last; others may be astray."""
    if len(pairs) < FEWEST + 1:
        return False
    down, below = np.array(pairs).T
    sides, weight, off = np.stack([-down, np.ones_like(down)], axis=1), np.ones_like(down), np.zeros_like(down)
    line = np.zeros(2)
    for _ in range(10):  # least absolute deviations
        line = np.linalg.lstsq(sides * weight[:, None], below * weight, rcond=None)[0]
        off = abs(below - sides @ line)
        weight = 1 / np.sqrt(np.maximum(off, 0.3))
    scatter = np.median(off) < SCATTER * leg and off[-1] < ASTRAY * leg
    return bool(NEARER[0] < line[0] < NEARER[1] and scatter)


def _seen(picture: Picture, time_s: float, feet: Floats, body: Body, floor: Floats) -> Seen | None:
    """`None` where the feet would be outside the picture."""
    height, width = picture.shape[:2]
    left, right = (int(np.clip(x, 0, width)) for x in sorted(body.hips[0] + body.tail * body.leg * np.array(ACROSS)))
    top, bottom = (int(np.clip(body.hips[1] + share * body.leg, 0, height)) for share in BELOW)
    if right - left < SMALLEST or bottom - top < SMALLEST:
        return None
    frame = Frame(left, top, right, bottom, min(1.0, LEG_PX / body.leg))
    inside = Body(frame.inside(body.hips), body.leg * frame.zoom, body.tail)
    down = float(feet[:, 1].mean() - body.hips[1]) / body.leg
    return Seen(picture, time_s, frame, frame.inside(feet), down, inside, frame.inside(floor))


def _body(joints: Floats) -> Body | None:
    if not np.isfinite(joints).all():
        return None
    hip, knee, ankle, shoulder = (
        joints[[INDEX[f"left_{name}"], INDEX[f"right_{name}"]]] for name in ("hip", "knee", "ankle", "shoulder")
    )
    leg = float((np.hypot(*(knee - hip).T) + np.hypot(*(ankle - knee).T)).max())
    return Body(hip.mean(axis=0), leg, float(np.sign(ankle[:, 0].mean() - shoulder[:, 0].mean())) or 1.0)
