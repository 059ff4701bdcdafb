"""`formcheck live` from end to end: a clip as camera at its own speed, in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import LINUX, SAMPLES, Run, cut, environment
from lively import Ended, Session, labels
from results import files_of, left, loaded, summary

from formcheck.errors import CameraError
from formcheck.inputs.camera import Camera
from formcheck.inputs.camera.source import Frame
from formcheck.inputs.video import Video
from formcheck.live import run as running
from formcheck.live.first import NOTE
from formcheck.live.options import Options
from formcheck.live.run import Live
from formcheck.outputs.voice import RATE

pytestmark = pytest.mark.alone

CLIP = SAMPLES / "clip10.mp4"
LARGEST = 20_000
BUSY = 25
"""So many dropped frames of 500 are no measurement any more: the machine is too busy to play a clip at its speed."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A whole clip as camera with the model that `analyze` takes too, sound into a file; once more if it was busy."""
    for _ in range(3):
        home = tmp_path_factory.mktemp("whole")
        arguments = (
            "--camera",
            CLIP,
            "--model",
            "full",
            "--sound-to",
            "heard.wav",
            "--stats",
            "--json",
            "--save-video",
        )
        found = Session(home, *arguments, first=True).ended()
        assert found.code == 0, found.err
        if found.dropped < BUSY:
            break
    return found


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `analyze` says of the same clip."""
    home = tmp_path_factory.mktemp("recorded")
    line = [sys.executable, "-m", "formcheck", "analyze", str(CLIP), "--model", "full", "--no-video", "--json"]
    done = subprocess.run(line, cwd=home, capture_output=True, text=True, check=True, env=environment())
    return dict(loaded(done.stdout))


def faults(found: dict[str, Any]) -> list[list[str]]:
    return [[fault["name"] for fault in rep["faults"]] for rep in found["reps"]]


def test_same_reps_and_faults_as_in_a_recording(whole: Ended, recorded: dict[str, Any]) -> None:
    found = loaded(whole.out)
    assert faults(found) == faults(recorded)
    assert any(faults(found))
    for rep, other in zip(found["reps"], recorded["reps"], strict=True):
        for name in ("lift_start_s", "hold_start_s", "lower_start_s", "end_s"):
            assert rep[name] == pytest.approx(other[name], abs=0.1)


def test_all_files_are_there_and_no_journal(whole: Ended) -> None:
    stem = whole.folder.name.removesuffix("_formcheck")
    assert left(whole.folder) == sorted({*files_of(stem), "camera.mp4"})
    assert all(path.stat().st_size for path in whole.folder.iterdir())
    assert loaded(whole.out) == summary(whole.folder)
    assert summary(whole.folder)["source"]["name"] == CLIP.name
    with Video(whole.folder / "camera.mp4") as video:
        assert sum(1 for _ in video) > 0.9 * 500


def test_a_replay_gives_the_same_reps(whole: Ended, run: Run) -> None:
    done = run("replay", whole.folder, "--json")
    assert loaded(done.stdout)["reps"] == summary(whole.folder)["reps"]


def test_statistics_go_to_standard_error_beside_json(whole: Ended) -> None:
    for words in ("capture to verdict", "capture to sound", "pose net", "everything else"):
        assert words in whole.err
    assert "Traceback" not in whole.err


def test_what_was_heard(whole: Ended) -> None:
    """The file is as long as the session, "slower" comes in time, and no two phrases overlap."""
    truth = json.loads((SAMPLES / "clip10.truth.json").read_text(encoding="utf-8"))
    heard = labels(whole.folder.parent / "heard.wav")
    size = (whole.folder.parent / "heard.wav").stat().st_size - 44
    assert 16.5 < size / 2 / RATE < 16.5 + 12
    assert heard[0][2] == "back-note"
    fast = [rep["lower_start_s"] for rep in truth["reps"] if "fast-descent" in rep["faults"]]
    said = [start for start, _, what in heard if what == "slower"]
    assert len(said) == len(fast) > 0
    late = [at - due for at, due in zip(said, fast, strict=True)]
    assert all(-0.3 < seconds <= 0.5 for seconds in late), late  # these legs swing, and fall in the swing already
    short = {"hold", "count-in", "go", "breathe in", "breathe out", "end of set"}
    phrases = [label for label in heard if label[2] not in short]
    assert len(phrases) > 3
    assert all(a[1] <= b[0] for a, b in pairwise(phrases))
    assert phrases[-1][2].startswith("set-done n-3 reps")


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory, short: Path) -> dict[str, Ended]:
    """Short sessions, all at once: two told to end by signals, one whose reader has gone, one on a full disk."""
    homes = {name: tmp_path_factory.mktemp(name) for name in ("SIGINT", "SIGTERM", "gone", "full", "again")}
    clip = cut(SAMPLES / "clip07.mp4", tmp_path_factory.mktemp("clip") / "clip.mp4", 300)
    lite = ("--model", "lite")
    read, write = os.pipe()
    os.close(read)
    sessions = {
        "SIGINT": Session(homes["SIGINT"], "--camera", CLIP, *lite, first=True),
        "SIGTERM": Session(homes["SIGTERM"], "--camera", CLIP, *lite, first=True),
        "gone": Session(homes["gone"], "--camera", clip, *lite, to=write),
        "full": Session(homes["full"], "--camera", clip, *lite, prepare=no_larger_files),
        "again": Session(homes["again"], "--camera", short, *lite, "--sound-to", "heard.wav"),
    }
    os.close(write)
    for name in ("SIGINT", "SIGTERM"):
        sessions[name].wait_for_pictures(2.0)
        sessions[name].interrupt(getattr(signal, name))
    return {name: session.ended() for name, session in sessions.items()}


def no_larger_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_signals_end_it_in_good_order(brief: dict[str, Ended], name: str) -> None:
    found = brief[name]
    assert found.code == 0, found.err
    assert left(found.folder) == sorted(files_of(found.folder.name.removesuffix("_formcheck")))
    assert 1.0 < summary(found.folder)["source"]["duration_s"] < 12.0
    said = summary(found.folder)["exercise"]["sentence"].replace("°", " degrees")
    assert f"No reps found: {said}." in " ".join(found.out.split()), "why, in the report's words"
    assert "report:" in found.out
    assert "Traceback" not in found.err


def test_a_reader_that_has_gone_does_not_end_it(brief: dict[str, Ended]) -> None:
    """Reps go to a closed pipe; the files are written all the same."""
    found = brief["gone"]
    assert found.code == 0, found.err
    assert summary(found.folder)["reps"]


@LINUX
def test_a_full_disk_is_said_and_what_fits_is_kept(brief: dict[str, Ended], run: Run) -> None:
    """No file may become larger than 20 kB."""
    found = brief["full"]
    assert found.code == 1
    assert sum("goes on and tries again" in line for line in found.err.splitlines()) == 1, found.err
    assert "Traceback" not in found.err
    assert left(found.folder) == ["recording.journal"]
    done = run("replay", found.folder, "--json")
    assert done.returncode == 0, done.stderr
    assert loaded(done.stdout)["source"]["duration_s"] > 0.5


def test_the_note_on_back_injuries_comes_once(whole: Ended, brief: dict[str, Ended]) -> None:
    assert whole.err.count(NOTE) == 1
    again = brief["again"]
    assert again.code == 0, again.err
    assert NOTE not in again.err
    assert "back-note" not in [what for _, _, what in labels(again.folder.parent / "heard.wav")]


class Fake:
    """A camera that gives these pictures, then fails, ends, or gives nothing more."""

    name, kind, width, height, fps = "fake", "camera", 64, 48, 30.0

    def __init__(self, pictures: int = 0, then: str = "silent") -> None:
        self.warnings: list[str] = []
        self._pictures, self._then = pictures, then
        if then == "file":
            self.kind = "file"

    def frames(self, over: threading.Event) -> Iterator[Frame]:
        for number in range(self._pictures):
            yield Frame(np.zeros((48, 64, 3), np.uint8), running.time.perf_counter(), number / 30)
        if self._then == "fails":
            raise CameraError("fake: unplugged; plug it in again")
        if self._then == "silent":
            over.wait()

    def close(self) -> None:
        pass


Begin = Callable[..., Live]


@pytest.fixture
def begin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Begin:
    """`begin(told, pictures=..., then=...)`: a session before a camera of ours, not entered yet."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def made(told: list[str], **others: Any) -> Live:
        monkeypatch.setattr(running, "open_camera", lambda *_, **__: Camera(lambda: Fake(**others)))
        options = Options(camera="fake", model="lite", out=tmp_path / "results", loudspeaker=False, window=False)
        return Live(options, tell=told.append)

    return made


