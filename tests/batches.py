"""What the tests of batches share: recordings in any number, tables read back, batches in a process to be killed."""

from __future__ import annotations

import csv
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from conftest import environment

from formcheck.analyze import replay
from formcheck.batch import Options, Summary, batch
from formcheck.batch.work import Outcome, Task, score_task
from formcheck.outputs import measures

DATA = Path(__file__).parent / "data"
RECORDING = DATA / "two_reps.npz"
PROGRAM = """
import sys
from pathlib import Path
import formcheck.batch.run as run
from formcheck.batch import Options, batch
run.CHUNK = 1
batch(Options(sys.argv[2:], out=Path(sys.argv[1]), from_recordings=True, jobs=2), quiet=True)
"""
"""A batch in which every recording is a task of its own, so that it can be stopped between any two."""


@cache
def _recording_bytes(name: str) -> bytes:
    return (DATA / name).read_bytes()


def recordings(folder: Path, count: int, *, measured: bool = True) -> Path:
    """So many recordings, no two with the same content, as `--recordings` keeps them."""
    folder.mkdir(exist_ok=True)
    whole = folder / "whole.npz"
    whole.write_bytes(_recording_bytes("two_reps.npz"))
    if measured:
        measures.add(replay(RECORDING), whole, "c" * 64)
    data = whole.read_bytes()
    whole.unlink()
    for number in range(count):
        path = folder / f"r{number:04d}.npz"
        path.write_bytes(data)
        with zipfile.ZipFile(path, "a") as archive:
            archive.comment = b"%d" % number
    return folder


def rescore(out: Path, *paths: Path | str, **others: object) -> Summary:
    """Judge recordings again, in this process."""
    options = Options(paths, out=out, from_recordings=True, jobs=1, **others)  # type: ignore[arg-type]
    return batch(options, quiet=True, run=inline)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reps_of(path: Path) -> Path:
    return path.with_name(f"{path.stem}_reps{path.suffix}")


def memory(out: Path) -> Path:
    """Where a batch remembers."""
    return out.with_name(f"{out.name}.sqlite")


def asked(memory: Path, question: str) -> list[tuple[Any, ...]]:
    """What a memory answers at this moment; nothing where it is not there yet."""
    if not memory.exists():
        return []
    with closing(sqlite3.connect(memory, timeout=20)) as opened:
        made = opened.execute("select count(*) from sqlite_master").fetchone()[0]
        return opened.execute(question).fetchall() if made else []


def lines(memory: Path) -> int:
    """Rows in a memory, at this moment."""
    return len(keys(memory))


def keys(memory: Path) -> list[str]:
    """Keys of the rows."""
    return [key for (key,) in asked(memory, "select key from rows")]


def scored(memory: Path) -> list[str]:
    """Keys of rows that were scored."""
    return [key for (key,) in asked(memory, "select key from rows where state = 's'")]


def started(out: Path, *paths: Path, program: str = PROGRAM) -> subprocess.Popen[bytes]:
    line = [sys.executable, "-c", program, str(out), *map(str, paths)]
    return subprocess.Popen(
        line, env=environment() | {"PYTHONDONTWRITEBYTECODE": "1"}, stderr=subprocess.PIPE, start_new_session=True
    )


def workers(process: subprocess.Popen[bytes]) -> list[int]:
    """Processes at work for a batch (Linux)."""
    found = []
    for task in Path(f"/proc/{process.pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return [child for child in found if "spawn_main" in _command(child)]


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return "spawn_main" in _command(process)


def inline(tasks: Iterator[Task], jobs: int, tick: Callable[[int], None]) -> Iterator[list[Outcome]]:
    """Tasks one after the other in this process: where it is not the processes that are tested."""
    return (score_task(task, tick) for task in tasks)
