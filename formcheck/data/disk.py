"""What is written to a disk while a session goes on: never in its way, and known to be there."""

from __future__ import annotations

import errno
import os
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the system says of a disk without space."""
CLOSE_S = 10.0
"""The longest that closing waits for the disk."""


class Writer(ABC):
    """A thread of its own that writes one file; `trouble` says in words what keeps it from that, else it is empty.

    The thread begins in `__init__`: what `_work` uses is set before that is called.
    """

    def __init__(self, path: Path | str, name: str) -> None:
        self.trouble = ""
        self._path = Path(path)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"formcheck-{name}", daemon=True)
        self._thread.start()

    @abstractmethod
    def _work(self) -> None:
        """The thread: it ends when `_ended` is set and all is written; it raises nothing."""

    def close(self) -> None:
        """Write what is left and end; `trouble` stays if that was not possible."""
        self._ended.set()
        self._thread.join(CLOSE_S)
        if self._thread.is_alive():
            self.trouble = f"{self._path}: the disk does not answer; its end may be missing"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk itself, where the system can do that."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
