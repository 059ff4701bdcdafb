"""The core alone, from observations to reps: in one block, and frame by frame as live.

Its times are held against those of the core as it was (`before.py`) on the same observations.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from before import before
from material import long_recording
from timing import Benchmark, Figure, in_turn, ratio, tell

from formcheck import Recording, Session

BLOCK, SINGLE = 9_000, 900  # frames: five minutes, half a minute
ROUNDS = 15
by_processor = pytest.mark.benchmark(timer=time.process_time)


@by_processor
def test_block(benchmark: Benchmark) -> None:
    _measure(benchmark, "core.block", long_recording(BLOCK), BLOCK)


@by_processor
def test_single(benchmark: Benchmark) -> None:
    _measure(benchmark, "core.single", long_recording(SINGLE), 1)


def pushed(recording: Recording, size: int, judge: Callable[..., Any] = Session) -> int:
    """The reps of a recording, pushed in blocks of `size` frames."""
    session = judge(recording.calibration, recording.source, recording.model)
    for start in range(0, len(recording.observations), size):
        session.push(recording.observations[start : start + size])
    session.finish()
    return len(session.reps)


def _measure(benchmark: Benchmark, name: str, recording: Recording, size: int) -> None:
    old = before("session").Session
    times, base = in_turn(benchmark, lambda: pushed(recording, size), lambda: pushed(recording, size, old), ROUNDS)
    frames = len(recording.observations)
    one, other = median(times) / frames, median(base) / frames
    tell(benchmark, Figure(name, ratio(times, base), one, other, f"{one * 1e6:.1f} µs a frame"))
