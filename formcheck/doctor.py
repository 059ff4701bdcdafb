"""What works on this machine, and what to do about the rest. Pure data; the command line prints it."""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import numpy as np

from formcheck.errors import FormcheckError
from formcheck.inputs import hushed, models
from formcheck.inputs.camera import cameras

PYTHON = ((3, 11), (3, 14))  # from, below
MEDIAPIPE = ((0, 10, 30), (0, 10, 34))  # from, below: these make no connection of their own
OPENCV = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)
DISK_MB = 500
GL_ADVICE = "install the system's OpenGL libraries (Debian, Ubuntu: libgl1 libegl1 libgles2)"
NO_SOUND = "connect or switch on a loudspeaker to be spoken to; recorded videos need none"
NO_LIBRARY = "install PortAudio (Debian, Ubuntu: libportaudio2) to be spoken to; recorded videos need none"
AGAIN = "install formcheck again in a fresh virtual environment"


class Check(NamedTuple):
    """One thing looked at: `ok` is `None` where it is missing but only some uses need it.

    `advice` says what to do, and is empty where all is well.
    """

    name: str
    ok: bool | None
    detail: str
    advice: str = ""


def report() -> list[Check]:
    """All checks, in the order in which they should be read; never raises for what it finds."""
    checks = (
        ("python", python),
        ("mediapipe", mediapipe),
        ("opencv", opencv),
        ("models", whole_models),
        ("pose net", pose_net),
        ("video reading", video_reading),
        ("video writing", video_writing),
        ("camera", camera),
        ("sound", sound),
        ("disk", disk),
    )
    return [_careful(name, check) for name, check in checks]


def render(checks: list[Check]) -> str:
    """The checks as lines for a terminal, with what to do below each that needs it."""
    marks = {True: "ok", None: "--", False: "!!"}
    width = max((len(check.name) for check in checks), default=0)
    lines = []
    for check in checks:
        lines.append(f"{marks[check.ok]}  {check.name:<{width}}  {check.detail}")
        if check.advice:
            lines.append(f"{'':<{width + 6}}{check.advice}")
    return "".join(f"{line}\n" for line in lines)


def _careful(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - a doctor names what is broken, whatever it is
        return Check(name, False, f"failed: {_line(error)}", _advice(error))


def python() -> Check:
    """Whether this Python is one that formcheck is made for."""
    fine = PYTHON[0] <= sys.version_info[:2] < PYTHON[1]
    detail = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Check("python", fine, detail, "" if fine else "use Python 3.11, 3.12 or 3.13")


def mediapipe() -> Check:
    """Whether mediapipe is of a version that makes no connection of its own."""
    found = _version("mediapipe")
    if found is None:
        return Check("mediapipe", False, "not installed", AGAIN)
    fine = MEDIAPIPE[0] <= _numbers(found) < MEDIAPIPE[1]
    advice = "" if fine else "install mediapipe 0.10.30 to 0.10.33: other versions may report usage over the network"
    return Check("mediapipe", fine, found, advice)


def opencv() -> Check:
    """Whether exactly one OpenCV is installed: two overwrite each other's files."""
    found = [(name, number) for name in OPENCV if (number := _version(name)) is not None]
    detail = ", ".join(f"{name} {number}" for name, number in found) or "not installed"
    if len(found) > 1:
        return Check("opencv", False, detail, f"keep one: uninstall them all, then {AGAIN}")
    if not found:
        return Check("opencv", False, detail, AGAIN)
    import cv2  # noqa: PLC0415 - slow to load, and what is to be found out

    return Check("opencv", True, f"{detail}, loads as {cv2.__version__}")


def whole_models() -> Check:
    """Whether the three pose models are there and whole."""
    sizes = [f"{name} {models.find(name).stat().st_size / 1e6:.0f} MB" for name in models.NAMES]
    return Check("models", True, ", ".join(sizes))


def pose_net() -> Check:
    """Whether the quick net loads and looks at a picture."""
    from formcheck.inputs.pose import PoseModel  # noqa: PLC0415

    with PoseModel(models.find("lite")) as pose:
        pose.detect(_scene(0), 0.0)
    return Check("pose net", True, "the lite model loads and runs")


def video_reading() -> Check:
    """Whether a video can be read: a tiny one is made and looked at."""
    from formcheck.inputs.video import Video  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.mp4"
        _write(path, "mpeg4", frames=5)
        with Video(path) as video:
            frames = sum(1 for _ in video)
    fine = frames == 5
    return Check("video reading", fine, f"{frames} of 5 frames read", "" if fine else AGAIN)


def video_writing() -> Check:
    """Whether there is an H.264 encoder for `overlay.mp4`."""
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder) / "tiny.mp4", "libx264", frames=5)
    return Check("video writing", True, "H.264 by libx264")


def camera() -> Check:
    """Which cameras there are; none is opened where the system can tell without."""
    found = cameras()
    if found:
        return Check("camera", True, ", ".join(found))
    return Check("camera", None, "not found", "plug one in to be watched live; recorded videos need none")


def sound() -> Check:
    """Whether there is a device to speak and beep through."""
    try:
        with hushed():
            device = import_module("sounddevice").query_devices(kind="output")
    except Exception as error:  # noqa: BLE001 - no library, no device, no server: all mean no sound
        lacking = "PortAudio library" in str(error)
        return Check("sound", None, f"no output device ({_line(error)})", NO_LIBRARY if lacking else NO_SOUND)
    return Check("sound", True, str(device["name"]))


def disk() -> Check:
    """Whether there is room for results where they are written by default."""
    free_mb = shutil.disk_usage(Path.cwd()).free / 1e6
    fine = free_mb >= DISK_MB
    advice = "" if fine else f"make room, at least {DISK_MB} MB, or choose another folder with --out"
    return Check("disk", fine, f"{free_mb / 1000:.1f} GB free in {Path.cwd()}", advice)


def _scene(shade: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A picture (240, 320, 3) with a floor and a ball."""
    y, x = np.mgrid[:240, :320]
    picture = np.full((240, 320, 3), 150, np.uint8)
    picture[180:] = 90
    picture[(x - 160) ** 2 + (y - 150) ** 2 < 50**2] = (200, 80 + shade, 40)
    return picture


def _write(path: Path, codec: str, *, frames: int) -> None:
    import av  # noqa: PLC0415

    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=30)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(_scene(10 * number), "bgr24")))
        container.mux(stream.encode())


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdigit())


def _line(error: BaseException) -> str:
    return " ".join(f"{error}".split())[:200] or type(error).__name__


def _advice(error: BaseException) -> str:
    if any(name in str(error) for name in ("libGL", "libEGL", "libgthread")):
        return GL_ADVICE
    return "see the message" if isinstance(error, FormcheckError) else AGAIN
