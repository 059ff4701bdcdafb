"""The outline of a ball in a patch of a picture: traced ray by ray from near it, and judged.

What counts is the part of the outline that the body leaves free: the lower half and the flanks. An edge
belongs to it as far as its inner side has the ball's colour.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Image = NDArray[np.float32]

RAYS = 72
NEAR = 0.14  # the outline may be off the candidate by this share of its radius
BESIDE = 0.18  # and this is the share within which other edges speak against it
NOISE = 4.0  # steps (of 255) that pictures have everywhere
COVERED = 0.8  # of the free outline should have an edge of its own
BAND = 3  # pixels compared on each side of the outline
UNLIKE = 20.0  # distance of hues at which the inside of an edge is hardly the ball any more
HUE_STEP = 0.5  # what a change of hue counts as one of brightness
PLAIN = 16.0  # scatter of hues within the outline that a ball hardly has
SMOOTH = 25.0  # and of brightness (of 255) about smooth shading; a shining ball has 10
STEP_FULL = 40.0  # a step of brightness or colour (of 255) that counts fully


class Circle(NamedTuple):
    """Centre and radius, in pixels of the patch; 0 is the middle of its first pixel."""

    x: float
    y: float
    radius: float


def traced(colours: Image, circle: Circle) -> Circle:
    """The circle through the outline that is near `circle`."""
    for share in (NEAR, NEAR, NEAR / 2):
        span = max(BAND + 2.0, share * circle.radius)
        offsets = np.arange(-span, span + 0.5)
        steps = _steps(colours, circle, offsets) * np.exp(-0.5 * (offsets / (0.7 * span)) ** 2)
        best = steps.argmax(axis=1)
        radius = circle.radius + offsets[best] + _vertex(steps, best)
        strength = np.minimum(steps[np.arange(RAYS), best], STEP_FULL)
        circle = _fitted(circle, _ANGLES, radius, strength * _WEIGHTS)
    return circle


_ANGLES = (np.arange(RAYS) + 0.5) * 2 * np.pi / RAYS  # from the right, clockwise in the picture
_ACROSS, _DOWN = np.cos(_ANGLES), np.sin(_ANGLES)
# above: the body; right below: the shadow and what the weight presses flat
_WEIGHTS = np.select([_DOWN < -0.4, _DOWN < 0, _DOWN < 0.8], [0.0, 0.5, 1.0], 0.2)


def _steps(colours: Image, circle: Circle, offsets: Floats) -> Floats:
    """(RAYS, n): how much the colour changes across the outline, at each ray and offset from the circle.

    A change counts as far as its inner side has the colour of the ball along that ray: the edge of the
    ball's shadow is often stronger than that of the ball.
    """
    reach = np.arange(offsets[0] - BAND, offsets[0] + len(offsets) + BAND)
    rays = _rays(colours, circle, circle.radius + reach)
    total = np.zeros((3, RAYS, len(reach) + 1), np.float32)
    np.cumsum(rays, axis=2, out=total[..., 1:])
    total /= BAND
    n = len(offsets)
    inner = total[..., BAND : BAND + n] - total[..., :n]
    outer = total[..., 2 * BAND + 1 : 2 * BAND + 1 + n] - total[..., BAND + 1 : BAND + 1 + n]
    own = np.median(_rays(colours, circle, circle.radius * np.linspace(0.6, 0.9, 7)), axis=2)
    hues = _hues(inner)
    unlike = _length(hues - _hues(own)[..., None]) / UNLIKE
    light = _length(outer - inner) / np.sqrt(3)
    hue = _length((_hues(outer) - hues)[:2])
    # in the dark, hue still tells a ball from the floor
    return np.asarray(np.hypot(light, HUE_STEP * hue) * np.exp(-0.5 * unlike**2), np.float64)


def _hues(colours: Image) -> Image:
    """Blue's and red's share, and a little brightness: shade changes a ball's brightness, hardly its hue."""
    blue, green, red = colours
    total = blue + green + red
    share = 150 / (total + 30)
    return np.stack([blue * share, red * share, total * np.float32(0.25 / 3)])


