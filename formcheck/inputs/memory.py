"""Memory that was freed, given back to the system: pictures of all sizes come and go, and glibc keeps their room."""

from __future__ import annotations

import ctypes
from contextlib import suppress


def tidy() -> None:
    """Give back what can be; some milliseconds. Does nothing where the C library has no such call."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
