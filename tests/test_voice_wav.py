"""The file of what was heard: whole at any moment, in step with the session, labelled."""

from __future__ import annotations

import random
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import pytest
from conftest import environment
from voices import Bursts, burst, guided, mixed, rms, strongest_hz

from formcheck.errors import OutputError
from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.demo import CUE_KEY, LENGTH_S, NUMBER, demo_moments
from formcheck.outputs.voice.mixer import Mixer
from formcheck.outputs.voice.offline import render_all, write_all
from formcheck.outputs.voice.phrases import Pack
from formcheck.outputs.voice.sounds import CUE, Guide, Heard, Say, Tick
from formcheck.outputs.voice.wav import DRIFT, HEADER, Wav

pytestmark = pytest.mark.alone

SECOND = RATE


def read(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / np.float32(32767)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "heard.wav"


# ---------------------------------------------------------------- the file


def test_what_is_written_is_what_is_read(path: Path) -> None:
    sound = mixed(SECOND, guided(np.linspace(-40, 0, 30)))
    file = Wav(path)
    for start in range(0, SECOND, 1000):
        file.write(start, sound[start : start + 1000])
        assert len(read(path)) == min(start + 1000, SECOND)
    file.close()
    np.testing.assert_allclose(read(path), sound, atol=1 / 32767)
    assert path.stat().st_size == HEADER.size + 2 * SECOND


def test_an_empty_file_is_whole_too(path: Path) -> None:
    Wav(path).close()
    assert len(read(path)) == 0


def test_a_late_start_and_gaps_are_silence(path: Path) -> None:
    file = Wav(path)
    file.write(500, burst(0.1))
    file.write(SECOND, burst(0.1))
    file.close()
    sound = read(path)
    assert len(sound) == SECOND + 2400
    assert not sound[:500].any()
    assert not sound[2900:SECOND].any()
    np.testing.assert_allclose(sound[500:2900], burst(0.1), atol=1e-4)
    np.testing.assert_allclose(sound[SECOND:], burst(0.1), atol=1e-4)


def test_time_that_went_back_is_not_written_twice(path: Path) -> None:
    file = Wav(path)
    file.write(-1000, burst(0.5))
    assert file.samples == 11_000
    file.write(5000, burst(0.1))
    assert file.samples == 11_000
    file.write(5000, burst(0.5))
    assert file.samples == 17_000
    file.close()
    assert len(read(path)) == 17_000


@pytest.mark.parametrize("drift", [-3e-3, 3e-3])
def test_the_drift_of_a_loudspeaker_is_stretched_away(path: Path, drift: float) -> None:
    """A minute of a clock that is 3 parts in a thousand off, many times what they are: 0.18 s."""
    block = burst(0.02)
    file = Wav(path)
    for number in range(3000):
        at = round(number * 480 * (1 + drift))
        file.write(at, block)
        assert abs(at + 480 - file.samples) <= 4
    file.close()
    off = round(3000 * 480 * drift)
    assert abs(off) > DRIFT
    sound = read(path)[100:]
    assert strongest_hz(sound, 5, 2000, 4000) == pytest.approx(3000 / (1 + drift), rel=1e-3)


def test_cutting_makes_it_as_long_as_the_session(path: Path) -> None:
    file = Wav(path)
    file.write(0, burst(0.5))
    file.cut(20_000)
    assert file.samples == 12_000
    file.cut(7000)
    file.close()
    assert len(read(path)) == 7000
    assert path.stat().st_size == HEADER.size + 14_000


@pytest.mark.parametrize("name", ["nowhere/heard.wav", "heard.txt", "heard"])
def test_a_file_that_cannot_be_made_is_said_in_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError) as refused:
        Wav(tmp_path / name)
    assert "\n" not in str(refused.value)
    assert "; give a" in str(refused.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device that is always full is of Linux")
def test_a_full_disk_ends_the_file_not_the_session(tmp_path: Path) -> None:
    full = tmp_path / "full.wav"
    full.symlink_to("/dev/full")
    file = Wav(full)
    file.write(0, burst(0.5))
    file.write(12_000, burst(0.5))
    file.close()
    assert "No space left" in file.failure
    assert "\n" not in file.failure


WRITER = """
import sys, numpy as np
from pathlib import Path
from formcheck.outputs.voice.wav import Wav
file, block, at = Wav(Path(sys.argv[1])), np.full(480, 0.5, np.float32), 0
print("begun", flush=True)
while True:
    file.write(at, block)
    at += 480
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_killed_at_any_moment_it_can_be_played(tmp_path: Path) -> None:
    line = [sys.executable, "-c", WRITER]
    running = [
        (tmp_path / f"{n}.wav", subprocess.Popen([*line, str(tmp_path / f"{n}.wav")], env=environment(), stdout=-1))
        for n in range(4)
    ]
    for path, process in running:
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"begun\n"
            time.sleep(random.Random(path.name).uniform(0.02, 0.1))
            process.kill()
        sound = read(path)
        assert len(sound) > 0
        assert len(sound) % 480 == 0
        np.testing.assert_allclose(sound, 0.5, atol=1e-4)
        assert path.stat().st_size - HEADER.size - 2 * len(sound) in (0, 960)  # one block at most is lost


# ---------------------------------------------------------------- without a clock


def moments() -> list[tuple[float, Heard]]:
    return [
        (0.0, Heard(Guide(-20.0), (Tick("hold", 0.7),))),
        (0.5, Heard(Guide(0.0), (Say(("one", "three")),))),
        (0.6, Heard(None, (Say(("two",), CUE), Tick("go", 0.2)))),
    ]


def test_rendering_without_a_clock_takes_each_moment_at_its_time() -> None:
    mixer = Mixer(Bursts(), volume=1.0)
    sound = render_all(mixer, moments(), 1.5)
    expected = mixed(
        round(1.5 * RATE),
        [(round(t * RATE), lambda m, heard=heard: m.take(heard)) for t, heard in moments()],
        cuts=range(0, 36_000, 777),
    )
    np.testing.assert_array_equal(sound, expected)
    assert [item.keys for item in mixer.spoken] == [("one", "three"), ("two",)]


def test_what_comes_after_the_end_is_not_waited_for() -> None:
    assert len(render_all(Mixer(Bursts()), moments(), 0.55)) == round(0.55 * RATE)
    assert len(render_all(Mixer(Bursts()), [], 0.0)) == 0


def test_a_file_without_a_clock_has_its_labels(path: Path) -> None:
    write_all(Mixer(Bursts(), volume=1.0), moments(), 1.5, path)
    np.testing.assert_allclose(read(path), render_all(Mixer(Bursts(), volume=1.0), moments(), 1.5), atol=1e-4)
    rows = [line.split("\t") for line in path.with_suffix(".txt").read_text("utf-8").splitlines()]
    assert [row[2] for row in rows] == ["one three", "go", "two", "hold"]
    times = [(float(row[0]), float(row[1])) for row in rows]
    assert times == [
        (0.5, pytest.approx(0.63)),
        (pytest.approx(0.6), pytest.approx(1.0)),
        (pytest.approx(0.63), pytest.approx(1.13)),
        (pytest.approx(0.7), pytest.approx(0.8)),
    ]


def test_the_demo_has_all_that_a_set_has() -> None:
    mixer = Mixer(Demo(), volume=1.0)
    given = list(demo_moments())
    sound = render_all(mixer, given, LENGTH_S)
    guides = [heard.guide for _, heard in given if heard.guide]
    assert [item.kind for item in mixer.ticked] == ["hold"] * 3
    assert [len(item.keys) for item in mixer.spoken] == [1, 1]
    assert any(guide.parallel for guide in guides)
    assert any(guide.target_deg is not None for guide in guides)
    assert max(guide.warning for guide in guides) == 1.0
    assert 11 < LENGTH_S < 14
    assert not sound[-1200:].any()


def test_the_demo_says_what_the_shipped_phrases_have_and_is_understood_over_the_tone() -> None:
    pack, mixer = Pack.load(), Mixer(Pack.load(), volume=1.0)
    assert {NUMBER, CUE_KEY} <= set(pack.keys)
    assert all(mixer.play(Say((key,), priority)) for priority, key in enumerate((NUMBER, CUE_KEY)))
    spoken = rms(render_all(mixer, [], 0.9))
    events = [(0, lambda m: m.guide(Guide(0.0))), (12_000, lambda m: m.play(Say(("long",))))]
    ducked = mixed(RATE, events, mixer=Mixer(Silent(), volume=1.0))[18_000:]
    assert spoken > 2.5 * rms(ducked)


class Silent(Bursts):
    def samples(self, key: str) -> np.ndarray:
        return 0 * super().samples(key)


class Demo(Bursts):
    keys = frozenset({"n-1", "straighten-your-knees"})

    def samples(self, key: str) -> np.ndarray:
        return burst(0.5 + 0.01 * len(key))
