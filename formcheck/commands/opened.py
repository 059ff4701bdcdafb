"""The report in a browser, where there is a desktop to show it on."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

DESKTOP = ("DISPLAY", "WAYLAND_DISPLAY")
REMOTE = ("SSH_CONNECTION", "SSH_TTY")
OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"
"""In a process of its own: browsers write into the terminal that they are started from."""
WAIT_S = 5
"""A browser that takes longer to start goes on by itself."""


def is_wanted(asked: bool | None) -> bool:
    """Whether a report is to be opened: as asked for, else at a terminal with a desktop."""
    return (sys.stdout is not None and sys.stdout.isatty() and has_desktop()) if asked is None else asked


def has_desktop() -> bool:
    """Whether a browser with windows may be expected, before the eyes of whoever sits at the terminal."""
    if any(os.environ.get(name) for name in REMOTE) or "CI" in os.environ:
        return False
    return sys.platform in {"win32", "darwin"} or any(os.environ.get(name) for name in DESKTOP)


def open_page(page: Path) -> bool:
    """Have the user's browser show a page; whether it could be started. Nothing that it prints is seen."""
    program = [sys.executable, "-c", OPEN, page.resolve().as_uri()]
    quiet = subprocess.DEVNULL
    with suppress(OSError, subprocess.SubprocessError):
        process = subprocess.Popen(program, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
        with suppress(subprocess.TimeoutExpired):
            return process.wait(WAIT_S) == 0
        return True
    return False
