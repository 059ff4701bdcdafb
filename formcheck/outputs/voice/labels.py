"""A label track beside a WAV file, as Audacity imports it: what was said and what ticked, and when."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from formcheck.outputs.voice.mixer import Mixer
from formcheck.outputs.voice.schedule import Ticked
from formcheck.outputs.voice.speech import Spoken
from formcheck.outputs.voice.ticks import NAMES


class Labels:
    """Lines of start, end (seconds) and label, parted by tabs; the file is kept up as the session goes."""

    def __init__(self, wav: Path, mixer: Mixer) -> None:
        self._path, self._mixer = wav.with_suffix(".txt"), mixer
        self._spoken = self._ticked = 0
        self._write("w", [])

    def write(self, until_s: float) -> None:
        """Add what is over by then; ticks are added as they begin."""
        spoken = [item for item in self._mixer.spoken[self._spoken :] if item.end_s <= until_s]
        ticked = self._mixer.ticked[self._ticked :]
        self._spoken += len(spoken)
        self._ticked += len(ticked)
        if spoken or ticked:
            self._write("a", [*spoken, *ticked])

    def close(self) -> None:
        """Write all of it once more, in order."""
        self._write("w", [*self._mixer.spoken, *self._mixer.ticked])

    def _write(self, how: str, items: list[Spoken | Ticked]) -> None:
        lines = [f"{item.start_s:.6f}\t{item.end_s:.6f}\t{label(item)}\n" for item in sorted(items, key=_start)]
        with suppress(OSError), self._path.open(how, encoding="utf-8", newline="\n") as file:
            file.writelines(lines)


def label(item: Spoken | Ticked) -> str:
    """The keys of a phrase, or the name of a short sound."""
    return " ".join(item.keys) if isinstance(item, Spoken) else NAMES[item.kind]


def _start(item: Spoken | Ticked) -> float:
    return item.start_s
