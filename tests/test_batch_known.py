"""What need not be read again: files that are as they were when their content was told."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from batches import RECORDING, recordings, rescore, rows
from conftest import LINUX

from formcheck.batch import Options, key, run
from formcheck.batch.store import Memory
from formcheck.batch.work import SCORED, Outcome

COUNT = 3


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Recordings without measures, which are known by all their bytes, as videos are."""
    return recordings(tmp_path / "kept", COUNT, measured=False)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read for their content, as time goes by; files may be as new as they like."""
    found: list[str] = []
    whole: Callable[[Path], str] = key.content

    def content(path: Path) -> str:
        found.append(path.name)
        return whole(path)

    monkeypatch.setattr(key, "content", content)
    monkeypatch.setattr(key, "SETTLED_S", 0.0)
    return found


def test_what_did_not_change_is_not_read_again(kept: Path, tmp_path: Path, read: list[str]) -> None:
    out = tmp_path / "scores.csv"
    assert rescore(out, kept).scored == COUNT
    assert sorted(read) == sorted(path.name for path in kept.iterdir())
    before = out.read_bytes()
    read.clear()
    assert (rescore(out, kept).known, read, out.read_bytes()) == (COUNT, [], before)


def test_what_was_touched_copied_or_renamed_is_read_once_and_known(kept: Path, tmp_path: Path, read: list[str]) -> None:
    out = tmp_path / "scores.csv"
    rescore(out, kept)
    read.clear()
    os.utime(kept / "r0000.npz", (1.0, 1.0))
    (kept / "r0001.npz").rename(kept / "renamed.npz")
    shutil.copy(kept / "r0002.npz", kept / "copy.npz")
    assert rescore(out, kept).known == COUNT + 1
    assert sorted(read) == ["copy.npz", "r0000.npz", "renamed.npz"]
    read.clear()
    assert (rescore(out, kept).known, read) == (COUNT + 1, [])


@LINUX
def test_another_content_of_the_same_size_and_time_is_found(kept: Path, tmp_path: Path, read: list[str]) -> None:
    """`cp -p`, `rsync -t` and `touch -r` set mtimes as they like, but no ctime."""
    out, path = tmp_path / "scores.csv", kept / "r0001.npz"
    rescore(out, kept)
    read.clear()
    about, data = path.stat(), bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    time.sleep(0.02)  # file systems count time in ticks
    path.write_bytes(data)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (about.st_size, about.st_mtime_ns)
    summary = rescore(out, kept)
    assert (read, summary.known, summary.failed) == ([path.name], COUNT - 1, 1)


def test_what_changed_a_moment_ago_may_do_so_again(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(next(kept.iterdir()))
    monkeypatch.setattr(key, "SETTLED_S", 1e9)
    assert key.stamp(path) == ""
    monkeypatch.setattr(key, "SETTLED_S", 0.0)
    assert len(key.stamp(path)) == 32
    assert key.stamp(path) == key.stamp(os.path.relpath(path))
    with pytest.raises(OSError, match="No such file"):
        key.stamp(str(tmp_path / "nowhere.mp4"))


def test_contents_are_kept_beside_rows(tmp_path: Path) -> None:
    path, mark, content = tmp_path / "scores.csv.sqlite", "f" * 32, "c" * 64
    with Memory(path) as memory:
        memory.add([Outcome("1.mp4", "1" * 32, SCORED, b"[{},[]]", stamp=mark, content=content)])
        memory.remember("e" * 32, "b" * 64)
        assert memory.content(mark) == content
    with Memory(path) as memory:
        assert (memory.content(mark), memory.content("e" * 32)) == (content, "b" * 64)
        assert (memory.content("1" * 32), memory.content(""), memory.content("0" * 32)) == ("", "", "")
        assert memory.found("1" * 32) == ({}, [])
        assert memory.knows("1" * 32)
        assert not memory.knows(mark), "a content is no row"


def test_other_limits_know_the_content_as_well(kept: Path, tmp_path: Path, read: list[str]) -> None:
    out = tmp_path / "scores.csv"
    rescore(out, kept)
    first = [row["content_sha256"] for row in rows(out)]
    (kept / "new.npz").write_bytes(RECORDING.read_bytes())
    assert rescore(out, kept).scored == 1
    assert [row["content_sha256"] for row in rows(out)] == [key.content(kept / "new.npz"), *first]


@pytest.mark.parametrize(("clips", "jobs", "expected"), [(1, None, 1), (1200, None, 3), (90_000, None, 16), (2, 4, 4)])
def test_a_process_is_begun_only_where_it_is_worth_its_start(
    clips: int, jobs: int | None, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("formcheck.batch.local.cores", lambda: 16)
    begun: list[int] = []

    def here(tasks, jobs, tick):  # type: ignore[no-untyped-def]
        begun.append(jobs)
        return iter(())

    monkeypatch.setattr(run, "find", lambda *_, **__: [f"{number}.npz" for number in range(clips)])
    options = Options(["."], out=tmp_path / "scores.csv", from_recordings=True, jobs=jobs)
    run.batch(options, quiet=True, run=here)
    assert begun == [expected]
