"""The body of one live frame, and the plane it moves in, in pixels of the camera's picture or of the shown one."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.core.view import View, view
from formcheck.data.landmarks import INDEX
from formcheck.data.recording import Calibration, Source
from formcheck.outputs.body import LEAST_VISIBLE, PARTS, STEADY_S, Body, Plane, placed

FARTHEST = 20.0
"""Lines that end this many picture widths away come from a view that cannot be right."""

NO_PLANE = Plane(View((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)), 0.0)


class Standing(NamedTuple):
    """The plane of the legs in pixels of the camera's picture, and how far a leg reaches in it."""

    plane: Plane
    sweep: float


def standing(calibration: Calibration, source: Source) -> Standing | None:
    """Where the legs move by what is known of camera and body; `None` before the legs have been measured."""
    if calibration.leg_plane <= 0 or calibration.leg_px <= 0:
        return None
    return Standing(Plane(view(calibration, source), calibration.leg_plane), 1.5 * calibration.leg_px)


def steadied(before: NDArray[np.float64] | None, visibility: NDArray[np.float32], step_s: float) -> NDArray[np.float64]:
    """Visibility (33,) averaged over the last while, so that joints do not flicker; `before` as of one frame ago."""
    now = np.nan_to_num(visibility.astype(np.float64))
    if before is None:
        return now
    share = 1.0 - math.exp(-max(step_s, 0.0) / STEADY_S)
    mixed: NDArray[np.float64] = before + share * (now - before)
    return mixed


def body_of(pixels: NDArray[np.float32], steady: NDArray[np.float64], side: str) -> Body:
    """The body in one frame: landmarks (33, 2 or more) in pixels, steadied visibility (33,), the near side.

    As on the overlay, joints of the far side are left out where they are merely guessed.
    """
    far = "left" if side == "right" else "right"
    near_at, far_at = ([INDEX[f"{flank}_{part}"] for part in PARTS] for flank in (side, far))
    points = np.asarray(pixels[:, :2], np.float64)
    seen = np.isfinite(points[:, 0] + points[:, 1])
    return Body(
        {part: points[i] for part, i in zip(PARTS, near_at, strict=True) if seen[i]},
        {part: points[i] for part, i in zip(PARTS, far_at, strict=True) if seen[i] and steady[i] >= LEAST_VISIBLE},
    )


def moved(body: Body, scale: float, mirrored: int = 0) -> Body:
    """The body in a picture scaled by `scale`, and flipped left to right where `mirrored` is its width."""

    def at(point: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = point[0] * scale, point[1] * scale
        return np.array([mirrored - 1 - x if mirrored else x, y])

    near, far = ({part: at(point) for part, point in side.items()} for side in (body.near, body.far))
    return Body(near, far)


def moved_plane(plane: Plane, body: Body, scale: float, width: int, *, mirrored: bool) -> Plane:
    """The plane in a picture `width` pixels wide; without a leg where its lines would run off to nowhere."""
    there = Plane(placed(plane.view, scale, width if mirrored else 0), plane.leg)
    if "hip" in body.near:
        with np.errstate(all="ignore"):
            ends = np.array([there.ray(body.near["hip"], angle, 1.15) for angle in (-60.0, 0.0, 60.0)])
        if not (np.abs(ends) < FARTHEST * width).all():  # also where one is not a number
            return Plane(there.view, 0.0)
    return there
