"""Small numerics that numpy does slowly for short arrays."""

from __future__ import annotations

from math import isnan, nan

import numpy as np
from numpy.typing import NDArray


def median(values: NDArray[np.float64]) -> float:
    """The median of (n,), n > 0: as `numpy.median`, twenty times as fast for a dozen values."""
    ordered = sorted(values.tolist()) if len(values) < 64 else np.sort(values).tolist()
    total = sum(ordered)
    if isnan(total):
        return nan
    half = len(ordered) // 2
    return float(ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2)


def known_median(values: NDArray[np.float64]) -> float:
    """The median of what is known of (n,); not-a-number where nothing is."""
    known = values[np.isfinite(values)]
    return median(known) if len(known) else nan


def largest(values: NDArray[np.float64]) -> tuple[float, float]:
    """Index and value of the largest known value of (n,); not-a-number twice where nothing is known."""
    if len(values) == 0:
        return nan, nan
    at = values.argmax()  # the first unknown one, if there is one
    if not isnan(values[at]):
        return float(at), float(values[at])
    known = np.isfinite(values).nonzero()[0]
    if len(known) == 0:
        return nan, nan
    at = known[values[known].argmax()]
    return float(at), float(values[at])


def longest(flags: NDArray[np.bool_]) -> int:
    """Of the runs in (n,) that are true, the number in the longest.

    >>> longest(np.array([True, False, True, True]))
    2
    """
    if not flags.any():
        return 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max())


def not_below_zero(value: float) -> float:
    """`value`, or 0 where it is less; not-a-number stays one, which `max` would hide."""
    return 0.0 if value < 0.0 else value
