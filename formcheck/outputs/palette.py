"""Colours with a meaning, the same on the overlay and in the window; (blue, green, red)."""

from __future__ import annotations

from formcheck.outputs.draw import Colour

PHASE_COLOURS: dict[str, Colour] = {
    "rest": (214, 204, 195),
    "lift": (240, 186, 92),
    "hold": (150, 205, 62),
    "lower": (43, 178, 240),
}
SEVERITY_COLOURS: dict[str, Colour] = {
    "minor": (60, 205, 255),
    "major": (50, 140, 255),
    "severe": (75, 75, 255),
}
