"""The commands that are tried: a result beside nothing and in the place of an older one, and tables of a batch."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

from batches import RECORDING, recordings

from faulty.runs import Task, ran

OTHER = "[limits]\nhold_min_s = 1.0\n"
RECORDINGS = 3


def _empty(folder: Path) -> None:
    for item in folder.iterdir():
        shutil.rmtree(item) if item.is_dir() else item.unlink()


def _recording(folder: Path) -> None:
    _empty(folder)
    (folder / "set.npz").write_bytes(RECORDING.read_bytes())
    (folder / "other.toml").write_text(OTHER, encoding="utf-8")


def _older_result(folder: Path) -> None:
    """A result of the same recording under other limits."""
    _recording(folder)
    older = Task("", lambda _: [*ANALYZE, "--config", "other.toml"], _recording)
    assert ran(older, folder).code == 0


def _clips(folder: Path) -> None:
    _empty(folder)
    recordings(folder / "clips", RECORDINGS)
    (folder / "other.toml").write_text(OTHER, encoding="utf-8")


def _older_tables(folder: Path) -> None:
    """Tables and memory of the same clips under other limits."""
    _clips(folder)
    older = Task("", lambda _: [*BATCH, "--config", "other.toml"], _clips)
    assert ran(older, folder).code == 0


def _members(name: str, data: bytes) -> bytes:
    """Of an archive what is in it: its directory has the time at which it was made."""
    if not name.endswith(".npz"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(member.encode() + archive.read(member) for member in archive.namelist())


def _tables(name: str, data: bytes) -> bytes | None:
    """How a database lies in its file is its own affair; that the memory is whole shows when it is used again."""
    return data if name.endswith(".csv") else None


ANALYZE = ["analyze", "set.npz", "--quiet", "--no-open", "--overwrite"]
BATCH = ["batch", "clips", "--from-recordings", "--jobs", "1", "--quiet", "--out", "scores.csv"]
TASKS = {
    task.name: task
    for task in (
        Task("a new result", lambda _: ANALYZE, _recording, _members),
        Task("a result in the place of an older one", lambda _: ANALYZE, _older_result, _members),
        Task("a new table", lambda _: BATCH, _clips, _tables),
        Task("a table in the place of an older one", lambda _: BATCH, _older_tables, _tables),
    )
}
