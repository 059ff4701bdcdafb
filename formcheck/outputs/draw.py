"""Drawing on pictures: lines, translucent shapes and text, all anti-aliased and in fractions of a pixel.

Colours are (blue, green, red), points (x, y) in pixels. Text is set with Pillow, since OpenCV's own letters
know neither the degree nor the minus sign; each text is rendered once and kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]
Point = Sequence[float] | NDArray[np.float64]

INK: Colour = (24, 20, 18)
WHITE: Colour = (250, 250, 250)
PALE: Colour = (205, 205, 205)
DARK: Colour = (28, 24, 22)
SHIFT = 4
FINE = 1 << SHIFT


def line(picture: Picture, points: Sequence[Point], colour: Colour, width: float, edge: float = 0.0) -> None:
    """A line through `points`, `width` pixels wide, with a dark edge of `edge` pixels on either side."""
    path = [np.round(np.asarray(points, np.float64) * FINE).astype(np.int32)]
    if edge > 0:
        cv2.polylines(picture, path, False, INK, _wide(width + 2 * edge), cv2.LINE_AA, SHIFT)
    cv2.polylines(picture, path, False, colour, _wide(width), cv2.LINE_AA, SHIFT)


def dashes(picture: Picture, ends: tuple[Point, Point], colour: Colour, width: float, dash: float) -> None:
    """A dashed line between two points; strokes and gaps are `dash` pixels long."""
    a, b = (np.asarray(end, np.float64) for end in ends)
    length = float(np.hypot(*(b - a)))
    steps = min(int(length / dash), 200)
    for step in range(0, steps, 2):
        line(picture, [a + (b - a) * step / steps, a + (b - a) * (step + 1) / steps], colour, width)


def dot(picture: Picture, at: Point, radius: float, colour: Colour, edge: float) -> None:
    """A filled disc with a dark edge."""
    centre = (round(at[0] * FINE), round(at[1] * FINE))
    cv2.circle(picture, centre, round((radius + edge) * FINE), INK, -1, cv2.LINE_AA, SHIFT)
    cv2.circle(picture, centre, round(radius * FINE), colour, -1, cv2.LINE_AA, SHIFT)


def polygon(picture: Picture, points: Sequence[Point], colour: Colour) -> None:
    """A filled area."""
    corners = np.round(np.asarray(points, np.float64) * FINE).astype(np.int32)
    cv2.fillPoly(picture, [corners], colour, cv2.LINE_AA, SHIFT)


def box(
    picture: Picture, corner: tuple[int, int], size: tuple[int, int], colour: Colour, solid: float
) -> None:
    """A rectangle, `solid` from 0 (glass) to 1; what lies outside the picture is left out."""
    x, y = max(corner[0], 0), max(corner[1], 0)
    part = picture[y : corner[1] + size[1], x : corner[0] + size[0]]
    if part.size:
        cv2.addWeighted(np.full_like(part, colour), solid, part, 1 - solid, 0, part)


@contextmanager
def glass(picture: Picture, solid: float, within: tuple[int, int, int, int]) -> Iterator[Picture]:
    """Yield a layer to draw on; it shows through with `solid` (0 to 1) where it was drawn on.

    Only what is drawn inside `within` (left, top, right, bottom) is kept.
    """
    layer = picture.copy()
    yield layer
    left, top, right, bottom = within
    part = picture[top:bottom, left:right]
    if part.size:
        cv2.addWeighted(layer[top:bottom, left:right], solid, part, 1 - solid, 0, part)


def text(picture: Picture, words: str, at: Point, size: float, colour: Colour = WHITE) -> None:
    """Text with a dark rim, `size` pixels high, its left edge and the middle of its capitals at `at`."""
    mask, rim, middle = _letters(words, round(size))
    height, width = mask.shape[:2]
    x, y = round(at[0]) - rim, round(at[1]) - middle
    left, top = max(-x, 0), max(-y, 0)
    part = picture[y + top : y + height, x + left : x + width]
    if not part.size:
        return
    shown = mask[top : top + part.shape[0], left : left + part.shape[1]].astype(np.uint16)
    ink, cover = shown[..., :1], shown[..., 1:]
    tint = ink * np.array(colour, np.uint16) + (cover - ink) * np.array(INK, np.uint16)
    part[:] = ((tint + part * (255 - cover)) // 255).astype(np.uint8)


def text_width(words: str, size: float) -> int:
    """How wide `text` will be, pixels."""
    if not words:
        return 0
    mask, rim, _ = _letters(words, round(size))
    return mask.shape[1] - 2 * rim


def fitting(words: str, size: float, width: float) -> float:
    """The largest text size up to `size` at which `words` fit into `width` pixels."""
    needed = text_width(words, size) if words else 0
    return size if needed <= width else max(size * width / needed, 8.0)


@lru_cache(maxsize=512)
def _letters(words: str, size: int) -> tuple[NDArray[np.uint8], int, int]:
    """Letters and their rim as two masks (height, width, 2), the width of the rim, and the row of the middle."""
    font, rim = _font(size), max(1, round(size / 11))
    width, height = int(np.ceil(font.getlength(words))) + 2 * rim + 1, round(size * 1.3) + 2 * rim
    base = round(size) + rim
    masks = []
    for stroke in (0, rim):
        image = Image.new("L", (width, height))
        ImageDraw.Draw(image).text((rim, base), words, 255, font, anchor="ls", stroke_width=stroke)
        masks.append(np.asarray(image))
    capitals = -font.getbbox("H", anchor="ls")[1]
    cover = np.maximum(*masks)
    return np.ascontiguousarray(np.dstack([masks[0], cover])), rim, round(base - capitals / 2)


@lru_cache(maxsize=64)
def _font(size: int) -> Any:
    """DejaVu Sans Bold, which comes with matplotlib and so with the pose model's package, or Pillow's own."""
    found = find_spec("matplotlib")
    if found is not None and found.origin is not None:
        file = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"
        if file.is_file():
            return ImageFont.truetype(str(file), size)
    return ImageFont.load_default(size)


def _wide(width: float) -> int:
    return max(1, round(width))
