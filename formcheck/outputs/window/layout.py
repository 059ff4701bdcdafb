"""Where things stand in the window, in pixels.

The camera's picture is always whole and never stretched. Where the window is of another shape, what is left
beside or below it becomes a panel for the numbers; otherwise they stand on cards in the picture's upper corners.
Cues and instructions go where there is more room, picture or panel.
"""

from __future__ import annotations

from typing import NamedTuple

BESIDE = 0.22
"""A panel beside the picture needs this share of the window; one below it has to hold cards and foot."""
MARGIN, CARD, CARD_HIGH = 10, 200, 146
FOOT, PANEL_FOOT = 22, 40
"""Units: space between things, size of a card on the picture; height of one line at the bottom, and of two."""
MESSAGE_HIGH, ALONE_HIGH = 0.36, 0.46
"""What a message may take of the words' room."""
BETWEEN = 330
"""Units that words need between the cards; with less they stand below."""


class Rect(NamedTuple):
    """A rectangle of pixels."""

    x: int
    y: int
    w: int
    h: int

    def inner(self, margin: int) -> Rect:
        """The rectangle without a margin all around."""
        return Rect(self.x + margin, self.y + margin, max(self.w - 2 * margin, 1), max(self.h - 2 * margin, 1))

    def below(self, y: int) -> Rect:
        """What of it lies below a row."""
        top = min(max(self.y, y), self.y + self.h - 1)
        return Rect(self.x, top, self.w, self.y + self.h - top)

    def top(self, share: float) -> Rect:
        """The upper part of it."""
        return Rect(self.x, self.y, self.w, max(round(self.h * share), 1))

    def above(self, y: int) -> Rect:
        """What of it lies above a row."""
        return Rect(self.x, self.y, self.w, max(min(self.h, y - self.y), 1))


class Layout(NamedTuple):
    """Places of everything.

    unit        one line of a window of 480 lines
    camera      the camera's picture
    phase       the card with phase and clock
    reps        the card with the reps
    title       the message, at its top
    words       the countdown, in the middle of what the title leaves; cues and warnings at its bottom
    foot        the line with figures of the machine
    cards       there are cards
    on_picture  cards and foot stand on the camera's picture
    """

    unit: float
    camera: Rect
    phase: Rect
    reps: Rect
    title: Rect
    words: Rect
    foot: Rect
    cards: bool
    on_picture: bool


def layout(size: tuple[int, int], camera: tuple[int, int], *, cards: bool) -> Layout:
    """Places in a window of `size` for a camera with such pictures, both (width, height).

    Without `cards` words may have their room as well, and no narrow panel is kept for them.
    """
    width, height = size
    unit = min(width / 640, height / 480) if width >= height else min(width / 480, height / 640)
    scale = min(width / camera[0], height / camera[1])
    shown = max(round(camera[0] * scale), 1), max(round(camera[1] * scale), 1)
    panel = width - shown[0]
    if panel >= BESIDE * width and (cards or panel >= shown[0]):
        return _beside(size, shown, unit, cards=cards)
    if height - shown[1] >= (CARD_HIGH + PANEL_FOOT + 2 * MARGIN) * unit:
        return _below(size, shown, unit, cards=cards)
    return _on_it(size, shown, unit, cards=cards)


def _on_it(size: tuple[int, int], shown: tuple[int, int], unit: float, *, cards: bool) -> Layout:
    """Everything on the picture, which fills the window but for narrow bars."""
    (width, height), margin = size, round(MARGIN * unit)
    camera = Rect((width - shown[0]) // 2, (height - shown[1]) // 2, *shown)
    card = round(CARD * unit), round(CARD_HIGH * unit)
    phase, reps = Rect(margin, margin, *card), Rect(width - margin - card[0], margin, *card)
    foot = _foot(Rect(0, 0, width, height), FOOT * unit)
    free = Rect(margin, margin, width - 2 * margin, foot.y - 2 * margin)
    words = free.below(phase.y + phase.h + margin) if cards else free
    title = words.top(MESSAGE_HIGH if cards else ALONE_HIGH)
    between = width - 2 * card[0] - 4 * margin
    if cards and between >= BETWEEN * unit:
        title = Rect(card[0] + 2 * margin, margin, between, card[1])
    return Layout(unit, camera, phase, reps, title, words, foot, cards, True)


def _beside(size: tuple[int, int], shown: tuple[int, int], unit: float, *, cards: bool) -> Layout:
    """A panel to the right of the picture."""
    (width, height), margin = size, round(MARGIN * unit)
    camera = Rect(0, (height - shown[1]) // 2, *shown)
    panel = Rect(shown[0], 0, width - shown[0], height)
    foot = _foot(panel, PANEL_FOOT * unit)
    free = Rect(panel.x, 0, panel.w, foot.y).inner(margin)
    if panel.w >= shown[0]:
        phase, reps = _pair(free, min(round(190 * unit), free.h // 2), margin)
        words = free.below(phase.y + phase.h + margin) if cards else free
        return Layout(unit, camera, phase, reps, words.top(ALONE_HIGH), words, foot, cards, False)
    high = (free.h - margin) // 2
    phase, reps = Rect(free.x, free.y, free.w, high), Rect(free.x, free.y + high + margin, free.w, high)
    words = camera.inner(margin)
    return Layout(unit, camera, phase, reps, words.top(MESSAGE_HIGH), words, foot, cards, False)


def _below(size: tuple[int, int], shown: tuple[int, int], unit: float, *, cards: bool) -> Layout:
    """A panel below the picture."""
    (width, height), margin = size, round(MARGIN * unit)
    camera = Rect((width - shown[0]) // 2, 0, *shown)
    panel = Rect(0, shown[1], width, height - shown[1])
    foot = _foot(panel, PANEL_FOOT * unit)
    free = Rect(0, panel.y, width, foot.y - panel.y).inner(margin)
    phase, reps = _pair(free, max(min(round(CARD_HIGH * unit), free.h), round(0.34 * free.h)), margin)
    words = free.below(phase.y + phase.h + margin) if cards else free
    if words.h < 150 * unit:
        words = camera.inner(margin)
    return Layout(unit, camera, phase, reps, words.top(ALONE_HIGH), words, foot, cards, False)


def _pair(free: Rect, high: int, margin: int) -> tuple[Rect, Rect]:
    """Two cards side by side at the top."""
    wide = (free.w - margin) // 2
    return Rect(free.x, free.y, wide, high), Rect(free.x + wide + margin, free.y, wide, high)


def _foot(area: Rect, rows: float) -> Rect:
    high = min(round(rows), area.h)
    return Rect(area.x, area.y + area.h - high, area.w, high)
