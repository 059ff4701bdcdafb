"""What a focal length that is not known makes of elevations.

Everything is looked at again as if the camera saw wider and narrower: view, and with it yaw and pitch by the body. How
far a leg that was level, and one that hung, is turned by that is how far the true one may be off. From straight aside
that is next to nothing, for there the focal length only scales. A lens that may bend straight lines turns legs, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from formcheck.core.uncertainty import NORMAL_95
from formcheck.core.view import View, focal_px, to_pixels, to_plane, view
from formcheck.data.lens import Lens, focal_of
from formcheck.data.recording import Calibration, Source

Floats = NDArray[np.float64]

WIDEST_DEG, NARROWEST_DEG = 100.0, 50.0
"""Angles of view across the picture between which nearly all webcams and phones lie: the ends of the 95 % band where
nothing tells it. That of a usual one is 62 to 67."""
BENT_SD = 0.04
"""So far, as a share of it, the picture's corner may be drawn in or out by a lens that nobody has measured, one
standard deviation: usual webcams draw it in by up to 8 %."""
HANGING_DEG = -40.0

Look = Callable[[Calibration, Source], Calibration]
"""Finds yaw, pitch and lengths anew, as `calibrate` does."""


def with_lens_sd(calibration: Calibration, source: Source, hip: tuple[float, float], look: Look) -> Calibration:
    """The calibration with `lens_sd_deg` and `lens_stretch`; `hip` is where the leg begins, pixels."""
    focal = focal_px(calibration, source)
    seen = view(calibration, source)
    ends = [_leg(seen, hip, calibration.leg_plane, deg) for deg in (0.0, HANGING_DEG)]
    found = []
    for factor in _factors(focal, source):
        other = replace(source, lens=Lens(float(focal * factor)))
        turned = view(look(replace(calibration, focal_px=other.lens.focal_px if other.lens else 0.0), other), other)
        found.append([_elevation(turned, *end) for end in ends])
    bent = 0.0 if source.lens and source.lens.matrix else BENT_SD
    bends = [_elevation(seen, *_bent(*end, source, bent)) for end in ends]
    wide, bend = np.array(found) - [0.0, HANGING_DEG], np.array(bends) - [0.0, HANGING_DEG]
    level = float(np.hypot(np.sqrt(np.mean(wide[:, 0] ** 2)), bend[0]))
    stretch = float(np.sqrt(np.mean((wide[:, 1] - wide[:, 0]) ** 2) + (bend[1] - bend[0]) ** 2)) / abs(HANGING_DEG)
    return replace(calibration, lens_sd_deg=level, lens_stretch=stretch)


def _factors(focal: float, source: Source) -> tuple[float, float]:
    """One standard deviation down and up of the focal length, as factors."""
    if source.lens:
        return 1 / (1 + source.lens.focal_sd), 1 + source.lens.focal_sd
    ends = (focal_of(deg, source.width or 640) / focal for deg in (WIDEST_DEG, NARROWEST_DEG))
    wide, narrow = (float(end ** (1 / NORMAL_95)) for end in ends)
    return wide, narrow


def _leg(seen: View, hip: tuple[float, float], leg: float, elevation_deg: float) -> tuple[Floats, Floats]:
    """Pixels (x, y) of the ends of a leg of that elevation and length, in distances to the camera."""
    tail, up = to_plane(seen, np.array([hip[0]]), np.array([hip[1]]))
    a = np.radians(elevation_deg)
    return to_pixels(seen, np.append(tail, tail + leg * np.cos(a)), np.append(up, up + leg * np.sin(a)))


def _elevation(seen: View, x: Floats, y: Floats) -> float:
    """Degrees by which a leg with these ends rises from the hip."""
    (hip_tail, ankle_tail), (hip_up, ankle_up) = to_plane(seen, x, y)
    return float(np.degrees(np.arctan2(ankle_up - hip_up, ankle_tail - hip_tail)))


def _bent(x: Floats, y: Floats, source: Source, share: float) -> tuple[Floats, Floats]:
    """Pixels as a lens that draws the corner in by that share would show them (Brown 1971, first term)."""
    half = np.array([source.width or 640, source.height or 480]) / 2
    along, down = x - half[0], y - half[1]
    drawn = 1 - share * (along**2 + down**2) / (half**2).sum()
    return half[0] + along * drawn, half[1] + down * drawn
