"""Playing in session time without a loudspeaker: the file is right to the sample, and phrases end."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from speakers import Clock, read
from voices import Bursts, strongest_hz
from waits import until

from formcheck.errors import OutputError
from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.mixer import Mixer
from formcheck.outputs.voice.player import AHEAD, Player
from formcheck.outputs.voice.sounds import Guide, Heard, Say, Tick
from formcheck.outputs.voice.tone import pitch_hz

pytestmark = pytest.mark.alone


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "heard.wav"


@pytest.fixture
def mixer() -> Mixer:
    return Mixer(Bursts(), volume=1.0)


def test_the_file_is_as_long_as_the_session_to_the_sample(mixer: Mixer, path: Path) -> None:
    clock = Clock()
    playing = Player(mixer, clock, device=False, wav=path)
    playing.start()
    for now in (0.3, 0.31, 0.31, 0.31, 0.9, 1.2345):
        clock.now = now
        until(lambda now=now: len(read(path)) == int(now * RATE) + AHEAD)
    playing.close()
    assert len(read(path)) == int(1.2345 * RATE)
    assert playing.warning == ""
    playing.close()


def test_nothing_is_heard_before_it_was_asked_for_and_ticks_are_on_time(mixer: Mixer, path: Path) -> None:
    clock = Clock()
    with Player(mixer, clock, device=False, wav=path):
        clock.now = 0.5
        until(lambda: len(read(path)) == 12_000 + AHEAD)
        mixer.take(Heard(Guide(-20.0), (Tick("hold", 1.0), Say(("one",)))))
        clock.now = 1.5
        until(lambda: len(read(path)) == 36_000 + AHEAD)
    sound = read(path)
    assert not sound[: 12_000 + AHEAD].any()
    assert sound[12_000 + AHEAD : 12_000 + AHEAD + 1200].any()
    assert strongest_hz(sound, 1.2, 200, 500) == pytest.approx(pitch_hz(-20), rel=0.01)
    assert mixer.ticked[0].start_s == 1.0
    assert path.with_suffix(".txt").read_text("utf-8").splitlines() == [
        "0.550000\t0.850000\tone",
        "1.000000\t1.100000\thold",
    ]


def test_labels_come_as_it_goes(mixer: Mixer, path: Path) -> None:
    clock = Clock()
    with Player(mixer, clock, device=False, wav=path):
        mixer.play(Say(("one",)))
        clock.now = 0.2
        until(lambda: len(read(path)) == 4800 + AHEAD)
        assert path.with_suffix(".txt").read_text("utf-8") == ""
        clock.now = 0.6
        until(lambda: "one" in path.with_suffix(".txt").read_text("utf-8"))


def test_a_clock_that_leaps_leaves_silence_and_one_that_goes_back_waits(mixer: Mixer, path: Path) -> None:
    clock = Clock()
    with Player(mixer, clock, device=False, wav=path):
        mixer.guide(Guide(-20.0))
        clock.now = 1.0
        until(lambda: len(read(path)) == RATE + AHEAD)
        clock.now = 0.8
        time.sleep(0.12)
        assert len(read(path)) == RATE + AHEAD
        clock.now = 60.0
        until(lambda: len(read(path)) == 60 * RATE + AHEAD)
    sound = read(path)
    assert len(sound) == 60 * RATE
    assert sound[RATE:][:1000].any()
    assert not sound[2 * RATE : 59 * RATE].any()


def test_nobody_listening_still_lets_phrases_end(mixer: Mixer) -> None:
    start = time.monotonic()
    with Player(mixer, lambda: time.monotonic() - start, device=False) as playing:
        assert mixer.play(Say(("one",)))
        assert not mixer.play(Say(("two",)))
        playing.finish(5.0)
        assert not mixer.busy
        assert time.monotonic() - start < 2
        assert mixer.play(Say(("two",)))


def test_finish_does_not_wait_for_ever(mixer: Mixer) -> None:
    with Player(mixer, lambda: 0.0, device=False) as playing:
        mixer.play(Say(("long",)))
        start = time.monotonic()
        playing.finish(0.1)
        assert time.monotonic() - start < 1


def test_closing_what_never_began(mixer: Mixer, path: Path) -> None:
    Player(mixer, lambda: 0.0, wav=path).close()
    assert len(read(path)) == 0


def test_a_file_that_cannot_be_made_is_an_error_at_once(mixer: Mixer, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="give a file that can be written"):
        Player(mixer, lambda: 0.0, wav=tmp_path / "nowhere" / "heard.wav")


def test_asking_never_waits(mixer: Mixer) -> None:
    start = time.monotonic()
    took = []
    with Player(mixer, lambda: time.monotonic() - start, device=False):
        for number in range(200):
            before = time.perf_counter()
            mixer.take(Heard(Guide(float(-number % 40)), (Tick("hold", number / 100), Say(("one",), number % 5))))
            took.append(time.perf_counter() - before)
            time.sleep(0.001)
    assert np.median(took) < 0.001
