"""Whether there is a screen to open a window on, found out before Qt does: Qt ends the whole process if not.

OpenCV's wheels for Linux bring Qt with no other way to a screen than X11 (on Wayland desktops: XWayland). Here the
same library asks the X server first.

OpenCV and PyAV come with X11 libraries of the same names, each linked to another libxcb. Whichever package is imported
first has its own taken by both; where that is PyAV, Qt waits for ever for an answer that went elsewhere. So OpenCV has
to be imported first, and here it is found out whether it was.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

ANSWER_S = 5.0
QUIET = "*.debug=false;*.info=false;*.warning=false"


def missing() -> str:
    """Why no window can be opened here, in a few words; empty where nothing speaks against it."""
    if sys.platform != "linux":
        return ""
    plugin = _plugin()
    if not os.environ.get("DISPLAY"):
        other = os.environ.get("WAYLAND_DISPLAY") and plugin is None  # another build of OpenCV may know Wayland
        return "" if other else "DISPLAY is not set"
    strangers = _strangers(plugin) if plugin else []
    if strangers:
        return f"{strangers[0]} is loaded in place of OpenCV's own: import cv2 before it"
    try:
        xcb = ctypes.CDLL(str(plugin or ctypes.util.find_library("xcb")))
        xcb.xcb_connect.restype = ctypes.c_void_p
    except (OSError, AttributeError) as error:
        return f"a library is missing: {' '.join(str(error).split())}" if plugin else ""
    return _silence(xcb)


def hush_qt() -> None:
    """Keep Qt's remarks on fonts and plugins off the terminal; before the first window. Settings made outside hold."""
    if sys.platform == "linux":
        os.environ.setdefault("QT_LOGGING_RULES", QUIET)
        if _plugin() is not None:
            os.environ["QT_QPA_PLATFORM"] = "xcb"  # the only one there: with another, Qt ends the process


def _plugin() -> Path | None:
    """OpenCV's own connection from Qt to X11; `None` where another build has been installed."""
    found = find_spec("cv2")
    if found is None or found.origin is None:
        return None
    file = Path(found.origin).parent / "qt" / "plugins" / "platforms" / "libqxcb.so"
    return file if file.is_file() else None


def _strangers(plugin: Path, maps: Path = Path("/proc/self/maps")) -> list[str]:
    """X11 libraries of another package in this process that Qt would take for OpenCV's, as package/name."""
    try:
        loaded = {Path(line.split(maxsplit=5)[5]) for line in maps.read_text().splitlines() if "libxcb-" in line}
    except (OSError, IndexError):
        return []
    packages = plugin.parents[4]
    own = {file.name: file for file in packages.glob("opencv*.libs/libxcb-*")}
    return sorted(f"{file.parent.name}/{file.name}" for file in loaded - set(own.values()) if file.name in own)


def _silence(xcb: Any) -> str:
    """What is wrong with the X server that DISPLAY names; empty if it lets us in."""
    display, said = os.environ["DISPLAY"], [f"the X server {os.environ['DISPLAY']} does not answer"]

    def ask() -> None:
        connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
        refused = xcb.xcb_connection_has_error(connection)
        xcb.xcb_disconnect(connection)
        said[0] = f"the X server {display} cannot be reached" if refused else ""

    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(ANSWER_S)
    return said[0]
