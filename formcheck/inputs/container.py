"""What the container of a video tells besides its pictures: marks of the phone, and what is truly in the file.

Packets are looked at, none is decoded.
"""

from __future__ import annotations

import math
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from formcheck.data.recording import SPEEDS

FORMATS_33_BIT = {"mpegts", "mpeg"}
WRAPS_S = 2**33 / 90_000
"""Stamps of MPEG transport and program streams begin again after so many seconds (ISO/IEC 13818-1, 2.4.3.7)."""
INDEXED = {"mov", "mp4", "matroska", "webm", "avi", "asf", "flv"}
"""Formats whose header says how long they are; of the others it is estimated from what is there."""
CAPTURE = "com.android.capture.fps"
"""Pictures a second that a phone took, whatever rate they are played at (Android, `MediaRecorder.setCaptureRate`)."""
ALIKE = 1.2
"""Rates that differ by less are the same."""
KEY_WITHIN = 1000
"""So many packets are looked through for a picture that needs no other."""
MISSED_S, MISSED = 0.1, 0.01
"""A file that ends so many seconds, and such a share of it, before it says lacks something: less is rounding."""
UNSEEN_S = 0.7
"""Pictures that are in a file and were not shown are told from so many seconds on: some codes hold some to refer to."""
COUNTED = {"mov", "mp4"}
"""Formats whose header lists every picture; of those that an edit list leaves out, some are taken from the list."""


class Told(NamedTuple):
    """What a container tells when it is opened.

    wraps_s     the stamp at which its clock begins again, seconds; infinite where it does not
    taken_fps   pictures a second that were taken, `shown_fps` that are shown, by the phone's mark; 0 without one
    late_s      so long after the first picture comes the first that needs none before it, seconds
    """

    wraps_s: float = math.inf
    taken_fps: float = 0.0
    shown_fps: float = 0.0
    late_s: float = 0.0

    @property
    def speed(self) -> float:
        """Seconds that went by for each second of the video, by the phone's mark: 0.25 is slow motion by four."""
        if self.taken_fps <= 0 or self.shown_fps <= 0:
            return 1.0
        ratio = self.shown_fps / self.taken_fps
        return ratio if ALIKE < max(ratio, 1 / ratio) < SPEEDS[1] else 1.0

    @property
    def said(self) -> str:
        """What the phone's mark says, in words."""
        kind = "slow motion" if self.speed < 1 else "time lapse"
        rates = f"{self.taken_fps:g} pictures a second were taken and {self.shown_fps:.4g} are shown"
        return f"the phone marks it as {kind}: {rates}; times are multiplied by {self.speed:.4g}"


def told(path: Path) -> Told:
    """What the container of a video says; nothing where it cannot be opened."""
    import av  # noqa: PLC0415 - OpenCV comes first: whose X11 libraries are loaded first decides if windows open

    try:
        with av.open(str(path.resolve()), metadata_errors="replace") as container:
            stream = pictures_of(container)
            if stream is None:
                return Told()
            wraps_s = WRAPS_S if container.format.name in FORMATS_33_BIT else math.inf
            shown = float(stream.average_rate or 0)
            return Told(wraps_s, _number(container.metadata.get(CAPTURE, "")), shown, _late_s(container, stream))
    except (av.FFmpegError, OSError, ValueError):
        return Told()


def missing(path: Path, frames: int, step_s: float, end_s: float) -> list[str]:
    """What a file promises or holds beyond the `frames` that could be read, `step_s` apart, in words.

    Nothing where nothing is missing: a sound track may be longer than the picture, and an edit list may leave pictures
    out. `end_s` is where the last one ends by its stamp; not-a-number where stamps tell nothing.
    """
    import av  # noqa: PLC0415 - as above

    try:
        with av.open(str(path.resolve()), metadata_errors="replace") as container:
            stream = pictures_of(container)
            held = _held(container, stream)
            promised_s, promised = _promised(container, stream)
            counted = len(stream.index_entries) if COUNTED & set(container.format.name.split(",")) else 0
    except (av.FFmpegError, OSError, ValueError, AttributeError):
        return []
    if math.isnan(end_s):
        if promised > held.whole / 0.97:
            return [f"the video breaks off: {frames} of its {promised} pictures could be read"]
    elif promised_s - held.all_s > max(MISSED_S, MISSED * promised_s):
        return [f"the video breaks off after {end_s:.1f} s of {promised_s:.1f} s; the rest could not be read"]
    elif counted > held.whole:
        return [f"{counted - held.whole} of its {counted} pictures are missing"]
    if (held.shown - frames) * step_s > UNSEEN_S and not held.end_s - end_s < UNSEEN_S:
        where = "" if math.isnan(end_s) else f" after {end_s:.1f} s"
        return [f"{held.shown - frames} pictures{where} could not be decoded"]
    return []


def pictures_of(container: Any) -> Any:
    """The first stream of pictures that is no cover; `None` without one."""
    import av  # noqa: PLC0415 - as above

    cover = av.stream.Disposition.attached_pic
    return next((each for each in container.streams.video if not each.disposition & cover), None)


def _late_s(container: Any, stream: Any) -> float:
    first = math.inf
    for packet in islice(container.demux(stream), KEY_WITHIN):
        if packet.pts is None:
            continue
        at = float(packet.pts * packet.time_base)
        if packet.is_keyframe:
            return max(0.0, at - first) if math.isfinite(first) else 0.0
        first = min(first, at)
    return 0.0


def _promised(container: Any, stream: Any) -> tuple[float, int]:
    """How many seconds and pictures the header says are there; 0 where it says nothing."""
    if not INDEXED & set(container.format.name.split(",")):
        return 0.0, 0
    duration_s = (container.duration or 0) / 1e6
    if container.format.name == "avi" and stream.average_rate:  # whose duration follows from the size of what is left
        duration_s = max(duration_s, float(stream.frames / stream.average_rate))
    return duration_s, stream.frames


class _Held(NamedTuple):
    """What is in a file: pictures that are shown, and all; the end of the last one shown and of whatever is in it.

    Ends are seconds from the first picture, and from the beginning.
    """

    shown: int
    whole: int
    end_s: float
    all_s: float


def _held(container: Any, stream: Any) -> _Held:
    shown, whole, end_s, all_s = 0, 0, 0.0, 0.0
    start, begin = float((stream.start_time or 0) * stream.time_base), (container.start_time or 0) / 1e6
    for packet in container.demux():
        if packet.size == 0 or packet.pts is None:
            continue
        end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
        all_s = max(all_s, end, end - begin)  # some durations count from zero, some from the first stamp
        if packet.stream.index == stream.index:
            whole += 1
            if not packet.is_discard:  # by an edit list
                shown, end_s = shown + 1, max(end_s, end - start)
    return _Held(shown, whole, end_s, all_s)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0
