"""Video files: pictures and their times, and one clear line where a file cannot be read.

Times are the stream's own. `CAP_PROP_POS_MSEC` belongs to the picture grabbed last (seen with OpenCV
5.0 on FFmpeg, with and without B-frames). Pictures are turned as the file's rotation says, and their pixels are square.
"""

from __future__ import annotations

import math
import os
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")  # both are read once, on the first use of OpenCV
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

import cv2

from formcheck.data.recording import Source
from formcheck.errors import VideoError
from formcheck.inputs import container, square
from formcheck.inputs.refused import check_file, reason
from formcheck.inputs.rotate import rotated, rotated_size
from formcheck.inputs.stamps import FIRST, Clock

Picture = NDArray[np.uint8]
_Read = tuple[bool, Any]
"""Whether a picture could be decoded, and it."""

LEAST_FRAMES = 3
USUAL_FPS = 30.0
GAP_S, GAP = 0.25, 3  # a hole of so many seconds, and of more than so many usual steps, is told
CUT_S = 0.1
BEYOND = 1000  # frames that a hole in a file may swallow
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class Video:
    """One pass over a video file.

        with Video("clip.mp4") as video:
            for time_s, picture in video:
                ...

    `time_s` is in seconds from the first frame and strictly rising; `picture` is (height, width, 3) uint8
    in the order blue, green, red. `source` tells what the file says of itself; after the pass its frames, fps
    and duration are those that were found. `warnings` gathers one line for each thing that was not as it
    should be. With `rate_hz` frames in between are passed over, as evenly as the file allows; they count in `source`.
    `speed` are the seconds that truly went by for each second of the video, 0.25 for one that is played back four
    times as slowly; `None` takes what the phone has marked in the file, else 1. All times are the true ones.
    Pictures are turned clockwise by `turn_deg`, a multiple of 90. Raises `VideoError` where the file cannot be read.
    """

    def __init__(
        self, path: Path | str, rate_hz: float = math.inf, speed: float | None = None, turn_deg: int = 0
    ) -> None:
        self.path = Path(path)
        self.rate_hz = rate_hz
        check_file(self.path)
        stamps = _first_stamps(self.path)
        told = container.told(self.path)
        self.warnings: list[str] = [told.said] if speed is None and told.speed != 1 else []
        self.speed = told.speed if speed is None else speed
        self._first_s, self._late_s = 0.0, told.late_s
        self._capture = _open(self.path)
        self._square = square.of_file(self._capture)
        self.warnings += [self._square.warning] if self._square.warning else []
        self.source = _shown(_source(self.path, self._capture, self.speed), self._square, turn_deg)
        self._clock = Clock(self.source.fps * self.speed, stamps, told.wraps_s)

    def __enter__(self) -> Video:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._capture.release()

    @property
    def guessed_s(self) -> tuple[tuple[float, float], ...]:
        """Stretches (from, to) so far, seconds, in which times had to be guessed."""
        return self._clock.spans(self._first_s, self.speed)

    @property
    def promised(self) -> int:
        """How many pictures will come, by what the file says of itself; 0 where it says nothing."""
        frames = self.source.frames
        return frames and min(frames, math.ceil(min(self.source.duration_s * self.rate_hz, frames)))

    def __iter__(self) -> Iterator[tuple[float, Picture]]:
        times = array("d")
        due_s, step_s = 0.0, 1 / self.rate_hz
        for time_s, picture in self._settled():
            at_s = (time_s - self._first_s) * self.speed
            if times and at_s < due_s - step_s / 4:  # stamps are uneven by a millisecond or so
                times.append(at_s)
                continue
            good, shown = self._capture.retrieve() if picture is None else picture
            if not good or shown is None:
                continue
            if not times:
                self._first_s, at_s = time_s, 0.0
            times.append(at_s)
            due_s = max(due_s + step_s, at_s + step_s / 2)
            yield at_s, rotated(self._square(shown), self.source.turn_deg)
        self._finish(np.asarray(times))

    def _settled(self) -> Iterator[tuple[float, _Read | None]]:
        """Times of the stream with what was read; the picture of the newest, mostly, is not looked at yet."""
        waiting: deque[_Read] = deque()
        frames = 0
        while self._grab(frames):
            frames += 1
            settled = self._clock.read(self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
            newest = len(settled) == len(waiting) + 1
            if not newest:
                waiting.append(self._capture.retrieve())
            for time_s in settled[: len(settled) - newest]:
                yield time_s, waiting.popleft()
            if newest:
                yield settled[-1], None
        for time_s in self._clock.finish():
            yield time_s, waiting.popleft()

    def _grab(self, done: int) -> bool:
        """The next frame that can be read; looks beyond a hole if the file promises more than has come."""
        tries = BEYOND if done < self.source.frames else 1
        return any(self._capture.grab() for _ in range(tries))

    def _finish(self, times: NDArray[np.float64]) -> None:
        if len(times) < LEAST_FRAMES:
            raise VideoError(_too_short(self.path, len(times)))
        steps = np.diff(times)
        step_s = float(steps[steps < 1.5 * np.median(steps)].mean())  # whatever is missing in between
        promised = self.source
        self.source = replace(
            promised,
            frames=len(times),
            fps=round(1 / step_s, 3),
            duration_s=round(float(times[-1]) + step_s, 6),
            guessed_s=self.guessed_s,
        )
        self.warnings += self._clock.remarks(self._first_s, self.speed)
        self.warnings += _cut_into(self._late_s, self._first_s, self.speed)
        widest = int(np.argmax(steps))
        if steps[widest] > max(GAP_S, GAP * float(np.median(steps))):
            self.warnings.append(f"no picture for {_long(steps[widest])} after {times[widest]:.1f} s")
        if len(times) < promised.frames:
            end_s = math.nan if self.source.guessed_s else self._first_s + float(times[-1] + step_s) / self.speed
            self.warnings += container.missing(self.path, len(times), step_s / self.speed, end_s)


def probe(path: Path | str) -> Source:
    """What a video file says of itself; width and height as shown, after its rotation.

    `frames`, `fps` and `duration_s` are what the file claims, 0 where it claims nothing. Raises `VideoError`.
    """
    with Video(path) as video:
        return video.source


def shrunk(picture: Picture, longest: int = 1280) -> Picture:
    """The picture with its longer side at most `longest` pixels: the pose nets look at 256 of them."""
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
    small: Picture = cv2.resize(picture, size, interpolation=how)
    return small


def to_rgb(picture: Picture) -> Picture:
    """The picture with its colours in the order red, green, blue."""
    turned: Picture = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    return turned


def _cut_into(late_s: float, first_s: float, speed: float) -> list[str]:
    """What is said of a stream whose pictures need earlier ones for so long, if the first that was read has a time."""
    if late_s < CUT_S:
        return []
    lost = "are missing" if first_s > late_s / 2 else "may be damaged"
    return [f"the first {late_s * speed:.1f} s {lost}: the video begins inside a group of pictures"]


def _long(seconds: float) -> str:
    """A duration in words, in the unit that shows it."""
    for name, unit in (("days", 86_400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 3 * unit:
            return f"{seconds / unit:.1f} {name}"
    return f"{seconds:.1f} s"


def _open(path: Path) -> cv2.VideoCapture:
    # absolute: no part of a name may read as a protocol; no hardware: every machine sees the same
    capture = cv2.VideoCapture(
        str(path.resolve()),
        cv2.CAP_FFMPEG,
        [cv2.CAP_PROP_HW_ACCELERATION, cv2.VIDEO_ACCELERATION_NONE],
    )
    if not capture.isOpened():
        raise VideoError(f"{path}: {reason(path)}")
    return capture


def _first_stamps(path: Path) -> list[float]:
    """Times of the first frames, to see whether there are any and which of their times is wrong."""
    capture = _open(path)
    try:
        stamps: list[float] = []
        while len(stamps) < FIRST and capture.grab():
            stamps.append(capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
    finally:
        capture.release()
    if len(stamps) < LEAST_FRAMES:
        raise VideoError(_too_short(path, len(stamps)))
    return stamps


def _too_short(path: Path, frames: int) -> str:
    if frames == 0:
        return f"{path}: no picture in it can be read; copy or record the video again"
    return f"{path}: too short, {frames} frame{'s' if frames > 1 else ''}; give a video of at least one rep"


def _source(path: Path, capture: cv2.VideoCapture, speed: float) -> Source:
    fps = capture.get(cv2.CAP_PROP_FPS)
    fps = (fps if 1 <= fps <= 1000 else USUAL_FPS) / speed
    frames = capture.get(cv2.CAP_PROP_FRAME_COUNT)
    frames = int(frames) if 0 < frames < 1e8 else 0
    width, height = (int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    return Source(path.name, "video", str(path), width, height, fps, frames, frames / fps, speed=speed)


def _shown(source: Source, square: square.Square, turn_deg: int) -> Source:
    """The source with the size of its pictures as they are shown."""
    width, height = rotated_size(square.size(source.width, source.height), turn_deg)
    return replace(source, width=width, height=height, turn_deg=turn_deg)
