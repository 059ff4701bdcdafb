"""One writer at a time: a lock file beside the memory of a batch, gone when the batch ends well.

The lock is the system's, so it ends with the process however that ends; what is left then is an empty file that holds
nobody up. On a file system without locks nothing is locked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from formcheck.errors import OutputError

TRIES = 100


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file; raises `OutputError` where another process does, `OSError` where none can be made."""
    place = path.with_name(f"{path.name}.lock")
    file = _opened(place, path)
    try:
        yield
    finally:
        with suppress(OSError):  # before it is let go, so that nobody loses one taken meanwhile
            place.unlink()
        os.close(file)
        with suppress(OSError):  # where an open file cannot be removed
            if os.name == "nt":
                place.unlink()


def _opened(place: Path, path: Path) -> int:
    """The lock file, locked and still the one that is there: who held it before may have removed it."""
    for _ in range(TRIES):
        file = os.open(place, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        try:
            take(file, path)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file), place.stat()):
                    return file
        except BaseException:
            os.close(file)
            raise
        os.close(file)
    raise held(path)


def take(file: int, path: Path) -> None:
    """Lock an open file for this process, until it ends however it ends; raises `OutputError` where it is locked."""
    try:
        import fcntl  # noqa: PLC0415 - not everywhere

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        import msvcrt  # noqa: PLC0415 - where the other is not

        os.lseek(file, 0x7FFFFFFF, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError as error:
            raise held(path) from error
    except BlockingIOError as error:
        raise held(path) from error
    except OSError:
        return  # a file system without locks


def held(path: Path) -> OutputError:
    """The error where somebody else has it."""
    return OutputError(f"{path}: another batch is writing to it; wait for it or give another --out")
