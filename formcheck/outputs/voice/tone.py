"""The tone that follows the legs: pitch for elevation, brighter at parallel, rough where there is danger.

A second voice, an octave above, hollow and pulsing, leads the way down. Both go on from chunk to chunk without
a jump of phase; what changes glides, so nothing clicks.
"""

from __future__ import annotations

import math

import numpy as np

from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.shapes import CHUNK, RAMP, Samples, approach, between, eased, slide
from formcheck.outputs.voice.sounds import Guide
from formcheck.outputs.voice.ticks import chime

PARALLEL_HZ = 440.0
OCTAVE_DEG = 40.0
LOWEST_DEG, HIGHEST_DEG = -80.0, 40.0

GLIDE_S = 0.04  # time constant of the pitch: frames come every 33 ms
FADE_S = 0.03
TURN_S = 0.03  # time constant of timbre
AFRESH_S = 0.3  # away from parallel for so long before the chime sounds again: angles tremble at the band's edge

LEVEL = 0.1  # speech is somewhat louder
TARGET_LEVEL = 0.04
DETENT = 1.35  # louder at parallel
LIFT = 0.3  # low notes are made louder: small loudspeakers, and ears, are weak there
ROUGH_HZ = 31.0  # heard as roughness, not as beats
ROUGH = 0.8
PULSE_HZ = 4.0

MELLOW = (1.0, 0.32, 0.14, 0.06, 0.025, 0.0, 0.0, 0.0)
BRIGHT = (1.0, 0.62, 0.48, 0.34, 0.26, 0.18, 0.12, 0.08)
HARSH = (1.0, 0.45, 0.75, 0.4, 0.6, 0.35, 0.5, 0.3)
HOLLOW = (1.0, 0.0, 0.22, 0.0, 0.07)

_STEPS = np.arange(1, CHUNK + 1, dtype=np.float64)
_BENDS = _STEPS * _STEPS / (2 * CHUNK)


def pitch_hz(elevation_deg: float) -> float:
    """The fundamental for an elevation in degrees: 440 Hz at parallel (0), an octave for each 40 degrees.

    Higher legs, higher pitch, past parallel too. Held at 110 Hz below -80 degrees and at 880 Hz above 40.

    >>> [round(pitch_hz(deg), 1) for deg in (-80, -40, 0, 20, 40)]
    [110.0, 220.0, 440.0, 622.3, 880.0]
    """
    held = min(max(elevation_deg, LOWEST_DEG), HIGHEST_DEG)
    return float(PARALLEL_HZ * 2.0 ** (held / OCTAVE_DEG))


class _Voice:
    """Pitch, phase and loudness of one tone; silent and without cost while it has nothing to follow."""

    def __init__(self, octave: float) -> None:
        self._octave = octave
        self._degrees = 0.0
        self._hz = 0.0
        self._phase = 0.0
        self._fade = 0.0
        self._level = 0.0

    def step(self, degrees: float | None, level: float) -> tuple[Samples, Samples] | None:
        """Phase (radians) and envelope of the next chunk towards this elevation; `None` fades, then is silence."""
        on = degrees is not None and math.isfinite(degrees)
        before, self._fade = self._fade, slide(self._fade, float(on), FADE_S)
        if before == self._fade == 0.0:
            return None
        phase = self._turned(degrees if on else None, afresh=before == 0.0)
        level *= (PARALLEL_HZ * self._octave / self._hz) ** LIFT
        loud = between(self._level if before else level, level)
        self._level = level
        return phase, loud if before == self._fade else loud * eased(between(before, self._fade))

    def _turned(self, degrees: float | None, *, afresh: bool) -> Samples:
        if degrees is not None:
            held = min(max(degrees, LOWEST_DEG), HIGHEST_DEG)
            self._degrees = held if afresh else approach(self._degrees, held, GLIDE_S)
        hz = pitch_hz(self._degrees) * self._octave
        start = hz if afresh else self._hz
        turns = self._phase + (start * _STEPS + (hz - start) * _BENDS) / RATE
        self._hz, self._phase = hz, float(turns[-1] % 1.0)
        return np.asarray((turns - np.floor(turns)) * math.tau, dtype=np.float32)


