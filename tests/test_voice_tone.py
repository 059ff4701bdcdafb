"""The tone, heard by an ear of our own: pitch, detent, roughness, and that nothing clicks."""

from __future__ import annotations

import doctest
import math
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from voices import crackle, guided, mixed, power_db, rms, strongest_hz

from formcheck.outputs.voice import RATE, tone
from formcheck.outputs.voice.mixer import Mixer
from formcheck.outputs.voice.sounds import Guide
from formcheck.outputs.voice.tone import pitch_hz

SECOND = RATE


def lift(fps: float = 30.0) -> NDArray[np.float64]:
    """A rep as it is meant to be: 1 s up, 3 s held, 3.5 s down, with a degree of tremor."""
    time = np.arange(0, 10, 1 / fps)
    legs = np.interp(time, [0, 1, 2, 5, 8.5, 10], [-42, -42, 2, 2, -44, -44])
    return np.asarray(legs + np.random.default_rng(3).normal(0, 0.5, len(time)))


def heard(guide: Guide, length_s: float = 1.0) -> NDArray[np.float32]:
    return mixed(round(length_s * RATE), [(0, lambda mixer: mixer.guide(guide))])


def test_examples_of_the_pitch() -> None:
    assert doctest.testmod(tone).failed == 0
    assert doctest.testmod(tone).attempted > 0


@pytest.mark.parametrize("others", [{}, {"warning": 1.0}, {"parallel": True}], ids=str)
def test_pitch_follows_the_legs(others: dict[str, float | bool]) -> None:
    legs = lift()
    sound = mixed(10 * SECOND, guided(legs, **others))
    times = np.arange(0.1, 9.9, 0.05)
    pitch = np.array([strongest_hz(sound, time) for time in times])
    true = np.interp(times, np.arange(len(legs)) / 30, legs)
    assert np.corrcoef(pitch, true)[0, 1] > 0.99
    assert np.corrcoef(np.log(pitch), true)[0, 1] > 0.995


