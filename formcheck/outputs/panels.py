"""The panels of the overlay: the strip at the top, the cues, the strip at the bottom."""

from __future__ import annotations

from formcheck.data.result import Finding
from formcheck.errors import UsageError
from formcheck.outputs.draw import DARK, PALE, Colour, Picture, box, dot, fitting, text, text_width
from formcheck.outputs.palette import SEVERITY_COLOURS
from formcheck.outputs.stage import BAR, FOOT, Stage
from formcheck.outputs.timeline import Moment
from formcheck.rules.wording import seen

MOST_FAULTS = 3


def top_strip(picture: Picture, stage: Stage, moment: Moment, colour: Colour) -> None:
    """The strip along the top: rep, phase with its clock, time of the video."""
    unit, middle = stage.unit, BAR / 2 * stage.unit
    box(picture, (0, 0), (stage.width, round(BAR * unit)), DARK, 0.72)
    text(
        picture,
        f"rep {moment.rep}/{moment.reps}" if moment.reps else "no reps",
        (10 * unit, middle),
        19 * unit,
    )
    left = 140 * unit
    tint = colour if moment.visible and moment.phase else PALE
    dot(picture, (left, middle), 6 * unit, tint, 0)
    text(picture, _state(moment), (left + 13 * unit, middle), 19 * unit, tint)
    if moment.visible and moment.clock_s is not None:
        text(picture, f"{moment.clock_s:.1f} s", (left + 85 * unit, middle), 19 * unit)
    clock = f"{moment.time_s:.1f} s"
    text(picture, clock, (stage.width - text_width(clock, 13 * unit) - 10 * unit, middle), 13 * unit, PALE)


def _state(moment: Moment) -> str:
    """The phase, or why there is none."""
    if not moment.visible:
        return "not seen"
    return moment.phase or "not in position"


def bottom_strip(picture: Picture, stage: Stage) -> None:
    """The strip along the bottom: pose model and camera."""
    height = round(FOOT * stage.unit)
    box(picture, (0, stage.height - height), (stage.width, height), DARK, 0.5)
    size = fitting(stage.footer, 12 * stage.unit, stage.width - 20 * stage.unit)
    text(picture, stage.footer, (10 * stage.unit, stage.height - height / 2), size, PALE)


def cues(picture: Picture, stage: Stage, moment: Moment) -> None:
    """The most severe fault large, with what was seen; others as one line each, further into the picture."""
    at = stage.cue_edge
    for place, fault in enumerate(moment.faults[:MOST_FAULTS]):
        height = (56 if place == 0 else 27) * stage.unit
        top = at if stage.cues_above else at - height
        _cue(picture, stage, fault, top, height)
        at = top + height + 4 * stage.unit if stage.cues_above else top - 4 * stage.unit


def _cue(picture: Picture, stage: Stage, fault: Finding, top: float, height: float) -> None:
    """One cue on its panel; a high panel has a second line."""
    unit, tint = stage.unit, SEVERITY_COLOURS[fault.severity]
    first = height > 40 * unit
    detail = details(fault) if first else ""
    room = stage.width - 44 * unit
    size, small = fitting(fault.cue, (25 if first else 16) * unit, room), fitting(detail, 13 * unit, room)
    width = max(text_width(fault.cue, size), text_width(detail, small)) + 31 * unit
    left = (stage.width - width) / 2
    corner, middle = (round(left), round(top)), top + (20 if first else 13.5) * unit
    box(picture, corner, (round(width), round(height)), DARK, 0.82)
    box(picture, corner, (round(7 * unit), round(height)), tint, 1.0)
    text(picture, fault.cue, (left + 18 * unit, middle), size)
    if detail:
        text(picture, detail, (left + 18 * unit, top + 42 * unit), small, tint)


def details(fault: Finding) -> str:
    """What was seen, in the words of the rules; the fault's name where no rule knows it."""
    try:
        return seen(fault)
    except UsageError:
        return fault.name
