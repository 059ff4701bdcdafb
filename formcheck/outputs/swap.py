"""Two folders exchange their names in one step, so that whoever looks finds the one or the other, never none.

renameat2(2) with RENAME_EXCHANGE: Linux 3.15 and glibc 2.28, on most file systems.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_HERE, _EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE, by <fcntl.h> and <linux/fs.h>."""


def exchanged(one: Path, other: Path) -> bool:
    """Exchange them; false, and nothing done, where the system or the file system cannot."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    return bool(rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)
