"""Time along a picture: where instants were left out (`core.grid`), a year takes no more room than the next second."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from formcheck.core.grid import LONGEST_GAP_S

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Along:
    """Pairs of seconds and seconds of the picture's length, rising; straight in between."""

    true_s: tuple[float, ...]
    shown_s: tuple[float, ...]

    @property
    def length_s(self) -> float:
        """The picture's length."""
        return self.shown_s[-1]

    @property
    def knots(self) -> list[list[float]]:
        """The pairs, for the page's script."""
        return [[round(a, 3), round(b, 3)] for a, b in zip(self.true_s, self.shown_s, strict=True)]

    def shown(self, seconds: Floats) -> Floats:
        """Places (n,) along the picture, seconds of its length."""
        if len(self.true_s) == 2:
            return seconds
        return np.interp(seconds, self.true_s, self.shown_s)

    def place(self, second: float) -> float:
        """The same for one time."""
        return float(self.shown(np.array(second)))

    def multiples(self, step_s: float) -> Iterator[float]:
        """Every time that is a multiple of a step, but for those that were left out."""
        last = -1
        for (a, b), (p, q) in zip(_pairs(self.true_s), _pairs(self.shown_s), strict=True):
            if b - a > 1.5 * (q - p):
                continue
            first, stop = max(math.ceil(a / step_s), last + 1), math.floor(b / step_s)
            yield from (number * step_s for number in range(first, stop + 1))
            last = max(stop, last)


def along(time_s: Floats, duration_s: float) -> Along:
    """For instants (n,) of a recording of that length; what comes after the last one takes ten seconds at most."""
    true, shown, left_out = [0.0], [0.0], 0.0
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
    for k in np.flatnonzero(np.diff(time_s) > 1.5 * step_s).tolist():
        a, b = float(time_s[k]), float(time_s[k + 1])
        true += [a, b]
        shown += [a - left_out, a - left_out + step_s]
        left_out += b - a - step_s
    end = float(time_s[-1]) if len(time_s) else 0.0
    if duration_s - end > LONGEST_GAP_S:
        true += [end]
        shown += [end - left_out]
        left_out += duration_s - end - LONGEST_GAP_S
    return Along((*true, duration_s), (*shown, duration_s - left_out))


def _pairs(values: tuple[float, ...]) -> list[tuple[float, float]]:
    return list(pairwise(values))
