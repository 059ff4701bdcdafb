"""What tests of sound share: a pack of bursts, a way to render with events at exact samples, an ear of our own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.mixer import Mixer, Mode
from formcheck.outputs.voice.sounds import Guide, Kind

Sound = NDArray[np.float32]
LENGTHS = {"one": 0.3, "two": 0.5, "three": 0.25, "long": 2.0}
Event = tuple[int, Callable[[Mixer], object]]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Bursts:
    """Phrases that are bursts of 3 kHz, of known lengths."""

    keys = frozenset(LENGTHS)

    def samples(self, key: str) -> Sound:
        return BURSTS[key]


def burst(length_s: float, level: float = 0.4) -> Sound:
    return (level * np.sin(2 * np.pi * 3000 / RATE * np.arange(round(length_s * RATE)))).astype(np.float32)


BURSTS = {key: burst(length_s) for key, length_s in LENGTHS.items()}


def mixer(mode: Mode = "full", volume: float = 1.0) -> Mixer:
    return Mixer(Bursts(), mode=mode, volume=volume)


def mixed(length: int, events: Iterable[Event] = (), *, cuts: Iterable[int] = (), mixer: Mixer | None = None) -> Sound:
    """`length` samples from 0 s on, each event at its sample, in blocks that end at events and at `cuts`."""
    mixer = mixer or Mixer(Bursts(), volume=1.0)
    waiting = sorted(events, key=lambda event: event[0])
    edges = sorted({0, length, *(at for at, _ in waiting), *cuts})
    made = []
    for start, end in pairwise(edges):
        for _, action in [event for event in waiting if event[0] == start]:
            action(mixer)
        made.append(mixer.render(end - start, start / RATE))
    return np.concatenate(made)


def guided(elevation: NDArray[np.float64], fps: float = 30.0, **others: float | bool) -> list[Event]:
    """The tone following these elevations, one a frame."""
    return [
        (round(n * RATE / fps), lambda mixer, deg=deg: mixer.guide(Guide(float(deg), **others)))  # type: ignore[misc]
        for n, deg in enumerate(elevation)
    ]


def strongest_hz(sound: Sound, at_s: float, low: float = 100.0, high: float = 900.0, window: int = 2048) -> float:
    """The strongest frequency between `low` and `high` around a time: peak of the spectrum, by a parabola."""
    middle = round(at_s * RATE)
    part = sound[max(middle - window // 2, 0) : middle + window // 2]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 4 * window)) + 1e-12
    hz = np.fft.rfftfreq(4 * window, 1 / RATE)
    inside = np.flatnonzero((hz >= low) & (hz <= high))
    top = inside[np.argmax(spectrum[inside])]
    a, b, c = np.log(spectrum[top - 1 : top + 2])
    return float((top + 0.5 * (a - c) / (a - 2 * b + c)) * RATE / (4 * window))


def power_db(sound: Sound, low: float, high: float) -> float:
    """Power between two frequencies, in decibels."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    hz = np.fft.rfftfreq(len(sound), 1 / RATE)
    return float(10 * np.log10(spectrum[(hz >= low) & (hz < high)].sum() / len(sound) ** 2 + 1e-16))


def crackle(sound: Sound, above_hz: float) -> float:
    """The loudest that is heard above a frequency, as a share of the loudest of all within 20 ms: a click is
    heard there, a tone without harmonics so high is not."""
    spectrum = np.fft.rfft(sound.astype(np.float64))
    hz = np.fft.rfftfreq(len(sound), 1 / RATE)
    gate = np.clip((hz - above_hz) / 500, 0, 1)
    high = np.abs(np.fft.irfft(spectrum * gate, len(sound)))
    return float(high[100:-100].max() / np.abs(sound).max())


def rms(sound: Sound) -> float:
    return float(np.sqrt(np.mean(sound.astype(np.float64) ** 2)))
