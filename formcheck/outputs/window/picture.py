"""The window's picture: the camera's, the body in it, and all that is to be read.

Numbers, the phase and cues are meant to be read from three metres. ISO 9241-303 asks for characters of at least
16 minutes of arc, better 20 to 22: at 3 m, capitals of 14 mm, better 17 to 19 mm. The screen of a 15 inch laptop is
19 cm high, so the clock and the count of reps have capitals above 9 % of the picture's height (20 minutes), set-up
instructions 8 %. The phase, the angle and cues have 6 % (13 minutes, more than twice what healthy eyes just make out);
a long cue may shrink to 5 % to stay on one line, since it covers the picture. Smaller lines are for who stands near.
"""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np

from formcheck.outputs.draw import LONGEST_SIDE, Picture
from formcheck.outputs.figure import Lettering, figure
from formcheck.outputs.palette import PHASE_COLOURS
from formcheck.outputs.stage import Ground
from formcheck.outputs.window import cards, notes
from formcheck.outputs.window.face import Face
from formcheck.outputs.window.layout import Layout, Rect, layout
from formcheck.outputs.window.live_body import NO_PLANE, moved, moved_plane

SIZE = (1280, 720)
SHORTEST_SIDE = 120
GROUND = (26, 21, 19)
DIMMED = 0.35
LETTERS = 40
"""The angle at the legs, units of the window."""


def draw(picture: Picture | None, face: Face, size: tuple[int, int] = SIZE) -> Picture:
    """A new picture for a window of `size` (width, height); sides above 1280 are scaled down to that.

    `picture` (height, width, 3) is the camera's, blue green red, and stays as it is; `None` where there is none.
    """
    canvas, camera = _canvas(size), np.zeros((480, 640, 3), np.uint8) if picture is None else picture
    has_cards = bool(face.phase) or face.rep is not None
    places = layout((canvas.shape[1], canvas.shape[0]), (camera.shape[1], camera.shape[0]), cards=has_cards)
    part = _put(canvas, places.camera, camera, mirrored=face.mirrored)
    dim = face.paused or face.left_s is not None
    if dim:
        cv2.convertScaleAbs(part, part, DIMMED)
    elif face.body is not None:
        _body(part, face, places, camera.shape[1])
    _words(canvas, face, places)
    return canvas


def _roomier(words: Rect, camera: Rect) -> Rect:
    """The part of the words' room that is left, or the picture, where that is not covered and larger."""
    apart = words.x >= camera.x + camera.w or words.y >= camera.y + camera.h
    return camera if apart and min(camera[2:]) > min(words[2:]) else words


def _canvas(size: tuple[int, int]) -> Picture:
    scale = min(1.0, LONGEST_SIDE / max(*size, 1))
    width, height = (max(round(side * scale), SHORTEST_SIDE) for side in size)
    return _ground(width, height).copy()


@lru_cache(maxsize=2)
def _ground(width: int, height: int) -> Picture:
    """The empty window; to copy it costs a tenth of filling one."""
    return np.full((height, width, 3), GROUND, np.uint8)


def _put(canvas: Picture, place: Rect, camera: Picture, *, mirrored: bool) -> Picture:
    """Put the camera's picture in its place, and return that part of the canvas."""
    part = canvas[place.y : place.y + place.h, place.x : place.x + place.w]
    small = place.w * 2 <= camera.shape[1]
    way = cv2.INTER_AREA if small else cv2.INTER_LINEAR
    shown = cv2.flip(camera, 1) if mirrored else camera
    cv2.resize(shown, (place.w, place.h), dst=part, interpolation=way)
    return part


def _body(part: Picture, face: Face, places: Layout, camera_width: int) -> None:
    """The body, its legs against the parallel, and their angle."""
    assert face.body is not None
    (height, width), scale = part.shape[:2], part.shape[1] / camera_width
    body = moved(face.body, scale, width if face.mirrored else 0)
    unit = min(width / 420, height / 480)
    if face.standing is None:
        ground = Ground(width, height, unit, NO_PLANE, 0.0, face.band_deg)
    else:
        plane = moved_plane(face.standing.plane, body, scale, width, mirrored=face.mirrored)
        ground = Ground(width, height, unit, plane, face.standing.sweep * scale, face.band_deg)
    colour = PHASE_COLOURS.get(face.phase, PHASE_COLOURS["rest"])
    leg_deg = face.leg_deg if face.leg_deg is not None and math.isfinite(face.leg_deg) else None
    figure(part, ground, body, leg_deg, colour, _lettering(places, LETTERS * places.unit / unit))


def _lettering(places: Layout, size: float) -> Lettering:
    """The angle at the legs; it stays clear of cards on the picture."""
    if not (places.cards and places.on_picture):
        return Lettering(size)
    margin, (left, top) = places.phase.x, places.camera[:2]
    between = places.phase.x + places.phase.w + margin - left, places.reps.x - margin - left
    return Lettering(size, places.phase.y + places.phase.h - top, between)


def _words(canvas: Picture, face: Face, places: Layout) -> None:
    """Everything that is read."""
    for place, filled in ((places.phase, bool(face.phase)), (places.reps, face.rep is not None)):
        if filled or (places.cards and not places.on_picture):
            cards.blank(canvas, place, places.unit, on_picture=places.on_picture)
    if face.phase:
        cards.phase(canvas, face, places.phase, places.unit)
    if face.rep is not None:
        cards.reps(canvas, face, places.reps, places.unit)
    notes.foot(canvas, face, places)
    top = notes.message(canvas, face, places)
    bottom = notes.faults(canvas, face, places, (max(top, places.words.y), notes.warnings(canvas, face, places)))
    middle = _roomier(places.words.below(top).above(bottom), places.camera)
    if face.left_s is not None:
        notes.countdown(canvas, face, middle, places.unit)
    elif face.paused:
        notes.pause(canvas, middle, places.unit)
