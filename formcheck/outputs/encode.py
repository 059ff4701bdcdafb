"""H.264 video that browsers play, with the sound of the source, written on a thread of its own.

Drawing and decoding go on while pictures are encoded; a short queue keeps memory flat.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.data.handover import Handover
from formcheck.errors import OutputError
from formcheck.outputs.sound import Pull, Tell, sound

Picture = NDArray[np.uint8]
Put = Callable[[float, Picture], None]

CLOCK = Fraction(1, 90_000)
PENDING = 8
KEY_S = 1.0
THREADS = max(1, (os.cpu_count() or 1) - 2)
"""Decoding and drawing take a processor each; sharing one among x264's threads costs a third more than one of them."""
X264 = {
    "preset": "superfast",
    "crf": "24",
    "threads": str(THREADS),
    "x264-params": "bframes=0:weightp=0:scenecut=0:subme=0:partitions=none",
}
"""As good as what the preset makes at 23 (42.8 dB), in two thirds of its time, a quarter larger."""
BT601, LIMITED_RANGE = 6, 1


@contextmanager
def video_writer(
    path: Path,
    size: tuple[int, int],
    fps: float = 30.0,
    audio_from: Path | None = None,
    tell: Tell = lambda _: None,
) -> Iterator[Put]:
    """Yield `put(time_s, picture)`; pictures are (height, width, 3) uint8 in blue, green, red.

    `size` is (width, height); an odd side is padded by one pixel. Times are in seconds, rising, and become
    the video's own. `put` keeps the picture until it is written: give it one that nobody changes later.
    `tell` hears what its sound lacks. Raises `OutputError` where the file cannot be written.
    """
    jobs: Handover[tuple[float, Picture] | None] = Handover(PENDING)
    failed: list[BaseException] = []
    stop = threading.Event()
    thread = threading.Thread(
        target=_work, args=(path, size, fps, (audio_from, tell), jobs, failed, stop), name="encoder", daemon=True
    )

    def put(time_s: float, picture: Picture) -> None:
        _hand_over(jobs, (time_s, picture), failed)

    thread.start()
    try:
        yield put
        _hand_over(jobs, None, failed)
    except _WriterError:
        pass  # told below, once the thread has ended
    finally:
        stop.set()
        thread.join()
    if failed:
        reason = getattr(failed[0], "strerror", None) or failed[0]
        raise OutputError(f"{path}: the video cannot be written ({reason}); use --no-video") from failed[0]


def _hand_over(jobs: Handover[Any], job: object, failed: list[BaseException]) -> None:
    """Queue a job; a writer that has failed takes none and is told of when the block ends."""
    while not failed:
        try:
            return jobs.put(job, timeout=0.2)
        except queue.Full:
            continue
    raise _WriterError from failed[0]


class _WriterError(Exception):
    """The writing thread has stopped."""


def _work(  # noqa: PLR0913, PLR0917 - what a thread is started with
    path: Path,
    size: tuple[int, int],
    fps: float,
    heard: tuple[Path | None, Tell],
    jobs: Handover[tuple[float, Picture] | None],
    failed: list[BaseException],
    stop: threading.Event,
) -> None:
    """The thread: open, write until the last job or `stop`, close; failures are left in `failed`."""
    try:
        with ExitStack() as stack:
            file = stack.enter_context(av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}))
            stream = h264(file, size, fps)
            pull = stack.enter_context(sound(file, *heard))
            _write_all(file, stream, pull, _jobs(jobs, stop))
    except Exception as error:  # noqa: BLE001 - told to the thread that waits
        failed.append(error)


def _jobs(jobs: Handover[tuple[float, Picture] | None], stop: threading.Event) -> Iterator[tuple[float, Picture]]:
    while True:
        try:
            job = jobs.get(timeout=0.2)
        except queue.Empty:
            if stop.is_set():
                return
            continue
        if job is None:
            return
        yield job


def h264(file: Any, size: tuple[int, int], fps: float, **options: str) -> Any:
    """A stream that takes what `framed` makes, of this size; `options` of x264 come before ours."""
    rate = Fraction(min(max(fps, 1.0), 240.0)).limit_denominator(1001)
    stream = file.add_stream("libx264", rate=rate)
    stream.width, stream.height = (side + side % 2 for side in size)
    stream.pix_fmt = "yuv420p"
    stream.time_base = CLOCK
    stream.options = X264 | {"g": str(max(1, round(KEY_S * float(rate))))} | options
    context = stream.codec_context
    context.time_base = CLOCK
    context.color_range = LIMITED_RANGE
    context.colorspace = context.color_primaries = context.color_trc = BT601
    return stream


def _write_all(file: Any, stream: Any, pull: Pull, pictures: Iterator[tuple[float, Picture]]) -> None:
    last = -1
    for time_s, picture in pictures:
        frame = framed(picture, stream)
        last = frame.pts = max(round(time_s / CLOCK), last + 1)
        file.mux(stream.encode(frame))
        pull(time_s)
    file.mux(stream.encode())
    pull(None)


def framed(picture: Picture, stream: Any) -> Any:
    """The picture as a frame of the stream: planar YUV (BT.601), last row and column repeated where a side was odd."""
    right, down = stream.width - picture.shape[1], stream.height - picture.shape[0]
    if right or down:
        picture = cv2.copyMakeBorder(picture, 0, down, 0, right, cv2.BORDER_REPLICATE)
    planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
    frame = av.VideoFrame.from_numpy_buffer(planes, format="yuv420p")  # spares a copy
    frame.time_base = CLOCK
    return frame
