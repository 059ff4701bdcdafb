"""The line that tells how far a batch is: clips, frames a second, time left."""

from __future__ import annotations

import time

from formcheck.outputs.progress import EVERY_S, ProgressLine

WINDOW_S = 30.0
"""Rates are those of the last half minute."""


class BatchLine:
    """Counts what is done and shows it; silent where standard error is no terminal.

    `sizes` are the bytes of all clips: time left goes by bytes, which are known beforehand; lengths are not.
    """

    def __init__(self, clips: int, size: int, line: ProgressLine) -> None:
        self._clips, self._size, self._line = clips, size, line
        self._done = self._known = self._failed = self._bytes = self._whole = self._frames = 0
        self._began = time.monotonic()
        self._marks = [(self._began, 0)]

    def tick(self, frames: int) -> None:
        """So many frames more were looked at."""
        self._frames += frames
        self._show()

    def passed(self, size: int) -> None:
        """A clip of this size need not be done."""
        self._known += 1
        self._size -= size
        self._show()

    def done(self, size: int, frames: int, *, failed: bool) -> None:
        """A clip of this size is done; one that failed says nothing of how long others take."""
        self._done += 1
        self._failed += failed
        if failed:
            self._size -= size
        else:
            self._bytes += size
            self._whole += frames
        self._show()

    def _show(self) -> None:
        now = time.monotonic()
        if now - self._marks[-1][0] < EVERY_S:
            return
        self._marks = [mark for mark in self._marks if now - mark[0] < WINDOW_S] or self._marks[-1:]
        since, frames = self._marks[0]
        self._marks.append((now, self._frames))
        rate = (self._frames - frames) / max(now - since, 1e-3)
        self._line.show(describe(self._counts(), rate, self._left_s(now - self._began)))

    def _counts(self) -> tuple[int, int, int]:
        return self._done + self._known, self._clips, self._failed

    def _left_s(self, spent_s: float) -> float | None:
        if not self._bytes:
            return None
        begun = self._frames * self._bytes / self._whole if self._whole else 0.0  # clips in work, in bytes
        done = max(self._bytes, begun)
        return spent_s * max(0.0, self._size - done) / done


def describe(counts: tuple[int, int, int], rate: float, left_s: float | None) -> str:
    """The line's text from clips done, of all, failed; frames a second; seconds left.

    >>> describe((12, 40, 1), 31.4, 190)
    'batch: 12 of 40 clips, 1 failed, 31 frames/s, 3:10 left'
    """
    done, clips, failed = counts
    parts = [f"batch: {done} of {clips} clips"]
    if failed:
        parts.append(f"{failed} failed")
    if rate >= 0.5:
        parts.append(f"{rate:.0f} frames/s")
    if left_s is not None:
        hours, rest = divmod(int(left_s), 3600)
        parts.append((f"{hours}:{rest // 60:02d}" if hours else f"{rest // 60}") + f":{rest % 60:02d} left")
    return ", ".join(parts)
