"""How quick a live session is: times of its parts per frame, as percentiles, and what the processor had to do."""

from __future__ import annotations

import os
import time
from array import array
from typing import NamedTuple

import numpy as np

PARTS = ("wait", "pose", "rest", "verdict", "sound")
"""What is measured of every frame, milliseconds: from the capture until it is looked at, the pose net, everything
else until the verdict, capture to verdict, capture to the sound that follows from it."""
RECENT = 150
"""So many frames (five seconds) tell how quick it is now."""


class Spread(NamedTuple):
    """Percentiles of many times, milliseconds; not-a-number without any."""

    p50: float
    p95: float
    p99: float
    most: float


class Stats:
    """Gathers the times of frames; 20 bytes a frame."""

    def __init__(self) -> None:
        self._ms = {part: array("f") for part in PARTS}
        self._began = time.perf_counter()
        self._cpu = _cpu_s()

    def add(self, **ms: float) -> None:
        """Times of one frame by the names in `PARTS`, milliseconds."""
        for part, value in ms.items():
            self._ms[part].append(value)

    @property
    def frames(self) -> int:
        """Frames so far."""
        return len(self._ms["verdict"])

    def spread(self, part: str) -> Spread:
        """Percentiles over all frames."""
        return spread(np.asarray(self._ms[part]))

    def recent(self, part: str) -> Spread:
        """Percentiles over the last five seconds or so."""
        return spread(np.asarray(self._ms[part][-RECENT:]))

    def cpu_share(self) -> float:
        """Processor time of this process in the meantime, in cores."""
        return (_cpu_s() - self._cpu) / max(1e-9, time.perf_counter() - self._began)

    def table(self, dropped: int) -> str:
        """All figures as lines for a terminal."""
        lines = [f"{'ms per frame':<28}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}"]
        for part, words in WORDS.items():
            found = self.spread(part)
            if np.isfinite(found.p50):
                lines.append(f"{words:<28}" + "".join(f"{value:8.1f}" for value in found))
        cores = os.cpu_count() or 1
        lines.append(f"{self.frames} frames, {dropped} dropped; processor {self.cpu_share():.2f} of {cores} cores")
        return "\n".join(lines) + "\n"

    def numbers(self, dropped: int) -> dict[str, object]:
        """The same for programs; `None` where nothing was measured."""
        parts = {part: self.spread(part)._asdict() for part in PARTS if len(self._ms[part])}
        return {"frames": self.frames, "dropped": dropped, "cpu_cores": round(self.cpu_share(), 3), "ms": parts}


WORDS = {
    "verdict": "capture to verdict",
    "sound": "capture to sound",
    "wait": "  waiting for its turn",
    "pose": "  pose net",
    "rest": "  everything else",
}


def spread(ms: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Spread:
    """Percentiles of times (n,), milliseconds."""
    if len(ms) == 0:
        return Spread(*(float("nan"),) * 4)
    return Spread(*(round(float(value), 3) for value in np.percentile(ms, [50, 95, 99, 100])))


def _cpu_s() -> float:
    used = os.times()
    return used.user + used.system
