"""Short sounds: each begins on its sample, none piles up, all are soft at the edges and unlike each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voices import KINDS, Event, crackle, mixed, mixer, power_db, rms

from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.shapes import KNEE, limited
from formcheck.outputs.voice.sounds import Hush, Kind, Tick
from formcheck.outputs.voice.ticks import NAMES, chime, tick

SECOND = RATE


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 9000), st.sampled_from(KINDS), st.lists(st.integers(1, 11_999), max_size=20))
def test_ticks_begin_on_their_sample(at: int, kind: Kind, cuts: list[int]) -> None:
    sound = mixed(12_000, [(0, lambda m: m.play(Tick(kind, at / RATE)))], cuts=cuts)
    expected = np.zeros(12_000, np.float32)
    part = tick(kind)[: 12_000 - at]
    expected[at : at + len(part)] = part
    np.testing.assert_allclose(sound, limited(expected), atol=1e-7)


def test_a_tick_whose_time_has_passed_is_heard_at_once() -> None:
    sound = mixed(SECOND, [(5001, lambda m: m.play(Tick("hold", 0.1)))])
    assert not sound[:5001].any()
    np.testing.assert_array_equal(sound[5001 : 5001 + 500], tick("hold")[:500])


def test_ticks_that_piled_up_while_time_leapt_are_heard_once() -> None:
    made = mixer()
    for second in range(1, 10):
        made.play(Tick("hold", float(second)))
    made.render(480, 0.0)
    sound = made.render(4800, 20.0)
    assert np.abs(sound).max() <= np.abs(tick("hold")).max()
    assert [(item.start_s, item.kind) for item in made.ticked] == [(20.0, "hold")]


def test_hush_forgets_ticks_to_come_but_not_the_one_that_sounds() -> None:
    events: list[Event] = [
        (0, lambda m: (m.play(Tick("go", 0.0)), m.play(Tick("hold", 0.5)))),
        (2400, lambda m: m.play(Hush())),
    ]
    sound = mixed(SECOND, events)
    assert sound[4800:7200].any()
    assert not sound[12_000:].any()


@pytest.mark.parametrize("kind", KINDS)
def test_short_sounds_are_soft_at_the_edges_and_not_too_loud(kind: Kind) -> None:
    sound = tick(kind)
    assert abs(float(sound[0])) < 1e-3
    assert abs(float(sound[-1])) < 1e-3
    assert 0.2 < np.abs(sound).max() < KNEE
    assert crackle(np.concatenate([np.zeros(2400, np.float32), sound, np.zeros(2400, np.float32)]), 9000) < 0.02
    assert kind in NAMES
    with pytest.raises(ValueError, match="read-only"):
        sound[0] = 1


def test_short_sounds_can_be_told_apart() -> None:
    """By where their power lies, or by their length."""
    bands = [(300, 650), (650, 1000), (1000, 1500), (1500, 2500), (2500, 4500)]

    def print_of(sound: np.ndarray) -> np.ndarray:
        power = np.array([10 ** (power_db(sound, *band) / 10) for band in bands])
        early, late = rms(sound[: len(sound) // 2]), rms(sound[len(sound) // 2 :])
        return np.array([*(10 * power / power.sum()), 5 * np.log2(len(sound) / RATE), early / (early + late)])

    prints = [print_of(sound) for sound in [*map(tick, KINDS), chime()]]
    for n, one in enumerate(prints):
        for other in prints[n + 1 :]:
            assert np.linalg.norm(one - other) > 2.5
