"""What the camera saw, kept as H.264 while a session goes on; by default nothing of it is kept.

    with SavedVideo(folder / "camera.mp4", fps) as video:
        video.put(time_s, picture)

A thread of its own encodes: no call waits for it, and where it cannot keep pace pictures are left out and counted.
The file grows by a fragment every half second, so that what is left of a killed session can be played; at the end
it becomes an ordinary MP4.
"""

from __future__ import annotations

import queue
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
import cv2
from av.video.frame import PictureType

from formcheck.data.disk import Writer
from formcheck.outputs.encode import CLOCK, KEY_S, Picture, framed, h264

PENDING = 8
"""So many pictures wait at most: a quarter of a second, 50 MB at 1080p."""
_CONTAINER = {
    "movflags": "hybrid_fragmented+frag_keyframe+default_base_moof+delay_moov",  # the last: keeps the first time
    "frag_duration": "500000",
    "flush_packets": "1",
}
_X264 = {"preset": "ultrafast", "tune": "zerolatency", "forced-idr": "1", "threads": "1"}


class SavedVideo(Writer):
    """Writes one video; `dropped` counts pictures left out, `trouble` says in words why no more are written."""

    def __init__(self, path: Path | str, fps: float = 30.0) -> None:
        self.dropped = 0
        self._fps = fps
        self._jobs: queue.Queue[tuple[float, Picture]] = queue.Queue(PENDING)
        super().__init__(path, "video-out")

    def put(self, time_s: float, picture: Picture) -> bool:
        """Hand over a picture (height, width, 3), blue, green, red, that nobody changes later; whether it is taken.

        Times are seconds of the session, rising; they become the video's own.
        """
        if not self.trouble and not self._ended.is_set():
            with suppress(queue.Full):
                self._jobs.put_nowait((time_s, picture))
                return True
        self.dropped += 1
        return False

    def _work(self) -> None:
        """The thread: no file before the first picture."""
        first = self._next()
        if first is None:
            return
        try:
            with av.open(str(self._path), "w", format="mp4", options=_CONTAINER) as file:
                self._encode(file, first)
        except Exception as error:  # noqa: BLE001 - a session outlives its video
            reason = getattr(error, "strerror", None) or error
            self.trouble = f"{self._path}: the video cannot be written ({reason}); the session goes on without it"

    def _encode(self, file: Any, first: tuple[float, Picture]) -> None:
        height, width = first[1].shape[:2]
        stream = h264(file, (width, height), self._fps, **_X264)
        job: tuple[float, Picture] | None = first
        last, key = -1, first[0]
        while job is not None:
            time_s, picture = job
            if picture.shape[:2] != (height, width):  # the camera came back with another size
                picture = cv2.resize(picture, (width, height))
            frame = framed(picture, stream)
            frame.pts = last = max(round(time_s / CLOCK), last + 1)
            if time_s >= key:
                frame.pict_type, key = PictureType.I, time_s + KEY_S
            file.mux(stream.encode(frame))
            job = self._next()
        file.mux(stream.encode())

    def _next(self) -> tuple[float, Picture] | None:
        """The next picture; `None` when all are written and no more come."""
        while True:
            try:
                return self._jobs.get(timeout=0.1)
            except queue.Empty:
                if self._ended.is_set():
                    return None
