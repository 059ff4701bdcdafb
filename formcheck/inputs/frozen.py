"""Pictures that repeat the one before while the clock goes on: found by what they show, for they are no pictures.

Who holds still repeats nothing. Two signs tell the one from the other:

- *Noise.* A camera's noise changes every picture. Where it is seen otherwise, a picture without any change repeats the
  one before. Coarse coding leaves no noise, and a drawing has none.
- *A jump.* Who moves again begins slowly; where pictures stood still the body is elsewhere at once, and that change is
  far greater than those that follow. Pictures that stood still without a jump at their end lost nothing. Where the
  whole room jumps it was the camera: then only pictures that show far less change than any still ones do repeat.

Live, before any jump is seen, noise alone tells. Compared are small grey copies, in some 0.05 ms a picture.
"""

from __future__ import annotations

from array import array
from collections import deque
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.core.grid import BRIDGE_S

Picture = NDArray[np.uint8]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

ACROSS = 160
"""So many samples of a picture's longer side are compared."""
BLOCK = 4
"""A block's mean is that of so many samples each way: noise and coding hardly change it."""
CODING = 10.0
"""Levels (of 255) by which coding alone changes a block's mean: up to 8 at crf 40."""
JUMP = 100.0
"""What is beyond that, summed over all blocks, where a body is elsewhere: limbs that move on for a third of a second
give 150 to 2500, pictures with which a coding begins anew up to 46."""
AHEAD = 3.0
"""A jump is so many times the changes after it; that of who begins to move, however quickly, is at most 2.3 times."""
SOMEWHERE = 120.0
"""A jump is so many times the mean change: bodies give 140 and more; where coding begins anew, which changes all of the
picture a little, it is 50 to 118 at crf 45 and 51."""
SHARP, SHIFTED, ROOM = 20, 3, 1 / 3
"""A block is on an edge where blocks beside it differ by more than the first, in levels; if more than this share of all
edges change by more than the second, the room is elsewhere: bodies that jump change up to 0.25, knocked cameras 0.4."""
EVEN_STILLER, CALMEST = 4.0, 0.05
"""So many times less change than in the calmest twentieth of a video is none."""
AFTER_S = 1.0
"""Changes within this time are compared with a jump, but the greatest: there may be two jumps."""
FORETOLD, MUCH = 3, 10.0
"""So many pictures before a jump may foretell it, as they are coded from both sides; what does is so much smaller."""
QUIET = (0.004, 0.03)
"""Bounds of the mean change, in levels, that repeated pictures may have: coding goes on to mend them."""
LIVELY = 4.0
"""From so many times the upper quartile of the change of repeated pictures on there is life."""
SPAN = 5
"""So many pictures tell together whether it is quiet: now and then coding begins anew, with a single change."""
EDGE = 16
"""Within so many pictures after the last true one coding comes to rest."""
NOISE = 0.3
"""Mean change, in levels, from which on noise is sure to be in every picture: in coded videos with more, no picture has
less than half of it; coarsely coded ones mostly have less."""
SILENT, FAINT = 0.06, 0.3
"""A picture with less than this share of the noise repeats the one before; one with less than that may do so."""
ANEW = 3
"""So many pictures with noise among many without are those with which a coding begins anew."""
UNCLIPPED = (8.0, 247.0, 0.2)
"""A picture that is black or white but for this share of its samples has no room for noise."""
HELD, FEWEST = 30, 15
"""Noise is that of so many true pictures before, and of so many at least; after so many faint ones it has ceased."""
MS = 1e-3
"""Stream times are rounded to milliseconds."""
TOLD = 3
"""So many stretches are told one by one."""


class _Copy(NamedTuple):
    """A picture in small: grey samples, and the means of blocks of them."""

    grey: Picture
    blocks: Picture


class Change(NamedTuple):
    """How a picture differs from the one before, in levels; infinite where nothing can be said.

    mean   of all samples
    jump   sum over all blocks, beyond what coding does
    noise  mean of the samples of a block, its median over the blocks: bodies move in fewer than half of them
    room   share of the picture's edges that changed; 0 where there is no jump
    """

    mean: float
    jump: float
    noise: float
    room: float = 0.0


