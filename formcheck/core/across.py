"""What is not known because the camera moved: samples seen meanwhile, and the numbers of reps that reach across."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from formcheck.core.grid import RATE_HZ
from formcheck.data.result import TIMES

Floats = NDArray[np.float64]
Span = tuple[float, float]
"""From when to when the camera moved, seconds; it still does where the end is infinite."""

EDGE_S = 0.2
"""So long before and after, smoothed signals (`smooth.LAG`) and a landmark net that follows a body hold both views."""


def reaches(spans: Sequence[Span], start_s: float, end_s: float) -> bool:
    """Whether what lasts from `start_s` to `end_s` is seen while the camera moves."""
    return any(first - EDGE_S <= end_s and start_s <= last + EDGE_S for first, last in spans)


def numbers(
    spans: Sequence[Span], measured: dict[str, float], from_s: float, instants: tuple[int, int]
) -> dict[str, float]:
    """The numbers of a rep; where it reaches across a move, only when it began and times that lie well off the move.

    It lasts from one to the other of two instants, counted from `from_s`, as far as nothing closer is known.
    """
    low_s, close_s = (from_s + at / RATE_HZ for at in instants)
    start_s, end_s = measured[TIMES[0]], measured[TIMES[-1]]
    if not reaches(spans, start_s if np.isfinite(start_s) else low_s, end_s if np.isfinite(end_s) else close_s):
        return measured
    known = {name for name in TIMES if not reaches(spans, measured[name], measured[name])} | {TIMES[0]}
    return {name: value if name in known else np.nan for name, value in measured.items()}


def signals(spans: Sequence[Span], rows: Floats, time_s: Floats) -> Floats:
    """Signals (n, S) of these times without those seen while the camera moved."""
    if not spans:
        return rows
    rows = rows.copy()
    for begin, end in spans:
        rows[(time_s >= begin - EDGE_S) & (time_s <= end + EDGE_S)] = np.nan
    return rows
