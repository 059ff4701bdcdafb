"""How far the picture is turned, from the room and from the body, and how surely.

The room tells it closest, where it tells it at all. Hands, ball and hanging feet stand on one floor or nearly, so the
lines between them tell it again, coarsely but by other means. Where both agree the room's word stands; where they do
not, either may be wrong, and the standard deviation says so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formcheck.core.level import fuse
from formcheck.core.posemodel import HALF_WIDTH
from formcheck.core.uncertainty import NORMAL_95, tilt_sd_deg
from formcheck.core.view import View, focal_px, sphere_on_plane, to_plane, view
from formcheck.data.landmarks import INDEX
from formcheck.data.recording import Calibration, Room, Source

Floats = NDArray[np.float64]
Known = tuple[float, float]
"""Degrees and one standard deviation."""

HAND_UP = 0.114
"""So high above the floor, in leg lengths, are wrists on it: they and the ball's lowest point are 11.7 ± 1.3 degrees
out of level on 20 rendered clips, by all three models."""
BALL_SD_DEG, FEET_SD_DEG = 2.5, 2.5
"""Half as much again as on rendered clips (1.7 and 1.6): balls are soft and hands are put down in many ways."""
LEAST_SD_DEG = 1.9
"""Both lines begin at the hands, so two of them are hardly surer than one."""
APART_DEG = 7.0
"""Lines to ball and feet that are further apart than twice what both may be off: the hands are not on the floor."""
LEAST_FRAMES = 90
"""Fewer may show somebody on the way."""
LEAST_BASE = 0.3
"""Points nearer to each other than that, in leg lengths, tell no level."""
HANGING = 0.15
"""Legs hang where the knee is that much lower than the hip, in leg lengths: thighs 20 degrees below level."""
LOWEST = 0.1
"""The lowest tenth of the frames shows the feet at their low."""
SURE_SD_DEG = 2.0
"""A room that is as sure as the body needs no help where both agree."""
WRONG, ANYWHERE_DEG = 0.05, 20.0
"""Of rooms that seem sure, so many may lean by anything up to this: assumed; none did on the clips and photographs at
hand."""
DOUBT = 0.25
"""From this probability on that the room is wrong, both are told."""


def find_roll(room: Room, body: Known | None) -> Known | None:
    """What room and body tell together; `None` where neither tells anything."""
    known = None if room.roll_deg is None or room.roll_sd_deg is None else (room.roll_deg, room.roll_sd_deg)
    if known is None or body is None:
        return known or body
    doubt = _doubt(known, body)
    if doubt > DOUBT:
        return _either(known, body, doubt)
    return known if known[1] <= SURE_SD_DEG else fuse([known, body])


def _doubt(room: Known, body: Known) -> float:
    """The probability that the room is wrong, as the body lies so far off it."""
    sd = float(np.hypot(room[1], body[1]))
    right = (1 - WRONG) * np.exp(-0.5 * ((room[0] - body[0]) / sd) ** 2) / sd / np.sqrt(2 * np.pi)
    wrong = WRONG / ANYWHERE_DEG
    return float(wrong / (wrong + right))


def _either(room: Known, body: Known, doubt: float) -> Known:
    """Mean and standard deviation of the mixture: the body's with probability `doubt`, else the room's."""
    mean = (1 - doubt) * room[0] + doubt * body[0]
    square = sum(p * (sd**2 + (deg - mean) ** 2) for p, (deg, sd) in ((1 - doubt, room), (doubt, body)))
    return mean, float(max(np.sqrt(square), abs(room[0] - body[0]) / NORMAL_95))


def by_body(pixels: Floats, calibration: Calibration, source: Source) -> Known | None:
    """The roll by hands, ball and hanging feet; `None` without all of them, or where the hands do not stand.

    `pixels` (n, 33, 2 or more) of frames with somebody lying; `calibration` has the view, and the ball if there is one.
    """
    if calibration.leg_plane <= 0 or len(pixels) < LEAST_FRAMES:
        return None
    seen = view(calibration, source)
    hand = np.median(_near(pixels, seen, calibration, "wrist"), axis=0)
    cues = [(_ball(calibration, source, seen), BALL_SD_DEG), (_feet(pixels, seen, calibration), FEET_SD_DEG)]
    turned = -1.0 if calibration.facing == "left" else 1.0
    level = [
        ((calibration.roll_deg or 0.0) + turned * _slope(point - hand, calibration.leg_plane, up), sd)
        for (point, up), sd in cues
    ]
    if not abs(level[0][0] - level[1][0]) <= APART_DEG:
        return None
    fused = fuse(level)
    return fused and (fused[0], float(np.hypot(max(fused[1], LEAST_SD_DEG), tilt_sd_deg(calibration))))


def _slope(way: Floats, leg: float, up: float) -> float:
    """Degrees by which a line from the hand (tail, up) rises more than the `up` leg lengths it should."""
    if not way[0] > LEAST_BASE * leg:
        return np.nan
    return float(np.degrees(np.arctan2(way[1], way[0]) - np.arctan2(up * leg, way[0])))


def _near(pixels: Floats, seen: View, calibration: Calibration, joint: str) -> Floats:
    """A near joint (n, 2) in the body's plane: it is nearer to the camera, so it seems larger."""
    at = pixels[:, INDEX[f"{calibration.side}_{joint}"]]
    points = np.stack(to_plane(seen, at[:, 0], at[:, 1]), axis=1)
    return np.asarray(points * (1 - HALF_WIDTH[joint] * calibration.leg_plane))


def _ball(calibration: Calibration, source: Source, seen: View) -> tuple[Floats, float]:
    """The ball's lowest point, and how much higher than the hand it should be."""
    if calibration.ball_px is None:
        return np.full(2, np.nan), 0.0
    x, y, radius = (np.array([value]) for value in calibration.ball_px)
    (tail, up), size = sphere_on_plane(seen, x, y, radius, focal_px(calibration, source))
    return np.array([tail[0], up[0] - size[0]]), -HAND_UP


def _feet(pixels: Floats, seen: View, calibration: Calibration) -> tuple[Floats, float]:
    """The toes at their low, which are about as high as the wrists; not-a-number where they do not hang."""
    toes = _near(pixels, seen, calibration, "foot_index")
    knees, hips = (_near(pixels, seen, calibration, joint) for joint in ("knee", "hip"))
    low = toes[:, 1] - hips[:, 1] <= np.nanquantile(toes[:, 1] - hips[:, 1], LOWEST)
    thigh = np.median((knees - hips)[low], axis=0)
    hangs = thigh[1] < -HANGING * calibration.leg_plane
    return (np.median(toes[low], axis=0) if hangs else np.full(2, np.nan)), 0.0
