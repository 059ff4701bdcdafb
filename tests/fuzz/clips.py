"""Small whole videos in six containers, to be damaged: a person on a ball, with sound, written by PyAV."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import av
import numpy as np

SAMPLE = Path(__file__).parents[2] / "samples" / "clip10.mp4"
FRAMES, RATE, SIZE = 40, 30, (320, 240)
HELD = TemporaryDirectory(prefix="fuzz-clips-")


class Kind(NamedTuple):
    """A container by its ending, and the codes of its picture and of its sound."""

    ending: str
    picture: str
    sound: str = ""


KINDS = (
    *(Kind("mp4", "libx264", "aac"), Kind("mp4", "libx265", "aac"), Kind("mp4", "mpeg4")),
    *(Kind("mov", "libx264", "pcm_s16le"), Kind("mov", "mjpeg"), Kind("mov", "prores_ks")),
    *(Kind("mkv", "libx264", "aac"), Kind("mkv", "libx265"), Kind("mkv", "ffv1"), Kind("mkv", "libvpx-vp9")),
    *(Kind("webm", "libvpx", "libopus"), Kind("webm", "libvpx-vp9", "libopus")),
    *(Kind("avi", "mpeg4", "mp2"), Kind("avi", "mjpeg", "pcm_s16le"), Kind("avi", "libx264")),
    *(Kind("ts", "libx264", "aac"), Kind("ts", "mpeg2video", "mp2"), Kind("ts", "libx265")),
)
FORMATS = {"libx264": "yuv420p", "mjpeg": "yuvj420p", "prores_ks": "yuv422p10le"}


@cache
def whole(kind: Kind) -> Path:
    """The clip, written once."""
    path = Path(HELD.name) / f"{KINDS.index(kind)}.{kind.ending}"
    with av.open(str(path), "w") as file:
        picture = stream(file, kind.picture, SIZE, FORMATS.get(kind.picture, "yuv420p"))
        sound = file.add_stream(kind.sound, rate=48_000) if kind.sound else None
        if sound is not None:
            sound.layout = "mono"
        pending = list(_tones(sound)) if sound is not None else []
        for frame in pictures(SIZE, picture.pix_fmt):
            file.mux(picture.encode(frame))
            while pending and pending[0].pts / 48_000 <= frame.pts / RATE:
                file.mux(sound.encode(pending.pop(0)))
        for each in (picture, sound):
            file.mux(each.encode() if each is not None else [])
    return path


def stream(file: Any, code: str, size: tuple[int, int], form: str) -> Any:
    """A stream of pictures, with several that need no other."""
    made = file.add_stream(code, rate=RATE)
    made.width, made.height, made.pix_fmt = *size, form
    made.codec_context.gop_size = 12
    if code == "libx265":
        made.options = {"x265-params": "log-level=none:pools=1:frame-threads=1"}
    return made


def pictures(size: tuple[int, int], form: str, count: int = FRAMES) -> Iterator[Any]:
    """The first pictures of a sample."""
    for number, picture in enumerate(_sample()[:count]):
        frame = picture.reformat(width=size[0], height=size[1], format=form)
        frame.pts, frame.time_base, frame.pict_type = number, Fraction(1, RATE), 0
        yield frame


@cache
def _sample() -> list[Any]:
    with av.open(str(SAMPLE)) as file:
        return [frame for frame, _ in zip(file.decode(video=0), range(FRAMES), strict=False)]


def _tones(sound: Any) -> Iterator[Any]:
    length = sound.codec_context.frame_size or 1024
    form = sound.codec_context.format.name
    for at in range(0, int(FRAMES / RATE * 48_000), length):
        wave = 0.2 * np.sin(0.06 * np.arange(at, at + length))
        floating = form.startswith("flt")
        values = wave.astype(np.float32) if floating else (wave * 32_767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(values[None], form, "mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, at, Fraction(1, 48_000)
        yield frame
