"""The phrases of the coach: all there, short, equally loud, and exchangeable by a user's folder."""

from __future__ import annotations

import ast
import re
import tomllib
import wave
from pathlib import Path

import numpy as np
import pytest
from alike import timbre, warped
from test_architecture import FILES, python

from formcheck.errors import ConfigError
from formcheck.live import checks, setup, trouble
from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.phrases import MANIFEST, SHIPPED, Pack, slug
from formcheck.outputs.voice.recordings import LOUDNESS, PEAK, level, loudness, read, trim
from formcheck.rules.catalogue import catalogue

CUES = sorted({check.cue for each in catalogue() for check in each.checks})
SPEAKING = {"Say", "say", "speak"}
# fmt: off
FIXED = [
    "whole-body", "move-camera-left", "move-camera-right", "turn-camera-left", "turn-camera-right", "level-camera",
    "lower-camera", "more-light", "ball-under-hips", "no-ball", "one-person", "lie-down", "nobody", "straighten-legs",
    "hold-still", "ready", "go", "paused", "welcome-back", "set-done", "rest", "stretch", "rest-10", "get-ready",
    "last-two", "last-one", "all-done", "reps-good", "session-saved", "back-note", "stop", "slower", "floor",
    "better", "camera-lost", "camera-back", "too-dark", "camera-moved", "where-are-you", "two-people", "model-slower",
    "picture-turned",
    "reps", "without-fault", "mostly",
]
# fmt: on
SETTING_UP = FIXED[: FIXED.index("ready")]


@pytest.fixture(scope="module")
def pack() -> Pack:
    loaded = Pack.load()
    loaded.decode()
    return loaded


def seconds(samples: np.ndarray) -> float:
    return len(samples) / RATE


def record(path: Path, samples: np.ndarray, rate: int = RATE, channels: int = 1) -> Path:
    """A WAV file with 16 bits; every channel holds the same."""
    whole = np.repeat((np.clip(samples, -1, 1) * 32767).astype("<i2"), channels)
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(whole.tobytes())
    return path


def hum(length_s: float = 0.5, rate: int = RATE, size: float = 0.3) -> np.ndarray:
    return size * np.sin(2 * np.pi * 220 * np.arange(round(length_s * rate)) / rate)


# ---------------------------------------------------------------- what is there


@pytest.mark.parametrize("cue", CUES)
def test_every_cue_is_spoken_as_it_is_written(pack: Pack, cue: str) -> None:
    assert pack.text(slug(cue)) == cue
    assert len(cue.split()) <= 6


def test_every_key_that_was_agreed_is_there(pack: Pack) -> None:
    assert set(FIXED) | {f"n-{n}" for n in range(1, 61)} <= set(pack.keys)


def test_every_key_that_is_asked_for_is_there(pack: Pack) -> None:
    used = {key: path.name for path in FILES for key in keys_asked_for(path.read_text(encoding="utf-8"))}
    assert {"go", "camera-lost", "model-slower"} <= set(used)
    assert {key: name for key, name in used.items() if key not in pack.keys} == {}


def test_every_key_that_stands_in_a_table_is_there(pack: Pack) -> None:
    """The set-up check and trouble choose their keys by what they see."""
    assert {*checks.ORDER, *setup.LONGER_S, *trouble.LASTS_S} <= set(pack.keys)


def keys_asked_for(program: str) -> set[str]:
    """Literal keys in calls of `Say` and its like, and of `advice=`."""
    calls = [node for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Call)]
    spoken = [c for c in calls if getattr(c.func, "id", getattr(c.func, "attr", "")) in SPEAKING]
    asked = [part for call in spoken for part in call.args[:1]]
    asked += [word.value for call in calls for word in call.keywords if word.arg in ("advice", "keys")]
    texts = [n.value for part in asked for n in ast.walk(part) if isinstance(n, ast.Constant)]
    return {text for text in texts if isinstance(text, str) and text}


def test_the_search_above_finds_keys() -> None:
    program = 'f(Say(("set-done", f"n-{n}")), CHAT)\nMoment(0.0, advice="lie-down" if x else "nobody")\nprint("x")'
    assert keys_asked_for(program) - {"n-"} == {"set-done", "lie-down", "nobody"}


def test_files_and_manifest_agree(pack: Pack) -> None:
    assert {path.name for path in SHIPPED.iterdir()} == {f"{key}.ogg" for key in pack.keys} | {MANIFEST, "README.md"}


