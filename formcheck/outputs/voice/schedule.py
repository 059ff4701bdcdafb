"""Short sounds to come and those being heard."""

from __future__ import annotations

from typing import NamedTuple

from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.shapes import Samples
from formcheck.outputs.voice.sounds import Kind, Tick
from formcheck.outputs.voice.ticks import tick


class Ticked(NamedTuple):
    """A short sound that was heard, in seconds of the session."""

    start_s: float
    end_s: float
    kind: Kind


class Schedule:
    """Ticks by the sample of the session at which they begin. Not for two threads at once."""

    def __init__(self) -> None:
        self._planned: list[tuple[int, Kind]] = []
        self._sounding: list[Samples] = []
        self.ticked: list[Ticked] = []

    @property
    def active(self) -> bool:
        """Whether there is anything to hear, now or later."""
        return bool(self._planned or self._sounding)

    @property
    def sounding(self) -> bool:
        """Whether a short sound is being heard."""
        return bool(self._sounding)

    def plan(self, sound: Tick) -> None:
        """Have it heard at its time, or at once where that has passed."""
        self._planned.append((round(sound.at_s * RATE), sound.kind))

    def clear(self) -> None:
        """Forget what is still to come."""
        self._planned.clear()

    def mix(self, block: Samples, at: int, volume: float) -> None:
        """Add what is heard in a block whose first sample is number `at` of the session."""
        self._sounding = [rest for sound in self._sounding if len(rest := _add(block, sound, 0))]
        for start, kind in self._due(at, at + len(block)):
            sound = tick(kind)
            self.ticked.append(Ticked(start / RATE, (start + len(sound)) / RATE, kind))
            if len(rest := _add(block, sound * volume, start - at)):
                self._sounding.append(rest)

    def _due(self, at: int, end: int) -> list[tuple[int, Kind]]:
        """What begins in this block, in order; of those that are late the last of each kind, now."""
        due = sorted(item for item in self._planned if item[0] < end)
        if not due:
            return []
        self._planned = [item for item in self._planned if item[0] >= end]
        late = {kind: at for start, kind in due if start < at}
        return [(start, kind) for kind, start in late.items()] + [item for item in due if item[0] >= at]


def _add(block: Samples, sound: Samples, offset: int) -> Samples:
    """Add as much of the sound as fits; the rest comes back."""
    part = sound[: len(block) - offset]
    block[offset : offset + len(part)] += part
    return sound[len(part) :]
