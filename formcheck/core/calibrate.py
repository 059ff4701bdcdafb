"""How body and camera stand, from what was seen of the whole clip: a value, found once.

Chosen from the whole body's evidence over all frames in which somebody lies, never frame by frame.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formcheck.core.screen import LENGTH_MIDDLE, LENGTH_SPREAD
from formcheck.data.landmarks import INDEX
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration

Floats = NDArray[np.float64]
DEPTH_JOINTS = ("shoulder", "hip", "knee")


def calibrate(observations: Observations, *, roll_deg: float | None = None) -> Calibration:
    """The calibration of a recording; `roll_deg` fixes the roll where somebody knows it.

    Of an empty recording, or one in which nobody lies, it is the default one.
    """
    lying = observations.pixels[is_lying(observations)].astype(np.float64)
    roll_sd = None if roll_deg is None else 0.5
    if len(lying) == 0:
        return Calibration(roll_deg=roll_deg, roll_sd_deg=roll_sd)
    side = _side(lying)
    return Calibration(
        side=side,
        facing=_facing(lying),
        roll_deg=roll_deg,
        roll_sd_deg=roll_sd,
        leg_px=_leg_px(lying, side),
    )


def is_lying(observations: Observations) -> NDArray[np.bool_]:
    """Frames (T,) in which the trunk is nearer to the horizontal than to the vertical."""
    trunk = _middle_of(observations.pixels, "shoulder") - _middle_of(observations.pixels, "hip")
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(trunk[:, 1]) < np.abs(trunk[:, 0]))


def _middle_of(pixels: NDArray[np.float32], joint: str) -> Floats:
    return np.asarray(pixels[:, [INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]], :2].mean(axis=1), np.float64)


def _side(pixels: Floats) -> str:
    """The flank whose joints are nearer to the camera."""
    nearer = [pixels[:, INDEX[f"right_{j}"], 2] - pixels[:, INDEX[f"left_{j}"], 2] for j in DEPTH_JOINTS]
    return "left" if np.median(np.sum(nearer, axis=0)) > 0 else "right"


def _facing(pixels: Floats) -> str:
    """Where the shoulders are from the hips."""
    ahead = [pixels[:, INDEX[f"{s}_shoulder"], 0] - pixels[:, INDEX[f"{s}_hip"], 0] for s in ("left", "right")]
    return "right" if np.median(np.sum(ahead, axis=0)) > 0 else "left"


def _leg_px(pixels: Floats, side: str) -> float:
    """The usual length of the near leg, hip over knee to ankle, without the frames that are far off it."""
    hip, knee, ankle = (pixels[:, INDEX[f"{side}_{j}"], :2] for j in ("hip", "knee", "ankle"))
    length = np.hypot(*(knee - hip).T) + np.hypot(*(ankle - knee).T)
    usual = np.median(length)
    fits = np.abs(length / usual - LENGTH_MIDDLE) < LENGTH_SPREAD
    return float(np.median(length[fits]))
