"""The times of pictures, from the stamps of their stream."""

from __future__ import annotations

import math


class Clock:
    """Strictly rising times from the stream's stamps.

    One stamp that does not rise is put half a step after the one before; after a second one in a row, or
    with `steady`, the nominal rate is used to the end.
    """

    def __init__(self, fps: float, *, steady: bool) -> None:
        self.fps = fps
        self.steady = steady
        self.repaired = 0
        self._last = -math.inf
        self._bad = False

    def read(self, stamp_s: float) -> float:
        """The time of the next picture, seconds."""
        good = math.isfinite(stamp_s) and stamp_s > self._last
        if self._last == -math.inf:
            self._last = stamp_s if good else 0.0
        elif good and not self.steady:
            self._last, self._bad = stamp_s, False
        else:
            self.steady = self.steady or self._bad
            self._bad = True
            self.repaired += 1
            self._last += (1.0 if self.steady else 0.5) / self.fps
        return self._last

    @property
    def said(self) -> str:
        """What was wrong with the stamps, in words."""
        if self.steady:
            return f"time stamps are missing or do not rise; times follow the nominal {self.fps:g} fps"
        return f"{self.repaired} of the time stamps did not rise; set between their neighbours"
