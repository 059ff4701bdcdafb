"""The core alone, from observations to reps: in one block, and frame by frame as live.

Its times are held against fixed pieces of plain numpy, timed in turn with it: one of few calls on long
arrays for the block, one of many calls on short arrays for single frames, since that is what each is made of.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from timing import Figure, ratio_of_best, turns

from formcheck import Observations, Recording, Session
from formcheck.data.landmarks import COUNT

RECORDING = Path(__file__).resolve().parents[1] / "tests" / "data" / "two_reps.npz"
BLOCK, SINGLE = 36_000, 900  # frames: twenty minutes, half a minute
ROUNDS = 15
PIECE = 512
CALLS = 100


def measure(block: int = BLOCK, single: int = SINGLE, rounds: int = ROUNDS) -> list[Figure]:
    """Times of one frame over times of the references."""
    recording = Recording.load(RECORDING)
    long, short = repeated(recording, block), repeated(recording, single)
    whole, base = turns((lambda: pushed(long, block), lambda: long_arrays(block)), rounds, time.process_time)
    alone, calls = turns((lambda: pushed(short, 1), lambda: short_arrays(single)), rounds, time.process_time)
    return [_figure("core.block", whole, base, block), _figure("core.single", alone, calls, single)]


def _figure(name: str, times: list[float], base: list[float], frames: int) -> Figure:
    one, other = min(times) / frames, min(base) / frames
    return Figure(name, ratio_of_best(times, base), one, other, f"{one * 1e6:.1f} µs a frame")


def pushed(recording: Recording, size: int) -> int:
    """The reps of a recording, pushed in blocks of `size` frames."""
    session = Session(recording.calibration, recording.source, recording.model)
    for start in range(0, len(recording.observations), size):
        session.push(recording.observations[start : start + size])
    session.finish()
    return len(session.reps)


def repeated(recording: Recording, frames: int) -> Recording:
    """So many frames of a recording, over and over."""
    seen = recording.observations
    step_s = float(np.median(np.diff(seen.time_s)))
    length_s = float(seen.time_s[-1] - seen.time_s[0]) + step_s
    copies = -(-frames // len(seen))
    parts = [replace(seen, time_s=seen.time_s + number * length_s) for number in range(copies)]
    return replace(recording, observations=Observations.join(parts)[:frames])


def long_arrays(frames: int) -> None:
    """An angle of each landmark, in pieces that stay in the processor's cache, and two short calls a frame.

    Long arrays and short calls slow down differently on a busy machine; the core has both, as each rep is measured
    by itself.
    """
    angles = np.linspace(-3.0, 3.0, PIECE * COUNT).reshape(PIECE, COUNT)
    for _ in range(frames // PIECE):
        np.arctan2(np.sin(angles), np.cos(angles))
    short_arrays(frames, 2)


def short_arrays(frames: int, calls: int = CALLS) -> None:
    """So many calls a frame on the coordinates of one body."""
    body = total = np.linspace(0.0, 1.0, 3 * COUNT).reshape(COUNT, 3)
    for _ in range(frames * calls):
        total = np.add(total, body)
