"""The outline of the feet in pictures of a camera that stands still, and where it is from picture to picture.

What differs from the picture of the room without the feet is foot or shadow. Seen while the feet come down, some
centimetres above the floor, the two lie apart: the outline is taken there, from the median of what moves along with
the feet, and then only followed, down to where foot and shadow meet. Pictures are cut-outs (h, w, 3), floating point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Cutout = NDArray[np.float32]
Mask = NDArray[np.bool_]

REACH = 0.13  # the foot is within this of the line from heel to toe, in legs
CORE = 0.03
LEAST = 7.0  # what differs by less, of 255, is noise
SHARE = 0.45  # of the foot's own difference from the room: half, and a little for its blurred edge
APART, APART_BEST = (0.04, 0.19), 0.11  # so far above their low feet and shadow are told apart, in legs
ROUND = 0.033  # what is thinner than this, in legs, is no part of a foot
SMALLEST = 60  # pixels of an outline
SEARCH = 12  # pixels around where the landmarks say it is
STACK = 10  # pictures whose median gives the outline
EDGE = cv2.BORDER_REPLICATE
SQUARE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True)
class Shot:
    """A cut-out with heel, toe and ankle of both sides in it (6, 2), pixels of the cut-out."""

    picture: Cutout
    feet: Floats

    @property
    def level(self) -> Floats:
        """The middle of the feet."""
        return np.asarray(self.feet.mean(axis=0))


@dataclass(frozen=True)
class Sole:
    """The feet's outline in one picture; `tip` is its lowest place, `leg` the leg's length in pixels.

    `turn` is by how many degrees it turns for each pixel that it comes down, about `centre`.
    """

    picture: Cutout
    mask: Mask
    tip: Floats
    leg: float
    turn: float
    centre: tuple[float, float]

    def moved(self, shift: Floats) -> Floats:
        """The affine map (2, 3) to a picture in which it is shifted by so much."""
        there = cv2.getRotationMatrix2D(self.centre, self.turn * float(shift[1]), 1.0)
        there[:, 2] += shift
        return np.asarray(there, np.float64)

    def tip_at(self, shift: Floats) -> Floats:
        """Its lowest place there."""
        return np.asarray(self.moved(shift) @ np.array([*self.tip, 1.0]))


@dataclass(frozen=True)
class Place:
    """Where an outline was found: its shift, and how much the pictures differ there (root mean square, of 255)."""

    shift: Floats
    differs: float


Found = tuple[Sole, list[tuple[Shot, Place]]]


def sole_of(coming: Sequence[Shot], low: Shot, room: Cutout, leg: float, tail: float) -> Found | None:
    """The outline, and the shots in which it was seen with its places, the last is `low`; `None` where it is lost.

    Of `coming` those are used in which feet and shadow are apart, and those after; unseen ones are left out. `tail` is
    +1 where the feet are on the right of the hips, else -1.
    """
    drop = np.array([low.level[1] - shot.level[1] for shot in coming]) / leg
    apart = np.nonzero((drop > APART[0]) & (drop < APART[1]))[0]
    if len(apart) == 0:
        return None
    first = int(apart[np.argmin(abs(drop[apart] - APART_BEST))])
    mask = outline(difference(coming[first].picture, room), coming[first].feet, leg)
    if mask is None:
        return None
    sole = Sole(coming[first].picture, mask, np.zeros(2), leg, -tail * float(np.degrees(1 / leg)), _middle(mask))
    places = _down(sole, coming[first], [*coming[first + 1 :], low])
    if places is None:
        return None
    shots = [*coming[first:], low]
    at = [Place(np.zeros(2), 0.0), *places]
    return _sharpened(sole, [(s, p) for s, p in zip(shots, at, strict=True) if p is not None], room)


def difference(picture: Cutout, room: Cutout) -> Cutout:
    """How much each pixel differs (h, w), in the channel that shows it best."""
    return np.asarray(abs(picture - room).max(axis=2), np.float32)


def outline(differs: Cutout, feet: Floats, leg: float) -> Mask | None:
    """The largest area near the feet that differs about as much as their middle does; `None` where there is none."""
    away = _away(differs.shape, feet)
    rows = np.arange(differs.shape[0])[:, None]
    core = (away < CORE * leg) & (rows <= feet[[1, 4], 1].max() + 1)
    if core.sum() < 10:
        return None
    found = (differs > max(LEAST, SHARE * float(np.median(differs[core])))) & (away < REACH * leg)
    mask = cv2.morphologyEx(found.astype(np.uint8), cv2.MORPH_CLOSE, SQUARE)
    width = 1 + 2 * round(ROUND * leg / 2)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2 or stats[1:, cv2.CC_STAT_AREA].max() < SMALLEST:
        return None
    return np.asarray(labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))


def _away(shape: tuple[int, ...], feet: Floats) -> Floats:
    """How far each pixel is from the line between heel and toe of the nearer foot."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    away = np.full(shape[:2], np.inf)
    for heel, toe in ((feet[0], feet[1]), (feet[3], feet[4])):
        along = toe - heel
        t = np.clip(((x - heel[0]) * along[0] + (y - heel[1]) * along[1]) / (along @ along + 1e-6), 0, 1)
        away = np.minimum(away, np.hypot(x - heel[0] - t * along[0], y - heel[1] - t * along[1]))
    return away


