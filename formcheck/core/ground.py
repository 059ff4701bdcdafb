"""What of a rep concerns the ground: toes above the floor, hands and ball that should stay where they are.

The floor is where the ball lies. By landmarks the height of the soles above it is known to some centimetres only:
where they lie in the foot differs by shoe and person. Feet whose edge and shadow were seen are known to one. Toes well
above the floor surely do not touch it; nobody holds feet still less than `HOVER_M` above it; between the two they may.
"""

from __future__ import annotations

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from formcheck.core import angles
from formcheck.core.grid import RATE_HZ
from formcheck.core.numbers import known_median
from formcheck.core.posemodel import PoseModel

Floats = NDArray[np.float64]

LEG_M = 0.8
"""Hip over knee to ankle of an adult: 0.49 of the stature (Winter 2009, table 4.1), 0.72 to 0.93 m."""
TOUCH_M = 0.005
"""Lower than this, shoes and floor are in contact."""
HOVER_M = 0.025
"""Feet that do not touch turn round higher than this: what is surely lower stands on the floor."""
SOLE_ZERO_M, SOLE_SD_M = 0.011, 0.0065
"""The feet's edge seems so far above its shadow on the floor when they stand on it, and how much that varies from clip
to clip: 19 rendered ones with eight bodies, 0 to 6 cm above the floor."""
STANDS_M = 0.007
"""While they stand the feet seem to be within this of their lowest."""
SEEN = RATE_HZ // 10
"""Feet were looked at for half a second if so many instants are left after smoothing; a single look may be wrong."""
AGREE_M = 0.02
"""Looks that differ by more, the feet's own movement taken off, saw something else."""
LOWEST = 0.05
"""Share of the instants left out at both ends of a range, so that single jumps do not count."""


def ground(signals: Floats, whole: slice, lowering: float, model: PoseModel, *, live: bool = False) -> dict[str, float]:
    """Columns of one rep that is `whole` of signals (n, S), its legs coming down from `lowering` on.

    In a `live` session the floor is where the ball seemed to lie at the beginning, which may be centimetres off: then
    landmarks alone do not say that feet are clear of it.
    """
    rep = signals[whole]
    moved = [_range(rep[:, column]) for column in (angles.SUPPORT, angles.BALL)]
    clearance = _clearance(signals, lowering, model)
    return {
        "toe_clearance_m": clearance,
        **_touch(signals, lowering, clearance - 2.0 * model.toe_sd_m > TOUCH_M, enough=not live),
        "support_shift_m": float(np.fmax(moved[0], moved[1])) * LEG_M,
        "ball_offset_m": known_median(rep[:, angles.HIP_TAIL] - rep[:, angles.BALL]) * LEG_M,
    }


def _clearance(signals: Floats, lowering: float, model: PoseModel) -> float:
    """The least height of the toes above the floor after the hold, metres."""
    if not isfinite(lowering):
        return np.nan
    return _lowest(signals[max(0, int(lowering)) :, angles.TOE]) * LEG_M - model.toe_zero_m


def _touch(signals: Floats, lowering: float, clear: bool, *, enough: bool) -> dict[str, float]:
    """How long the feet stand on the floor after the hold, and from when on, seconds from the first signal.

    `clear` says that by landmarks they surely do not, whether or not that is `enough`; where the picture says that they
    do, nothing is known.
    """
    unknown, none = {"touch_s": np.nan, "touch_start_s": np.nan}, {"touch_s": 0.0, "touch_start_s": np.nan}
    height = _seen_height(signals[max(0, int(lowering)) :] if isfinite(lowering) else signals[:0])
    lowest = _lowest(height)
    if lowest + 2.0 * SOLE_SD_M < HOVER_M:
        stands = np.nonzero(height < lowest + STANDS_M)[0]
        start = (len(signals) - len(height) + stands[0]) / RATE_HZ
        return unknown if clear else {"touch_s": len(stands) / RATE_HZ, "touch_start_s": float(start)}
    return none if (clear and enough) or lowest - 2.0 * SOLE_SD_M > TOUCH_M else unknown


def _seen_height(signals: Floats) -> Floats:
    """The soles above the floor, metres: how high from looks that agree, how they move from the landmarks."""
    toes = signals[:, angles.TOE]
    above = signals[:, angles.SOLE] - toes
    known = above[np.isfinite(above)]
    if len(known) < SEEN or np.ptp(known) * LEG_M > AGREE_M:
        known = known[:0]
    return np.asarray((toes + known_median(known)) * LEG_M - SOLE_ZERO_M)


def _lowest(height: Floats) -> float:
    known = np.sort(height[np.isfinite(height)])
    return float(known[int(len(known) * LOWEST)]) if len(known) else np.nan


def _range(values: Floats) -> float:
    known = np.sort(values[np.isfinite(values)])
    out = int(len(known) * LOWEST)
    return float(known[-1 - out] - known[out]) if len(known) else np.nan
