"""Tests in several processes: those marked `alone` run while no other does, for they measure time.

Two locks that all workers of a user share, those of another run too. Whoever comes takes the turnstile first, so that
one who wants to be alone is not kept waiting for ever by those who do not.
"""

from __future__ import annotations

import getpass
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on Windows, where tests then run in one process
    fcntl = None  # type: ignore[assignment]


@contextmanager
def turn(*, alone: bool) -> Iterator[None]:
    """A turn of one test, together with others or alone; at once where there is one process only."""
    if fcntl is None or "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    folder = Path(tempfile.gettempdir()) / f"formcheck-tests-{getpass.getuser()}"
    folder.mkdir(exist_ok=True)
    with (folder / "turnstile").open("w") as turnstile, (folder / "running").open("w") as running:
        fcntl.flock(turnstile, fcntl.LOCK_EX)
        fcntl.flock(running, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(turnstile, fcntl.LOCK_UN)
        yield
