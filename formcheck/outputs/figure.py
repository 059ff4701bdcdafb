"""The body on the overlay: both sides of it, and the line of the legs against the parallel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.data.landmarks import BONES
from formcheck.outputs.body import Body
from formcheck.outputs.draw import (
    PALE,
    WHITE,
    Colour,
    Picture,
    dashes,
    dot,
    glass,
    line,
    lines,
    polygon,
    text,
    text_width,
)
from formcheck.outputs.stage import Ground, signed

Floats = NDArray[np.float64]
REACH = 1.15


class Lettering(NamedTuple):
    """How the angle is written: `size` in units; in the columns `between` where it reaches above the row `top`."""

    size: float = 22.0
    top: float = -math.inf
    between: tuple[float, float] = (0.0, 0.0)


USUAL = Lettering()


def figure(  # noqa: PLR0913, PLR0917 - a picture, a body and how to draw it
    picture: Picture,
    ground: Ground,
    body: Body,
    leg_deg: float | None,
    colour: Colour,
    letters: Lettering = USUAL,
) -> None:
    """Draw the body; `leg_deg` is the angle of the legs, `None` where unknown."""
    hip = body.near.get("hip") if ground.plane.leg > 0 else None
    with glass(picture, 0.5, _around([*body.far.values(), *_reach(ground, hip)], ground.unit)) as layer:
        _joints(layer, _bones(layer, body.far, ground.unit * 0.8, PALE), ground.unit * 0.8, PALE)
        if hip is not None and leg_deg is not None:
            _wedge(layer, ground, hip, leg_deg, colour)
    _bones(picture, body.near, ground.unit, WHITE)
    if hip is not None:
        _parallel(picture, ground, hip)
        if leg_deg is not None:
            _leg(picture, ground, body, (leg_deg, letters), colour)
    _joints(picture, body.near, ground.unit, WHITE)


def _reach(ground: Ground, hip: Floats | None) -> list[Floats]:
    """Corners of all that a leg can sweep over."""
    return [] if hip is None else [hip - ground.sweep, hip + ground.sweep]


def _around(points: Sequence[Floats], unit: float) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the box around points, with room for thick lines."""
    if not points:
        return 0, 0, 0, 0
    low, high = np.min(points, axis=0) - 6 * unit, np.max(points, axis=0) + 6 * unit
    left, top, right, bottom = (int(value) for value in (*low, *np.ceil(high)))
    return max(left, 0), max(top, 0), max(right, 0), max(bottom, 0)


def _bones(picture: Picture, joints: dict[str, Floats], unit: float, colour: Colour) -> dict[str, Floats]:
    """Draw the bones of which both ends are known; those ends."""
    bones = [(a, b) for a, b in BONES if a in joints and b in joints]
    if bones:
        lines(picture, [(joints[a], joints[b]) for a, b in bones], colour, 2.2 * unit, 1.0 * unit)
    held = {part for bone in bones for part in bone}
    return {part: at for part, at in joints.items() if part in held}


def _joints(picture: Picture, joints: dict[str, Floats], unit: float, colour: Colour) -> None:
    for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
        if part in joints:
            dot(picture, joints[part], 3.2 * unit, colour, 1.2 * unit)


def _wedge(layer: Picture, ground: Ground, hip: Floats, leg_deg: float, colour: Colour) -> None:
    """The area between the leg and the parallel."""
    arc = ground.plane.ray(hip, np.linspace(0.0, leg_deg, 13), 0.8)
    polygon(layer, [hip, *arc], colour)


def _parallel(picture: Picture, ground: Ground, hip: Floats) -> None:
    """The level line through the hip, and the band around it in which a lift counts as parallel."""
    angles = np.array([-ground.band_deg, ground.band_deg, 0.0])
    low, high, level = ground.plane.ray(hip, angles, REACH)
    for start, end in zip(ground.plane.ray(hip, angles[:2], 0.35), (low, high), strict=True):
        dashes(picture, (start, end), PALE, 1.2 * ground.unit, 5 * ground.unit)
    line(picture, [hip, level], WHITE, 1.5 * ground.unit, 0.8 * ground.unit)


def _leg(picture: Picture, ground: Ground, body: Body, shown: tuple[float, Lettering], colour: Colour) -> None:
    """The line of the legs and its angle, written above whichever of leg and parallel is higher."""
    (leg_deg, letters), unit, hip = shown, ground.unit, body.near["hip"]
    end = ground.plane.ray(hip, leg_deg, 1.0)
    line(picture, [hip, end], colour, 3.2 * unit, 1.2 * unit)
    words = signed(leg_deg)
    size = letters.size * unit
    level = ground.plane.ray(hip, ground.band_deg, REACH)
    x = level[0] - text_width(words, size) / 2
    foot = [body.near[part][1] for part in ("ankle", "heel", "foot_index") if part in body.near]
    y = min(level[1], end[1], *foot) - (letters.size - 2) * unit
    low, high = letters.between if y - size / 2 < letters.top else (6 * unit, ground.width - 6 * unit)
    x = float(np.clip(x, low, high - text_width(words, size)))
    text(picture, words, (x, max(y, 56 * unit)), size, colour)
