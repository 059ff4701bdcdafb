"""The table of frames: the angles of every sample, and the phase of the rep it belongs to.

Outside of the reps there is `rest` where somebody lies in position, and nothing where not: a phase that belongs to no
rep of the table of reps is never shown.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from formcheck.core import angles, exercise
from formcheck.data.result import ANGLES, PHASES, TIMES, Frames, Rep

Floats = NDArray[np.float64]


def frames(signals: Floats, postures: Floats, time_s: Floats, reps: Sequence[Rep]) -> Frames:
    """Of smoothed signals (n, S) with their postures (n,) and times (n,), seconds."""
    known = np.isfinite(signals[:, angles.LEG])
    ready = known & np.isin(postures, exercise.IN_POSITION)
    phase = np.where(ready, PHASES.index("rest"), -1).astype(np.int8)
    number = np.zeros(len(signals), np.int32)
    for rep in reps:
        edges = _edges(time_s, rep)
        number[edges[0] : edges[3]] = rep.rep
        for name, start, stop in zip(PHASES[1:], edges[:-1], edges[1:], strict=True):
            phase[start:stop] = np.where(known[start:stop], PHASES.index(name), -1)
    told = ready | (number > 0)
    values = {name: np.where(told, signals[:, angles.SIGNALS.index(name)], np.nan) for name in ANGLES}
    return Frames(time_s, known, values, phase, number)


def _edges(time_s: Floats, rep: Rep) -> NDArray[np.intp]:
    """Where the phases of a rep begin and the last one ends; one whose end is unknown is not shown."""
    times, last = [], rep.numbers[TIMES[0]]
    for name in TIMES:
        last = max(last, rep.numbers[name]) if np.isfinite(rep.numbers[name]) else last
        times.append(last)
    return np.searchsorted(time_s, times)
