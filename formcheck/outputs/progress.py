"""Progress on standard error: frames, frames a second, time left. Silent where that is no terminal."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from types import TracebackType
from typing import TextIO

from formcheck.streams import one_line

EVERY_S = 0.2


class ProgressLine:
    """One line that is written over; use it as a context manager and call it with each frame.

    `after` is what a second stage over the same frames takes, as a share of the first: the time left is that of both.

    with ProgressLine("set.mp4") as progress:
        analyze("set.mp4", progress=progress)
    """

    def __init__(self, title: str, *, quiet: bool = False, stream: TextIO | None = None, after: float = 0.0) -> None:
        self._title, self._after = one_line(title), after
        self._stream = stream or sys.stderr
        self._shown = not quiet and self._stream.isatty()
        self._stage = ""
        self._began = self._last = 0.0
        self._width = 0

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._width:
            with suppress(OSError):  # the terminal may have gone
                self._stream.write("\r" + " " * self._width + "\r")
                self._stream.flush()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """`done` of `total` frames of `stage`."""
        if not self._shown:
            return
        now = time.monotonic()
        if stage != self._stage:
            self._after = 0.0 if self._stage else self._after
            self._stage, self._began, self._last = stage, now, 0.0
        if now - self._last < EVERY_S and done != total:
            return
        self._last = now
        self._write(describe(self._title, stage, done, total, now - self._began, self._after))

    def show(self, text: str) -> None:
        """Any text, at most every `EVERY_S` seconds."""
        now = time.monotonic()
        if self._shown and now - self._last >= EVERY_S:
            self._last = now
            self._write(text)

    def _write(self, line: str) -> None:
        self._width = max(self._width, len(line))  # first: Ctrl-C may come with the flush
        with suppress(OSError):
            self._stream.write("\r" + line.ljust(self._width))
            self._stream.flush()


def describe(  # noqa: PLR0913, PLR0917 - what is known
    title: str, stage: str, done: int, total: int | None, spent_s: float, after: float = 0.0
) -> str:
    """The line's text.

    >>> describe("set.mp4", "looking", 60, 600, 10.0, after=0.5)
    'set.mp4: looking frame 60 of 600, 6.0 frames/s, 2:20 left'
    """
    rate = done / spent_s if spent_s > 0 else 0.0
    parts = [f"{title}: {stage} frame {done}" + (f" of {total}" if total else "")]
    if rate > 0:
        parts.append(f"{rate:.{0 if rate >= 10 else 1}f} frames/s")
        if total:
            left = (max(0, total - done) + after * total) / rate
            parts.append(f"{int(left // 60)}:{int(left % 60):02d} left")
    return ", ".join(parts)
