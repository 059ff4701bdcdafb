"""Fourth stage: single wild values removed, noise smoothed, without shifting anything in time.

A median of five, then a symmetric window of nine instants (0.3 s, Hann weights): zero phase by looking
`LAG` instants ahead, the same in a recording and live. The ends are continued with their last value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MEDIAN = 5
HALF = 4
_HANN = np.hanning(2 * HALF + 3)[1:-1]
WEIGHTS = _HANN / _HANN.sum()
LAG = MEDIAN // 2 + HALF
"""How many instants the output is behind the input (0.2 s at 30 a second)."""


@dataclass(frozen=True)
class State:
    """The last `2 * LAG` rows seen; none before the first."""

    tail: Floats | None = None


def step(state: State, rows: Floats) -> tuple[State, Floats]:
    """Rows (m, S) in, the rows (m', S) out that are `LAG` behind."""
    if len(rows) == 0:
        return state, rows
    tail = np.repeat(rows[:1], LAG, axis=0) if state.tail is None else state.tail
    rows = np.concatenate([tail, rows])
    keep = min(len(rows), 2 * LAG)
    return State(rows[-keep:]), window(rows)


def finish(state: State) -> Floats:
    """The last `LAG` rows, with the end continued."""
    if state.tail is None:
        return np.zeros((0, 0))
    return window(np.concatenate([state.tail, np.repeat(state.tail[-1:], LAG, axis=0)]))


def window(rows: Floats) -> Floats:
    """Rows (n, S) smoothed where the window fits: (n - 2 LAG, S), or none."""
    if len(rows) <= 2 * LAG:
        return rows[:0]
    return weighted(median_of_five(rows))


def median_of_five(rows: Floats) -> Floats:
    """The running median (n - 4, S), from minima and maxima only."""
    a, b, c, d, e = (rows[i : len(rows) - 4 + i] for i in range(MEDIAN))
    low = np.maximum(np.minimum(a, b), np.minimum(c, d))
    high = np.minimum(np.maximum(a, b), np.maximum(c, d))
    return np.maximum(np.minimum(low, high), np.minimum(np.maximum(low, high), e))


def weighted(rows: Floats) -> Floats:
    """The running weighted mean (n - 2 HALF, S); term by term, so that the bits never depend on n."""
    n = len(rows) - 2 * HALF
    total: Floats = rows[HALF : HALF + n] * WEIGHTS[HALF]
    for k in range(HALF):
        total += (rows[k : k + n] + rows[2 * HALF - k : 2 * HALF - k + n]) * WEIGHTS[k]
    return total
