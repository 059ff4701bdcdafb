"""Which cameras this computer has. Linux is asked by its files; elsewhere the cameras are opened in turn."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from pathlib import Path

from formcheck.inputs.camera.patient import in_time

NODES = Path("/dev")
SYSTEM = Path("/sys/class/video4linux")
LIMIT_S = 5.0  # a system that asks the user for leave may keep us waiting for ever
MOST = 5


def cameras() -> list[str]:
    """The cameras that are there, each as its number and, where known, its name: `0 (Integrated Webcam)`."""
    if sys.platform.startswith("linux"):
        return [f"{number} ({name})" if name else str(number) for number, name in nodes().items()]
    found: list[str] = []
    with suppress(TimeoutError):  # then what has answered by now
        in_time(lambda: _open_all(found), LIMIT_S)
    return list(found)


def nodes() -> dict[int, str]:
    """Numbers and names of the capture devices of Linux; a camera's further nodes give no pictures."""
    found = {}
    for node in NODES.glob("video*"):
        if (number := number_of(node)) is not None and _read(SYSTEM / node.name / "index") in ("", "0"):
            found[number] = _read(SYSTEM / node.name / "name")
    return dict(sorted(found.items()))


def number_of(node: Path) -> int | None:
    """7 for `/dev/video7` and for links to it."""
    match = re.fullmatch(r"video(\d+)", node.resolve().name)
    return int(match[1]) if match else None


def now_at(number: int, name: str) -> int:
    """Where a camera is that was plugged in again: the number may have changed, its name has not."""
    found = nodes()
    if not name or found.get(number) == name:
        return number
    return next((other for other, its in found.items() if its == name), number)


def _read(path: Path) -> str:
    try:
        return " ".join(path.read_text(encoding="utf-8", errors="replace").split())
    except OSError:
        return ""


def _open_all(found: list[str]) -> None:
    from formcheck.inputs.camera.usb import opens  # noqa: PLC0415 - loads OpenCV

    for number in range(MOST):
        if not opens(number):
            return
        found.append(str(number))
