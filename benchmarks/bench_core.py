"""The core alone, from observations to reps: in one block, and frame by frame as live.

Its times are held against fixed pieces of plain numpy: one of few calls on long arrays for the block, one of many
calls on short arrays for single frames, since that is what each is made of.
"""

from __future__ import annotations

import time

import pytest
from material import long_recording
from references import long_arrays, short_arrays
from timing import Benchmark, Figure, Work, in_turn, ratio_of_best, tell

from formcheck import Recording, Session

BLOCK, SINGLE = 36_000, 900  # frames: twenty minutes, half a minute
ROUNDS = 15
by_processor = pytest.mark.benchmark(timer=time.process_time)


@by_processor
def test_block(benchmark: Benchmark) -> None:
    recording = long_recording(BLOCK)
    _measure(benchmark, "core.block", lambda: pushed(recording, BLOCK), lambda: long_arrays(BLOCK), BLOCK)


@by_processor
def test_single(benchmark: Benchmark) -> None:
    recording = long_recording(SINGLE)
    _measure(benchmark, "core.single", lambda: pushed(recording, 1), lambda: short_arrays(SINGLE), SINGLE)


def pushed(recording: Recording, size: int) -> int:
    """The reps of a recording, pushed in blocks of `size` frames."""
    session = Session(recording.calibration, recording.source, recording.model)
    for start in range(0, len(recording.observations), size):
        session.push(recording.observations[start : start + size])
    session.finish()
    return len(session.reps)


def _measure(benchmark: Benchmark, name: str, work: Work, against: Work, frames: int) -> None:
    times, base = in_turn(benchmark, work, against, ROUNDS)
    one, other = min(times) / frames, min(base) / frames
    tell(benchmark, Figure(name, ratio_of_best(times, base), one, other, f"{one * 1e6:.1f} µs a frame"))
