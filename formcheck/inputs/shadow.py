"""The shadow of legs and feet on the floor, and how far below the feet it lies.

The shadow lies on the floor; at its end is that of the toes. As the feet come down it comes nearer to them in
proportion to their height, and where they stand on the floor the two meet, wherever the light is. How much darker
than the lit floor it is, is averaged along the body, towards the head from the toes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.inputs.sole import SQUARE, Cutout, Floats, Sole

ALONG = (0.01, 0.08)  # from the toes towards the head, in legs: where the profile is taken
UP, DOWN = 8, 24  # and so many pixels above and below the toes
STEP = 0.5
DARK = 6.0  # added to brightness, so that noise in the dark is none of its logarithm
LIT = 80  # percentile of what is below the shadow that stands for the lit floor
SEEN = 0.3  # share of the profile's width that must be free of the foot
FEWEST = 14  # rows of a profile that tells anything


@dataclass(frozen=True)
class Shadow:
    """Its lower edge, pixels below the feet's lowest place, and how dark it is (natural logarithm); 0: none."""

    below: float
    depth: float


NONE = Shadow(np.nan, 0.0)


def shadow(picture: Cutout, room: Cutout, sole: Sole, shift: Floats, head: tuple[float, float]) -> Shadow:
    """The shadow in a picture in which the outline is shifted by so much.

    `head` is the way along the floor towards the head: +1 where it is on the right, else -1, and how many pixels
    the floor goes down with each.
    """
    dark = np.log((picture + DARK) / (room + DARK)).mean(axis=2)
    x, y = sole.tip_at(shift)
    along, rows = np.arange(ALONG[0] * sole.leg, ALONG[1] * sole.leg), np.arange(-UP, DOWN, STEP)
    columns = np.broadcast_to(x + head[0] * along, (len(rows), len(along))).astype(np.float32)
    lines = ((y + rows)[:, None] + head[1] * along).astype(np.float32)
    values = cv2.remap(dark.astype(np.float32), columns, lines, cv2.INTER_LINEAR, borderValue=np.nan)
    free = cv2.remap(_free(sole, shift, dark.shape), columns, lines, cv2.INTER_LINEAR, borderValue=0)
    known = (free > 0.95) & np.isfinite(values)
    mean = np.where(known, values, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return _lower_edge(rows, mean, known.mean(axis=1) > SEEN)


def _free(sole: Sole, shift: Floats, shape: tuple[int, ...]) -> Cutout:
    """1 where nothing of the foot is, nor right above."""
    foot = cv2.warpAffine(sole.mask.astype(np.float32), sole.moved(shift), shape[1::-1]) > 0.4
    covered = cv2.dilate(foot.astype(np.uint8), SQUARE)
    return np.asarray(1 - np.maximum.accumulate(covered[::-1], axis=0)[::-1], np.float32)


def _lower_edge(rows: Floats, dark: Floats, known: NDArray[np.bool_]) -> Shadow:
    """Where, from below, the profile is first half as dark as at its darkest."""
    if known.sum() < FEWEST:
        return NONE
    profile = np.interp(rows, rows[known], dark[known])
    profile = np.convolve(np.pad(profile, 1, "edge"), [0.25, 0.5, 0.25], "valid")
    darkest, last = int(np.where(known, profile, np.inf).argmin()), int(np.nonzero(known)[0][-1])
    if last - darkest < FEWEST // 2:
        return NONE
    lit = float(np.percentile(profile[darkest : last + 1], LIT))
    depth = lit - float(profile[darkest])
    half, row = lit - 0.5 * depth, last
    while row > darkest and profile[row] > half:
        row -= 1
    here, after = float(profile[row]), float(profile[min(row + 1, len(profile) - 1)])
    between = float(np.clip((half - here) / (after - here), 0, 1)) if after > here else 0.0
    return Shadow(float(rows[row]) + STEP * between, depth)
