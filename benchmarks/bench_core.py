"""The core alone, from observations to reps: in one block, and frame by frame as live.

Its times are held against varied calls of plain numpy, which is what it is made of.
"""

from __future__ import annotations

import time
from statistics import median

import pytest
from material import long_recording
from references import varied_calls
from timing import Benchmark, Figure, Work, in_turn, ratio, tell

from formcheck import Recording, Session

BLOCK, SINGLE = 36_000, 900  # frames: twenty minutes, half a minute
FRAMES_A_CALL = 100
"""So many frames of a block stand against a round of varied calls; by itself each frame has one."""
ROUNDS = 15
by_processor = pytest.mark.benchmark(timer=time.process_time)


@by_processor
def test_block(benchmark: Benchmark) -> None:
    recording = long_recording(BLOCK)
    _measure(
        benchmark, "core.block", lambda: pushed(recording, BLOCK), lambda: varied_calls(BLOCK // FRAMES_A_CALL), BLOCK
    )


@by_processor
def test_single(benchmark: Benchmark) -> None:
    recording = long_recording(SINGLE)
    _measure(benchmark, "core.single", lambda: pushed(recording, 1), lambda: varied_calls(SINGLE), SINGLE)


def pushed(recording: Recording, size: int) -> int:
    """The reps of a recording, pushed in blocks of `size` frames."""
    session = Session(recording.calibration, recording.source, recording.model)
    for start in range(0, len(recording.observations), size):
        session.push(recording.observations[start : start + size])
    session.finish()
    return len(session.reps)


def _measure(benchmark: Benchmark, name: str, work: Work, against: Work, frames: int) -> None:
    times, base = in_turn(benchmark, work, against, ROUNDS)
    one, other = median(times) / frames, median(base) / frames
    tell(benchmark, Figure(name, ratio(times, base), one, other, f"{one * 1e6:.1f} µs a frame"))
