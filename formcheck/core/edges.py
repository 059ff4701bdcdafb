"""Joints that leave the picture, and the numbers of a rep that would rest on them.

Pose nets place joints that they do not see: feet that are cut off are drawn from a tenth of a leg within the picture's
edge to a quarter of a leg beyond it (`lite` on samples with their sides cut off). So joints count as outside from some
way within the edge on. Where they lie outside for more than a moment of what a number is made of, it is not known.
"""

from __future__ import annotations

from math import ceil, isfinite

import numpy as np
from numpy.typing import NDArray

from formcheck.core import screen
from formcheck.core.boundaries import Boundaries
from formcheck.core.grid import RATE_HZ
from formcheck.data.recording import Source

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

JOINTS = screen.NEAR
SHOULDER, ELBOW, WRIST, HEEL, TOE, HIP, KNEE, ANKLE, SHANK = range(len(JOINTS) + 1)
"""The last one: the leg is cut off above the ankle, so that the knee is guessed too."""
WITHIN = np.array([0.1, 0.1, 0.05, 0.05, 0.05, 0.1, 0.1, 0.12])
"""So near to an edge a joint may be outside, in legs: hands and feet that are cut off were drawn up to 0.03 within it,
ankles up to 0.12. In whole pictures toes came as near as 0.08, all others stayed 0.15 away."""
EDGE = 0.02
"""An ankle farther within than this is seen where heel and toes are well inside."""
CUT = 0.0
"""Where even the ankle is drawn outside, thighs were off by 5 degrees, the knee half a leg within the picture; with
the toes cut off, and the ankle within, by 1."""
HEAD = 0.12
"""The same for the nose: the head reaches 0.2 legs around it."""
FEW = 3
"""So many instants (0.1 s) are bridged by smoothing and change no number."""
BEFORE = int(0.4 * RATE_HZ)
"""The low is looked for in so many instants before the lift (`core.measure`)."""

_Table = dict[tuple[int, ...], tuple[str, ...]]
_REP: _Table = {
    (HIP, KNEE, SHANK): (
        *("peak_thigh_elevation_deg", "hold_thigh_elevation_deg", "min_thigh_elevation_deg", "range_deg"),
    ),
    (HIP, ANKLE): ("peak_leg_elevation_deg",),
    (HIP, KNEE, ANKLE): ("max_knee_flexion_deg", "lift_s", "hold_s", "lower_s"),
    (SHOULDER, ELBOW, WRIST): ("max_elbow_flexion_deg",),
    (WRIST,): ("support_shift_m",),
    (HIP,): ("ball_offset_m",),
    (HEEL, TOE): ("toe_clearance_m", "touch_s"),
}
_HOLD: _Table = {
    (HIP, ANKLE): ("hold_leg_elevation_deg", "overshoot_deg", "oscillation_deg", "leg_difference_deg", "feet_gap_m")
}
"""Joints, and the numbers that rest on them over a whole rep or over its hold."""


def outside(joints: Floats, source: Source, leg_px: float) -> Flags:
    """Whether joints (n, 8, 2) in pixels, in the order of `JOINTS`, lie outside the picture or near its edge (n, 9).

    Nothing does where the picture's size or the leg's length is not known (0); unknown joints do not.
    """
    if not _near_edge(joints, source, leg_px):
        return np.zeros((len(joints), SHANK + 1), np.bool_)
    inside = room(joints, source, leg_px)
    out = inside < WITHIN
    out[:, ANKLE] &= out[:, HEEL] | out[:, TOE] | (inside[:, ANKLE] < EDGE)
    return np.column_stack([out, inside[:, ANKLE] < CUT])


def _near_edge(joints: Floats, source: Source, leg_px: float) -> bool:
    """Whether any joint comes so near to an edge at all; quick, for nearly always none does."""
    if len(joints) == 0 or leg_px <= 0 or min(source.width, source.height) <= 0:
        return False
    margin = (WITHIN * leg_px)[:, None]
    least, most = np.fmin.reduce(joints, axis=0), np.fmax.reduce(joints, axis=0)
    return bool((least < margin).any() or (most > [source.width, source.height] - margin).any())


def room(points: Floats, source: Source, leg_px: float) -> Floats:
    """How far points (..., 2) are within the picture's nearest edge, legs; negative outside, infinite where unknown."""
    if leg_px <= 0 or min(source.width, source.height) <= 0:
        return np.full(points.shape[:-1], np.inf)
    size = np.array([source.width, source.height], np.float64)
    return np.asarray(np.minimum(points, size - points).min(axis=-1) / leg_px)


def gone(rows: Floats, source: Source, leg_px: float) -> Flags:
    """The same for rows (n, screen.COLUMNS) on the grid."""
    near = rows[:, : 2 * len(JOINTS)].reshape(len(rows), len(JOINTS), 2)
    return outside(near, source, leg_px)


def feet_gone(lost: Flags, low: int, top: int) -> bool:
    """Whether the ankle is outside for more than a moment of a part (n, 9) from its low on, and the knee is not.

    Then the thigh tells where the phases are; it is not steady enough to tell how long they last.
    """
    return bool(lost[low:, ANKLE].sum() > FEW) and not bool(lost[low : top + 1, KNEE].sum() > FEW)


def unknown(lost: Flags, marks: Boundaries) -> dict[str, float]:
    """Not-a-number for each number that rests on joints which are outside (n, 9) for too long."""
    if not lost.any():
        return {}
    start = max(0, ceil(marks.lift_start) - BEFORE) if isfinite(marks.lift_start) else 0
    stop = int(marks.end) + 1 if isfinite(marks.end) else len(lost)
    found = _resting(lost[start:stop], _REP)
    if isfinite(marks.hold_start) and isfinite(marks.lower_start):
        found |= _resting(lost[max(0, ceil(marks.hold_start)) : int(marks.lower_start) + 1], _HOLD)
    return found


def _resting(lost: Flags, table: _Table) -> dict[str, float]:
    away = lost.sum(axis=0) > FEW
    return {name: np.nan for joints, names in table.items() if away[list(joints)].any() for name in names}
