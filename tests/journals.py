"""What the tests of the journal share: recordings to keep, frames of any bits, and the bits that came back."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
from synthetic import recording

from formcheck.data import records
from formcheck.data.journal import Journal
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration, Recording, Source

TWO_REPS = Path(__file__).parent / "data" / "two_reps.npz"
SOURCE = Source("camera 0", "camera", "", 640, 480)
FIRST = Calibration(leg_px=200.0)
SECOND = Calibration(side="right", ball_px=(1.5, 2.25, 80.0), from_s=3.5, model="lite")


def bits(seen: Observations) -> list[bytes]:
    return [getattr(seen, f.name).tobytes() for f in fields(Observations)]


def any_bits(n: int, seed: int) -> Observations:
    """Frames of arbitrary bits: every kind of not-a-number, infinities, both zeros."""
    rng, empty = np.random.default_rng(seed), Observations.empty()
    columns = {}
    for f in fields(Observations):
        model = getattr(empty, f.name)
        size = n * int(np.prod(model.shape[1:])) * model.itemsize
        columns[f.name] = np.frombuffer(rng.bytes(size), model.dtype).reshape(n, *model.shape[1:])
    return Observations(**columns)


def possible(n: int, seed: int) -> Observations:
    """Such frames as a camera can show: any bits behind the sign and the size of each number, nobody in every third."""
    frames = any_bits(n, seed)
    bounded = {f.name: getattr(frames, f.name).copy() for f in fields(Observations)}
    bounded["time_s"] = np.arange(n) / 30
    for name, array in bounded.items():
        if name != "time_s":
            signed = name in ("pixels", "world", "sole")
            whole = array.view(np.uint32)
            whole &= np.uint32(0x807FFFFF if signed else 0x007FFFFF)
            whole |= np.uint32(0x3F000000)  # 0.5 to 1
            if signed or name == "ball":
                whole[::3] |= np.uint32(0x7FC00000)  # not a number, of every kind
    return Observations(**bounded)


def seen(n: int) -> Observations:
    return recording(noise_px=1.0)[0].observations[:n]


def head(**changed: object) -> bytes:
    values = {"recording": 1, "source": {"name": "camera 0"}, "model": "full", "versions": {}, "start": ""}
    return records.pack_values(records.HEAD, values | changed)


def kept(path: Path, made: Recording, size: int = 1) -> Journal:
    """A journal of a whole recording, closed."""
    with Journal(path) as journal:
        journal.begin(made.source, made.model, made.versions)
        for calibration in made.calibrations:
            journal.calibration(calibration)
        journal.room(made.room)
        for k in range(0, len(made.observations), size):
            journal.frames(made.observations[k : k + size])
    return journal
