"""Which way up a picture is, told by a body that lies over a ball with its hands on the floor.

Pose nets turn what they look at along the body, so they find joints as well in a picture that stands on its head: all
that is asked here is which way the hands are. Whoever carries the trunk by the hands has them below the shoulders.
Somebody on the back with arms and legs in the air looks the same upside down, and somebody who stands with the arms
stretched out ahead the same turned by a quarter: joints alone are no proof. What is under the pelvis has to be seen as
well.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formcheck.data.landmarks import INDEX

Floats = NDArray[np.float64]

NONE = -1
TURNS = np.array([0, 90, 180, 270])
LEVEL = np.tan(np.radians(40.0))
"""A trunk is within so much of level, the roll of the camera and all: true ones are within 35 degrees."""
HANDS_BELOW, HANDS_ALONG = 0.45, 0.8
"""Hands that carry are so far below the shoulders, and no farther along, in lengths of the trunk: 0.6 to 1.2, 0.6."""
THIGHS_DEG, LEGS_DEG = (-60.0, 60.0), (-60.0, 40.0)
"""Legs are stretched out behind: they hang by 25 to 50 degrees, or are level."""


def turns(pixels: NDArray[np.floating]) -> NDArray[np.int64]:
    """The clockwise turn (n,), 0, 90, 180 or 270 degrees, after which the body lies prone on its hands.

    `pixels` (n, 33, 2 or more) are landmarks, x to the right, y down; `NONE` where there is no such turn.
    """
    shoulder, hip, knee, ankle, wrist = (
        _middle(pixels, name) for name in ("shoulder", "hip", "knee", "ankle", "wrist")
    )
    parts = np.stack([shoulder - hip, wrist - shoulder, knee - hip, ankle - hip])
    found = np.full(parts.shape[1], NONE)
    for turn in TURNS:
        found[_prone(_turned(parts, int(turn)))] = turn
    return found


def _middle(pixels: NDArray[np.floating], joint: str) -> Floats:
    return np.asarray(pixels[:, [INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]], :2].mean(axis=1), np.float64)


def _turned(parts: Floats, turn_deg: int) -> Floats:
    """Vectors (..., 2) as they point in a picture turned clockwise."""
    x, y = parts[..., 0], parts[..., 1]
    return np.stack({0: (x, y), 90: (-y, x), 180: (-x, -y), 270: (y, -x)}[turn_deg], axis=-1)


def _prone(parts: Floats) -> NDArray[np.bool_]:
    """Whether trunk, arm, thigh and leg (4, n, 2) are those of somebody prone; the unknown are not."""
    trunk, arm, thigh, leg = parts
    length = np.hypot(*trunk.T)
    with np.errstate(invalid="ignore"):
        level = np.abs(trunk[:, 1]) < LEVEL * np.abs(trunk[:, 0])
        carried = (arm[:, 1] > HANDS_BELOW * length) & (np.abs(arm[:, 0]) < HANDS_ALONG * length)
        tailward = -np.sign(trunk[:, 0])
        behind = _within(thigh, tailward, THIGHS_DEG) & _within(leg, tailward, LEGS_DEG)
    return np.asarray(level & carried & behind)


def _within(limb: Floats, tailward: Floats, range_deg: tuple[float, float]) -> NDArray[np.bool_]:
    elevation = np.degrees(np.arctan2(-limb[:, 1], limb[:, 0] * tailward))
    return np.asarray((elevation > range_deg[0]) & (elevation < range_deg[1]))
