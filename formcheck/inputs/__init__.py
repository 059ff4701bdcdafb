"""What comes in: pose models, video files, the pose net, and observations of a whole video.

None of them is imported here: `video` needs OpenCV and `pose` needs MediaPipe, both slow to load. What they
share is `hushed`: native libraries write to the terminal whatever they like.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

_NATIVE = re.compile(
    rb"[WIE]\d{4} |INFO: Created TensorFlow|WARNING: (All log messages before absl|Logging before)"
    rb"|ALSA lib |Cannot connect to server|jack server|JackShm|connect\(2\) call|Matplotlib "
)
_lock = threading.RLock()


@contextmanager
def hushed() -> Iterator[None]:
    """Keep what native code writes to file descriptor 2 off the terminal.

    MediaPipe offers no switch for it. Lines that are not known chatter (another thread's, say) are written
    afterwards, so nothing else gets lost.
    """
    with _lock, _kept() as kept:
        try:
            sys.stderr.flush()
            terminal = os.dup(2)
        except (AttributeError, OSError, ValueError):  # no standard error at all
            yield
            return
        os.dup2(kept.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
            _pass_on(kept)


def _kept() -> IO[bytes]:
    """A file for it, in memory where the system has such: there may be no temporary folder."""
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("formcheck"), "w+b")  # noqa: PTH123 - a number
    return tempfile.TemporaryFile()


def _pass_on(kept: IO[bytes]) -> None:
    kept.seek(0)
    for line in kept:
        if line.strip() and not _NATIVE.match(line):
            os.write(2, line)
