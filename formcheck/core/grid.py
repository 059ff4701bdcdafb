"""Second stage: uneven camera times on a steady grid, short gaps bridged, long ones unknown.

Every later stage knows its rate. The value at an instant is interpolated between the seen frames around
it; where these are more than `BRIDGE_S` apart it is unknown (not-a-number).

Where no frame came for longer than `LONGEST_GAP_S` the grid has no more instants than for that long, so that it
costs the same whether the camera slept for a minute or for a year; `seconds` tells when an instant truly was.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATE_HZ = 30
"""The grid's rate: what webcams give, and far above what moves in this exercise (under 3 Hz)."""
BRIDGE_S = 0.3
"""The longest gap that is bridged, seconds; a lift takes about one."""
LONGEST_GAP_S = 10.0
"""Beyond this instants in which nobody knows anything are left out: whatever was going on before has ended by then."""
_EARLY_S = 1e-3
"""A frame this much before an instant stands for it: stream times are rounded to milliseconds."""


@dataclass(frozen=True)
class State:
    """The last seen frame, the time reached, and the number of the next instant; times less what was left out.

    clock    when the last frame truly was, seconds
    skipped  for each time that instants were left out: the number of the first one after it, and how many are
             missing before that one in all
    """

    last_t: Floats
    last_row: Floats
    now: float = -np.inf
    next: int = 0
    clock: float = 0.0
    skipped: tuple[tuple[int, float], ...] = ()


def start(columns: int) -> State:
    """Nothing seen yet."""
    return State(np.zeros(0), np.zeros((0, columns)))


def seconds(state: State, instant: int) -> float:
    """When an instant was, seconds."""
    at = bisect_right(state.skipped, (instant, np.inf))
    return (instant + state.skipped[at - 1][1]) / RATE_HZ if at else instant / RATE_HZ


def all_seconds(state: State, first: int, count: int) -> Floats:
    """When `count` instants from `first` on were, seconds (count,)."""
    instants = first + np.arange(count)
    if not state.skipped:
        return np.asarray(instants / RATE_HZ)
    starts, missing = np.array(state.skipped).T
    before = np.searchsorted(starts, instants, side="right")
    return np.asarray((instants + np.concatenate([[0.0], missing])[before]) / RATE_HZ)


def step(state: State, block: tuple[Floats, Floats]) -> tuple[State, Floats]:
    """Rows (m, columns) for the instants `state.next`, `state.next + 1`, ... that can be told by now."""
    time_s, rows = block
    if len(time_s) == 0:
        return state, rows
    clock, skipped = float(time_s[-1]), state.skipped
    if skipped or clock - state.clock > LONGEST_GAP_S:
        skipped, time_s = _shortened(state, time_s)
    seen = ~np.isnan(rows[:, 0])
    if not seen.all():
        t, rows = time_s[seen], rows[seen]
    else:
        t = time_s
    t = np.concatenate([state.last_t, t])
    rows = np.concatenate([state.last_row, rows])
    state = State(t[-1:], rows[-1:], float(time_s[-1]), state.next, clock, skipped)
    return _emit(state, t, rows, _settled(state))


def _shortened(state: State, time_s: Floats) -> tuple[tuple[tuple[int, float], ...], Floats]:
    """What is left out by now, and times (n,) less that."""
    gaps = np.diff(np.maximum(time_s, 0.0), prepend=max(state.clock, 0.0))
    left_out = np.maximum(np.floor((gaps - LONGEST_GAP_S) * RATE_HZ), 0.0)
    before = state.skipped[-1][1] if state.skipped else 0.0
    missing = np.cumsum(np.concatenate([[before], left_out]))[1:]
    shortened = time_s - missing / RATE_HZ
    found = [(_after(shortened[k]), float(missing[k])) for k in left_out.nonzero()[0].tolist()]
    return (*state.skipped, *found), shortened


def _after(time_s: float) -> int:
    """The instant in the middle of the gap that ends at this time: reps on either side are far from it."""
    return int((time_s - LONGEST_GAP_S / 2) * RATE_HZ)


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
    state = State(state.last_t, state.last_row, state.now, stop, state.clock, state.skipped)
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
