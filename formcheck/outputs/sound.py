"""The sound of the source, carried into the video: copied where MP4 can hold it, else encoded as AAC."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

Pull = Callable[[float | None], None]

COPIED = frozenset({"aac", "mp3", "mp3float"})
RATES = (44_100, 48_000)
BROKEN = (av.error.FFmpegError, ValueError)
"""What a broken or odd sound track raises; it ends there, since a picture without sound is still of use."""


@contextmanager
def sound(file: Any, source: Path | None) -> Iterator[Pull]:
    """Add the source's sound to `file` and yield `pull(time_s)`, which writes it up to that time.

    `pull(None)` writes the rest. Without a source, without sound in it or with a broken track it does
    nothing. Must be entered before anything is written to `file`.
    """
    opened = _open(source)
    if opened is None:
        yield _silence
        return
    with opened:
        heard = opened.streams.audio[0]
        packets = _copied(file, opened, heard) if heard.codec_context.name in COPIED else _encoded(file, opened, heard)
        next(packets)  # adds the stream
        yield _puller(file, packets)


def _silence(time_s: float | None) -> None:
    """Nothing to write."""


def _open(source: Path | None) -> Any:
    if source is None:
        return None
    try:
        opened = av.open(str(source))
    except BROKEN:
        return None
    if opened.streams.audio:
        return opened
    opened.close()
    return None


def _puller(file: Any, packets: Iterator[Any]) -> Pull:
    waiting: list[Any] = []

    def pull(time_s: float | None) -> None:
        while True:
            if not waiting:
                with suppress(*BROKEN):
                    waiting.extend(packet for packet in [next(packets, None)] if packet is not None)
            if not waiting or (time_s is not None and float(waiting[0].pts * waiting[0].time_base) > time_s):
                return
            file.mux(waiting.pop())

    return pull


def _start(opened: Any) -> Fraction:
    """The time of the first picture, which is 0 in the video that is written."""
    if not opened.streams.video:
        return Fraction(0)
    video = opened.streams.video[0]
    return (video.start_time or 0) * Fraction(video.time_base)


def _copied(file: Any, opened: Any, heard: Any) -> Iterator[Any]:
    """First nothing, having added the stream; then its packets with their times shifted."""
    stream = file.add_stream_from_template(heard)
    yield None
    shift = round(_start(opened) / Fraction(heard.time_base))
    for packet in opened.demux(heard):
        if packet.dts is None or packet.pts - shift < 0:
            continue
        packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
        packet.stream = stream
        yield packet


def _encoded(file: Any, opened: Any, heard: Any) -> Iterator[Any]:
    """First nothing, having added the stream; then the sound as packets of AAC."""
    rate = heard.codec_context.sample_rate if heard.codec_context.sample_rate in RATES else RATES[1]
    stream = file.add_stream("aac", rate=rate)
    stream.layout = "mono" if heard.codec_context.channels == 1 else "stereo"
    resampler = av.AudioResampler("fltp", stream.layout, rate)
    yield None
    start = _start(opened)
    for frame in _decoded(opened, heard):
        if frame is not None and frame.pts is not None:
            frame.pts -= round(start / Fraction(frame.time_base))
            if frame.pts < 0:
                continue
        for even in resampler.resample(frame):
            yield from stream.encode(even)
    yield from stream.encode(None)


def _decoded(opened: Any, heard: Any) -> Iterator[Any]:
    """The frames of a track, then `None`; what cannot be decoded ends it."""
    with suppress(*BROKEN):
        yield from opened.decode(heard)
    yield None
