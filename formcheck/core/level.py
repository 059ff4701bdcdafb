"""Several weak and strong signs of one angle of the camera, put into one.

Each sign (cue) is an angle in degrees with its standard deviation: what hands, body and walls tell of the yaw.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HUBER = 2.0  # a cue this many standard deviations off the others loses weight
ROUNDS = 20


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
