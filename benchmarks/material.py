"""What is measured on: cuts of the samples, and recordings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np

from formcheck import Observations, Recording

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "samples" / "clip10.mp4"
RECORDING = ROOT / "tests" / "data" / "two_reps.npz"


def cut(source: Path, target: Path, frames: int) -> Path:
    """The first frames of a video, copied without coding them again."""
    with av.open(str(source)) as given, av.open(str(target), "w") as part:
        seen = given.streams.video[0]
        stream = part.add_stream_from_template(seen)
        for number, packet in enumerate(given.demux(seen)):
            if number >= frames or packet.dts is None:
                break
            packet.stream = stream
            part.mux(packet)
    return target


def long_recording(frames: int) -> Recording:
    """So many frames of a recording, over and over."""
    recording = Recording.load(RECORDING)
    seen = recording.observations
    step_s = float(np.median(np.diff(seen.time_s)))
    length_s = float(seen.time_s[-1] - seen.time_s[0]) + step_s
    copies = -(-frames // len(seen))
    parts = [replace(seen, time_s=seen.time_s + number * length_s) for number in range(copies)]
    return replace(recording, observations=Observations.join(parts)[:frames])
