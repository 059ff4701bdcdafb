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
from threading import get_ident
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]
Point = Sequence[float] | NDArray[np.float64]
Paths = Sequence[Sequence[Point]] | NDArray[np.float64]
"""Lines of as many points each: (lines, points, 2)."""

INK: Colour = (24, 20, 18)
WHITE: Colour = (250, 250, 250)
PALE: Colour = (205, 205, 205)
DARK: Colour = (28, 24, 22)
LONGEST_SIDE = 1280
"""Larger pictures are scaled down: they are to look at, and must cost less than what is measured in them."""
SHIFT = 4
FINE = 1 << SHIFT


def line(picture: Picture, points: Sequence[Point], colour: Colour, width: float, edge: float = 0.0) -> None:
    """A line through `points`, `width` pixels wide, with a dark edge of `edge` pixels on either side."""
    lines(picture, [points], colour, width, edge)


def lines(picture: Picture, paths: Paths, colour: Colour, width: float, edge: float = 0.0) -> None:
    """Several lines alike, each through its points; all edges lie below all lines."""
    bent = [*np.round(np.asarray(paths, np.float64) * FINE).astype(np.int32)]
    if edge > 0:
        cv2.polylines(picture, bent, False, INK, _wide(width + 2 * edge), cv2.LINE_AA, SHIFT)
    cv2.polylines(picture, bent, False, colour, _wide(width), cv2.LINE_AA, SHIFT)


def dashes(picture: Picture, ends: tuple[Point, Point], colour: Colour, width: float, dash: float) -> None:
    """A dashed line between two points; strokes and gaps are `dash` pixels long."""
    a, b = (np.asarray(end, np.float64) for end in ends)
    length = float(np.hypot(*(b - a)))
    steps = min(int(length / dash), 200)
    if steps:
        starts = np.arange(0, steps, 2)
        shares = np.stack([starts, starts + 1], axis=1)[..., None] / steps
        lines(picture, a + (b - a) * shares, colour, width)


def dot(picture: Picture, at: Point, radius: float, colour: Colour, edge: float) -> None:
    """A filled disc with a dark edge."""
    centre = (round(at[0] * FINE), round(at[1] * FINE))
    cv2.circle(picture, centre, round((radius + edge) * FINE), INK, -1, cv2.LINE_AA, SHIFT)
    cv2.circle(picture, centre, round(radius * FINE), colour, -1, cv2.LINE_AA, SHIFT)


def polygon(picture: Picture, points: Sequence[Point], colour: Colour) -> None:
    """A filled area."""
    corners = np.round(np.asarray(points, np.float64) * FINE).astype(np.int32)
    cv2.fillPoly(picture, [corners], colour, cv2.LINE_AA, SHIFT)


def box(picture: Picture, corner: tuple[int, int], size: tuple[int, int], colour: Colour, solid: float) -> None:
    """A rectangle, `solid` from 0 (glass) to 1; what lies outside the picture is left out."""
    x, y = max(corner[0], 0), max(corner[1], 0)
    part = picture[y : corner[1] + size[1], x : corner[0] + size[0]]
    if part.size:
        cv2.LUT(part, _glazed(colour, solid), dst=part)


@lru_cache(maxsize=32)
def _glazed(colour: Colour, solid: float) -> Picture:
    """What every value of a picture becomes under this colour, (1, 256, 3): quicker than mixing two pictures."""
    values = np.arange(256.0)[:, None] * (1 - solid) + np.multiply(colour, solid)
    return np.round(values).astype(np.uint8)[None]


@contextmanager
def glass(picture: Picture, solid: float, within: tuple[int, int, int, int]) -> Iterator[Picture]:
    """Yield a layer to draw on; it shows through with `solid` (0 to 1) where it was drawn on.

    Only what is drawn inside `within` (left, top, right, bottom) is kept.
    """
    left, top, right, bottom = within
    layer = _scratch(picture.shape, get_ident())
    part = picture[top:bottom, left:right]
    layer[top:bottom, left:right] = part
    yield layer
    if part.size:
        cv2.addWeighted(layer[top:bottom, left:right], solid, part, 1 - solid, 0, part)


