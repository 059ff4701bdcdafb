"""A clip as it is, what a transformation makes of it, and the file of that.

A transformation takes a `Clip` and a strength and gives what is to be written; nothing is random but by a fixed seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.data.landmarks import INDEX
from formcheck.data.result import Result
from formcheck.inputs.video import Picture, Video

Floats = NDArray[np.float64]
MS = Fraction(1, 1000)
FPS = 30
CHAINS = (("ear", "shoulder", "hip", "knee", "ankle", "foot_index"), ("shoulder", "elbow", "wrist", "index"))
LIMB = 0.3
"""How thick limbs are drawn, in legs."""


class Shot(NamedTuple):
    """A picture (height, width, 3) and its stamp in seconds."""

    time_s: float
    picture: Picture


@dataclass(frozen=True)
class Clip:
    """A clip as it is, and what was found in it."""

    path: Path
    result: Result

    def shots(self) -> Iterator[Shot]:
        """Its pictures, decoded anew."""
        with Video(self.path) as video:
            for time_s, picture in video:
                yield Shot(time_s, picture)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        source = self.result.recording.source
        return source.width, source.height

    @property
    def times(self) -> dict[str, float]:
        """Boundaries of the rep in the middle, seconds."""
        reps = self.result.reps
        return reps[len(reps) // 2].numbers

    @property
    def length_s(self) -> float:
        """Seconds."""
        return self.result.recording.source.duration_s

    def body(self, time_s: float) -> Picture:
        """1 where body and ball are, else 0: limbs drawn thick along what was found."""
        recording = self.result.recording
        seen = recording.observations
        joints = seen.pixels[min(int(np.searchsorted(seen.time_s, time_s)), len(seen) - 1), :, :2]
        covered = np.zeros(self.size[::-1], np.uint8)
        if np.isfinite(joints).all():
            for side in ("left", "right"):
                for chain in CHAINS:
                    line = joints[[INDEX[f"{side}_{joint}"] for joint in chain]].round().astype(np.int32)
                    cv2.polylines(covered, [line], False, 1, max(1, round(LIMB * recording.calibration.leg_px)))
        if recording.calibration.ball_px is not None:
            x, y, radius = (round(value) for value in recording.calibration.ball_px)
            cv2.circle(covered, (x, y), round(1.05 * radius), 1, -1)
        return covered


@dataclass(frozen=True)
class Made:
    """What is to be written.

    was     gives the time of the clean clip that is seen at a time of this one
    aspect  width over height of a pixel
    plain   written as MPEG-4 in Matroska, whose stamps may be anything; else as H.264 in MP4
    """

    shots: Iterator[Shot]
    was: Callable[[float], float] = field(default=lambda time_s: time_s)
    aspect: Fraction = Fraction(1)
    crf: int = 18
    plain: bool = False


Transform = Callable[[Clip, float], Made]


def write(made: Made, folder: Path, stem: str) -> Path:
    """The file of what was made."""
    path = folder / f"{stem}{'.mkv' if made.plain else '.mp4'}"
    with av.open(str(path), "w") as file:
        stream: av.VideoStream | None = None
        for number, (time_s, picture) in enumerate(made.shots):
            stream = stream or _stream(file, made, picture)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "bgr24")
            frame.time_base = stream.codec_context.time_base
            frame.pts = number if made.plain else round(time_s / MS)
            for packet in stream.encode(frame):
                if made.plain:  # its coder counts pictures
                    packet.pts = packet.dts = round(time_s / MS)
                    packet.time_base = MS
                file.mux(packet)
        if stream is not None and not made.plain:
            file.mux(stream.encode())
    return path


def _stream(file: av.container.OutputContainer, made: Made, picture: Picture) -> av.VideoStream:
    stream = file.add_stream("mpeg4" if made.plain else "libx264", rate=FPS)
    stream.height, stream.width = picture.shape[:2]
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = Fraction(1, FPS) if made.plain else MS
    stream.codec_context.sample_aspect_ratio = made.aspect
    if made.plain:
        stream.bit_rate = 6_000_000
    else:
        stream.options = {"preset": "veryfast", "crf": str(made.crf)}
    return stream


def each(change: Callable[[Picture, float, int], Picture], **others: object) -> Callable[[Clip], Made]:
    """What changes every picture for itself, given its time and its number."""

    def make(clip: Clip) -> Made:
        return Made((Shot(t, change(p, t, n)) for n, (t, p) in enumerate(clip.shots())), **others)  # type: ignore[arg-type]

    return make
