"""The first frames of a fall: legs that were still and all at once come down, told before a lowering is.

From the newest signals as they are, half as late as the medians and the longer line of `quick`: single wild values
are told by the calm before them and by the thigh, which falls with the leg, and noise is allowed for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formcheck.core import angles
from formcheck.core.boundaries import CORNER_S
from formcheck.core.grid import RATE_HZ

Floats = NDArray[np.float64]

LINE, CALM = 4, 10
"""The fall is the slope of a line through the last four instants; the ten before them (0.33 s) are calm."""
TAIL = CALM + LINE - 1
"""So many rows before the first are needed."""
CALM_DEG = 0.7
"""Legs held still move by less in that time: they sway by about 1 degree in all, in seconds (`oscillation_max_deg`)."""
NOISE = 2.0
"""The speed is believed less so many standard deviations of its noise."""
LEAST_DEG, MOST_DEG = 0.7, 3.0
"""Where a fall is looked for: less is noise, and with more the lowering is known."""
FOLLOWS = 1 / 3
"""A thigh that falls with the leg has at least this share of its speed: its landmark trails, and trembles more."""


def onsets(rows: Floats) -> Floats:
    """How far (deg) legs had come down in the middle of the line, and how fast (deg/s): (m, 2).

    From rows (TAIL + m, S) of signals, as the angles stage gives them; not-a-number where no fall is seen.
    """
    leg, thigh = rows[:, angles.LEG], rows[:, angles.THIGH]
    lines = _windows(leg, LINE)[CALM:]
    calm = _windows(leg, CALM)[: len(lines)]
    level = calm.max(axis=1)
    fallen = level - lines[:, -1]
    sees = (fallen > LEAST_DEG) & (fallen < MOST_DEG) & (level - calm.min(axis=1) < CALM_DEG)
    if not sees.any():
        return np.full((len(lines), 2), np.nan)
    speed = -_slope(lines) - NOISE * _noise(calm)
    speed = np.minimum(speed, -_slope(_windows(thigh, LINE)[CALM:]) / FOLLOWS)
    found = np.column_stack([level - _mean(lines), speed])
    return np.where((sees & (speed > 0))[:, None], found, np.nan)


def lasting(fallen: float, speed: float, way: float) -> float:
    """Seconds that a lowering by `way` (deg) will last that has come so far (deg) and is so fast (deg/s).

    By its acceleration and by its speed, the mean of both; not-a-number where legs do not fall.
    """
    if not (fallen > 0.0 and speed > 0.0):
        return np.nan
    corner = 2.0 * CORNER_S
    by_acceleration = corner + way / (speed**2 / (2.0 * fallen) * corner)
    by_speed = corner + way / speed
    return float((by_acceleration * by_speed) ** 0.5)


def _windows(values: Floats, n: int) -> Floats:
    """All runs (m, n) of n values."""
    windows: Floats = np.lib.stride_tricks.sliding_window_view(values, n)
    return windows


def _mean(windows: Floats) -> Floats:
    """Of each; term by term, so that no bit depends on how many there are."""
    n = windows.shape[1]
    return _summed(windows, np.full(n, 1.0 / n))


def _slope(lines: Floats) -> Floats:
    """Of the line (deg/s) through each."""
    return _summed(lines, _AWAY / _SPREAD * RATE_HZ)


def _noise(calm: Floats) -> Floats:
    """Standard deviation (deg/s) of a slope, by the second differences of what comes before."""
    bends = calm[:, 2:] - 2.0 * calm[:, 1:-1] + calm[:, :-2]
    scatter = np.sqrt(_mean(bends**2) / (6.0 * _SPREAD))
    return np.asarray(scatter * RATE_HZ, np.float64)


_AWAY = np.arange(LINE, dtype=np.float64) - (LINE - 1) / 2
_SPREAD = float((_AWAY**2).sum())


def _summed(windows: Floats, weights: Floats) -> Floats:
    total: Floats = windows[:, 0] * weights[0]
    for k in range(1, len(weights)):
        total = total + windows[:, k] * weights[k]
    return total
