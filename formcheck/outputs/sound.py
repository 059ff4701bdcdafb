"""The sound of the source, carried into the video: copied where MP4 can hold it, else encoded as AAC.

A source may have several sound tracks; the first that can be read is taken. Whatever is wrong with it costs the sound
from there on, and nothing else.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av

from formcheck.data.disk import FULL

Pull = Callable[[float | None], None]
Tell = Callable[[str], None]
"""Called with what the video's sound lacks, in words."""

COPIED = frozenset({"aac", "mp3", "mp3float"})
RATES = (44_100, 48_000)
BROKEN = (av.error.FFmpegError, OSError, ValueError)
"""What a broken or odd sound track raises; it ends there, since a picture without sound is still of use."""
TRIED = 200
"""So many packets are looked at for a first sound: some of a track's beginning may be damaged."""


@contextmanager
def sound(file: Any, source: Path | None, tell: Tell = lambda _: None) -> Iterator[Pull]:
    """Add the source's sound to `file` and yield `pull(time_s)`, which writes it up to that time.

    `pull(None)` writes the rest. Without a source, or without sound in it, it does nothing; where no track can be
    carried, or one breaks, neither, from there on, and `tell` hears of it. Must be entered before anything is written
    to `file`.
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
    """The packets of the first track that can be read, its stream added to `file`; `None` where that cannot be."""
    try:
        heard = _readable(opened)
        packets = None if heard is None else _begun(file, opened, heard)
    except Exception as error:  # noqa: BLE001 - whatever is odd about a track, the picture is of use without it
        tell(f"it has no sound: the sound track cannot be read ({_reason(error)})")
        return None
    if packets is None:
        unknown = all(track.codec_context is None for track in opened.streams.audio)
        tell(f"it has no sound: the sound track {'is of a kind that is not known' if unknown else 'cannot be read'}")
    return packets


def _silence(time_s: float | None) -> None:
    """Nothing to write."""


def _open(source: Path | None) -> Any:
    if source is None:
        return None
    try:
        opened = av.open(str(source), metadata_errors="replace")
    except BROKEN:
        return None
    if opened.streams.audio:
        return opened
    opened.close()
    return None


def _readable(opened: Any) -> Any:
    """The first sound track of which something can be read; `None` where there is none."""
    for heard in opened.streams.audio:
        if heard.codec_context is None:
            continue
        with suppress(*BROKEN):
            sounds = any(_frames(packet) for packet in islice(opened.demux(heard), TRIED))
            opened.seek(0)
            if sounds:
                return heard
    return None


def _frames(packet: Any) -> list[Any]:
    """The sound in a packet, none where it is damaged."""
    try:
        return list(packet.decode())
    except BROKEN:
        return []


def _begun(file: Any, opened: Any, heard: Any) -> Iterator[Any] | None:
    """The packets to write, the stream for them added to `file`; `None` where MP4 takes them in no form."""
    ways = [_copied, _encoded] if heard.codec_context.name in COPIED and _fits(heard) else [_encoded]
    for way in ways:
        packets = way(file, opened, heard)
        with suppress(*BROKEN):
            next(packets)  # adds the stream
            return packets
    return None


def _fits(heard: Any) -> bool:
    """Whether an MP4 can hold a track as it is: one that is refused would take the whole file with it."""
    try:
        with av.open(io.BytesIO(), "w", format="mp4") as trial:
            trial.add_stream_from_template(heard)
            trial.start_encoding()
    except BROKEN:
        return False
    return True


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
    """The time of the first picture, which is 0 in the video that is written; a cover has none."""
    video = opened.streams.best("video")
    return Fraction(0) if video is None else (video.start_time or 0) * Fraction(video.time_base)


def _copied(file: Any, opened: Any, heard: Any) -> Iterator[Any]:
    """First nothing, having added the stream; then its packets with their times shifted."""
    stream = file.add_stream_from_template(heard)
    yield None
    shift = round(_start(opened) / Fraction(heard.time_base))
    last = -1
    for packet in opened.demux(heard):
        if packet.dts is None or packet.pts is None or packet.pts - shift < 0 or packet.dts - shift <= last:
            continue  # what does not rise is refused, and nothing comes after it
        packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
        last = packet.dts
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
