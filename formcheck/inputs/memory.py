"""Memory of a process that looks at pictures: they come and go on several threads, and glibc keeps their room.

Nothing here does anything where the C library is another.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Of `mallopt`, by glibc's <malloc.h>."""
_OTHER = (OSError, AttributeError, TypeError)
"""What asking another C library for glibc's calls brings."""
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