def test_pitch_follows_the_legs_beside_the_falling_guide_and_across_the_detent() -> None:
    legs = lift()
    targets = np.interp(np.arange(len(legs)) / 30, [5, 8], [0, -40])
    events = [
        (n * RATE // 30, lambda m, d=d, t=t, n=n: m.guide(Guide(d, t if 150 < n < 240 else None, abs(d) < 3)))
        for n, (d, t) in enumerate(zip(legs.tolist(), targets.tolist(), strict=True))
    ]
    sound = mixed(10 * SECOND, events)
    times = np.arange(0.1, 9.9, 0.05)
    pitch = [strongest_hz(sound, time) for time in times]
    assert np.corrcoef(pitch, np.interp(times, np.arange(len(legs)) / 30, legs))[0, 1] > 0.99


@pytest.mark.parametrize("degrees", [-60.0, -30.0, 0.0, 15.0, 39.0])
def test_a_held_pitch_is_exact(degrees: float) -> None:
    assert strongest_hz(heard(Guide(degrees)), 0.5, window=8192) == pytest.approx(pitch_hz(degrees), rel=1e-4)


def test_pitch_glides_within_a_tenth_of_a_second() -> None:
    sound = mixed(SECOND, [(0, lambda m: m.guide(Guide(-40.0))), (SECOND // 2, lambda m: m.guide(Guide(0.0)))])
    assert strongest_hz(sound, 0.47, window=1024) == pytest.approx(220, rel=0.03)
    assert 230 < strongest_hz(sound, 0.53, window=512) < 435
    assert strongest_hz(sound, 0.68, window=1024) == pytest.approx(440, rel=0.03)


def test_the_detent_is_brighter_louder_and_begins_with_a_bell() -> None:
    away, there = heard(Guide(0.0)), heard(Guide(0.0, parallel=True))
    assert power_db(there, 1000, 4000) > power_db(away, 1000, 4000) + 6
    assert rms(there[RATE // 2 :]) > 1.25 * rms(away[RATE // 2 :])
    arrival = [(0, lambda m: m.guide(Guide(-10.0))), (SECOND, lambda m: m.guide(Guide(0.0, parallel=True)))]
    sound = mixed(3 * SECOND, arrival)
    at, later = sound[SECOND : SECOND + 4800], sound[-4800:]
    assert power_db(at, 3900, 4050) > power_db(later, 3900, 4050) + 20


def test_trembling_at_the_edge_of_the_band_does_not_ring_again_and_again() -> None:
    flicker = [
        (n * 800, lambda m, n=n: m.guide(Guide(0.0 if n > 15 else -9.0, parallel=n > 15 and n % 2 == 0)))
        for n in range(90)
    ]
    sound = mixed(3 * SECOND, flicker)
    bell = [power_db(sound[at : at + 2400], 3900, 4050) for at in range(0, 3 * SECOND - 2400, 2400)]
    rings = sum(after > before + 10 for before, after in pairwise(bell))
    assert rings == 1


def test_the_falling_guide_is_softer_an_octave_above_and_pulses() -> None:
    alone = heard(Guide(math.nan, -20.0))
    assert strongest_hz(alone, 0.5, high=2000) == pytest.approx(2 * pitch_hz(-20), rel=0.01)
    assert rms(alone) < 0.5 * rms(heard(Guide(-20.0)))
    loudness = [rms(alone[at : at + 600]) for at in range(2400, SECOND - 600, 600)]
    assert max(loudness) > 2 * min(loudness)


def test_a_warning_is_rough_and_harsh() -> None:
    calm, harsh = heard(Guide(-40.0)), heard(Guide(-40.0, warning=1.0))
    middle = heard(Guide(-40.0, warning=0.5))

    def roughness(sound: NDArray[np.float32]) -> float:
        return power_db(sound[4800:], 220 - 40, 220 - 22) - power_db(sound[4800:], 210, 230)

    assert roughness(calm) < -60
    assert roughness(calm) < roughness(middle) < roughness(harsh)
    assert roughness(harsh) > -15
    assert power_db(harsh, 600, 2000) > power_db(calm, 600, 2000) + 8


TARGET = Guide(math.nan, 0.0)


def busy(seed: int) -> NDArray[np.float32]:
    """Everything that the tone can do, at once and abruptly; the target's highest harmonic is at 4.4 kHz."""
    rng = np.random.default_rng(seed)
    events = []
    for n in range(120):
        legs, target, warning = rng.uniform(-60, 10), rng.uniform(-60, 0), rng.uniform(0, 1)
        guide = Guide(legs, target if rng.random() < 0.5 else None, rng.random() < 0.3, warning)
        chosen = None if rng.random() < 0.15 else guide
        events.append((n * 800, lambda m, chosen=chosen: m.guide(chosen)))
    return mixed(5 * SECOND, [*events, (4 * SECOND, lambda m: m.guide(None))])


@pytest.mark.parametrize("seed", range(3))
def test_nothing_clicks(seed: int) -> None:
    sound = busy(seed)
    assert crackle(sound, 7000) < 0.003
    held = (Guide(12.0, None, True, warning) for warning in (0.0, 1.0))  # a little above all that is asked for
    steepest = max(np.abs(np.diff(heard(guide))).max() for guide in held) + np.abs(np.diff(heard(TARGET))).max()
    assert np.abs(np.diff(sound)).max() < steepest


def test_a_click_would_be_noticed() -> None:
    broken = busy(0)
    broken[30000:] = np.roll(broken[30000:], 37)
    assert crackle(broken, 7000) > 0.01


def test_it_fades_in_and_out() -> None:
    sound = mixed(SECOND, [(0, lambda m: m.guide(Guide(0.0))), (SECOND // 2, lambda m: m.guide(None))])
    level = rms(sound[6000:11000])
    assert rms(sound[:240]) < 0.25 * level
    assert rms(sound[1200:1800]) == pytest.approx(level, rel=0.1)
    assert rms(sound[12000:12240]) > 0.5 * level
    assert rms(sound[12480:12720]) < 0.25 * level
    assert not sound[12000 + 1200 :].any()


def test_coming_back_after_silence_does_not_sweep() -> None:
    events = [
        (0, lambda m: m.guide(Guide(-40.0))),
        (9600, lambda m: m.guide(None)),
        (19200, lambda m: m.guide(Guide(0.0))),
    ]
    assert strongest_hz(mixed(SECOND, events), 0.83, window=1024) == pytest.approx(440, rel=0.02)


@pytest.mark.parametrize("broken", [Guide(math.nan), Guide(math.inf), Guide(-math.inf, math.nan)])
def test_what_is_unknown_is_silent(broken: Guide) -> None:
    sound = mixed(SECOND, [(0, lambda m: m.guide(Guide(-10.0, warning=math.nan))), (9600, lambda m: m.guide(broken))])
    assert np.isfinite(sound).all()
    assert rms(sound[2400:9600]) > 0.05
    assert not sound[12000:].any()


def test_silence_costs_no_tone() -> None:
    assert not mixed(SECOND, mixer=Mixer(Nothing())).any()


class Nothing:
    keys: frozenset[str] = frozenset()

    def samples(self, key: str) -> NDArray[np.float32]:
        raise KeyError(key)
