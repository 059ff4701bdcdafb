"""The folder of a live session: there from the start, whole at every moment, finished later if need be."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from conftest import LINUX, environment
from laws import same

import formcheck
from formcheck.cli import main
from formcheck.data.journal import Journal
from formcheck.data.recording import Recording
from formcheck.errors import OutputError
from formcheck.outputs.live_folder import LiveFolder, discard, finish, start

TWO_REPS = Path(__file__).parent / "data" / "two_reps.npz"
NOW = datetime(2026, 1, 31, 18, 59, 0)
STEM = "live_20260131-185900"
WHOLE = {"summary.json", "frames.csv", "reps.csv", "report.html", "recording.npz", f"{STEM}.trc", f"{STEM}.mot"}


def names(path: Path) -> set[str]:
    return {item.name for item in path.iterdir()}


def recorded(out: Path) -> LiveFolder:
    """A session that has recorded two reps and is about to end."""
    folder, made = start(out, NOW), Recording.load(TWO_REPS)
    with Journal(folder.journal) as journal:
        journal.begin(made.source, made.model, made.versions)
        journal.calibration(made.calibration)
        journal.frames(made.observations)
    return folder


# ---------------------------------------------------------------- begun and ended


def test_it_is_there_from_the_start_and_has_all_at_the_end(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    assert folder.path == tmp_path / f"{STEM}_formcheck"
    assert names(folder.path) == {"recording.journal"}
    assert finish(folder, formcheck.replay(TWO_REPS)) == folder.path
    assert names(folder.path) == WHOLE
    assert names(tmp_path) == {f"{STEM}_formcheck"}
    assert len(formcheck.replay(folder.path).reps) == 2


def test_the_report_shows_the_cameras_video(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    folder.camera.write_bytes(b"pictures")
    finish(folder, formcheck.replay(TWO_REPS))
    assert names(folder.path) == {*WHOLE, "camera.mp4"}
    assert folder.camera.read_bytes() == b"pictures"
    assert "camera.mp4" in (folder.path / "report.html").read_text(encoding="utf-8")


def test_no_session_is_written_over_another(tmp_path: Path) -> None:
    found = [start(tmp_path, NOW).stem for _ in range(3)]
    assert found == [STEM, f"{STEM}-2", f"{STEM}-3"]


@pytest.mark.parametrize("camera", [False, True])
def test_a_session_without_frames_leaves_nothing(tmp_path: Path, camera: bool) -> None:
    folder = start(tmp_path / "new" / "deep", NOW)
    with Journal(folder.journal):
        pass
    if camera:
        folder.camera.touch()
    discard(folder)
    assert names(tmp_path) == set()


def test_discarding_spares_what_others_put_there(tmp_path: Path) -> None:
    folder = start(tmp_path / "out", NOW)
    (folder.path / "notes.txt").write_text("mine")
    discard(folder)
    assert names(folder.path) == {"notes.txt"}


def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OutputError, match=r"cannot be written .* --out") as told:
            start(out, NOW)
        assert "\n" not in str(told.value)
    assert names(tmp_path) == {"file"}


# ---------------------------------------------------------------- never without a recording


def steps(monkeypatch: pytest.MonkeyPatch, before: Callable[[str], None]) -> None:
    """Have `before` called before every step that changes what a folder holds."""
    for name in ("replace", "rename", "unlink", "rmdir"):
        plain = getattr(Path, name)

        def step(
            self: Path, *args: object, plain: Callable[..., object] = plain, name: str = name, **kw: object
        ) -> object:
            before(name)
            return plain(self, *args, **kw)

        monkeypatch.setattr(Path, name, step)


def test_at_every_moment_a_whole_recording_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, result = recorded(tmp_path), formcheck.replay(TWO_REPS)
    seen: list[str] = []

    def look(name: str) -> None:
        seen.append(name)
        assert len(Recording.load(folder.path).observations) == len(result.recording.observations)

    steps(monkeypatch, look)
    finish(folder, result)
    look("end")
    assert seen.count("replace") == len(WHOLE)
    assert seen.count("unlink") == 1


@pytest.mark.parametrize("last", range(9))
def test_broken_off_at_any_step_the_session_can_be_finished(
    tmp_path: Path, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, result = recorded(tmp_path), formcheck.replay(TWO_REPS)
    count = iter(range(100))

    def broken(_: str) -> None:
        if next(count) >= last:
            raise OSError(errno.EIO, "broken disk", str(folder.path))

    with monkeypatch.context() as patch:
        steps(patch, broken)
        with pytest.raises((OSError, OutputError), match="broken disk"):
            finish(folder, result)
    assert len(Recording.load(folder.path).observations) == len(result.recording.observations)
    finish(folder, result)
    assert names(folder.path) == WHOLE


def test_a_full_disk_at_the_end_leaves_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, result = recorded(tmp_path), formcheck.replay(TWO_REPS)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("formcheck.outputs.files.write_frames", full)
    with pytest.raises(OutputError, match="the disk is full"):
        finish(folder, result)
    assert names(tmp_path) == {folder.path.name}
    assert names(folder.path) == {"recording.journal"}


# ---------------------------------------------------------------- finished later


def test_analyze_finishes_what_was_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = recorded(tmp_path)
    folder.camera.write_bytes(b"pictures")
    monkeypatch.chdir(tmp_path)
    assert main(["analyze", f"{folder.path.name}/recording.journal", "--quiet"]) == 0
    assert names(folder.path) == {*WHOLE, "camera.mp4"}
    assert names(tmp_path) == {folder.path.name}
    assert same(formcheck.replay(folder.path).reps, formcheck.replay(TWO_REPS).reps)


def test_finished_elsewhere_the_journal_stays(tmp_path: Path) -> None:
    folder = recorded(tmp_path / "a")
    assert main(["analyze", str(folder.journal), "--out", str(tmp_path / "b"), "--quiet"]) == 0
    assert names(tmp_path / "b" / folder.path.name) == WHOLE
    assert names(folder.path) == {"recording.journal"}


def test_replay_takes_the_folder_and_the_journal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = recorded(tmp_path)
    for path in (folder.path, folder.journal):
        assert main(["replay", str(path)]) == 0
        said = capsys.readouterr()
        assert "2 reps" in said.out
        assert "the session broke off after" in said.err


def test_other_peoples_files_stop_the_end_not_the_recording(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    (folder.path / "thesis.docx").write_text("years")
    with pytest.raises(OutputError, match="holds other files"):
        finish(folder, formcheck.replay(TWO_REPS))
    assert names(folder.path) == {"recording.journal", "thesis.docx"}


KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
import formcheck
from formcheck.outputs import live_folder
from test_live_folder import recorded, steps
import pytest
folder = recorded(Path(sys.argv[1]))
left = int(sys.argv[2])
def kill(name):
    global left
    if not left: os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
with pytest.MonkeyPatch.context() as patch:
    steps(patch, kill)
    live_folder.finish(folder, formcheck.replay(folder.path))
"""


@LINUX
@pytest.mark.parametrize("step", [1, 7])
def test_killed_while_ending_the_session_can_be_finished(tmp_path: Path, step: int) -> None:
    env = environment()
    env["PYTHONPATH"] += os.pathsep + str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), str(step)], env=env, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    path = tmp_path / f"{STEM}_formcheck"
    assert len(formcheck.replay(path).reps) == 2
    recording = next(path / name for name in ("recording.journal", "recording.npz") if (path / name).exists())
    assert main(["analyze", str(recording), "--out", str(tmp_path), "--quiet"]) == 0
    assert (path / "report.html").exists()