@lru_cache(maxsize=2)
def _scratch(shape: tuple[int, ...], thread: int) -> Picture:  # noqa: ARG001 - one for each thread
    """A picture to draw on that is used again and again; fresh ones cost more than all the lines."""
    return np.zeros(shape, np.uint8)


def text(picture: Picture, words: str, at: Point, size: float, colour: Colour = WHITE) -> None:
    """Text with a dark rim, `size` pixels high, its left edge and the middle of its capitals at `at`."""
    tint, clear, rim, middle = _tinted(words, round(size), colour)
    _lay(picture, tint, clear, (round(at[0]) - rim, round(at[1]) - middle))


def card(  # noqa: PLR0913, PLR0917 - a shape and how it looks
    picture: Picture, corner: tuple[int, int], size: tuple[int, int], radius: int, colour: Colour, solid: float
) -> None:
    """A rectangle with round corners, `solid` from 0 (glass) to 1; what lies outside the picture is left out."""
    if min(size) > 0:
        _lay(picture, *_rounded(size, min(radius, min(size) // 2), colour, solid), corner)


@lru_cache(maxsize=32)
def _rounded(size: tuple[int, int], radius: int, colour: Colour, solid: float) -> tuple[Picture, Picture]:
    """What a card adds to a picture, and how much of that (0 to 255) shows through."""
    width, height = size
    shape = np.zeros((height, width), np.uint8)
    shape[radius : height - radius] = 255
    shape[:, radius : width - radius] = 255
    for x in (radius, width - 1 - radius):
        for y in (radius, height - 1 - radius):
            cv2.circle(shape, (x, y), radius, 255, -1, cv2.LINE_AA)
    cover = np.repeat(shape.astype(np.float32)[..., None] * solid, 3, axis=2)
    return np.floor(cover / 255 * np.array(colour, np.float32)).astype(np.uint8), (255 - cover).astype(np.uint8)


def _lay(picture: Picture, tint: Picture, clear: Picture, corner: tuple[int, int]) -> None:
    """Put something with its left upper corner there: let `clear` (0 to 255) of the picture through, add `tint`."""
    (height, width), (x, y) = tint.shape[:2], corner
    left, top = max(-x, 0), max(-y, 0)
    part = picture[y + top : max(y + height, 0), x + left : max(x + width, 0)]
    if part.size:
        of = slice(top, top + part.shape[0]), slice(left, left + part.shape[1])
        cv2.add(cv2.multiply(part, clear[of], scale=1 / 255), tint[of], dst=part)


@lru_cache(maxsize=512)
def _tinted(words: str, size: int, colour: Colour) -> tuple[Picture, Picture, int, int]:
    """What the letters add to a picture, how much of it (0 to 255) shows through, and as in `_letters`."""
    mask, rim, middle = _letters(words, size)
    shown = mask.astype(np.float32) / 255
    ink, cover = shown[..., :1], shown[..., 1:]
    tint = ink * np.array(colour, np.float32) + (cover - ink) * np.array(INK, np.float32)
    clear = np.repeat(255 - mask[..., 1:], 3, axis=2)
    return np.floor(tint).astype(np.uint8), np.ascontiguousarray(clear), rim, middle


def text_width(words: str, size: float) -> int:
    """How wide `text` will be, pixels."""
    return _width(words, round(size)) if words else 0


@lru_cache(maxsize=4096)
def _width(words: str, size: int) -> int:
    return int(np.ceil(_font(size).getlength(words))) + 1


def fitting(words: str, size: float, width: float) -> float:
    """The largest text size up to `size` at which `words` fit into `width` pixels."""
    needed = text_width(words, size) if words else 0
    return size if needed <= width else max(size * width / needed, 8.0)


@lru_cache(maxsize=512)
def _letters(words: str, size: int) -> tuple[NDArray[np.uint8], int, int]:
    """Letters and letters with rim as masks (height, width, 2), the rim's width, the row of the middle."""
    font, rim = _font(size), max(1, round(size / 11))
    width, height = _width(words, size) + 2 * rim, round(size * 1.3) + 2 * rim
    base = size + rim
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
            return ImageFont.truetype(str(file), max(1, size))
    return ImageFont.load_default(max(1, size))


def _wide(width: float) -> int:
    return max(1, round(width))