def find(sole: Sole, shot: Shot, guess: Floats) -> Place | None:
    """Where the outline's content is in another picture, near `guess`; `None` where it is not there."""
    y, x = (int(np.nonzero(sole.mask.any(axis=axis))[0][0]) for axis in (1, 0))
    y1, x1 = (int(np.nonzero(sole.mask.any(axis=axis))[0][-1]) + 1 for axis in (1, 0))
    size = (x1 - x, y1 - y)
    turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), sole.turn * float(guess[1]), 1.0)
    part = cv2.warpAffine(sole.picture[y:y1, x:x1], turn, size, borderMode=EDGE)
    weight = (cv2.warpAffine(sole.mask[y:y1, x:x1].astype(np.float32), turn, size) > 0.9).astype(np.float32)
    left, top = round(x + float(guess[0])) - SEARCH, round(y + float(guess[1])) - SEARCH
    window = _window(shot.picture, left, top, size[0] + 2 * SEARCH, size[1] + 2 * SEARCH)
    if window is None or weight.sum() < SMALLEST / 2:
        return None
    error = cv2.matchTemplate(window, part, cv2.TM_SQDIFF, mask=np.repeat(weight[..., None], 3, axis=2))
    row, column = (int(k) for k in np.unravel_index(int(error.argmin()), error.shape))
    if not (0 < column < 2 * SEARCH and 0 < row < 2 * SEARCH):
        return None
    right, down = (_vertex(*line) for line in (error[row, column - 1 : column + 2], error[row - 1 : row + 2, column]))
    differs = float(np.sqrt(max(float(error[row, column]), 0.0) / float(weight.sum()) / 3))
    return Place(np.array([left + column + right - x, top + row + down - y]), differs)


def _window(picture: Cutout, left: int, top: int, width: int, height: int) -> Cutout | None:
    """A part that may reach over the picture's edge, but not be outside."""
    rows, columns = picture.shape[:2]
    if left + width <= 0 or top + height <= 0 or left >= columns or top >= rows:
        return None
    x, y = np.clip(np.arange(left, left + width), 0, columns - 1), np.clip(np.arange(top, top + height), 0, rows - 1)
    return np.ascontiguousarray(picture[y[:, None], x])


def _vertex(before: float, here: float, after: float) -> float:
    """Where the parabola through three neighbours is lowest."""
    return float((before - after) / (2 * (before - 2 * here + after) + 1e-9))


def _down(sole: Sole, start: Shot, shots: Sequence[Shot]) -> list[Place | None] | None:
    """Where the outline is in each shot; `None` for all where it is not in the last."""
    places: list[Place | None] = []
    last, level = np.zeros(2), start.level
    for shot in shots:
        place = find(sole, shot, last + shot.level - level)
        places.append(place)
        if place is not None:
            last, level = place.shift, shot.level
    return places if places[-1] is not None else None


def _sharpened(sole: Sole, seen: list[tuple[Shot, Place]], room: Cutout) -> Found | None:
    """The outline from the median of several pictures in which feet and shadow are apart, and its lowest place."""
    low = seen[-1][1].shift[1]
    used = [(shot, place) for shot, place in seen if (low - place.shift[1]) / sole.leg > APART[0]]
    if len(used) < 2:
        return None
    used = used[:: 1 + (len(used) - 1) // STACK]
    how, size = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, room.shape[1::-1]
    stack = [cv2.warpAffine(difference(s.picture, room), sole.moved(p.shift), size, flags=how) for s, p in used]
    differs = np.median(np.stack(stack), axis=0).astype(np.float32)
    mask = outline(differs, seen[0][0].feet, sole.leg)
    if mask is None:
        return None
    return replace(sole, mask=mask, tip=_tip(mask, differs)), seen


def _tip(mask: Mask, differs: Cutout) -> Floats:
    """The lowest place of an outline; its row is where the difference from the room is half of the foot's."""
    bottom = int(np.nonzero(mask.sum(axis=1) >= 3)[0][-1])
    x = float(np.nonzero(mask[max(0, bottom - 1) : bottom + 1].any(axis=0))[0].mean())
    column = differs[:, max(0, int(x) - 1) : int(x) + 2].mean(axis=1)
    half = 0.5 * float(np.median(column[max(0, bottom - 6) : bottom - 1]))
    row = bottom
    while row > bottom - 4 and column[row] < half:
        row -= 1
    here, below = float(column[row]), float(column[min(row + 1, len(column) - 1)])
    return np.array([x, row + (float(np.clip((here - half) / (here - below), 0, 1)) if here > below else 0.5)])


def _middle(mask: Mask) -> tuple[float, float]:
    y, x = np.nonzero(mask)
    return float(x.min() + x.max() + 1) / 2, float(y.min() + y.max() + 1) / 2
