"""From the picture to the body's sagittal plane.

A pinhole camera sees the vertical plane in which the body moves. A pixel is a ray; where the ray meets
the plane is a point in plane coordinates: `tail`, horizontal from shoulders to hips, and `up`. Planes at
other depths (the other leg) only change the scale, so angles hold for both sides. For a camera on the
level this gives tan(seen) = tan(true) / cos(yaw), and it holds for a tilted one and off the centre too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formcheck.data.recording import Calibration, Source

Floats = NDArray[np.float64]

USUAL_DIAGONAL_DEG = 74.0
"""Diagonal field of view taken where none is known: webcams and phones have 68 to 80."""


@dataclass(frozen=True)
class View:
    """Three linear forms (a, b, c) in (x, y, 1), pixels: tail = t / n, up = u / n."""

    tail: tuple[float, float, float]
    up: tuple[float, float, float]
    depth: tuple[float, float, float]


def view(calibration: Calibration, source: Source) -> View:
    """The view that `calibration` describes, for pictures of the size of `source`."""
    width, height = source.width or 640, source.height or 480
    focal = focal_px(calibration, source)
    roll, yaw, pitch = (
        np.radians(v or 0.0) for v in (calibration.roll_deg, calibration.yaw_deg, calibration.pitch_deg)
    )
    side = 1.0 if calibration.facing == "left" else -1.0
    centre = np.array([[1 / focal, 0, -width / 2 / focal], [0, 1 / focal, -height / 2 / focal], [0, 0, 1]])
    level = np.array([[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    ray = level @ centre
    sy, cy, sp, cp = np.sin(yaw), np.cos(yaw), np.sin(pitch), np.cos(pitch)
    forms = np.array([[side * cy, -sp * sy, cp * sy], [0.0, -cp, -sp], [-side * sy, -sp * cy, cp * cy]]) @ ray
    tail, up, depth = (tuple(float(v) for v in form) for form in forms)
    return View(tail, up, depth)  # type: ignore[arg-type]


def focal_px(calibration: Calibration, source: Source) -> float:
    """The focal length in pixels: the calibration's, the lens's, or that of a usual webcam or phone."""
    known = calibration.focal_px or (source.lens.focal_px if source.lens else 0.0)
    return known or usual_focal_px(source.width or 640, source.height or 480)


def usual_focal_px(width: int, height: int) -> float:
    """Focal length (pixels) of a usual webcam or phone with such pictures."""
    return float(np.hypot(width, height) / 2 / np.tan(np.radians(USUAL_DIAGONAL_DEG / 2)))


def to_pixels(v: View, tail: Floats, up: Floats) -> tuple[Floats, Floats]:
    """Pixels (x, y) at which plane coordinates are seen; any shape."""
    forms = np.linalg.inv(np.array([v.tail, v.up, v.depth]))
    x, y, one = np.moveaxis(np.stack([tail, up, np.ones_like(tail)], axis=-1) @ forms.T, -1, 0)
    return x / one, y / one


def to_plane(v: View, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Plane coordinates (tail, up) of pixels; any shape, in units of the distance to the camera."""
    depth = v.depth[0] * x + v.depth[1] * y + v.depth[2]
    tail = (v.tail[0] * x + v.tail[1] * y + v.tail[2]) / depth
    up = (v.up[0] * x + v.up[1] * y + v.up[2]) / depth
    return tail, up


def sphere_on_plane(
    v: View, x: Floats, y: Floats, radius: Floats, focal: float
) -> tuple[tuple[Floats, Floats], Floats]:
    """Centre (tail, up) and radius, in plane units, of a sphere whose outline has centre and radius in pixels.

    The centre is taken to lie in the body's plane. A sphere off the picture's centre is drawn out to an ellipse;
    the mean of its axes stands for the radius.
    """
    centre = to_plane(v, x, y)
    depth = v.depth[0] * x + v.depth[1] * y + v.depth[2]
    away = np.hypot(np.hypot(*centre), 1.0)
    slant = away * depth
    half_angle = np.arctan(radius / focal / slant**1.5)
    return centre, away * np.sin(half_angle)
