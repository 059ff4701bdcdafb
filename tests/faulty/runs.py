"""One run of a command with a fault at its n-th step, and what is there afterwards."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from faulty.steps import KILL, Steps
from formcheck.cli import main

Files = dict[str, bytes]


class Ended(NamedTuple):
    """Exit code (128 + 9 where it was killed), what it said on standard error, and the steps that it took."""

    code: int
    said: str
    steps: int


class Task(NamedTuple):
    """A command that writes below a folder: what it is given, what is there before, and what of a file is compared."""

    name: str
    arguments: Callable[[Path], list[str]]
    before: Callable[[Path], None]
    plain: Callable[[str, bytes], bytes | None] = lambda _, data: data


def ran(task: Task, folder: Path, fault: str = "", at: int = 0) -> Ended:
    """Run a task in a fork of this process, in which everything is loaded already."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _child(task, folder, Steps(folder, fault, at), theirs)
    os.close(theirs)
    told = b""
    while piece := os.read(ours, 4096):
        told += piece
    os.close(ours)
    _, status = os.waitpid(child, 0)
    code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    said, _, steps = told.decode().rpartition("\0")
    return Ended(code, said or told.decode(), int(steps) if steps.isdecimal() else 0)


def _child(task: Task, folder: Path, steps: Steps, pipe: int) -> None:
    code = 99
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.chdir(folder)
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - the process ends
        sys.stderr = os.fdopen(os.dup(pipe), "w", encoding="utf-8")
        steps.install()
        code = main(task.arguments(folder))
        sys.stderr.flush()
        os.write(pipe, f"\0{steps.count}".encode())
    finally:
        os._exit(code)


def files(task: Task, folder: Path) -> Files:
    """What is below a folder, hidden things left out, as it is compared."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            found[name] = task.plain(name, path.read_bytes())
    return {name: data for name, data in found.items() if data is not None}


def hidden(folder: Path) -> list[str]:
    """What is left lying about."""
    return [path.name for path in folder.rglob(".*")]


def faults(task: Task, folder: Path, fault: str, at: int, states: tuple[Files, Files]) -> list[str]:
    """What is wrong after a run with a fault, and after the same once more; nothing where all is well."""
    old, new = states
    task.before(folder)
    ended = ran(task, folder, fault, at)
    wrong = [] if _answered(ended, fault, at) else [f"ended with {ended.code}: {ended.said!r}"]
    there = files(task, folder)
    if unlike := {name for name in {*there, *old, *new} if there.get(name) not in (old.get(name), new.get(name))}:
        wrong.append(f"neither old nor new: {', '.join(sorted(unlike))}")
    if fault != KILL and hidden(folder):
        wrong.append(f"left behind: {', '.join(hidden(folder))}")
    again = ran(task, folder)
    if again.code != 0:
        wrong.append(f"the same again ended with {again.code}: {again.said!r}")
    if files(task, folder) != new:
        wrong.append("the same again gave something else")
    return wrong


def _answered(ended: Ended, fault: str, at: int) -> bool:
    """Killed, or done as ever where the fault came after all that counts, or one line for each thing that failed."""
    if fault == KILL:
        return ended.code == 128 + signal.SIGKILL
    lines = ended.said.splitlines()
    return ended.code in {0, 1} and "Traceback" not in ended.said and bool(lines or ended.code == 0) and at > 0