def _length(vectors: Image) -> Image:
    """(...) lengths of vectors (k, ...): quicker than a norm, which goes through them one by one."""
    squares = vectors * vectors
    return np.asarray(np.sqrt(sum(squares[1:], start=squares[0])))


def _rays(colours: Image, circle: Circle, distance: Floats) -> Image:
    """(3, RAYS, n): the colours at these distances from the centre."""
    x = (circle.x + _ACROSS[:, None] * distance).astype(np.float32)
    y = (circle.y + _DOWN[:, None] * distance).astype(np.float32)
    rays = cv2.remap(colours, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.stack(cv2.split(rays))


def _vertex(values: Floats, at: NDArray[np.intp]) -> Floats:
    """How far the top of the parabola through each maximum and its neighbours lies from it, in steps."""
    row, n = np.arange(len(values)), values.shape[1]
    low, mid, high = (values[row, np.clip(at + d, 0, n - 1)] for d in (-1, 0, 1))
    bend = low - 2 * mid + high
    return np.where(bend < -1e-9, np.clip(0.5 * (low - high) / np.minimum(bend, -1e-9), -0.5, 0.5), 0.0)


def _fitted(circle: Circle, angle: Floats, radius: Floats, weight: Floats) -> Circle:
    """The circle through points at (angle, radius) seen from the old centre; outliers lose their say."""
    design = np.stack([np.cos(angle), np.sin(angle), np.ones(len(angle))], axis=1)
    shift = radius - circle.radius
    robust = weight
    change = np.zeros(3)
    for _ in range(4):
        scaled = design * robust[:, None]
        # a weak pull to the old circle keeps a short arc from running away
        change = np.linalg.solve(scaled.T @ design + np.diag([1.0, 1.0, 1.0]) * 1e-2 * STEP_FULL, scaled.T @ shift)
        off = (shift - design @ change) / 1.5
        robust = weight / (1 + off * off) ** 2
    return Circle(circle.x + change[0], circle.y + change[1], circle.radius + change[2])


def whole(colours: Image, circle: Circle) -> float:
    """How much of the free outline is there, 0 to 1.

    The strength of its edges, those with a stronger edge beside them hardly counted; as a mean of all and
    of the weakest quarter; and less where a part of the circle has no edge of its own, as in a box.
    """
    wide = BESIDE * circle.radius
    offsets = np.arange(-wide, wide + 0.5)
    steps = np.minimum(_steps(colours, circle, offsets), STEP_FULL)[_FREE]
    here, any_edge = steps[:, abs(offsets) <= 2.0].max(axis=1), steps.max(axis=1)
    alone = here / (any_edge + NOISE)
    parts = (here * alone**2 / STEP_FULL).reshape(4, -1).mean(axis=1)
    own = float(((here > 0.6 * any_edge) & (here > 1.5 * NOISE)).mean())
    return float(0.7 * parts.mean() + 0.3 * parts.min()) * min(1.0, own / COVERED) ** 4


_FREE = np.arange(-4, RAYS // 2 + 4)  # the rays from 20 degrees above the right over the lowest to the left


def plain(colours: Image, circle: Circle) -> float:
    """1 where all within the free outline has one hue and is shaded smoothly."""
    share = np.linspace(0.3, 0.88, 8)
    rays = _rays(colours, circle, circle.radius * share)[:, _FREE]
    hues = _hues(rays)[:2].reshape(2, -1)
    off = _length(hues - np.median(hues, axis=1, keepdims=True))
    x, y = ((way[_FREE][:, None] * share).ravel() for way in (_ACROSS, _DOWN))
    shading = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=1)
    light = rays.mean(axis=0).ravel()
    rough = abs(light - shading @ np.linalg.lstsq(shading, light, rcond=None)[0])
    return float(np.exp(-0.5 * ((np.quantile(off, 0.75) / PLAIN) ** 2 + (np.median(rough) / SMOOTH) ** 2)))
