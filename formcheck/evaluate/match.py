"""Which found rep is which true rep: by overlap in time, one to one, with the largest overlap in all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from formcheck.data.observations import Floats

Span = tuple[float, float]
MIN_OVERLAP = 0.2
"""Reps that share less than this part of their union are not the same rep: a rep that was missed and an
extra one that touches it would otherwise pass for a right count."""


def match(found: Sequence[Span], true: Sequence[Span]) -> list[tuple[int, int]]:
    """Pairs of indices (found, true) in the order of `found`; spans are (start, end) in seconds.

    A span with a not-a-number is matched with nothing.
    """
    seconds = overlap(found, true)
    pairs = zip(*linear_sum_assignment(seconds, maximize=True), strict=True)
    return [(int(i), int(j)) for i, j in pairs if seconds[i, j] > 0]


def overlap(found: Sequence[Span], true: Sequence[Span]) -> Floats:
    """Shared seconds of each found (rows) with each true rep (columns), 0 where it is too little."""
    a = np.array(found, dtype=np.float64).reshape(-1, 1, 2)
    b = np.array(true, dtype=np.float64).reshape(1, -1, 2)
    shared = np.minimum(a[..., 1], b[..., 1]) - np.maximum(a[..., 0], b[..., 0])
    union = np.maximum(a[..., 1], b[..., 1]) - np.minimum(a[..., 0], b[..., 0])
    enough = (shared > 0) & (shared >= MIN_OVERLAP * union)
    return np.where(enough, shared, 0.0)
