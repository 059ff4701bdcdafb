"""How things sound: strengths of harmonics, fades, the limit of loudness. Plain arrays, no state."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from formcheck.outputs.voice import RATE

Samples = NDArray[np.float32]

CHUNK = 240
"""Samples that are made in one go (10 ms): sound is the same however it is asked for in blocks."""
CHUNK_S = CHUNK / RATE
RAMP: Samples = (np.arange(1, CHUNK + 1) / CHUNK).astype(np.float32)
"""From just above 0 to 1 within a chunk."""

KNEE, CEILING = 0.8, 0.98
"""Below the knee samples stay as they are; above it they approach the ceiling and never pass it."""


def approach(now: float, goal: float, lag_s: float) -> float:
    """One chunk of the way to `goal` with the time constant `lag_s`, ending exactly there."""
    moved = goal + (now - goal) * math.exp(-CHUNK_S / lag_s)
    return goal if abs(moved - goal) < 1e-4 else moved


def slide(now: float, goal: float, whole_s: float) -> float:
    """One chunk of the way to `goal`, at a speed that takes from 0 to 1 in `whole_s`."""
    most = CHUNK_S / whole_s
    return now + min(max(goal - now, -most), most)


def between(start: float, end: float) -> Samples:
    """A straight line over one chunk, reaching `end` with its last sample."""
    return np.float32(start) + np.float32(end - start) * RAMP


def eased(line: Samples) -> Samples:
    """A fade without corners from one of 0 to 1."""
    return line * line * (3 - 2 * line)


def faded(samples: Samples, start_s: float = 0.003, end_s: float = 0.003) -> Samples:
    """A copy that begins and ends in silence, whatever was cut off there."""
    made = samples.astype(np.float32)
    first, last = (min(round(s * RATE), len(made) // 2) for s in (start_s, end_s))
    made[:first] *= eased(np.linspace(0, 1, first, dtype=np.float32))
    made[len(made) - last :] *= eased(np.linspace(1, 0, last, dtype=np.float32))
    return made


def limited(samples: Samples) -> Samples:
    """The same samples, the loudest bent so that none passes `CEILING`; sample by sample, so cuts do not matter."""
    size = np.abs(samples)
    if not size.size or float(size.max()) <= KNEE:
        return samples
    room = CEILING - KNEE
    bent = np.copysign(KNEE + room * np.tanh((size - KNEE) / room), samples).astype(np.float32)
    return np.where(size > KNEE, bent, samples)
