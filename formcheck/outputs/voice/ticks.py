"""Short sounds, made once: told apart by pitch and length, all of them soft at the edges."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.shapes import Samples, faded
from formcheck.outputs.voice.sounds import Kind

NAMES: dict[Kind, str] = {
    "hold": "hold",
    "count": "count-in",
    "go": "go",
    "out": "breathe out",
    "in": "breathe in",
    "end": "end of set",
}
"""What a label track calls them."""


@cache
def tick(kind: Kind) -> Samples:
    """The samples of one kind; shared, so not to be written to.

    hold   a wooden tap, 0.1 s          count  a soft beep, 0.16 s       go   the same an octave up, 0.4 s
    out    a sigh that falls, 1.6 s     in     a breath that rises       end  a chord, note by note, 1.6 s
    """
    made = _MAKERS[kind]()
    made.flags.writeable = False
    return made


@cache
def chime() -> Samples:
    """Arriving at parallel: a small bell, far above any pitch of the tone."""
    return _bell(2640.0, 0.6, 0.1, (1.0, 0.45), (1.0, 1.5))


def _bell(
    hz: float, length_s: float, level: float, strengths: tuple[float, ...], partials: tuple[float, ...]
) -> Samples:
    """A struck note: partials (multiples of `hz`) that die away, the higher the sooner."""
    time = np.arange(round(length_s * RATE)) / RATE
    decay = 5.0 / length_s
    waves = [
        strength * np.sin(math.tau * hz * partial * time) * np.exp(-decay * partial**0.5 * time)
        for strength, partial in zip(strengths, partials, strict=True)
    ]
    return _edged(np.sum(waves, axis=0) * level / sum(strengths))


def _beep(hz: float, length_s: float, level: float) -> Samples:
    time = np.arange(round(length_s * RATE)) / RATE
    wave = np.sin(math.tau * hz * time) + 0.25 * np.sin(math.tau * 2 * hz * time)
    return faded((wave * level / 1.25).astype(np.float32), 0.012, 0.6 * length_s)


def _edged(samples: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Samples:
    return faded(samples.astype(np.float32), 0.003, 0.02)


def _chord() -> Samples:
    """D, F sharp, A, D: a struck major chord, spread out."""
    notes = [_bell(hz, 1.1, 0.34, (1.0, 0.4, 0.15), (1.0, 2.0, 3.0)) for hz in (587.33, 739.99, 880.0, 1174.66)]
    gap = round(0.13 * RATE)
    made = np.zeros(len(notes[0]) + gap * (len(notes) - 1), np.float32)
    for number, note in enumerate(notes):
        made[number * gap : number * gap + len(note)] += note
    return made


def _breath(length_s: float, start_hz: float, end_hz: float) -> Samples:
    """A swell of noise whose colour moves; the noise is the same each time."""
    length = round(length_s * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(7).standard_normal(length))
    hz = np.maximum(np.fft.rfftfreq(length, 1 / RATE), 1.0)
    place = np.linspace(0, 1, length)
    swell = np.sin(math.pi * place) ** 2
    made = np.zeros(length)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        centre = start_hz * (end_hz / start_hz) ** share
        band = np.fft.irfft(spectrum * np.exp(-2 * np.log2(hz / centre) ** 2), length)
        near = np.maximum(0.0, 1 - 4 * np.abs(place - share))
        made += near * band / np.std(band)
    return _edged(made * swell * 0.14)


_MAKERS = {
    "hold": lambda: _bell(1174.66, 0.1, 0.5, (0.25, 1.0, 0.4), (0.5, 1.0, 2.76)),
    "count": lambda: _beep(587.33, 0.16, 0.4),
    "go": lambda: _beep(1174.66, 0.4, 0.4),
    "out": lambda: _breath(1.6, 1500.0, 450.0),
    "in": lambda: _breath(1.6, 700.0, 2400.0),
    "end": _chord,
}
