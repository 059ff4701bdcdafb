"""What of a rep concerns the ground: toes above the floor, hands and ball that should stay where they are.

The floor is where the ball lies. How high the soles are above it is known to some centimetres only: where the
toes' landmarks lie in the foot differs by shoe and person. Toes well above the floor surely do not touch it;
toes near it may.
"""

from __future__ import annotations

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from formcheck.core import angles
from formcheck.core.numbers import known_median
from formcheck.core.posemodel import PoseModel

Floats = NDArray[np.float64]

LEG_M = 0.8
"""Hip over knee to ankle of an adult: 0.49 of the stature (Winter 2009, table 4.1), 0.72 to 0.93 m."""
TOUCH_M = 0.005
"""Lower than this, shoes and floor are in contact."""
LOWEST = 0.05
"""Share of the instants left out at both ends of a range, so that single jumps do not count."""


def ground(signals: Floats, whole: slice, lowering: float, model: PoseModel) -> dict[str, float]:
    """Columns of one rep that is `whole` of signals (n, S), its legs coming down from `lowering` on."""
    rep = signals[whole]
    moved = [_range(rep[:, column]) for column in (angles.SUPPORT, angles.BALL)]
    clearance = _clearance(signals, lowering, model)
    surely_clear = clearance - 2.0 * model.toe_sd_m > TOUCH_M
    return {
        "toe_clearance_m": clearance,
        "touch_s": 0.0 if surely_clear else np.nan,
        "touch_start_s": np.nan,
        "support_shift_m": float(np.fmax(moved[0], moved[1])) * LEG_M,
        "ball_offset_m": known_median(rep[:, angles.HIP_TAIL] - rep[:, angles.BALL]) * LEG_M,
    }


def _clearance(signals: Floats, lowering: float, model: PoseModel) -> float:
    """The least height of the toes above the floor after the hold, metres."""
    if not isfinite(lowering):
        return np.nan
    height = signals[max(0, int(lowering)) :, angles.TOE]
    known = np.sort(height[np.isfinite(height)])
    return float(known[int(len(known) * LOWEST)]) * LEG_M - model.toe_zero_m if len(known) else np.nan


def _range(values: Floats) -> float:
    known = np.sort(values[np.isfinite(values)])
    out = int(len(known) * LOWEST)
    return float(known[-1 - out] - known[out]) if len(known) else np.nan
