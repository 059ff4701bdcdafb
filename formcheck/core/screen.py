"""First stage: the joints that matter, near side first, and frames that cannot be true thrown out.

Swapped sides are put right by depth: the flank that faces the camera is the nearer one. Frames in which
the leg suddenly has another length are marked as not seen; the next stage bridges them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formcheck.data.landmarks import COUNT, INDEX
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration

Floats = NDArray[np.float64]

NEAR = ("shoulder", "elbow", "wrist", "heel", "foot_index", "hip", "knee", "ankle")
FAR = ("hip", "knee", "ankle")
SHOULDER, ELBOW, WRIST, HEEL, TOE, HIP, KNEE, ANKLE, FAR_HIP, FAR_KNEE, FAR_ANKLE = range(len(NEAR) + len(FAR))
JOINTS = len(NEAR) + len(FAR)
BALL, FEET, SOLE, COLUMNS = 2 * JOINTS, 2 * JOINTS + 2, 2 * JOINTS + 3, 2 * JOINTS + 6
"""Per row: x and y (pixels) of the joints of the near side, then of the far side, then of the ball; feet apart (m); and
what was seen of the feet at their low: x, y, and the shadow's distance below."""

_OTHER = {"left": "right", "right": "left"}


def _columns(side: str) -> NDArray[np.intp]:
    """Where a frame's 99 numbers hold x and y of the joints, then the depth of near and far shoulder and hip."""
    far = _OTHER[side]
    joints = [INDEX[f"{side}_{joint}"] for joint in NEAR] + [INDEX[f"{far}_{joint}"] for joint in FAR]
    torso = [INDEX[f"{s}_{joint}"] for s in (side, far) for joint in ("shoulder", "hip")]
    return np.array([3 * joint + axis for joint in joints for axis in (0, 1)] + [3 * joint + 2 for joint in torso])


_PICK = {side: _columns(side) for side in _OTHER}
_ANKLES = np.array([3 * INDEX["left_ankle"] + 2, 3 * INDEX["right_ankle"] + 2])
LENGTH_MIDDLE, LENGTH_SPREAD = 1.05, 0.5
"""A leg under 0.55 or over 1.55 of its usual length is a broken frame: lifting, bending a knee and perspective
change that of true joints by 0.7 to 1.2."""


@dataclass(frozen=True)
class State:
    """No memory: each frame is judged by itself against the calibration."""

    calibration: Calibration


def step(state: State, block: Observations) -> tuple[State, tuple[Floats, Floats]]:
    """Times (n,) and rows (n, COLUMNS); rows are not-a-number where nobody was seen or the frame is broken."""
    side = state.calibration.side
    pixels = block.pixels.reshape(len(block), 3 * COUNT)
    picked = pixels.take(_PICK[side], axis=1)
    near_shoulder, near_hip, far_shoulder, far_hip = picked[:, BALL:].T
    swapped = near_shoulder + near_hip > far_shoulder + far_hip
    if swapped.any():
        picked[swapped] = pixels[swapped].take(_PICK[_OTHER[side]], axis=1)
    rows = np.empty((len(block), COLUMNS))
    rows[:, :BALL] = picked[:, :BALL]
    rows[:, FEET] = feet_apart(block)
    rows[:, BALL:FEET] = block.ball[:, :2]
    rows[:, SOLE:] = block.sole
    good = plausible(rows, state.calibration.leg_px)
    if not good.all():
        rows[~good] = np.nan
    return state, (block.time_s, rows)


def finish(state: State) -> tuple[Floats, Floats]:
    """Nothing is held back."""
    return np.zeros(0), np.zeros((0, COLUMNS))


def feet_apart(block: Observations) -> Floats:
    """How far the ankles are from each other across the body (n,), metres, from the world landmarks."""
    ankles = block.world.reshape(len(block), 3 * COUNT).take(_ANKLES, axis=1)
    return np.asarray(np.abs(ankles[:, 0] - ankles[:, 1]), np.float64)


def plausible(rows: Floats, leg_px: float) -> NDArray[np.bool_]:
    """Rows (n,) whose near leg has a length that fits `leg_px`; unseen frames are not plausible."""
    leg = rows[:, 2 * KNEE : 2 * ANKLE + 2] - rows[:, 2 * HIP : 2 * KNEE + 2]
    leg = leg.reshape(len(rows), 2, 2)
    segments = np.hypot(leg[..., 0], leg[..., 1])
    length = segments[:, 0] + segments[:, 1]
    if leg_px <= 0:
        return np.asarray(np.isfinite(length))
    return np.asarray(np.abs(length / leg_px - LENGTH_MIDDLE) < LENGTH_SPREAD)