class Differences:
    """Takes pictures (height, width, 3) one by one; tells how each differs from the one before."""

    def __init__(self) -> None:
        self._last: _Copy | None = None

    def step(self, picture: Picture) -> Change:
        """That of the next picture; infinite for the first, and for one of another size."""
        new, last = _copy(picture), self._last
        self._last = new
        if last is None or last.grey.shape != new.grey.shape:
            return Change(np.inf, np.inf, np.inf, np.inf)
        by = cv2.absdiff(last.grey, new.grey).astype(np.float32)
        jump = cv2.sumElems(cv2.subtract(cv2.absdiff(last.blocks, new.blocks), CODING))[0]
        mean, noise = float(by.mean()), _middle(_blocks(by))
        room = _shifted(last.blocks, new.blocks) if jump >= JUMP else 0.0
        return Change(mean, jump, noise, room) if _has_room(new.grey) else Change(np.inf, jump, np.inf, room)


def _copy(picture: Picture) -> _Copy:
    step = max(1, max(picture.shape[:2]) // ACROSS)
    grey = np.ascontiguousarray(picture[::step, ::step, 1])
    return _Copy(grey, _blocks(grey))


def _blocks(samples: NDArray[Any]) -> NDArray[Any]:
    """Means of blocks of samples."""
    size = (max(1, samples.shape[1] // BLOCK), max(1, samples.shape[0] // BLOCK))
    means: NDArray[Any] = cv2.resize(samples, size, interpolation=cv2.INTER_AREA)
    return means


def _middle(values: NDArray[np.float32]) -> float:
    """The median, or the value after it."""
    half = values.size // 2
    return float(np.partition(values, half, axis=None)[half])


def _shifted(before: Picture, now: Picture) -> float:
    """Share of the edges in a picture's blocks that changed."""
    beside = np.ones((3, 3), np.uint8)
    edges = cv2.subtract(cv2.dilate(before, beside), cv2.erode(before, beside)) > SHARP
    return float((cv2.absdiff(before, now)[edges] > SHIFTED).mean()) if edges.any() else 0.0


def _has_room(grey: Picture) -> bool:
    low, high, share = UNCLIPPED
    return cv2.countNonZero(cv2.inRange(grey, low, high)) >= share * grey.size


class Still:
    """Looks at all pictures of a video; `repeats` tells afterwards which of them repeat the one before."""

    def __init__(self) -> None:
        self._differences = Differences()
        self._changes = array("d")

    def look(self, picture: Picture) -> None:
        """The next picture (height, width, 3)."""
        self._changes.extend(self._differences.step(picture))

    def repeats(self, time_s: Floats) -> Mask:
        """Which pictures (n,) repeat the one before; `time_s` (n,) are the times of all that were looked at."""
        return repeats(time_s, np.array(self._changes).reshape(-1, len(Change._fields)))


class Repeats:
    """Tells of each picture as it comes whether it repeats the one before, where the camera has noise."""

    def __init__(self) -> None:
        self._differences = Differences()
        self._noise = _Noise()

    def step(self, picture: Picture) -> bool:
        """Whether the next picture (height, width, 3) is none."""
        return self._noise.lacks(self._differences.step(picture))


class _Noise:
    """Knows the noise of a camera by the last pictures: the lower tenth, as movement adds to it."""

    def __init__(self) -> None:
        self._true: deque[float] = deque(maxlen=HELD)
        self._silent = self._loud = self._faint = 0

    def lacks(self, change: Change) -> bool:
        """Whether a picture repeats the one before, as its noise is missing."""
        noise = sorted(self._true)[len(self._true) // 10] if len(self._true) >= FEWEST else 0.0
        loud = change.noise >= FAINT * noise
        if noise < NOISE or change.jump > 0 or (loud and (self._silent < SPAN or self._loud == ANEW)):
            self._silent = self._loud = self._faint = 0
            if np.isfinite(change.noise):
                self._true.append(change.noise)
            return False
        if change.noise < min(SILENT * noise, QUIET[1]):
            self._silent, self._loud, self._faint = self._silent + 1, 0, 0
            return True
        self._loud, self._faint = self._loud + loud, self._faint + (not loud)
        if self._faint == FEWEST:
            self._true.clear()
            self._silent = self._loud = self._faint = 0
        return self._silent >= SPAN


def repeats(time_s: Floats, changes: Floats) -> Mask:
    """Which pictures (n,) repeat the one before, by their times in seconds and each `Change` (n, 4); not the first."""
    noise, (mean, jump, _, room) = _Noise(), changes.T
    found = np.array([noise.lacks(Change(*each)) for each in changes.tolist()], np.bool_)
    for start, stop in _runs(found):
        if stop - start > SPAN:
            found[_last_true(mean, start) + 1 : start] = True
    for end in np.flatnonzero((jump >= JUMP) & (jump >= SOMEWHERE * mean) & np.isfinite(jump)):
        if jump[end] >= AHEAD * _following(time_s, jump, int(end)):
            begin = _begin(time_s, mean, jump, int(end))
            sure = room[end] <= ROOM or _stiller(mean, begin, int(end))
            if sure and time_s[end] - time_s[begin] > BRIDGE_S + MS:
                found[begin + 1 : end] = True
    return found


def told(time_s: Floats, found: Mask) -> list[str]:
    """Warnings of the pictures (n,) found to repeat the one before, where that is too long to be bridged."""
    spans = [(time_s[start - 1], _time(time_s, stop) - time_s[start - 1]) for start, stop in _runs(found)]
    spans = [(at_s, long_s) for at_s, long_s in spans if long_s > BRIDGE_S + MS]
    lines = [f"the picture stood still for {long_s:.1f} s after {at_s:.1f} s" for at_s, long_s in spans]
    if len(lines) <= TOLD:
        return lines
    return [
        f"the picture stood still {len(spans)} times, {sum(s for _, s in spans):.1f} s in all, first {lines[0][24:]}"
    ]


def _time(time_s: Floats, number: int) -> float:
    """That of a picture, also of the one that would come next."""
    return float(time_s[number] if number < len(time_s) else 2 * time_s[-1] - time_s[-2])


def _runs(found: Mask) -> list[tuple[int, int]]:
    """Where each run begins, and where it is over."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], found, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]


def _following(time_s: Floats, jump: Floats, at: int) -> float:
    """The greatest change but one after a picture, for a while."""
    after = np.sort(jump[at + 1 : int(np.searchsorted(time_s, time_s[at] + AFTER_S, side="right"))])
    return float(after[-2]) if len(after) > 1 else 0.0


def _begin(time_s: Floats, mean: Floats, jump: Floats, end: int) -> int:
    """The picture that all up to the jump at `end` repeat; `end - 1` where none does."""
    last = max(1, end - FORETOLD)
    first = max(1, int(np.searchsorted(time_s, time_s[end] - BRIDGE_S)))
    span = SPAN if last - first >= SPAN else SPAN // 2 + 1
    quiet = _quiet(mean[min(first, max(1, last - span)) : last])
    at = last
    while at > 1 and jump[at - 1] < JUMP and np.median(mean[max(1, at - span) : at]) <= quiet:
        at -= 1
    if at == last or jump[last:end].max() > jump[end] / MUCH:
        return end - 1
    return _last_true(mean, at)


def _stiller(mean: Floats, begin: int, end: int) -> bool:
    """Whether the pictures between two change far less than the calmest ones elsewhere."""
    inside, calm = mean[begin + 1 : end], np.concatenate([mean[1 : begin + 1], mean[end + 1 :]])
    if len(inside) == 0 or len(calm) < SPAN:
        return False
    middle = np.median(np.lib.stride_tricks.sliding_window_view(calm, SPAN), axis=1)
    return bool(EVEN_STILLER * np.median(inside) < np.quantile(middle, CALMEST))


def _last_true(mean: Floats, at: int) -> int:
    """The last picture before `at` that truly changed."""
    before = mean[max(1, at - EDGE) : at]
    return int(at - 1 - np.argmax(before[::-1] >= before.max() / 2)) if len(before) else 0


def _quiet(mean: Floats) -> float:
    """The mean change up to which nothing happens, by pictures just before a jump."""
    low, high = QUIET
    known = mean[np.isfinite(mean)]
    return min(high, max(low, LIVELY * float(np.quantile(known, 0.75)))) if len(known) else low
