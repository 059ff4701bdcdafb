"""What of the overlay stays the same for a whole video: units, the body's plane, where panels stand."""

from __future__ import annotations

from dataclasses import dataclass

from formcheck.data.recording import Recording
from formcheck.data.result import Result
from formcheck.outputs.body import Plane, body_rows, leg_px, plane

BAR, FOOT, CUES = 38, 22, 125
"""Heights of the strip at the top, the one at the bottom and a full stack of cues, in units."""
USUAL_BAND_DEG = 5.0


@dataclass(frozen=True)
class Ground:
    """What it takes to draw a body on a picture of `width` by `height` pixels.

    unit        one line of a picture of 480 lines
    sweep       how far a leg reaches from the hip
    band_deg    how far from the parallel still counts as parallel
    """

    width: int
    height: int
    unit: float
    plane: Plane
    sweep: float
    band_deg: float


@dataclass(frozen=True)
class Stage(Ground):
    """The ground of the overlay, and where its panels stand.

    cues_above  cues stand under the strip at the top, else above the one at the bottom
    cue_edge    the row where the first cue begins, or at the bottom ends
    """

    cues_above: bool
    cue_edge: float
    footer: str


def staging(result: Result, size: tuple[int, int]) -> Stage:
    """The stage for pictures of `size` (width, height)."""
    width, height = size
    recording = result.recording
    scale = width / (recording.source.width or width)
    unit = min(width / 420, height / 480)
    rows = body_rows(recording, scale)
    free = (BAR * unit, height - FOOT * unit)
    above = _room_above(rows, free, CUES * unit)
    edge = free[0] + 7 * unit if above else free[1] - 7 * unit
    sweep = 1.5 * leg_px(recording) * scale
    band = result.limits.get("parallel_tolerance_deg", USUAL_BAND_DEG)
    return Stage(width, height, unit, plane(recording, scale), sweep, band, above, edge, _footer(recording))


def signed(angle_deg: float) -> str:
    """An angle in whole degrees as a person reads it.

    >>> signed(-12.4), signed(3.6), signed(-0.2)
    ('−12°', '+4°', '0°')
    """
    whole = round(angle_deg)
    return "0°" if whole == 0 else f"{'−' if whole < 0 else '+'}{abs(whole)}°"


def _room_above(rows: tuple[float, float] | None, stage_rows: tuple[float, float], needed: float) -> bool:
    """Whether cues stand under the strip at the top (there is room, or more than at the bottom)."""
    if rows is None:
        return True
    above, below = rows[0] - stage_rows[0], stage_rows[1] - rows[1]
    return above >= min(needed, below)


def _footer(recording: Recording) -> str:
    stands = recording.calibration
    roll = "camera roll unknown" if stands.roll_deg is None else f"camera roll {signed(stands.roll_deg)}"
    return "  ·  ".join([f"model {recording.model}", roll, _view(stands.yaw_deg)])


def _view(yaw_deg: float | None) -> str:
    if yaw_deg is None:
        return "view unknown"
    whole = round(yaw_deg)
    return f"{abs(whole)}° towards the {'head' if whole > 0 else 'feet'}" if whole else "side view"
