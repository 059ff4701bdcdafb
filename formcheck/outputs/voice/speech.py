"""One voice at a time: what is being said, what cuts it, and a list of all that was said."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.shapes import CHUNK, Samples, eased, faded

CUT_S = 0.03
NEARLY = 0.9
"""A phrase of which so much was spoken was heard."""
GONE = -1  # priority of a phrase that is fading: everything may follow it


class Pack(Protocol):
    """What is needed of a pack of recorded phrases."""

    @property
    def keys(self) -> Collection[str]:
        """The keys there are."""

    def samples(self, key: str) -> Samples:
        """One phrase, mono at `RATE`."""


Words = tuple[tuple[str, ...], Samples]
"""Keys, and their samples one after the other."""


class Spoken(NamedTuple):
    """A phrase that was heard, in seconds of the session, with the keys of its parts."""

    start_s: float
    end_s: float
    keys: tuple[str, ...]


@dataclass
class _Phrase:
    keys: tuple[str, ...]
    priority: int
    samples: Samples
    done: int = 0
    record: int = -1  # its place in the list of what was spoken


class Speech:
    """The phrase being spoken and, while that fades, the next; `heard`: keys of what was spoken to its end, or nearly.

    Not for two threads at once.
    """

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._phrases: deque[_Phrase] = deque()
        self.spoken: list[Spoken] = []
        self.heard: set[str] = set()

    @property
    def active(self) -> bool:
        """Whether anything is being spoken, or about to be."""
        return bool(self._phrases)

    def yields(self, priority: int) -> bool:
        """Whether what is being spoken, if anything is, matters less than this."""
        return not self._phrases or self._phrases[-1].priority < priority

    def words(self, asked: tuple[str, ...]) -> Words | None:
        """Those of the keys that the pack has, with their samples; `None` if it has none of them."""
        keys = tuple(key for key in asked if key in self._pack.keys)
        parts = [faded(self._pack.samples(key)) for key in keys]
        joined = np.concatenate(parts) if parts else np.zeros(0, np.float32)
        return (keys, joined) if len(joined) else None

    def say(self, words: Words, priority: int) -> bool:
        """Speak from the next chunk on, cutting what matters less; `False` if it gives way."""
        if not self.yields(priority):
            return False
        self.hush()
        self._phrases.append(_Phrase(words[0], priority, words[1]))
        return True

    def hush(self) -> None:
        """Fade what is being spoken, and forget what has not begun."""
        while self._phrases and not self._phrases[-1].done:
            self._phrases.pop()
        if self._phrases and self._phrases[0].priority != GONE:
            self._fade(self._phrases[0])

    def step(self, at: int) -> Samples | None:
        """The next chunk (CHUNK,), which begins with sample `at` of the session; `None` for silence."""
        if not self._phrases:
            return None
        made, filled = np.zeros(CHUNK, np.float32), 0
        while self._phrases and filled < CHUNK:
            phrase = self._phrases[0]
            if phrase.record < 0:
                self._begin(phrase, at + filled)
            part = phrase.samples[phrase.done : phrase.done + CHUNK - filled]
            made[filled : filled + len(part)] = part
            phrase.done += len(part)
            filled += len(part)
            if phrase.done == len(phrase.samples):
                self._phrases.popleft()
                self.heard.update(phrase.keys if phrase.priority != GONE else ())
        return made

    def _begin(self, phrase: _Phrase, at: int) -> None:
        start_s = max(at / RATE, self.spoken[-1].end_s if self.spoken else 0.0)  # a device's clock trembles
        phrase.record = len(self.spoken)
        self.spoken.append(Spoken(start_s, start_s + len(phrase.samples) / RATE, phrase.keys))

    def _fade(self, phrase: _Phrase) -> None:
        if phrase.done >= NEARLY * len(phrase.samples):
            self.heard.update(phrase.keys)
        rest = phrase.samples[phrase.done : phrase.done + round(CUT_S * RATE)]
        fade = eased(np.linspace(1, 0, len(rest), dtype=np.float32))
        phrase.samples = np.concatenate([phrase.samples[: phrase.done], rest * fade])
        phrase.priority = GONE
        begun = self.spoken[phrase.record]
        self.spoken[phrase.record] = begun._replace(end_s=begun.start_s + len(phrase.samples) / RATE)
