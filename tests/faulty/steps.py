"""The steps in which a process writes below a folder, counted; at one of them it is killed, or the disk gives out.

Steps are: a file opened to be written, a write to it, an exchange of names, a folder made, something removed, a sync,
and what a database is asked. Native code (PyAV, Arrow) opens and writes by itself: of that only what Python does around
it is seen.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

KILL, FULL, BROKEN = "killed", "full disk", "broken disk"
ERRORS = {FULL: errno.ENOSPC, BROKEN: errno.EIO}
NAMES = ("rename", "replace", "mkdir", "fsync", "remove", "unlink", "rmdir")
BLOCK = 1 << 14
"""Characters or bytes that go to the disk together: one step."""
GONE = frozenset({"remove", "unlink", "rmdir"})
"""What takes no room: only kills come here."""


class Steps:
    """Counts from 1; at `at` the fault comes, for a disk from then on always (a disk does not become empty again)."""

    def __init__(self, folder: Path, fault: str, at: int) -> None:
        self.count = 0
        self._folder, self._fault, self._at = str(folder), fault, at

    def install(self) -> None:
        """Put the counting into this process, for good."""
        opened = io.open
        io.open = builtins.open = self._opener(opened)  # type: ignore[assignment]
        for name in NAMES:
            setattr(os, name, self._call(name, getattr(os, name)))
        connect = sqlite3.connect

        def database(path: Any, **settings: Any) -> sqlite3.Connection:
            return connect(path, **settings, factory=self._connection())

        sqlite3.connect = database  # type: ignore[assignment]

    def step(self, what: str, path: object = None) -> None:
        """One step; it may be the last."""
        if path is not None and not self._ours(path):
            return
        self.count += 1
        if self._fault == KILL and self.count == self._at:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._fault in ERRORS and what not in GONE and 0 < self._at <= self.count:
            number = ERRORS[self._fault]
            raise OSError(number, os.strerror(number), str(path) if path is not None else None)

    def _ours(self, path: object) -> bool:
        return os.path.abspath(os.fsdecode(path)).startswith(self._folder)  # type: ignore[arg-type]  # noqa: PTH100

    def _opener(self, opened: Callable[..., Any]) -> Callable[..., Any]:
        def open_file(file: Any, mode: str = "r", *given: Any, **others: Any) -> Any:
            written = not isinstance(file, int) and set(mode) & set("wax+")
            if not written or not self._ours(file):
                return opened(file, mode, *given, **others)
            self.step("open", file)
            made = opened(file, mode, *given, **others)
            write, left = made.write, 0

            def counted(data: Any) -> Any:
                nonlocal left
                left -= len(data)
                if left < 0:
                    self.step("write", file)
                    left = BLOCK
                return write(data)

            made.write = counted
            return made

        return open_file

    def _call(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **others: Any) -> Any:
            self.step(name, None if name == "fsync" else given[-1] if name in {"rename", "replace"} else given[0])
            return real(*given, **others)

        return counted

    def _connection(self) -> type[sqlite3.Connection]:
        steps = self

        class Counted(sqlite3.Connection):
            def execute(self, *given: Any) -> sqlite3.Cursor:
                steps.database()
                return super().execute(*given)

            def executemany(self, *given: Any) -> sqlite3.Cursor:
                steps.database()
                return super().executemany(*given)

        return Counted

    def database(self) -> None:
        """One step of a database, which has its own word for a disk that is full or broken."""
        try:
            self.step("database")
        except OSError as error:
            full = error.errno == errno.ENOSPC
            told = sqlite3.OperationalError("database or disk is full" if full else "disk I/O error")
            told.sqlite_errorname = "SQLITE_FULL" if full else "SQLITE_IOERR"
            raise told from error
