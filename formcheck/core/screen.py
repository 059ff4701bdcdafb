"""First stage: the joints that matter, near side first, and frames that cannot be true thrown out.

Swapped sides are put right by depth: the flank that faces the camera is the nearer one. Frames in which
the leg suddenly has another length are marked as not seen; the next stage bridges them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formcheck.data.landmarks import INDEX
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration

Floats = NDArray[np.float64]

NEAR = ("shoulder", "elbow", "wrist", "heel", "foot_index", "hip", "knee", "ankle")
FAR = ("hip", "knee", "ankle")
SHOULDER, ELBOW, WRIST, HEEL, TOE, HIP, KNEE, ANKLE, FAR_HIP, FAR_KNEE, FAR_ANKLE = range(len(NEAR) + len(FAR))
JOINTS = len(NEAR) + len(FAR)
FEET, BALL, COLUMNS = 2 * JOINTS, 2 * JOINTS + 1, 2 * JOINTS + 3
"""Per row: x and y (pixels) of the joints of the near side, then of the far side; then feet apart (m), and x and y of
the ball."""

_OTHER = {"left": "right", "right": "left"}
_PICK = {
    side: np.array([INDEX[f"{side}_{joint}"] for joint in NEAR] + [INDEX[f"{other}_{joint}"] for joint in FAR])
    for side, other in _OTHER.items()
}
_TORSO = {
    side: np.array([INDEX[f"{s}_{joint}"] for s in (side, other) for joint in ("shoulder", "hip")])
    for side, other in _OTHER.items()
}
_ANKLES = [INDEX["left_ankle"], INDEX["right_ankle"]]
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
    joints = block.pixels.take(_PICK[side], axis=1)  # (n, 11, 3)
    depth = block.pixels.take(_TORSO[side], axis=1)[:, :, 2]
    swapped = depth[:, 0] + depth[:, 1] > depth[:, 2] + depth[:, 3]
    if swapped.any():
        joints[swapped] = block.pixels[swapped].take(_PICK[_OTHER[side]], axis=1)
    rows = np.empty((len(block), COLUMNS))
    rows[:, :FEET] = joints[:, :, :2].reshape(len(block), FEET)
    rows[:, FEET] = feet_apart(block)
    rows[:, BALL:] = block.ball[:, :2]
    good = plausible(rows, state.calibration.leg_px)
    if not good.all():
        rows[~good] = np.nan
    return state, (block.time_s, rows)


def finish(state: State) -> tuple[Floats, Floats]:
    """Nothing is held back."""
    return np.zeros(0), np.zeros((0, COLUMNS))


def feet_apart(block: Observations) -> Floats:
    """How far the ankles are from each other across the body (n,), metres, from the world landmarks."""
    ankles = block.world.take(_ANKLES, axis=1)[:, :, 2]
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
