"""A video file that plays as if it were a camera, at its own speed and with its own times."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

from formcheck.inputs.camera.source import Frame, Kind
from formcheck.inputs.video import Video


class File:
    """A frame of time t is handed out t seconds after the first, or at once where that has passed."""

    kind: Kind = "file"

    def __init__(self, path: Path, *, loop: bool = False) -> None:
        self._path, self._loop = path, loop
        self._video = Video(path)
        source = self._video.source
        self.name, self.width, self.height, self.fps = path.name, source.width, source.height, source.fps
        self.warnings = self._video.warnings

    def frames(self, over: threading.Event) -> Iterator[Frame]:
        """Frames with the times of the file; in a loop those of each pass follow the pass before."""
        start: float | None = None
        offset, time_s = 0.0, 0.0
        before: tuple[tuple[float, float], ...] = ()  # what had to be guessed in earlier passes
        while True:
            for within_s, picture in self._video:
                time_s = offset + within_s
                start = time.perf_counter() if start is None else start
                if over.wait(max(0.0, start + time_s - time.perf_counter())):
                    return
                guessed = tuple((offset + a, offset + b) for a, b in self._video.guessed_s)
                yield Frame(picture, time.perf_counter(), time_s, (*before, *guessed))
            if not self._loop:
                return
            before = (*before, *((offset + a, offset + b) for a, b in self._video.guessed_s))
            offset = time_s + 1 / self._video.source.fps
            self._video.close()
            self._video = Video(self._path)

    def close(self) -> None:
        """Let go of the file."""
        self._video.close()