@pytest.mark.parametrize("then", ["silent", "fails", "file"])
def test_no_picture_leaves_no_folder(begin: Begin, tmp_path: Path, then: str) -> None:
    told: list[str] = []
    with begin(told, then=then) as live:
        live.over.wait(0.6)
        live.stop()
    assert live.keep() is None
    assert not (tmp_path / "results").exists()
    assert not (tmp_path / "state").exists(), "the note has not been given"
    assert any("trying again" in line for line in told) == (then == "fails")


def test_what_breaks_in_the_middle_is_said_and_what_was_seen_is_kept(
    begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = begin([], pictures=30)
    heard = live.coach.step
    monkeypatch.setattr(live.coach, "step", lambda moment: heard(moment) if live.stats.frames == 0 else 1 / 0)
    with live:
        assert live.over.wait(10.0)
    with pytest.raises(ZeroDivisionError):
        live.keep()
    assert len(list((tmp_path / "results").rglob("recording.journal"))) == 1


def test_a_wrong_camera_number_lists_those_that_exist(refused: Callable[..., str], out: Path) -> None:
    line = refused(2, "live", "--camera", "97", "--no-window", "--out", out)
    assert "camera 97" in line
    assert "there is" in line or "there are" in line or "this computer has none" in line


@LINUX
def test_no_screen_is_told_before_anything_begins(
    refused: Callable[..., str], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert "--no-window" in refused(2, "live", "--camera", CLIP, "--model", "lite", "--out", out)


def test_a_folder_that_cannot_be_made(refused: Callable[..., str], out: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    line = refused(1, "live", "--camera", CLIP, "--model", "lite", "--no-window", "--out", tmp_path / "file" / "out")
    assert "--out" in line


@pytest.mark.parametrize("name", ["heard.mp3", "missing/heard.wav"])
def test_sound_that_cannot_be_written_leaves_no_folder(
    refused: Callable[..., str], out: Path, tmp_path: Path, name: str
) -> None:
    arguments = ("live", "--camera", CLIP, "--model", "lite", "--no-window", "--out", out)
    assert name in refused(1, *arguments, "--sound-to", tmp_path / name)
