"""Pictures of a file that are damaged: OpenCV shows what its decoder made of them and does not say so.

A second decoder (PyAV) is asked which ones. It leaves out what makes pictures fine to look at, so it takes a third of a
millisecond a picture at 640 x 480, on a thread of its own. What no decoder notices is not told: in H.264 and MPEG-4
hardly anything, in HEVC, VP9 and JPEG a good part, in VP8 nearly all; these have no checksums.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from formcheck.inputs import container

QUICK = {"skip_idct": "all", "skip_loop_filter": "all"}
CAREFUL = {"hevc": {"err_detect": "explode"}}
"""Decoders that tell of damage only where they are asked to stop at it."""
MOST = 0.5
"""Where a decoder that stops refuses more than this share, it is the decoder that is odd."""
BETWEEN_S = 0.1

Asked = Callable[[], "list[float] | None"]


@contextmanager
def aside(path: Path) -> Iterator[Asked]:
    """Look for damaged pictures while something else goes on; what is yielded waits for the end and gives `spoilt`."""
    stop, found = threading.Event(), list["list[float] | None"]()
    thread = threading.Thread(
        target=lambda: found.append(spoilt(path, stop.is_set)), name="formcheck-spoilt", daemon=True
    )
    thread.start()

    def asked() -> list[float] | None:
        thread.join()
        return found[0] if found else None

    try:
        yield asked
    finally:
        stop.set()
        thread.join()


def spoilt(path: Path, stop: Callable[[], bool] = lambda: False) -> list[float] | None:
    """When damaged pictures are shown, seconds from the first picture; not-a-number where a picture has no time.

    `None` where the second decoder can make nothing of the file.
    Before the first picture that needs no other nothing counts: `container.told` says how late that comes.
    """
    try:
        careful, share = _looked(path, stop, careful=True)
        return careful if share < MOST else _looked(path, stop, careful=False)[0]
    except Exception:  # noqa: BLE001 - whoever shows the pictures says what is wrong with a file as a whole
        return None


def remarks(times: list[float] | None, speed: float = 1.0) -> list[str]:
    """What is said of damaged pictures at these times of the video."""
    if times is None:
        return ["the video is odd: one decoder can read it, another cannot; whether it is whole cannot be told"]
    if not times:
        return []
    known = sorted(each * speed for each in times if math.isfinite(each))
    where = "" if not known else f" at {known[0]:.1f} s"
    if known and known[-1] - known[0] > BETWEEN_S * speed:
        where = f" from {known[0]:.1f} to {known[-1]:.1f} s"
    some = "1 picture" if len(times) == 1 else f"{len(times)} pictures"
    verb, those = ("is", "it") if len(times) == 1 else ("are", "them")
    return [f"{some}{where} {verb} damaged; what is seen in {those} and shortly after may be wrong"]


def _looked(path: Path, stop: Callable[[], bool], *, careful: bool) -> tuple[list[float], float]:
    """Times of damaged pictures, and their share."""
    import av  # noqa: PLC0415 - as above

    with av.open(str(path.resolve()), metadata_errors="replace") as file:
        stream = container.pictures_of(file)
        context = stream.codec_context
        more = CAREFUL.get(context.name, {}) if careful else {}
        context.thread_count, context.options = 1, {**QUICK, **more}
        times, count = list[float](), 0
        for bad, at in _told(file, stream):
            if stop():
                break
            count += 1
            if bad:
                times.append(at)
        if not count and not stop():
            raise ValueError("no picture")
        start = float((stream.start_time or 0) * stream.time_base)
        return [at - start for at in times], (len(times) / count if more and count else 0.0)


def _told(file: Any, stream: Any) -> Iterator[tuple[bool, float]]:
    """For each picture whether it is damaged, and its time; from the first on that needs no other."""
    import av  # noqa: PLC0415 - as above

    begun = False
    for packet in file.demux(stream):
        begun = begun or packet.is_keyframe
        try:
            pictures = packet.decode()
        except av.FFmpegError:
            if begun and packet.size:
                yield True, _time(packet)
            continue
        for picture in pictures:
            yield picture.is_corrupt, _time(picture)


def _time(what: Any) -> float:
    return math.nan if what.pts is None or what.time_base is None else float(what.pts * what.time_base)
