"""Whether the camera moves, by the room behind the body: a few small pictures a second against one that is kept.

Corners of the room are followed from the reference, the first picture of a stretch, so that slow sinking adds up. A
similarity that most share (Fischler and Bolles 1981) tells turn, growth and shift. What walks through the
picture takes some corners away and changes nothing else; light is taken off before. Where nothing matches any more
and the new view stays, it is a cut.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.data.recording import CUT, MOVED, ZOOMED, Move
from formcheck.inputs.video import Picture

Floats = NDArray[np.float64]

EVERY_S = 0.3
"""So often it is looked."""
LONGEST_PX = 320
"""The longer side of the pictures: a corner is found to a tenth of a pixel, a turn to 0.05 degrees."""
TURN_DEG = 1.0
"""A turn beyond this is a move: every elevation changes by as much, and rooms are read to half of it."""
GROWTH = 0.04
"""So is a change of size, as a logarithm: lengths of the body are told to 3 %."""
SHIFT = 0.04
"""And one of place, in widths of the picture: at 62 degrees across, the line of sight turns by 2.5. Shake of a few
pixels stays below 0.01."""
REST = 0.25
"""What stays within this share of all three is at rest; noise is a fifth of it."""
REST_S = 3.0
"""For so long: slower than 0.1 degrees a second is rest, until it adds up."""
CORNERS, APART_PX, QUALITY = 100, 7, 0.01
LIGHT_PX, NOISE = 23, 4.0
"""Brightness and contrast over so many pixels are taken off; less contrast than this, of 255, is noise."""
FEWEST, SHARE = 9, 0.25
"""So many corners, and this share of those in sight, agree where two pictures match,"""
CELLS, SPREAD = 4, 4
"""and lie in so many cells of 4 by 4: those of one thing in the room tell only where that is."""
WITHIN_PX = 1.0
"""Corners agree within this."""
ROUNDS, LIKE, ASKEW = 20, 0.5, 0.02
"""Pictures of few corners are laid on each other as wholes: they match if they correlate by more than this, and one is
not stretched or sheared against the other."""
FEATURES, ALIKE = 600, 60
"""Where corners cannot be followed, so many features are compared, and match if so many of 256 bits differ at most."""


class _View(NamedTuple):
    """A picture without its light, where the body hides it, its corners (n, 1, 2), and when it was taken."""

    picture: Picture
    hidden: Picture
    time_s: float
    corners: NDArray[np.float32] = np.zeros((0, 1, 2), np.float32)

    def cornered(self) -> _View:
        """With its corners, which only pictures need that others are laid on."""
        found = cv2.goodFeaturesToTrack(self.picture, CORNERS, QUALITY, APART_PX, mask=1 - self.hidden)
        return self if found is None else self._replace(corners=np.asarray(found, np.float32))


class _Similarity(NamedTuple):
    """Degrees turned, growth as logarithm, shift of the middle in widths; and the matrix (2, 3)."""

    turn: float
    growth: float
    shift: float
    matrix: Floats

    @property
    def size(self) -> float:
        """1 and more is a move."""
        return max(abs(self.turn) / TURN_DEG, abs(self.growth) / GROWTH, self.shift / SHIFT)


class Moves:
    """Takes small pictures as they come. `moving` since when, seconds, while the camera is known to move, else `None`;
    `found` are the moves that are over; `looks` and `blind` count looks, and those that showed too little room.
    """

    def __init__(self) -> None:
        self.found: list[Move] = []
        self.moving: float | None = None
        self.looks = self.blind = 0
        self._kept: _View | None = None  # the reference
        self._trial: _View | None = None  # what may be the next, while the camera moves or nothing matches
        self._near: Floats | None = None  # how the last picture that matched lies on the reference
        self._rest_s = self._last_s = 0.0  # the last look at which it stood as in the reference, and the last of all
        self._previous: _View | None = None  # the last picture, where that matched
        self._laid_so: _Similarity | None = None  # how the reference lies on the trial
        self._later: tuple[_View, _Similarity | None] | None = None  # the first picture that is a little off the trial

    def look(self, grey: Picture, hidden: Picture, time_s: float) -> None:
        """A grey picture, its longer side `LONGEST_PX`, with 1 in `hidden` where the body is, and its time."""
        self.looks += 1
        self._last_s = time_s
        view = _view(grey, hidden, time_s)
        if self._kept is None or self._kept.picture.shape != view.picture.shape:
            self._begin(view)
            return
        found = self._laid(view)
        self._near, self._previous = (None, None) if found is None else (found.matrix, view)
        if self.moving is None and found is not None and found.size < 1:
            self._stands(found, time_s)
        elif self._trial is None:
            self._try(view, found)
        else:
            self._on_the_way(view, found)

    def finish(self) -> list[Move]:
        """All moves, the one that goes on with them."""
        return [*self.found, *([Move(self.moving, self._last_s)] if self.moving is not None else [])]

    def _begin(self, view: _View) -> None:
        view = view.cornered()
        if len(view.corners) < FEWEST:
            self.blind += 1
            return
        self._kept, self._trial, self._near, self._previous = view, None, None, None
        self._rest_s = view.time_s

    def _laid(self, view: _View) -> _Similarity | None:
        """How the reference lies on a picture: itself, or the picture before, of which that is known."""
        assert self._kept is not None
        found = _match(self._kept, view, self._near)
        if found is not None or self._previous is None or self._near is None:
            return found
        step = _match(self._previous.cornered(), view, None)
        return None if step is None else _similarity(_after(self._near, step.matrix), view.picture.shape)

    def _stands(self, found: _Similarity, time_s: float) -> None:
        self._trial = None
        if found.size < REST:
            self._rest_s = time_s

    def _try(self, view: _View, found: _Similarity | None) -> None:
        self._trial, self._laid_so, self._later = view.cornered(), found, None
        self.blind += len(self._trial.corners) < FEWEST

    def _on_the_way(self, view: _View, found: _Similarity | None) -> None:
        """A second look and more at which it does not stand as before."""
        assert self._trial is not None
        if self.moving is None and found is not None and self._laid_so is not None:
            self.moving = self._rest_s
        since = _match(self._trial, view, None)
        if (since is None or since.size > REST) and self._later is not None:
            self._try(*self._later)
            since = _match(self._trial, view, None)
        if since is None or since.size > REST:
            self._try(view, found)
        elif view.time_s - self._trial.time_s >= REST_S:
            self._end(self._trial)
        elif since.size > REST / 2 and self._later is None:
            self._later = view, found

    def _end(self, view: _View) -> None:
        """It stands again, and has since this picture."""
        assert self._kept is not None
        found = self._laid_so or _recognised(self._kept, view)
        began = self._rest_s if self.moving is None else self.moving
        if self.moving is not None or found is None or found.size >= 1:
            self.found.append(_told(found, began, view.time_s))
        self.moving = None
        self._begin(view)


def _told(found: _Similarity | None, from_s: float, to_s: float) -> Move:
    if found is None:
        return Move(from_s, to_s, CUT)
    zoomed = abs(found.growth) / GROWTH > max(abs(found.turn) / TURN_DEG, found.shift / SHIFT)
    return Move(from_s, to_s, ZOOMED if zoomed else MOVED, round(found.turn, 2))


def _view(grey: Picture, hidden: Picture, time_s: float) -> _View:
    fine = grey.astype(np.float32)
    fine -= cv2.blur(fine, (LIGHT_PX, LIGHT_PX))
    contrast = cv2.blur(abs(fine), (LIGHT_PX, LIGHT_PX))
    fine /= contrast + NOISE * (1.0 + float(np.median(contrast[::4, ::4])))
    picture = np.clip(128 + 32 * fine, 0, 255).astype(np.uint8)
    return _View(picture, hidden, time_s)


def _match(before: _View, now: _View, near: Floats | None) -> _Similarity | None:
    """How one picture lies on another, `None` where too little of the room is in both; `near`: about so."""
    old = before.corners
    guess = old.copy() if near is None else np.asarray(cv2.transform(old, near), np.float32)
    if len(old) < FEWEST:
        return _aligned(before, now, near)
    new, there = _followed(before.picture, now.picture, old, guess)
    back, again = _followed(now.picture, before.picture, new, old, levels=0)
    there &= again & (np.hypot(*(back - old)[:, 0].T) < WITHIN_PX)
    height, width = now.picture.shape
    at = new[:, 0].round().astype(int)
    inside = (at >= 0).all(axis=1) & (at[:, 0] < width) & (at[:, 1] < height)
    at = np.clip(at, 0, [width - 1, height - 1])
    seen = inside & (now.hidden[at[:, 1], at[:, 0]] == 0)
    good = seen & there
    return _similar(old[good, 0], new[good, 0], now.picture.shape, int(seen.sum())) or _aligned(before, now, near)


def _aligned(before: _View, now: _View, near: Floats | None) -> _Similarity | None:
    """The same by all edges at once, where there are too few corners (Evangelidis and Psarakis 2008)."""
    first = np.eye(2, 3, dtype=np.float32) if near is None else near.astype(np.float32)
    first[:, 2] /= 2
    old, new, hidden, also = (
        np.ascontiguousarray(each[::2, ::2]) for each in (_calm(before), _calm(now), before.hidden, now.hidden)
    )
    there = cv2.warpAffine(also, first, old.shape[::-1], flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    shown = ((hidden | there) == 0).astype(np.uint8)
    stop = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, ROUNDS, 1e-3)
    try:
        like, found = cv2.findTransformECC(old, new, first, cv2.MOTION_AFFINE, stop, shown, 1)
    except cv2.error:  # it does not converge
        return None
    matrix = np.asarray(found, np.float64) * [1.0, 1.0, 2.0]
    a, b, c, d = matrix[:, :2].ravel()
    askew = np.hypot(a - d, b + c) / np.hypot(a + d, c - b)
    return _similarity(matrix, now.picture.shape) if like > LIKE and askew < ASKEW else None


def _calm(view: _View) -> Picture:
    """A picture smoothed enough to leave out every other pixel."""
    return np.asarray(cv2.GaussianBlur(view.picture, (5, 5), 0), np.uint8)


def _followed(
    before: Picture, now: Picture, corners: NDArray[np.float32], guess: NDArray[np.float32], *, levels: int = 3
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Where corners (n, 1, 2) went, and which were found (Lucas and Kanade 1981)."""
    flags = cv2.OPTFLOW_USE_INITIAL_FLOW
    new, there, _ = cv2.calcOpticalFlowPyrLK(
        before, now, corners, guess.copy(), winSize=(15, 15), maxLevel=levels, flags=flags
    )
    return np.asarray(new, np.float32), there[:, 0] == 1


