"""Sound without a clock: what would have been heard, as fast as it can be made, by the same mixer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.labels import Labels
from formcheck.outputs.voice.mixer import Mixer
from formcheck.outputs.voice.shapes import Samples
from formcheck.outputs.voice.sounds import Heard
from formcheck.outputs.voice.wav import Wav

Moments = Iterable[tuple[float, Heard]]
"""What is asked for, each with its time in seconds of the session, in order."""
BLOCK = RATE // 10


def rendered(mixer: Mixer, moments: Moments, until_s: float) -> Iterator[Samples]:
    """Blocks of sound from 0 s to `until_s`, each moment taking effect at its time."""
    at, end = 0, round(until_s * RATE)
    for time_s, heard in moments:
        yield from _blocks(mixer, at, goal := max(at, min(round(time_s * RATE), end)))
        mixer.take(heard)
        at = goal
    yield from _blocks(mixer, at, end)


def render_all(mixer: Mixer, moments: Moments, until_s: float) -> Samples:
    """The whole sound (round(until_s * RATE),)."""
    return np.concatenate([np.zeros(0, np.float32), *rendered(mixer, moments, until_s)])


def write_all(mixer: Mixer, moments: Moments, until_s: float, path: Path) -> None:
    """The same into a WAV file, with its label track beside it. Raises `OutputError`."""
    at = 0
    with closing(Wav(path)) as file, closing(Labels(path, mixer)) as labels:
        for block in rendered(mixer, moments, until_s):
            file.write(at, block)
            at += len(block)
            labels.write(at / RATE)


def _blocks(mixer: Mixer, start: int, end: int) -> Iterator[Samples]:
    for at in range(start, end, BLOCK):
        yield mixer.render(min(BLOCK, end - at), at / RATE)
