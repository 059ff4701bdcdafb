"""The sound of the source, carried into the video: copied where MP4 can hold it, else encoded as AAC."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from formcheck.data.disk import FULL

Pull = Callable[[float | None], None]
Tell = Callable[[str], None]
"""Called with what the video's sound lacks, in words."""

COPIED = frozenset({"aac", "mp3", "mp3float"})
RATES = (44_100, 48_000)
BROKEN = (av.error.FFmpegError, ValueError)
"""What a broken or odd sound track raises; it ends there, since a picture without sound is still of use."""


@contextmanager
def sound(file: Any, source: Path | None, tell: Tell = lambda _: None) -> Iterator[Pull]:
    """Add the source's sound to `file` and yield `pull(time_s)`, which writes it up to that time.

    `pull(None)` writes the rest. Without a source, or without sound in it, it does nothing; with a track that is
    broken or of an unknown kind neither, from there on, and `tell` hears of it. Must be entered before anything is
    written to `file`.
    """
    opened = _open(source)
    if opened is None:
        yield _silence
        return
    with opened:
        packets = _added(file, opened, tell)
        yield _silence if packets is None else _Puller(file, packets, tell)


def present(source: Path) -> bool:
    """Whether a file has a sound track."""
    opened = _open(source)
    if opened is None:
        return False
    opened.close()
    return True


def _added(file: Any, opened: Any, tell: Tell) -> Iterator[Any] | None:
    """The packets of the track, whose stream is added to `file`; `None` where that cannot be."""
    heard = opened.streams.audio[0]
    if heard.codec_context is None:
        tell("it has no sound: the kind of the sound track is not known")
        return None
    try:
        packets = _copied(file, opened, heard) if heard.codec_context.name in COPIED else _encoded(file, opened, heard)
        next(packets)  # adds the stream
    except Exception as error:  # noqa: BLE001 - whatever is odd about a track, the picture is of use without it
        tell(f"it has no sound: the sound track cannot be read ({_reason(error)})")
        return None
    return packets


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


class _Puller:
    """Writes packets up to a time; ends for good with the first that cannot be read or written."""

    def __init__(self, file: Any, packets: Iterator[Any], tell: Tell) -> None:
        self._file, self._packets, self._tell = file, packets, tell
        self._waiting = None
        self._ended = False

    def __call__(self, time_s: float | None) -> None:
        if self._ended:
            return
        try:
            self._pull(time_s)
        except Exception as error:
            if getattr(error, "errno", None) in FULL:
                raise
            self._ended = True
            self._tell(f"its sound ends early: the sound track is broken ({_reason(error)})")

    def _pull(self, time_s: float | None) -> None:
        while True:
            if self._waiting is None:
                self._waiting = next(self._packets, None)
            due = self._waiting
            if due is None or (time_s is not None and float(due.pts * due.time_base) > time_s):
                return
            self._waiting = None
            self._file.mux(due)


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error or type(error).__name__)


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
    """The frames of a track, then `None`; what cannot be decoded ends it, told when the rest is written."""
    broken: Exception | None = None
    try:
        yield from opened.decode(heard)
    except BROKEN as error:
        broken = error
    yield None
    if broken is not None:
        raise broken
