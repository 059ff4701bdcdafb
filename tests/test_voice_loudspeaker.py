"""A loudspeaker that keeps time, that has a clock of its own, that is missing, stuck or lost."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from speakers import Clock, Sound, Stream, read
from voices import Bursts, burst, crackle, strongest_hz
from waits import until

from formcheck.outputs.voice import RATE, player
from formcheck.outputs.voice.demo import play_demo
from formcheck.outputs.voice.loudspeaker import doubled
from formcheck.outputs.voice.mixer import Mixer
from formcheck.outputs.voice.player import AHEAD, Player
from formcheck.outputs.voice.sounds import Guide, Heard, Say, Tick

pytestmark = pytest.mark.alone


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "heard.wav"


@pytest.fixture
def mixer() -> Mixer:
    return Mixer(Bursts(), volume=1.0)


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> Sound:
    made = Sound()
    monkeypatch.setitem(sys.modules, "sounddevice", made)
    return made


def test_the_file_gets_what_is_heard_where_it_is_heard(sound: Sound, mixer: Mixer, path: Path) -> None:
    clock = Clock()
    mixer.guide(Guide(-20.0))
    playing = Player(mixer, clock, wav=path)
    playing.start()
    heard = []
    for number in range(60):
        clock.now = number * 0.02
        heard.append(sound.streams[0].ask()[:, 0])
    assert playing.delay_s == pytest.approx(0.08)
    until(lambda: len(read(path)) > 27_000)
    clock.now = 60 * 0.02 + 0.08
    playing.close()
    written = read(path)
    assert len(written) == 60 * 480 + 1920
    assert not written[:1920].any()
    np.testing.assert_allclose(written[1920:], np.concatenate(heard), atol=1e-4)
    assert sound.streams[0].calls == ["start", "stop", "close"]
    assert playing.warning == ""


def test_ticks_are_on_time_through_a_trembling_loudspeaker(sound: Sound, mixer: Mixer) -> None:
    clock, rng = Clock(), np.random.default_rng(4)
    mixer.play(Tick("hold", 5.0))
    heard = []
    with Player(mixer, clock):
        for number in range(300):
            clock.now = number * 0.02 + rng.uniform(-0.008, 0.008)
            heard.append(sound.streams[0].ask()[:, 0])
    first = np.flatnonzero(np.concatenate(heard))[0] / RATE + 0.08  # heard that much after it was asked for
    assert first == pytest.approx(5.0, abs=0.01)


def test_a_loudspeaker_with_a_clock_of_its_own_does_not_drift_away(sound: Sound, mixer: Mixer, path: Path) -> None:
    """A minute in which it runs 3 parts in a thousand fast, many times what they do: 0.18 s."""
    clock, stream = Clock(), []
    for second in range(5, 60, 5):
        mixer.play(Tick("hold", float(second)))
    with Player(mixer, clock, wav=path):
        for number in range(3000):
            clock.now = number * 0.02 / 1.003
            stream.append(sound.streams[0].ask()[:, 0])
    places = np.flatnonzero(np.concatenate(stream)) / RATE
    begun = places[np.flatnonzero(np.diff(places, prepend=-1.0) > 1)]
    assert begun / 1.003 + 0.08 == pytest.approx(np.arange(5, 60, 5), abs=0.004)
    written = read(path)
    assert len(written) / RATE == pytest.approx(clock.now, abs=0.03)
    begun = np.flatnonzero(np.abs(written) > 0.01)
    begun = begun[np.flatnonzero(np.diff(begun, prepend=-RATE) > RATE)] / RATE
    assert begun == pytest.approx(np.arange(5, 60, 5), abs=0.004)


def test_drawing_it_to_the_clock_does_not_click(sound: Sound, mixer: Mixer, path: Path) -> None:
    clock = Clock()
    mixer.guide(Guide(-20.0))
    with Player(mixer, clock, wav=path):
        for number in range(500):
            clock.now = number * 0.02 / 1.003
            sound.streams[0].ask()
    assert crackle(read(path)[6000:], 7000) < 0.01


def test_hardware_that_wants_its_own_rate_and_two_channels(sound: Sound, mixer: Mixer) -> None:
    sound.refuse = lambda s: "Invalid sample rate" if s["samplerate"] != 48_000 or s["channels"] != 2 else ""
    mixer.guide(Guide(0.0))
    with Player(mixer, lambda: 0.0) as playing:
        blocks = [sound.streams[0].ask() for _ in range(50)]
        assert playing.warning == ""
    both = np.concatenate(blocks)
    np.testing.assert_array_equal(both[:, 0], both[:, 1])
    assert strongest_hz(both[::2, 0], 0.5) == pytest.approx(440, rel=0.01)
    assert crackle(both[:, 0][9600:], 3000) < 0.03


def test_doubling_keeps_the_samples() -> None:
    one = burst(0.1)
    two = np.concatenate([doubled(one[:999], np.float32(0)), doubled(one[999:], one[998])])
    np.testing.assert_array_equal(two[1::2], one)
    np.testing.assert_allclose(two[2::2], (one[:-1] + one[1:]) / 2, atol=1e-7)


# ---------------------------------------------------------------- trouble


def warned(playing: Player) -> str:
    assert "\n" not in playing.warning
    assert "loudspeaker" in playing.warning or "libportaudio2" in playing.warning
    return playing.warning


def test_no_library(monkeypatch: pytest.MonkeyPatch, mixer: Mixer, path: Path) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    start = time.monotonic()
    with Player(mixer, lambda: time.monotonic() - start, wav=path) as playing:
        assert "no sound" in warned(playing)
        mixer.play(Say(("one",)))
        playing.finish()
    assert len(read(path)) > 7200


@pytest.mark.parametrize(
    "error",
    [OSError("PortAudio library not found"), Sound.PortAudioError("Error querying\n device -1"), RuntimeError()],
)
def test_no_device(sound: Sound, mixer: Mixer, error: Exception) -> None:
    def refuse(_: object) -> str:
        raise error

    sound.refuse = refuse
    with Player(mixer, lambda: 0.0) as playing:
        assert "no sound" in warned(playing)


def test_a_device_that_cannot_start(sound: Sound, monkeypatch: pytest.MonkeyPatch, mixer: Mixer) -> None:
    def start(self: Stream) -> None:
        raise Sound.PortAudioError("Device unavailable")

    monkeypatch.setattr(Stream, "start", start)
    with Player(mixer, lambda: 0.0) as playing:
        assert "Device unavailable" in warned(playing)


def test_a_device_that_does_not_answer(sound: Sound, monkeypatch: pytest.MonkeyPatch, mixer: Mixer) -> None:
    held = threading.Event()
    monkeypatch.setattr(player, "OPENING_S", 0.05)
    monkeypatch.setattr(Stream, "start", lambda _: held.wait(5))
    with Player(mixer, lambda: 0.0) as playing:
        assert "does not answer" in warned(playing)
        held.set()
        until(lambda: "close" in sound.streams[0].calls)
        assert not sound.streams[0].ask().any()


@pytest.mark.parametrize("how", ["finished", "stuck"])
def test_a_device_lost_in_the_middle(
    sound: Sound, monkeypatch: pytest.MonkeyPatch, mixer: Mixer, path: Path, how: str
) -> None:
    monkeypatch.setattr(player, "LOST", 2)
    clock = Clock()
    mixer.guide(Guide(-20.0))
    with Player(mixer, clock, wav=path) as playing:
        stream = sound.streams[0]
        for number in range(20):
            clock.now = number * 0.02
            stream.ask()
        if how == "finished":
            stream.settings["finished_callback"]()
        until(lambda: playing.warning)
        assert "sound is lost" in warned(playing)
        clock.now = 2.0
        until(lambda: len(read(path)) == 2 * RATE + AHEAD)
        assert not stream.ask().any(), "one that comes back must not take sound from the file"
    written = read(path)
    assert len(written) == 2 * RATE
    assert crackle(written[4800:], 7000) < 0.003, "the file goes on without a gap"


def test_a_mistake_of_ours_in_the_loudspeakers_thread_is_a_warning(
    sound: Sound, monkeypatch: pytest.MonkeyPatch, mixer: Mixer
) -> None:
    with Player(mixer, lambda: 0.0) as playing:
        sound.streams[0].ask()
        broken = lambda *_: 1 / 0  # noqa: E731
        monkeypatch.setattr(mixer, "render", broken)
        assert not sound.streams[0].ask().any()
        monkeypatch.undo()
        until(lambda: playing.warning)
        assert "division by zero" in warned(playing)


def test_a_loudspeaker_that_is_slow_to_stop_was_not_lost(
    sound: Sound, monkeypatch: pytest.MonkeyPatch, mixer: Mixer
) -> None:
    def stop(self: Stream) -> None:
        self.settings["finished_callback"]()
        time.sleep(0.2)

    monkeypatch.setattr(Stream, "stop", stop)
    with Player(mixer, lambda: 0.0) as playing:
        sound.streams[0].ask()
    assert playing.warning == ""


def test_closing_does_not_wait_for_a_device_that_hangs(
    sound: Sound, monkeypatch: pytest.MonkeyPatch, mixer: Mixer
) -> None:
    held = threading.Event()
    monkeypatch.setattr("formcheck.outputs.voice.loudspeaker.CLOSING_S", 0.05)
    monkeypatch.setattr(Stream, "stop", lambda _: held.wait(5))
    playing = Player(mixer, lambda: 0.0)
    playing.start()
    start = time.monotonic()
    playing.close()
    held.set()
    assert time.monotonic() - start < 2


def test_the_demo_without_a_loudspeaker_ends_at_once_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    start = time.monotonic()
    assert "no sound" in play_demo(Mixer(Bursts()))
    assert time.monotonic() - start < 2


def test_the_demo_is_played_in_its_own_time(sound: Sound, mixer: Mixer) -> None:
    moments = [(0.0, Heard(Guide(0.0))), (0.2, Heard(None, (Tick("hold", 0.0),)))]
    start = time.monotonic()
    assert play_demo(mixer, moments=moments) == ""
    assert 0.2 < time.monotonic() - start < 2
