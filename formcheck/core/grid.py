"""Second stage: uneven camera times on a steady grid, short gaps bridged, long ones unknown.

Every later stage knows its rate. The value at an instant is interpolated between the seen frames around
it; where these are more than `BRIDGE_S` apart it is unknown (not-a-number).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATE_HZ = 30
"""The grid's rate: what webcams give, and far above what moves in this exercise (under 3 Hz)."""
BRIDGE_S = 0.3
"""The longest gap that is bridged, seconds; a lift takes about one."""
_EARLY_S = 1e-3
"""A frame this much before an instant stands for it: stream times are rounded to milliseconds."""


@dataclass(frozen=True)
class State:
    """The last seen frame, the time reached, and the number of the next instant."""

    last_t: Floats
    last_row: Floats
    now: float = -np.inf
    next: int = 0


def start(columns: int) -> State:
    """Nothing seen yet."""
    return State(np.zeros(0), np.zeros((0, columns)))


def step(state: State, block: tuple[Floats, Floats]) -> tuple[State, Floats]:
    """Rows (m, columns) for the instants `state.next`, `state.next + 1`, ... that can be told by now."""
    time_s, rows = block
    if len(time_s) == 0:
        return state, rows
    seen = ~np.isnan(rows[:, 0])
    if not seen.all():
        t, rows = time_s[seen], rows[seen]
    else:
        t = time_s
    t = np.concatenate([state.last_t, t])
    rows = np.concatenate([state.last_row, rows])
    state = State(t[-1:], rows[-1:], float(time_s[-1]), state.next)
    return _emit(state, t, rows, _settled(state))


def finish(state: State) -> Floats:
    """The instants after the last seen frame: unknown."""
    if not np.isfinite(state.now):
        return state.last_row[:0]
    return _emit(state, state.last_t, state.last_row, state.now)[1]


def _settled(state: State) -> float:
    """The time up to which nothing that comes can change a value."""
    last = float(state.last_t[0]) if len(state.last_t) else -np.inf
    return state.now if state.now - last > BRIDGE_S + _EARLY_S else last


def _emit(state: State, t: Floats, rows: Floats, until: float) -> tuple[State, Floats]:
    stop = max(state.next, int(np.floor((until + _EARLY_S) * RATE_HZ)) + 1)
    instants = np.arange(state.next, stop) / RATE_HZ
    state = State(state.last_t, state.last_row, state.now, stop)
    if len(t) == 0:
        return state, np.full((len(instants), rows.shape[1]), np.nan)
    after = np.searchsorted(t, instants - _EARLY_S)
    before = np.maximum(after - 1, 0)
    beyond = after == len(t)
    after = np.minimum(after, len(t) - 1)
    gap = t[after] - t[before]
    share = np.clip((instants - t[before]) / np.where(gap > 0, gap, 1.0), 0.0, 1.0)
    low, high = rows[before], rows[after]
    values = low + (high - low) * share[:, None]
    unknown = beyond | (gap > BRIDGE_S + _EARLY_S) | ((after == before) & (np.abs(t[after] - instants) > _EARLY_S))
    if unknown.any():
        values[unknown] = np.nan
    return state, values
