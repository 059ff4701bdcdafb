"""What the window says in words: the message, cues of faults, warnings, countdown, figures of the machine."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2

from formcheck.data.result import Finding
from formcheck.outputs.draw import DARK, PALE, WHITE, Colour, Picture, card, text, text_width
from formcheck.outputs.palette import PHASE_COLOURS, SEVERITY_COLOURS
from formcheck.outputs.panels import details
from formcheck.outputs.window.face import Face
from formcheck.outputs.window.layout import PANEL_FOOT, Layout, Rect
from formcheck.outputs.window.words import LEADING, figures, figures_width, fitted, lines_at, one_line

AMBER: Colour = (60, 205, 255)
TONES: dict[str, Colour] = {"plain": WHITE, "act": AMBER, "good": PHASE_COLOURS["hold"]}
SOLID = 0.84
PAD, BETWEEN, ROUND = 14, 6, 10
INSTRUCTION, MESSAGE, CUE, OTHER, SMALL, FOOT = 54, 44, 41, 19, 17, 12.5
LEAST_CUE, LEAST_OTHER = 33, 14
MOST = 3
HINTS = "f full screen  ·  m mirror  ·  q end"
RING: Colour = (92, 84, 78)


def message(picture: Picture, face: Face, places: Layout) -> int:
    """The message at the top; return the row below it."""
    words = face.message or ("Paused" if face.paused else "")
    if not words:
        return places.words.y
    unit, area = places.unit, places.title
    pad, largest = PAD * unit, MESSAGE if places.cards else INSTRUCTION
    size, lines = fitted(words, largest * unit, round(area.w - 2 * pad), area.h - 1.4 * pad)
    wide = max(text_width(line, size) for line in lines)
    high = len(lines) * LEADING * size + 1.4 * pad
    left, top = area.x + (area.w - wide) / 2, area.y
    card(picture, (round(left - pad), top), (round(wide + 2 * pad), round(high)), round(ROUND * unit), DARK, SOLID)
    for number, line in enumerate(lines):
        x = area.x + (area.w - text_width(line, size)) / 2
        lines_at(picture, (line,), size, (x, top + 0.7 * pad + number * LEADING * size), TONES[face.tone])
    return top + round(high)


def faults(picture: Picture, face: Face, places: Layout, rows: tuple[int, int]) -> int:
    """Cues between two rows, at the bottom, the first one large, others beside each other; return the row above."""
    gap = round(BETWEEN * places.unit)
    bottom = _others(picture, face.faults[1:MOST], places, rows[1])
    for fault in face.faults[:1]:
        bottom = _cue(picture, fault, places, (rows[0], bottom)) - gap
    return bottom


def _cue(picture: Picture, fault: Finding, places: Layout, rows: tuple[int, int]) -> int:
    """A cue large, with what was seen below it."""
    unit, area, tint = places.unit, places.words, SEVERITY_COLOURS[fault.severity]
    pad, stripe = PAD * unit, 20 * unit
    room = round(area.w - pad - stripe)
    small, seen = one_line(details(fault), SMALL * unit, room)
    around = 1.5 * small + 1.1 * pad
    size, lines = _on_few_lines(fault.cue, unit, room, min(rows[1] - rows[0], 0.62 * area.h) - around)
    wide = max(*(text_width(line, size) for line in lines), text_width(seen, small))
    high = len(lines) * LEADING * size + around
    left, top = _panel(picture, area, (wide + stripe + pad, high), unit, (rows[1], tint))
    lines_at(picture, lines, size, (left + stripe, top + 0.5 * pad), WHITE)
    text(picture, seen, (left + stripe, top + high - 0.6 * pad - small / 2), small, tint)
    return top


def _on_few_lines(words: str, unit: float, width: int, height: float) -> tuple[float, tuple[str, ...]]:
    """One line, somewhat smaller if need be, since cues cover the picture; else as many as fit."""
    one = fitted(words, CUE * unit, width, min(LEADING * CUE * unit + 1, height))
    more = fitted(words, CUE * unit, width, height)
    return one if one[0] >= min(LEAST_CUE * unit, more[0]) else more


def _others(picture: Picture, others: Sequence[Finding], places: Layout, bottom: int) -> int:
    """Further cues, side by side where they fit; return the row above them."""
    if not others:
        return bottom
    unit, area = places.unit, places.words
    around, gap, size = (20 + PAD) * unit, round(BETWEEN * unit), OTHER * unit
    lengths = sum(text_width(fault.cue, size) for fault in others)
    spare = area.w - len(others) * around - (len(others) - 1) * gap
    if spare >= LEAST_OTHER / OTHER * lengths:
        size = min(size, math.floor(size * spare / lengths))
        lengths = sum(text_width(fault.cue, size) for fault in others)
        left = area.x + (spare - lengths) / 2
        for fault in others:
            wide = text_width(fault.cue, size) + around
            _other(picture, fault, Rect(round(left), area.y, round(wide), area.h), size, places, bottom)
            left += wide + gap
        return bottom - round(1.6 * size) - gap
    for fault in reversed(others):
        bottom = _other(picture, fault, area, size, places, bottom) - gap
    return bottom


def _other(  # noqa: PLR0913, PLR0917
    picture: Picture, fault: Finding, place: Rect, size: float, places: Layout, bottom: int
) -> int:
    """A further cue, on one line."""
    around = (20 + PAD) * places.unit
    size, cue = one_line(fault.cue, size, place.w - around + 1)
    wide = text_width(cue, size) + around
    tint = SEVERITY_COLOURS[fault.severity]
    left, top = _panel(picture, place, (wide, 1.6 * size), places.unit, (bottom, tint))
    text(picture, cue, (left + 20 * places.unit, top + 0.8 * size), size)
    return top


def warnings(picture: Picture, face: Face, places: Layout) -> int:
    """Warnings upwards from the bottom; return the row above them."""
    unit, area, bottom = places.unit, places.words, places.words.y + places.words.h
    stripe, pad = 20 * unit, PAD * unit
    for words in reversed(face.warnings[-MOST:]):
        size, lines = fitted(words, SMALL * unit, round(area.w - stripe - pad), 2 * LEADING * SMALL * unit)
        wide, high = max(text_width(line, size) for line in lines), len(lines) * LEADING * size + 0.5 * pad
        left, top = _panel(picture, area, (wide + stripe + pad, high), unit, (bottom, AMBER))
        lines_at(picture, lines, size, (left + stripe, top + 0.25 * pad), AMBER)
        bottom = top - round(BETWEEN * unit)
    return bottom


def _panel(
    picture: Picture, area: Rect, size: tuple[float, float], unit: float, edge: tuple[int, Colour]
) -> tuple[float, int]:
    """A card in the middle of an area, down to a row, with a coloured stripe; return its left upper corner."""
    (wide, high), (bottom, tint) = size, edge
    left, top = area.x + max(area.w - wide, 0) / 2, bottom - round(high)
    card(picture, (round(left), top), (round(wide), round(high)), round(ROUND * unit), DARK, SOLID)
    inset = max(round(min(7 * unit, 0.2 * high)), 1)
    stripe = (max(round(5 * unit), 2), max(round(high) - 2 * inset, 1))
    card(picture, (round(left) + round(8 * unit), top + inset), stripe, stripe[0] // 2, tint, 1.0)
    return left, top


def countdown(picture: Picture, face: Face, area: Rect, unit: float) -> None:
    """Seconds that are left, huge, in a ring that empties."""
    left = max(math.ceil(face.left_s or 0.0), 0)
    number = str(left) if left < 100 else f"{left // 60}:{left % 60:02d}"
    across = min(area.w, area.h, 0.7 * picture.shape[0]) - 12 * unit
    if across < 20 * unit:
        return
    centre = (round(area.x + area.w / 2), round(area.y + area.h / 2))
    width, colour = max(round(across / 22), 2), PHASE_COLOURS["hold"] if left > 10 else AMBER
    radius = round(across / 2) - width
    if face.left_of_s:
        share = min(max((face.left_s or 0.0) / face.left_of_s, 0.0), 1.0)
        cv2.ellipse(picture, centre, (radius, radius), 0, 0, 360, RING, width, cv2.LINE_AA)
        cv2.ellipse(picture, centre, (radius, radius), -90, 0, 360 * share, colour, width, cv2.LINE_AA)
    size = min(1.5 * radius * 100 / max(figures_width(number, 100), 140), across / 1.6)
    x = centre[0] - figures_width(number, size) / 2
    figures(picture, number, (x, centre[1]), size)


def pause(picture: Picture, area: Rect, unit: float) -> None:
    """Two upright bars."""
    high = round(min(area.h * 0.6, area.w * 0.6, 150 * unit))
    wide = round(high * 0.3)
    middle, top = area.x + area.w // 2, area.y + (area.h - high) // 2
    for left in (middle - round(1.4 * wide), middle + round(0.4 * wide)):
        card(picture, (left, top), (wide, high), max(wide // 5, 1), WHITE, 0.92)


def foot(picture: Picture, face: Face, places: Layout) -> None:
    """Model, pictures a second and delay; keys. In small letters, for who sits at the keyboard."""
    place, unit = places.foot, places.unit
    parts = [face.model]
    parts += [f"{face.fps:.0f} fps"] if _known(face.fps) else []
    parts += [f"{face.delay_ms:.0f} ms delay"] if _known(face.delay_ms) else []
    status = "  ·  ".join(part for part in parts if part)
    edge, size = 10 * unit, FOOT * unit
    if places.on_picture:
        card(picture, (place.x, place.y), (place.w, place.h), 0, DARK, 0.6)
    if place.h > (PANEL_FOOT - 4) * unit:
        for row, words in ((0.3, status), (0.75, HINTS)):
            fits, line = one_line(words, size, place.w - 2 * edge)
            text(picture, line, (place.x + edge, place.y + row * place.h), fits, PALE)
        return
    middle = place.y + place.h / 2
    fits, line = one_line(status, size, place.w - 2 * edge)
    text(picture, line, (place.x + edge, middle), fits, PALE)
    right = place.x + place.w - edge - text_width(HINTS, size)
    if right > place.x + 4 * edge + text_width(status, size):
        text(picture, HINTS, (right, middle), size, PALE)


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
