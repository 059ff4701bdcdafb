"""First stage: the joints that matter, near side first, and frames that cannot be true thrown out.

Swapped sides are put right by depth: the flank that faces the camera is the nearer one. Frames in which
the leg or the trunk suddenly has another length are marked as not seen; the next stage bridges them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formcheck.data.landmarks import INDEX
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration

Floats = NDArray[np.float64]

JOINTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
SHOULDER, ELBOW, WRIST, HIP, KNEE, ANKLE, HEEL, TOE = range(len(JOINTS))
SIDES = ("left", "right")
COLUMNS = 2 * len(JOINTS) * 3 + 1
"""Per row: near side, then far side, each 8 joints of x, y (pixels) and visibility; then feet apart (m)."""

_PICK = np.array([[INDEX[f"{side}_{joint}"] for joint in JOINTS] for side in SIDES])
_TORSO = [SHOULDER, HIP]
LENGTH_RANGE = (0.55, 1.6)
"""A leg shorter or longer than this share of its usual length is a broken frame: the widest change that
lifting, bending a knee and perspective give on true joints is 0.7 to 1.2."""


@dataclass(frozen=True)
class State:
    """No memory: each frame is judged by itself against the calibration."""

    calibration: Calibration


def step(state: State, block: Observations) -> tuple[State, tuple[Floats, Floats]]:
    """Times (n,) and rows (n, COLUMNS); rows are not-a-number where nobody was seen or the frame is broken."""
    near = SIDES.index(state.calibration.side)
    pick = _PICK[[near, 1 - near]]
    joints = block.pixels[:, pick].astype(np.float64)  # (n, 2, 8, 3)
    swapped = joints[:, 0, _TORSO, 2].sum(axis=1) > joints[:, 1, _TORSO, 2].sum(axis=1)
    joints[..., 2] = block.visibility[:, pick]
    if swapped.any():
        joints[swapped] = joints[swapped, ::-1]
    rows = np.empty((len(block), COLUMNS))
    rows[:, :-1] = joints.reshape(len(block), -1)
    rows[:, -1] = feet_apart(block)
    rows[~plausible(joints, state.calibration.leg_px)] = np.nan
    return state, (block.time_s, rows)


def finish(state: State) -> tuple[Floats, Floats]:
    """Nothing is held back."""
    return np.zeros(0), np.zeros((0, COLUMNS))


def feet_apart(block: Observations) -> Floats:
    """How far the ankles are from each other across the body (n,), metres, from the world landmarks."""
    left, right = INDEX["left_ankle"], INDEX["right_ankle"]
    return np.abs(block.world[:, left, 2] - block.world[:, right, 2]).astype(np.float64)


def plausible(joints: Floats, leg_px: float) -> NDArray[np.bool_]:
    """Frames (n,) whose near leg has a length that fits `leg_px`; unseen frames are not plausible."""
    thigh = joints[:, 0, KNEE, :2] - joints[:, 0, HIP, :2]
    shank = joints[:, 0, ANKLE, :2] - joints[:, 0, KNEE, :2]
    length = np.hypot(thigh[:, 0], thigh[:, 1]) + np.hypot(shank[:, 0], shank[:, 1])
    if leg_px <= 0:
        return np.isfinite(length)
    return (length > LENGTH_RANGE[0] * leg_px) & (length < LENGTH_RANGE[1] * leg_px)
