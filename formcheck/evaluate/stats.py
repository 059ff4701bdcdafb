"""What a heap of errors comes to."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from formcheck.data.observations import Floats


@dataclass(frozen=True)
class Stats:
    """Errors in their own unit; all but `n` are not-a-number where there are too few.

    low, high  limits of agreement, bias ± 1.96 standard deviations (Bland and Altman, Lancet 1986);
               every error counts alike, also those of one clip, which resemble each other
    p95        95th percentile of the absolute error, linear between neighbours
    worst      largest absolute error
    """

    n: int
    bias: float = math.nan
    mae: float = math.nan
    rmse: float = math.nan
    p95: float = math.nan
    worst: float = math.nan
    low: float = math.nan
    high: float = math.nan


def describe(errors: Floats) -> Stats:
    """Statistics of the finite ones of errors (n,)."""
    errors = errors[np.isfinite(errors)]
    if len(errors) == 0:
        return Stats(0)
    size, bias = np.abs(errors), float(np.mean(errors))
    spread = 1.96 * float(np.std(errors, ddof=1)) if len(errors) > 1 else math.nan
    return Stats(
        n=len(errors),
        bias=bias,
        mae=float(np.mean(size)),
        rmse=math.sqrt(float(np.mean(size**2))),
        p95=float(np.percentile(size, 95)),
        worst=float(np.max(size)),
        low=bias - spread,
        high=bias + spread,
    )


def share(part: int, whole: int) -> float:
    """Part of whole, not-a-number of nothing."""
    return part / whole if whole else math.nan
