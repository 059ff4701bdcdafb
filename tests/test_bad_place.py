"""Where results cannot be written: one line, the right exit code, nothing half-written."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import LINUX

from formcheck.cli import main
from formcheck.outputs import files


def test_a_file_where_the_folder_should_be(tmp_path: Path, short: Path, refused: Callable[..., str]) -> None:
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        line = refused(1, "analyze", short, "--model", "lite", "--out", place)
        assert "--out" in line
        assert str(place) in line
    assert (tmp_path / "file").read_text() == "mine"


@LINUX
def test_a_folder_that_cannot_be_made(recording: Path, refused: Callable[..., str]) -> None:
    assert "--out" in refused(1, "analyze", recording, "--out", "/proc/formcheck")


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write anywhere")
def test_a_folder_without_leave(tmp_path: Path, recording: Path, refused: Callable[..., str]) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    assert "cannot be written" in refused(1, "analyze", recording, "--out", closed)


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path, recording: Path, refused: Callable[..., str]) -> None:
    mine = tmp_path / "recording_formcheck"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine")
    assert "other files" in refused(1, "analyze", recording, "--out", tmp_path)
    assert [item.name for item in mine.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("writer", ["write_frames", "write_report", "write_summary"])
def test_a_disk_that_fills_up(
    out: Path, recording: Path, refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    def full(_: object, path: Path, **__: object) -> None:
        path.write_text("half of it")
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(files, writer, full)
    assert "the disk is full" in refused(1, "analyze", recording, "--out", out)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """`tiny_disk(kilobytes)`: a file system of that size, where the system lets us make one."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(kilobytes: int) -> Path:
        line = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)]
        try:
            done = subprocess.run(line, capture_output=True, check=False)
        except OSError:
            pytest.skip("there is no mount here")
        if done.returncode:
            pytest.skip("no leave to mount a file system")
        return place

    yield mount
    if os.path.ismount(place):
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("kilobytes", [64, 150])  # full in the tables, full in the video
def test_a_disk_that_is_full(
    tiny_disk: Callable[[int], Path], short: Path, refused: Callable[..., str], kilobytes: int
) -> None:
    place = tiny_disk(kilobytes)
    assert "the disk is full" in refused(1, "analyze", short, "--model", "lite", "--out", place)
    assert list(place.iterdir()) == []


def test_a_disk_that_is_read_only(
    tiny_disk: Callable[[int], Path], recording: Path, refused: Callable[..., str]
) -> None:
    place = tiny_disk(1000)
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    for out in (place, place / "below"):
        assert "cannot be written" in refused(1, "analyze", recording, "--out", out)


def test_an_older_result_outlives_a_failure(
    tmp_path: Path, recording: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", str(recording), "--out", str(tmp_path), "--quiet"]) == 0
    kept = {item.name: item.read_bytes() for item in (tmp_path / "recording_formcheck").iterdir()}

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "write_report", full)
    assert main(["analyze", str(recording), "--out", str(tmp_path), "--quiet"]) == 1
    assert {item.name: item.read_bytes() for item in (tmp_path / "recording_formcheck").iterdir()} == kept
    assert [item.name for item in tmp_path.glob("*formcheck*")] == ["recording_formcheck"]
