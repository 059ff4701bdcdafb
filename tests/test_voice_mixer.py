"""One voice at a time, and the same sound whatever blocks are asked for."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from voices import KINDS, LENGTHS, Event, burst, crackle, mixed, mixer, power_db, rms

from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.mixer import Mode
from formcheck.outputs.voice.shapes import CEILING, KNEE, limited
from formcheck.outputs.voice.sounds import CHAT, COUNT, CUE, TROUBLE, WARNING, Guide, Heard, Hush, Say, Tick

SECOND = RATE


def say(key: str, priority: int = CHAT) -> Event:
    return 0, lambda mixer: mixer.play(Say((key,), priority))


# ---------------------------------------------------------------- the law


def story() -> list[Event]:
    """All there is, at odd samples."""
    return [
        (0, lambda m: m.guide(Guide(-30.0, -20.0))),
        (1001, lambda m: m.play(Tick("hold", 0.2))),
        (1001, lambda m: m.play(Tick("out", 0.21))),
        (3333, lambda m: m.play(Say(("one", "two")))),
        (5000, lambda m: m.guide(Guide(0.0, None, True, 0.7))),
        (7777, lambda m: m.play(Say(("three",), CUE))),
        (9999, lambda m: m.play(Tick("go", 0.1))),
        (11111, lambda m: setattr(m, "volume", 0.3)),
        (12000, lambda m: m.guide(None)),
        (13500, lambda m: m.play(Say(("long",), WARNING))),
        (15000, lambda m: m.play(Hush())),
        (15001, lambda m: m.play(Tick("end", 0.63))),
    ]


LENGTH = 18_000
WHOLE = mixed(LENGTH, story())


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, LENGTH - 1), max_size=40))
def test_blocks_of_any_size_give_the_same_samples(cuts: list[int]) -> None:
    np.testing.assert_array_equal(mixed(LENGTH, story(), cuts=cuts), WHOLE)


@pytest.mark.parametrize("size", [1, 7, 64, 239, 240, 241, 480, 1024])
def test_blocks_of_one_size_give_the_same_samples(size: int) -> None:
    np.testing.assert_array_equal(mixed(LENGTH, story(), cuts=range(0, LENGTH, size)), WHOLE)


# ---------------------------------------------------------------- one voice at a time


def test_a_phrase_is_heard_from_the_next_chunk_for_its_length() -> None:
    made = mixer()
    sound = mixed(SECOND, [(100, lambda m: m.play(Say(("one",))))], mixer=made)
    assert made.spoken == [(0.01, 0.31, ("one",))]
    assert not sound[:240].any()
    assert rms(sound[300:7300]) == pytest.approx(rms(burst(0.3)), rel=0.02)
    assert not sound[240 + 7200 :].any()


def test_several_keys_follow_each_other_and_unknown_ones_are_left_out() -> None:
    made = mixer()
    assert made.play(Say(("one", "nowhere", "three")))
    mixed(SECOND, mixer=made)
    assert made.spoken == [(0.0, pytest.approx(0.55), ("one", "three"))]


def test_unknown_phrases_are_refused() -> None:
    made = mixer()
    assert not made.play(Say(("nowhere",)))
    assert not made.play(Say(()))
    assert not made.busy


@pytest.mark.parametrize("first", range(CHAT, TROUBLE + 1))
@pytest.mark.parametrize("second", range(CHAT, TROUBLE + 1))
def test_only_what_matters_more_cuts(first: int, second: int) -> None:
    made = mixer()
    taken: list[bool] = []
    mixed(
        2 * SECOND,
        [
            (0, lambda m: taken.append(m.play(Say(("two",), first)))),
            (4800, lambda m: taken.append(m.play(Say(("one",), second)))),
        ],
        mixer=made,
    )
    assert taken == [True, second > first]
    assert [item.keys for item in made.spoken] == ([("two",), ("one",)] if second > first else [("two",)])
    if second > first:
        assert made.spoken[0].end_s == pytest.approx(0.23)
        assert made.spoken[1].start_s == made.spoken[0].end_s


def test_a_cut_fades_and_does_not_click() -> None:
    sound = mixed(SECOND, [say("long"), (4800, lambda m: m.play(Say(("one",), TROUBLE)))])
    assert crackle(sound[1000:9000], 7000) < 0.01


def test_phrases_do_not_overlap_where_a_loudspeakers_time_trembles() -> None:
    made = mixer()
    made.play(Say(("two",)))
    made.render(4800, 0.0)
    made.play(Say(("one",), TROUBLE))
    made.render(4800, 0.19)
    assert made.spoken[1].start_s == made.spoken[0].end_s == pytest.approx(0.23)


def test_after_hush_anything_may_be_said() -> None:
    made = mixer()
    events: list[Event] = [
        say("long", TROUBLE),
        (2400, lambda m: m.play(Hush())),
        (2400, lambda m: m.play(Hush())),
        (2410, lambda m: m.play(Say(("one",)))),
    ]
    mixed(SECOND, events, mixer=made)
    assert made.spoken == [
        (0.0, pytest.approx(0.13), ("long",)),
        (pytest.approx(0.13), pytest.approx(0.43), ("one",)),
    ]
    assert not made.busy


def test_what_had_not_begun_is_never_heard() -> None:
    made = mixer()
    assert made.play(Say(("one",), COUNT))
    assert made.play(Say(("two",), CUE))
    assert not made.play(Say(("three",), CUE))
    mixed(SECOND, mixer=made)
    assert [item.keys for item in made.spoken] == [("two",)]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 40_000), st.sampled_from(sorted(LENGTHS)), st.integers(CHAT, TROUBLE) | st.none()),
        max_size=25,
    )
)
def test_no_two_phrases_overlap(asked: list[tuple[int, str, int | None]]) -> None:
    made = mixer()
    events: list[Event] = [
        (at, lambda m, key=key, p=p: m.play(Hush() if p is None else Say((key,), p)))  # type: ignore[misc]
        for at, key, p in asked
    ]
    sound = mixed(2 * SECOND, events, mixer=made)
    for before, after in pairwise(made.spoken):
        assert before.end_s <= after.start_s
    assert np.abs(sound).max() < 0.41
    quiet = np.ones(2 * SECOND, bool)
    for item in made.spoken:
        quiet[round(item.start_s * RATE) : round(item.end_s * RATE)] = False
    assert not sound[quiet].any()


def test_speech_ducks_the_tone_by_ten_decibels() -> None:
    events: list[Event] = [(0, lambda m: m.guide(Guide(-20.0))), (12_000, lambda m: m.play(Say(("two",))))]
    sound = mixed(2 * SECOND, events)
    before, within, after = (power_db(sound[at : at + 4800], 250, 400) for at in (6000, 17_000, 40_000))
    assert within - before == pytest.approx(-10, abs=0.5)
    assert after == pytest.approx(before, abs=0.2)


# ---------------------------------------------------------------- modes and loudness


@pytest.mark.parametrize(("mode", "tones", "voice"), [("full", 1, 1), ("voice", 0, 1), ("tones", 1, 0), ("off", 0, 0)])
def test_modes(mode: Mode, tones: int, voice: int) -> None:
    made = mixer(mode)
    made.guide(Guide(-20.0))
    assert made.play(Say(("one",))) is bool(voice)
    assert made.play(Tick("hold", 0.7)) is bool(tones)
    sound = mixed(SECOND, mixer=made)
    assert bool(sound[:7200].any()) is bool(tones or voice)
    assert (power_db(sound[2400:7200], 250, 400) > -80) is bool(tones)
    assert (power_db(sound[2400:7200], 2900, 3100) > -60) is bool(voice)
    assert len(made.ticked) == tones
    assert len(made.spoken) == voice


def test_the_mode_may_change_while_it_sounds() -> None:
    sound = mixed(SECOND, [(0, lambda m: m.guide(Guide(0.0))), (9600, lambda m: setattr(m, "mode", "off"))])
    assert not sound[12_000:].any()
    assert crackle(sound, 7000) < 0.003


@pytest.mark.parametrize("volume", [0.0, 0.25, 0.5])
def test_volume_scales_everything(volume: float) -> None:
    def heard(volume: float) -> np.ndarray:
        made = mixer(volume=volume)
        made.take(Heard(Guide(-20.0), (Say(("one",)), Tick("hold", 0.5))))
        return mixed(SECOND, mixer=made)

    np.testing.assert_allclose(heard(volume), volume * heard(1.0), atol=1e-6)


def test_a_change_of_volume_does_not_click() -> None:
    sound = mixed(SECOND, [(0, lambda m: m.guide(Guide(0.0))), (9600, lambda m: setattr(m, "volume", 0.1))])
    assert crackle(sound, 7000) < 0.003


def test_nothing_is_louder_than_full_scale() -> None:
    made = mixer(volume=4.0)
    made.guide(Guide(0.0, -1.0, True, 1.0))
    made.play(Say(("long",)))
    for kind in KINDS:
        made.play(Tick(kind, 0.3))
    sound = mixed(SECOND, mixer=made)
    assert KNEE < np.abs(sound).max() <= CEILING


def test_the_limiter_leaves_what_is_quiet_and_keeps_order() -> None:
    ramp = np.linspace(-3, 3, 6001, dtype=np.float32)
    bent = limited(ramp)
    assert np.abs(bent).max() <= CEILING
    assert (np.diff(bent) >= 0).all()
    calm = np.abs(ramp) <= KNEE
    np.testing.assert_array_equal(bent[calm], ramp[calm])
    assert np.abs(np.diff(bent)).max() <= 0.0011


# ---------------------------------------------------------------- two threads


def test_asking_and_rendering_at_the_same_time() -> None:
    made, stop = mixer(), threading.Event()
    failures: list[BaseException] = []

    def ask() -> None:
        rng = np.random.default_rng(1)
        try:
            while not stop.is_set():
                made.guide(Guide(float(rng.uniform(-50, 5))))
                made.play(Say(("one",), int(rng.integers(0, 5))))
                made.play(Tick("hold", float(rng.uniform(0, 4))))
                if rng.random() < 0.02:
                    made.play(Hush())
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        blocks = [made.render(480, n * 0.02) for n in range(200) if not time.sleep(0.001)]
    finally:
        stop.set()
        thread.join()
    assert not failures
    assert len(made.spoken) > 2
    assert made.ticked
    assert all(np.isfinite(block).all() for block in blocks)
    assert all(before.end_s <= after.start_s for before, after in pairwise(made.spoken))
