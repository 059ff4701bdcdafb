"""Cameras of this computer, through OpenCV.

Wide pictures of 640 x 360 are asked for: somebody lying fills the width, cameras cut the sides off to make 4:3,
and the pose nets look at 256 pixels. Motion JPEG, because many cameras send little else at 30 frames a second
over USB 2. Two buffers: old pictures are worth nothing, but while the only one is read, the next frame finds no
room, and the rate halves. A camera gives the nearest it has.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator

os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")  # seconds a dead camera may hold a thread; 10 usually
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")  # or opening takes many seconds on Windows

import cv2

from formcheck.errors import CameraError
from formcheck.inputs.camera import devices
from formcheck.inputs.camera.source import BACKLOG_S, Frame, Kind, Source, there
from formcheck.inputs.video import USUAL_FPS  # and its settings of OpenCV

SIZE = (640, 360)
BUFFERS = 2
MOST_LATE = 8  # frames
LINUX = sys.platform.startswith("linux")


class Plugged:
    """Connects to a camera when called, also when it was plugged in again elsewhere."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._name = devices.nodes().get(number, "") if LINUX else ""

    def __call__(self) -> Source:  # noqa: D102 - said above
        self._number = devices.now_at(self._number, self._name) if LINUX else self._number
        return Usb(self._number, self._name)


class Usb:
    """One connection to a camera."""

    kind: Kind = "camera"

    def __init__(self, number: int, name: str = "") -> None:
        self.name = f"camera {number} ({name})" if name else f"camera {number}"
        self.warnings: list[str] = []
        self._capture = cv2.VideoCapture(number, cv2.CAP_V4L2 if LINUX else cv2.CAP_ANY)
        if not self._gives():
            self.close()
            raise CameraError(_refused(number, self.name))
        size = (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
        self.width, self.height = (int(self._capture.get(side)) for side in size)
        fps = float(self._capture.get(cv2.CAP_PROP_FPS))
        self.fps = fps if 1 <= fps <= 1000 else 0.0

    def _gives(self) -> bool:
        """Whether a picture comes: one that is in use may open all the same."""
        if not self._capture.isOpened():
            return False
        self._ask()
        return bool(self._capture.grab())

    def _ask(self) -> None:
        """Wishes, the format before the size: that is the order in which drivers take them."""
        self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, SIZE[0])
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, SIZE[1])
        self._capture.set(cv2.CAP_PROP_FPS, USUAL_FPS)
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, BUFFERS)

    def frames(self, over: threading.Event) -> Iterator[Frame]:
        """Frames with the moment at which each came in; those that lay waiting at first are passed over."""
        late = MOST_LATE
        while not over.is_set():
            asked = time.perf_counter()
            grabbed = self._capture.grab()
            arrived = time.perf_counter()
            late = late - 1 if grabbed and arrived - asked < BACKLOG_S else 0
            if late > 0:
                continue
            good, picture = self._capture.retrieve() if grabbed else (False, None)
            if not good or picture is None:
                raise CameraError(f"{self.name}: gives no pictures any more; check its cable")
            yield Frame(picture, arrived)

    def close(self) -> None:
        """Let go of the camera."""
        self._capture.release()


def opens(number: int) -> bool:
    """Whether there is such a camera; for systems that cannot be asked in a quieter way."""
    capture = cv2.VideoCapture(number)
    try:
        return bool(capture.isOpened())
    finally:
        capture.release()


def _refused(number: int, name: str) -> str:
    """Why a camera did not open, and what to do."""
    if not LINUX:
        return f"{name}: no such camera, or another program uses it; {there()}"
    if number not in devices.nodes():
        return f"{name}: no such camera; {there()}"
    node = devices.NODES / f"video{number}"
    if not os.access(node, os.R_OK | os.W_OK):
        return f"{name}: you may not use {node}; add yourself to its group, mostly `video`, and log in again"
    return f"{name}: in use or not answering; close the program that uses it, or plug it in again; {there()}"