class Tone:
    """What the two voices are doing; `step` makes the next chunk."""

    def __init__(self) -> None:
        self._legs, self._target = _Voice(1.0), _Voice(2.0)
        self._bright = self._warning = self._rough_phase = self._pulse_phase = 0.0
        self._strengths = _strengths(0.0, 0.0)
        self._away_s = 0.0
        self._chime = chime()
        self._chimed = len(self._chime)

    def step(self, guide: Guide | None) -> Samples | None:
        """The next chunk (CHUNK,) for what is to be heard from now on; `None` for silence."""
        self._watch_band(guide)
        parts = (self._chime_on(), self._sing(guide), self._lead(guide.target_deg if guide else None))
        heard = [part for part in parts if part is not None]
        if not heard:
            return None
        made = np.zeros(CHUNK, np.float32)
        for part in heard:
            made[: len(part)] += part
        return made

    def _sing(self, guide: Guide | None) -> Samples | None:
        was = self._warning
        if guide is not None:
            self._bright = approach(self._bright, float(guide.parallel), TURN_S)
            self._warning = approach(was, _share(guide.warning), TURN_S)
        degrees = guide.elevation_deg if guide else None
        voiced = self._legs.step(degrees, LEVEL * (1 + (DETENT - 1) * self._bright))
        if voiced is None:
            self._bright = self._warning = 0.0
            return None
        before, self._strengths = self._strengths, _strengths(self._bright, self._warning)
        made = _harmonics(voiced[0], before, self._strengths) * voiced[1]
        return made * self._roughness(was) if was or self._warning else made

    def _roughness(self, was: float) -> Samples:
        turns = self._rough_phase + ROUGH_HZ / RATE * _STEPS
        self._rough_phase = float(turns[-1] % 1.0)
        dip = (0.5 - 0.5 * np.cos(math.tau * turns)).astype(np.float32)
        return 1 - between(ROUGH * was, ROUGH * self._warning) * dip

    def _lead(self, degrees: float | None) -> Samples | None:
        voiced = self._target.step(degrees, TARGET_LEVEL)
        if voiced is None:
            self._pulse_phase = 0.0
            return None
        turns = self._pulse_phase + PULSE_HZ / RATE * _STEPS
        self._pulse_phase = float(turns[-1] % 1.0)
        pulse = (0.65 + 0.35 * np.cos(math.tau * turns)).astype(np.float32)
        return _harmonics(voiced[0], _HOLLOW, _HOLLOW) * voiced[1] * pulse

    def _watch_band(self, guide: Guide | None) -> None:
        if guide is None:
            self._away_s = 0.0  # coming back at parallel is no arrival
        elif not guide.parallel:
            self._away_s += CHUNK / RATE
        else:
            if self._away_s >= AFRESH_S:
                self._chimed = 0
            self._away_s = 0.0

    def _chime_on(self) -> Samples | None:
        part = self._chime[self._chimed : self._chimed + CHUNK]
        self._chimed += len(part)
        return part if len(part) else None


def _share(warning: float) -> float:
    return min(max(warning, 0.0), 1.0) if math.isfinite(warning) else 0.0


def _strengths(bright: float, warning: float) -> Samples:
    """How strong each harmonic is (8,), of unit power."""
    calm = np.add(MELLOW, bright * np.subtract(BRIGHT, MELLOW))
    mixed = calm + warning * (np.asarray(HARSH) - calm)
    return np.asarray(mixed / math.sqrt(float(mixed @ mixed)), dtype=np.float32)


_HOLLOW = np.asarray(HOLLOW, np.float32)
_ORDERS = np.arange(1, len(MELLOW) + 1, dtype=np.float32)[:, None]


def _harmonics(phase: Samples, start: Samples, end: Samples) -> Samples:
    """The sum of the harmonics of a phase (CHUNK,), their strengths gliding from `start` to `end`."""
    waves = np.sin(_ORDERS[: len(start)] * phase)
    made: Samples = start @ waves
    return made if start is end else made + ((end - start) @ waves) * RAMP
