"""What the paths of a batch mean."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from formcheck.batch.find import find, stamp
from formcheck.errors import InputError, UsageError

NAMES = ("b.mp4", "a.MOV", "deep/er/c.webm", "x_formcheck/overlay.mp4", "x_formcheck/recording.npz", "notes.txt")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (*NAMES, ".hidden/h.mp4", "deep/.h.mp4"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_is_gone_through_but_for_hidden_files_and_drawn_videos(folder: Path) -> None:
    assert find(["."]) == ["./a.MOV", "./b.mp4", "./deep/er/c.webm"]
    assert find(["."], recordings=True) == ["./x_formcheck/recording.npz"]


def test_a_file_is_taken_whatever_its_ending(folder: Path) -> None:
    assert find(["notes.txt"]) == ["notes.txt"]


def test_patterns_name_files_and_folders(folder: Path) -> None:
    assert find(["*.mp4", "d*"]) == ["b.mp4", "deep/er/c.webm"]
    assert find(["**/*.webm"]) == ["deep/er/c.webm"]


def test_a_name_with_a_pattern_in_it_is_a_name(folder: Path) -> None:
    Path("set [1].mp4").write_text("x")
    assert find(["set [1].mp4"]) == ["set [1].mp4"]


def test_a_list_holds_what_could_stand_on_the_command_line(folder: Path) -> None:
    Path("list.txt").write_text("# today\n\n deep \nb.mp4\ngone.mp4\n", encoding="utf-8-sig")
    assert find(["@list.txt"]) == ["deep/er/c.webm", "b.mp4", "gone.mp4"]


def test_no_clip_is_named_twice(folder: Path) -> None:
    assert find(["b.mp4", ".", folder]) == ["b.mp4", "./a.MOV", "./deep/er/c.webm"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("gone.mp4", "gone.mp4: no such file"),
        ("*.avi", "nothing to score"),
        (".hidden/none", "no such file"),
        ("@gone.txt", "gone.txt: No such file"),
    ],
)
def test_what_is_not_there_is_said_before_anything_begins(folder: Path, path: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        find([path])


def test_addresses_without_fsspec_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(InputError, match="need fsspec"):
        find(["s3://bucket/a.mp4"])


def test_an_unknown_kind_of_address_is_an_input_error() -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(InputError, match="cannot open it"):
        find(["nowhere://a.mp4"])


def test_addresses_are_files_folders_and_patterns() -> None:
    fsspec = pytest.importorskip("fsspec")
    system = fsspec.filesystem("memory")
    system.pipe({"/find/a.mp4": b"1", "/find/in/b.mkv": b"22", "/find/c.txt": b"3"})
    both = ["memory:///find/a.mp4", "memory:///find/in/b.mkv"]
    assert find(["memory://find"]) == both
    assert find(["memory://find/*.mp4"]) == both[:1]
    assert find(["memory://find/c.txt"]) == ["memory://find/c.txt"]
    with pytest.raises(UsageError, match="nothing to score"):
        find(["memory://find/*.avi"])


def test_a_stamp_changes_with_the_file() -> None:
    fsspec = pytest.importorskip("fsspec")
    system = fsspec.filesystem("memory")
    system.pipe("/stamp/a.mp4", b"1")
    before = stamp("memory://stamp/a.mp4")
    assert before == stamp("memory://stamp/a.mp4")
    assert before
    system.pipe("/stamp/a.mp4", b"2")
    assert stamp("memory://stamp/a.mp4") != before
    assert stamp("memory://stamp/gone.mp4") == ""
