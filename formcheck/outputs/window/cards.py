"""The two cards that are read most: the phase with its clock, and the reps."""

from __future__ import annotations

import math
from typing import NamedTuple

from formcheck.outputs.draw import DARK, PALE, WHITE, Colour, Picture, card, text
from formcheck.outputs.palette import PHASE_COLOURS
from formcheck.outputs.window.face import Face
from formcheck.outputs.window.layout import Rect
from formcheck.outputs.window.words import CAPITALS, figures, figures_width, one_line

SOLID = 0.8
PAD, GAP, BAR, ROUND = 11, 17, 8, 10
LABEL, LARGEST = 40, 150
TROUGH: Colour = (82, 74, 69)
PLATE: Colour = (47, 40, 37)


class _Number(NamedTuple):
    """A number with a label above, something smaller behind it, and a bar that is filled by `share`.

    `widest` and `small_of` (the smaller text's size over the number's) fix the sizes, so that nothing jumps.
    """

    label: str
    colour: Colour
    number: str
    small: str
    widest: tuple[str, str]
    small_of: float
    share: float | None


def phase(picture: Picture, face: Face, place: Rect, unit: float) -> None:
    """The phase, how long it has lasted, and a bar up to how long it should."""
    clock = face.clock_s
    number = "–" if clock is None else f"{clock:.1f}" if round(clock, 1) < 10 else f"{clock:.0f}"
    share = None if clock is None or not face.target_s else clock / face.target_s
    colour = PHASE_COLOURS.get(face.phase, WHITE)
    small, widest = "" if clock is None else "s", (max("0.0", number, key=len), "s")
    _number(picture, place, unit, _Number(face.phase.upper(), colour, number, small, widest, 0.4, share))


def reps(picture: Picture, face: Face, place: Rect, unit: float) -> None:
    """Reps of this set, of how many, and which set it is."""
    label = f"set {face.set}" + (f"/{face.sets}" if face.sets else "") if face.set else "reps"
    of = f"/{face.reps}" if face.reps else ""
    share = (face.rep or 0) / face.reps if face.reps else None
    number = str(face.rep or 0)
    widest = (max("00", number, key=len), max("/00" if of else "", of, key=len))
    _number(picture, place, unit, _Number(label, PALE, number, of, widest, 0.55, share))


def blank(picture: Picture, place: Rect, unit: float, *, on_picture: bool) -> None:
    """An empty card: glass on the camera's picture, lighter than the panel beside it."""
    colour, solid = (DARK, SOLID) if on_picture else (PLATE, 1.0)
    card(picture, place[:2], place[2:], round(ROUND * unit), colour, solid)


def _number(picture: Picture, place: Rect, unit: float, it: _Number) -> None:
    pad, gap = PAD * unit, GAP * unit
    wide, high = place.w - 2 * pad, place.h - 2 * pad
    label, words = one_line(it.label, LABEL * unit, wide)
    bar = BAR * unit
    room = high - CAPITALS * label - 2 * gap - bar
    natural = figures_width(it.widest[0], 100) + figures_width(it.widest[1], 100 * it.small_of) + 8
    size = max(min(room / CAPITALS, 100 * wide / natural, LARGEST * unit), 4.0)
    left = place.x + pad
    top = place.y + pad + max((room - CAPITALS * size) / 3, 0.0)
    text(picture, words, (left, top + CAPITALS * label / 2), label, it.colour)
    middle = place.y + place.h - pad - bar - gap - CAPITALS * size / 2 - max((room - CAPITALS * size) / 3, 0.0)
    end = figures(picture, it.number, (left, middle), size)
    small = size * it.small_of
    figures(picture, it.small, (end + 0.08 * size, middle + CAPITALS * (size - small) / 2), small, PALE)
    _bar(picture, (left, place.y + place.h - pad - bar), (wide, bar), it)


def _bar(picture: Picture, at: tuple[float, float], size: tuple[float, float], it: _Number) -> None:
    if it.share is None or not math.isfinite(it.share):
        return
    corner, (wide, high) = (round(at[0]), round(at[1])), (round(size[0]), max(round(size[1]), 2))
    card(picture, corner, (wide, high), high // 2, TROUGH, 1.0)
    full = round(wide * min(max(it.share, 0.0), 1.0))
    colour = WHITE if it.colour == PALE else it.colour
    card(picture[:, : corner[0] + full], corner, (wide, high), high // 2, colour, 1.0)
