"""Memory of a process that looks at pictures: they come and go on several threads, and glibc keeps their room.

Nothing here does anything where the C library, or the system, is another.
"""

from __future__ import annotations

import ctypes
import mmap
import os
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Of `mallopt`, by glibc's <malloc.h>."""
_OTHER = (OSError, AttributeError, TypeError)
"""What asking another C library for glibc's calls brings."""
NUMBERS, PICTURES = 170 << 20, 650 << 20
"""Bytes of addresses, measured: numpy, scipy and a recording; and on top of these what looks at pictures."""
KEPT = 128 << 20
LARGE = 32 << 20
"""Bytes, the most that glibc takes. Room asked of the system for each picture anew would cost a third more time."""


def one_store() -> None:
    """All threads share one store, in which pictures find the room of earlier ones; to be called as a process begins.

    With a store for each thread, which is usual, a process grows by what lies about in them: 40 MB in an analysis, and
    on and on in a session of half an hour.
    """
    with suppress(*_OTHER):
        mallopt = ctypes.CDLL(None).mallopt
        for setting, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, LARGE), (_TRIM_THRESHOLD, KEPT)):
            mallopt(setting, value)


def tidy() -> None:
    """Give back what can be; some milliseconds."""
    with suppress(*_OTHER):
        ctypes.CDLL(None).malloc_trim(0)


def require(room: int) -> None:
    """Raise `MemoryError` where memory is rationed (`ulimit -v`) and `room` bytes of addresses are no more to be had.

    Native libraries that find themselves without do not say so: they end the process. Those for linear algebra, whose
    threads are of no use here, are kept to one.
    """
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    if resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY:
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        mmap.mmap(-1, room).close()
    except OSError as error:
        raise MemoryError from error