def test_the_origin_and_the_licence_are_said() -> None:
    origin = tomllib.loads((SHIPPED / MANIFEST).read_text(encoding="utf-8"))["origin"]
    readme = (SHIPPED / "README.md").read_text(encoding="utf-8")
    assert "Apache-2.0" in origin["licence"]
    assert origin["voice"] in readme
    assert "scripts/make_phrases.py" in readme


def test_the_document_lists_every_phrase(pack: Pack) -> None:
    document = (Path(__file__).parent.parent / "docs" / "phrases.md").read_text(encoding="utf-8")
    for key in (key for key in pack.keys if not key.startswith("n-")):
        assert f"| `{key}` | {pack.text(key)} |" in document


def test_instructions_are_short(pack: Pack) -> None:
    assert [key for key in SETTING_UP if len(pack.text(key).split()) > 10] == []


def test_keys_are_plain(pack: Pack) -> None:
    assert [key for key in pack.keys if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", key)] == []
    assert slug("Don't swing, stop at the top") == "dont-swing-stop-at-the-top"
    assert slug("  Don’t — stop! ") == "dont-stop"


def test_the_pack_is_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 2_000_000


# ---------------------------------------------------------------- how it sounds


def test_every_phrase_can_be_heard(pack: Pack) -> None:
    for key in pack.keys:
        samples = pack.samples(key)
        assert samples.dtype == np.float32, key
        assert samples.ndim == 1, key
        assert 0.2 <= seconds(samples) <= 8, key
        assert np.abs(samples).max() < 0.99, key


def test_all_are_equally_loud(pack: Pack) -> None:
    decibels = [20 * np.log10(loudness(pack.samples(key)) / LOUDNESS) for key in pack.keys]
    assert np.ptp(decibels) < 3
    assert abs(np.median(decibels)) < 1


@pytest.mark.parametrize("cue", CUES)
def test_cues_are_brisk(pack: Pack, cue: str) -> None:
    assert seconds(pack.samples(slug(cue))) <= 1.8


@pytest.mark.parametrize("key", ["stop", "slower", "floor", "go"])
def test_warnings_are_immediate(pack: Pack, key: str) -> None:
    """The word is over within 0.6 s, and begins within 0.1 s."""
    samples = pack.samples(key)
    assert seconds(samples) <= 0.6
    assert np.abs(samples[: RATE // 10]).max() > 0.02


@pytest.mark.parametrize("warning", ["stop", "slower", "floor"])
def test_no_warning_sounds_like_a_number(pack: Pack, warning: str) -> None:
    """ "One" and "nine" are 3.2 apart, and the word "floor" was 2.1 from "four"."""
    numbers = {f"n-{n}": timbre(pack.samples(f"n-{n}")) for n in range(1, 21)}
    apart = {key: warped(timbre(pack.samples(warning)), other) for key, other in numbers.items()}
    assert min(apart.values()) > 3.0, min(apart, key=lambda key: apart[key])


def test_no_phrase_is_another_one(pack: Pack) -> None:
    assert len({pack.samples(key).tobytes() for key in pack.keys}) == len(pack.keys)


def test_samples_are_decoded_once_and_cannot_be_spoilt(pack: Pack) -> None:
    assert pack.samples("go") is pack.samples("go")
    with pytest.raises(ValueError, match="read-only"):
        pack.samples("go")[0] = 1


def test_a_phrase_that_is_not_there_names_the_nearest(pack: Pack) -> None:
    with pytest.raises(ConfigError, match=r"no phrase is called .?redy.?; the nearest is ready"):
        pack.samples("redy")
    with pytest.raises(ConfigError, match="the nearest is n-6"):
        pack.text("n-61")


# ---------------------------------------------------------------- a user's folder


@pytest.mark.parametrize(("rate", "channels"), [(RATE, 1), (48_000, 2), (8_000, 1)])
def test_a_recording_of_ones_own_replaces_ours(tmp_path: Path, rate: int, channels: int, pack: Pack) -> None:
    record(tmp_path / "Ready.WAV", np.concatenate([np.zeros(rate), hum(0.5, rate), np.zeros(rate)]), rate, channels)
    (tmp_path / "LICENSE.txt").write_text("mine", encoding="utf-8")
    own = Pack.load(tmp_path)
    assert own.keys == pack.keys
    assert seconds(own.samples("ready")) == pytest.approx(0.55, abs=0.05)
    assert loudness(own.samples("ready")) == pytest.approx(LOUDNESS, rel=0.05)
    crossings = np.diff(np.signbit(own.samples("ready")[2400:9600])).sum()
    assert crossings / 2 / 0.3 == pytest.approx(220, abs=5)
    np.testing.assert_array_equal(own.samples("go"), pack.samples("go"))


@pytest.mark.parametrize("kind", ["flac", "ogg", "mp3", "m4a", "opus"])
def test_all_usual_kinds_are_read(tmp_path: Path, kind: str) -> None:
    av = pytest.importorskip("av")
    codec = {"flac": "flac", "ogg": "libopus", "mp3": "libmp3lame", "m4a": "aac", "opus": "libopus"}[kind]
    with av.open(str(tmp_path / f"go.{kind}"), "w") as file:
        stream = file.add_stream(codec, rate=48_000)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray((hum(1.0, 48_000) * 32767).astype(np.int16)[None], "s16", "mono")
        frame.sample_rate = 48_000
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    assert seconds(Pack.load(tmp_path).samples("go")) == pytest.approx(1.0, abs=0.1)


def test_a_pack_in_another_language(tmp_path: Path) -> None:
    record(tmp_path / "ready.wav", hum())
    (tmp_path / MANIFEST).write_text('language = "de"\n[phrases]\nready = "Bereit"\n', encoding="utf-8")
    own = Pack.load(tmp_path)
    assert (own.language, own.text("ready"), own.text("go")) == ("de", "Bereit", "Go")
    assert set(own.missing) == set(own.keys) - {"ready"}
    assert Pack.load().missing == ()


def test_peaks_are_limited() -> None:
    clicks = np.zeros(RATE, np.float32)
    clicks[::2000] = 1
    assert np.abs(level(clicks)).max() <= PEAK + 1e-6


def test_trimming_keeps_the_speech() -> None:
    speech = np.concatenate([np.zeros(RATE), hum(0.3), np.zeros(RATE // 5), hum(0.3, size=0.05), np.zeros(RATE)])
    assert seconds(trim(speech.astype(np.float32))) == pytest.approx(0.85, abs=0.03)


BROKEN = {
    "a name that is no key": ("redy.wav", None, "no phrase is called .?redy.?; the nearest is ready"),
    "no sound file": ("ready.wav", b"this is no sound", "no sound can be read .* save it again"),
    "empty": ("ready.ogg", b"", "no sound can be read"),
    "cut off": ("ready.ogg", (SHIPPED / "ready.ogg").read_bytes()[:60], "no sound"),
    "another kind": ("ready.wma", b"x", "not a kind of recording that is read; save it as .wav"),
    "wrong TOML": (MANIFEST, b"language = ", "cannot be read as TOML"),
    "no language": (MANIFEST, b'[phrases]\nready = "Bereit"', "language is missing"),
    "a text for no key": (MANIFEST, b'language = "de"\n[phrases]\nredy = "Bereit"', "the nearest is ready"),
    "a number as text": (MANIFEST, b'language = "de"\n[phrases]\nready = 1', "has no text; write ready ="),
    "no table": (MANIFEST, b'language = "de"\nphrases = 1', "phrases is no table"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_is_said_on_one_line(tmp_path: Path, case: str) -> None:
    name, content, message = BROKEN[case]
    if content is None:
        record(tmp_path / name, hum())
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=message) as caught:
        Pack.load(tmp_path)
    assert str(caught.value).startswith(str(tmp_path / name))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("samples", "message"), [(np.zeros(RATE), "only silence"), (hum(16.0), "longer than 15 s")])
def test_a_recording_of_no_use_is_refused(tmp_path: Path, samples: np.ndarray, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(record(tmp_path / "ready.wav", samples))


def test_two_recordings_of_one_phrase_are_refused(tmp_path: Path) -> None:
    record(tmp_path / "go.wav", hum())
    (tmp_path / "go.ogg").write_bytes((SHIPPED / "go.ogg").read_bytes())
    with pytest.raises(ConfigError, match=r"go.wav: go.ogg is there too; keep one of the two"):
        Pack.load(tmp_path)


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_a_folder_without_recordings_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="holds no recording" if not name else "no folder of phrases"):
        Pack.load(tmp_path / name)


def test_a_pack_decodes_only_when_something_is_said() -> None:
    program = "import sys; from formcheck.outputs.voice.phrases import Pack; p = Pack.load(); p.text('go')"
    assert python(f"{program}; print('av' in sys.modules)") == "False\n"