def _recognised(before: _View, now: _View) -> _Similarity | None:
    """The same by features, however far it moved."""
    finder = cv2.ORB_create(FEATURES)  # type: ignore[attr-defined]
    (a, old), (b, new) = (finder.detectAndCompute(view.picture, 1 - view.hidden) for view in (before, now))
    if old is None or new is None:
        return None
    pairs = [m for m in cv2.BFMatcher(cv2.NORM_HAMMING, True).match(old, new) if m.distance < ALIKE]
    first, second = (np.array([each.pt for each in points], np.float32).reshape(-1, 2) for points in (a, b))
    from_, to = first[[m.queryIdx for m in pairs]], second[[m.trainIdx for m in pairs]]
    return _similar(from_, to, now.picture.shape, len(pairs))


def _similar(old: NDArray[np.float32], new: NDArray[np.float32], shape: tuple[int, ...], of: int) -> _Similarity | None:
    """The similarity from points (n, 2) to others that enough of them share."""
    if len(old) < FEWEST:
        return None
    matrix, inliers = cv2.estimateAffinePartial2D(old, new, method=cv2.RANSAC, ransacReprojThreshold=WITHIN_PX)
    if matrix is None:
        return None
    held = inliers[:, 0] == 1
    cells = np.floor(old[held] / np.array([shape[1], shape[0]]) * CELLS)
    if held.sum() < max(FEWEST, SHARE * of) or len(np.unique(cells, axis=0)) < SPREAD:
        return None
    return _similarity(np.asarray(matrix, np.float64), shape)


def _similarity(matrix: Floats, shape: tuple[int, ...]) -> _Similarity:
    middle = np.array([shape[1] / 2, shape[0] / 2])
    shift = float(np.hypot(*(matrix[:, :2] @ middle + matrix[:, 2] - middle))) / shape[1]
    turn, growth = np.arctan2(matrix[1, 0], matrix[0, 0]), np.log(np.hypot(matrix[0, 0], matrix[1, 0]))
    return _Similarity(float(np.degrees(turn)), float(growth), shift, matrix)


def _after(first: Floats, second: Floats) -> Floats:
    """Two matrices (2, 3) one after the other."""
    return np.asarray(second @ np.vstack([first, [0.0, 0.0, 1.0]]))
