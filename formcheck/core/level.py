"""The level: several weak and strong signs of how far the picture is turned, put into one.

Each sign (cue) is an angle in degrees with its standard deviation: the straight edges of the room, hands
and toes on one floor. The roll found has the sign of `Calibration.roll_deg`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HUBER = 2.0  # a cue this many standard deviations off the others loses weight
ROUNDS = 20
STANDING_SD_DEG = 2.5  # landmarks of hands and toes lie above the floor by centimetres
CAMERA_SLOPE = 0.35  # camera's height over its distance, as webcams stand: 0.15 to 0.5


def fuse(cues: Iterable[tuple[float, float]]) -> tuple[float, float] | None:
    """One angle and its standard deviation from cues (deg, sd); `None` without a usable cue.

    Weights are 1 / sd², less for a cue that is off all others (Huber 1964). Where the cues disagree more
    than their standard deviations allow, that of the result grows by the Birge ratio (Birge 1932).
    Cues with a not-a-number count as none; raises `ValueError` for a standard deviation of 0 or less.
    """
    table = np.array([cue for cue in cues if np.isfinite(cue).all()], np.float64).reshape(-1, 2)
    if not len(table):
        return None
    deg, sd = table.T
    if (sd <= 0).any():
        raise ValueError(f"level: standard deviations must be above 0, not {sd.min():g}")
    mean, weight = _huber(deg, sd)
    disagreement = float((weight * (deg - mean) ** 2).sum()) / max(1, len(deg) - 1)
    return mean, float(np.sqrt(max(1.0, disagreement) / weight.sum()))


def _huber(deg: Floats, sd: Floats) -> tuple[float, Floats]:
    """The robust mean and the weights it has, from the most trusted value on."""
    mean = _weighted_median(deg, 1 / sd**2)
    weight = 1 / sd**2
    for _ in range(ROUNDS):
        weight = np.minimum(1.0, HUBER / np.maximum(abs(deg - mean) / sd, 1e-9)) / sd**2
        mean = float((weight * deg).sum() / weight.sum())
    return mean, weight


def _weighted_median(values: Floats, weight: Floats) -> float:
    order = np.argsort(values)
    share = weight[order].cumsum() / weight.sum()
    return float(values[order][np.searchsorted(share, 0.5)])


def floor_cue(hands: Floats, toes: Floats, *, yaw_sd_deg: float = 15.0) -> tuple[float, float] | None:
    """Roll (deg, sd) from hands and toes that rest on one floor; `None` where they are not seen.

    `hands` and `toes` (T, 2): the middle of both sides in the picture, pixels; the toes are taken at the
    frames in which they are lowest. Weak: a camera turned by an unknown yaw sees the floor line slope by
    about its height over its distance times tan(yaw).
    """
    seen = np.isfinite(hands).all(axis=1) & np.isfinite(toes).all(axis=1)
    if not seen.any():
        return None
    low = toes[seen][:, 1] >= np.quantile(toes[seen][:, 1], 0.9)
    across, down = np.median(toes[seen][low] - hands[seen][low], axis=0)
    if abs(across) < 1e-6:
        return None
    slope = np.degrees(CAMERA_SLOPE * np.tan(np.radians(min(yaw_sd_deg, 60.0))))
    return float(np.degrees(np.arctan(down / across))), float(np.hypot(STANDING_SD_DEG, slope))
