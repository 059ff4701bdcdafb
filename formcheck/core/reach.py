"""Where a lift will stop, told while it goes on; when it began and stopped, told soon after.

A quick voluntary movement follows the minimum-jerk curve (Flash & Hogan, J Neurosci 1985, 5:1688), so the part
already seen tells the rest: of all heights the lift may be meant to reach, the right one is that for which the
share of the movement's time, read off the curve from the rise so far, runs evenly.
"""

from __future__ import annotations

from math import nan

import numpy as np
from numpy.typing import NDArray

from formcheck.core.boundaries import TENTH

Floats = NDArray[np.float64]

_TIME = np.linspace(0.0, 1.0, 201)
_WAY = _TIME**3 * (10.0 - 15.0 * _TIME + 6.0 * _TIME**2)
FURTHEST = 1.0 / float(np.interp(0.5, _TIME, _WAY))
"""Heights tried reach to where the lift would be half-way in time: before that its start alone tells too little."""
TRIED = np.geomspace(1.005, FURTHEST, 40)
"""Heights tried, as multiples of the rise so far."""
LEAST_DEG = 1.0
"""The rise counts from here: below it is noise."""
LEAST_SEEN = 6
"""Instants needed."""
KNOWN_FROM = 0.6
"""Before this share of its time a lift's end cannot be told within some 4 degrees."""


def reach(rise: Floats) -> float:
    """The height (deg) at which a lift will stop: rise (n,) deg above its start at even instants, the last one now.

    Not-a-number while too little of the lift is seen.
    """
    below = (rise <= max(LEAST_DEG, 0.03 * rise[-1])).nonzero()[0] if len(rise) else np.zeros(0, int)
    seen = rise[below[-1] + 1 :] if len(below) else rise
    if len(seen) < LEAST_SEEN or not np.isfinite(seen).all():
        return np.nan
    heights = seen[-1] * TRIED
    share = np.interp(np.minimum(seen / heights[:, None], 1.0), _WAY, _TIME)
    at = int(_unevenness(share, heights).argmin())
    return float(heights[at]) if share[at, -1] >= KNOWN_FROM else np.nan


def _unevenness(share: Floats, heights: Floats) -> Floats:
    """Squared degrees (k,) by which each height's shares (k, n) leave a straight line over time."""
    slope = 30.0 * (share * (1.0 - share)) ** 2 * heights[:, None]
    weight = slope**2 + 1e-6
    total = weight.sum(axis=1, keepdims=True)
    t = np.arange(share.shape[1]) - (weight * np.arange(share.shape[1])).sum(axis=1, keepdims=True) / total
    away = share - (weight * share).sum(axis=1, keepdims=True) / total
    rate = (weight * t * away).sum(axis=1, keepdims=True) / (weight * t * t).sum(axis=1, keepdims=True)
    return np.asarray((weight * (away - rate * t) ** 2).sum(axis=1))


def lift_times(curve: Floats, first: int, low: float, high: float) -> tuple[float, float]:
    """Start and end of a minimum-jerk lift (instants) from when a tenth, half and nine tenths of it were done."""
    share = (curve - low) / (high - low) if high > low else np.zeros(0)
    tenth, half, ninth = (_last_below(share, level) for level in (0.1, 0.5, 0.9))
    stretch = 0.5 / (0.5 - TENTH)
    return first + half - stretch * (half - tenth), first + half + stretch * (ninth - half)


def _last_below(share: Floats, level: float) -> float:
    where = (share[:-1] < level).nonzero()[0]
    if len(where) == 0 or share[where[-1] + 1] == share[where[-1]]:
        return nan
    at = int(where[-1])
    return at + float((level - share[at]) / (share[at + 1] - share[at]))
