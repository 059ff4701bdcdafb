"""The live window on a real (virtual) screen: what is seen there, keys, and machines without one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import LINUX, environment
from faces import face_at, frame
from numpy.typing import NDArray
from PIL import Image, ImageGrab, features

from formcheck.outputs.window import display
from formcheck.outputs.window.picture import draw

TOOLS = [tool for tool in ("Xvfb", "xdotool", "openbox") if shutil.which(tool) is None]
pytestmark = [LINUX, pytest.mark.alone]
SCREEN = pytest.mark.skipif(
    bool(TOOLS) or not features.check("xcb"), reason=f"needs a virtual screen: {', '.join(TOOLS) or 'Pillow with xcb'}"
)
AT = ("clip10", 12.7)
SIZE = (1366, 768)
CHILD = """
import dataclasses, sys, time
sys.path.insert(0, sys.argv[1])
from formcheck.outputs.window.screen import Window
from faces import face_at, frame
picture, face, before = frame("clip10", 12.7), face_at("clip10", 12.7), None
window, end = Window(), time.monotonic() + 60
while time.monotonic() < end:
    window.show(picture, face)
    asked = window.poll()
    if "mirror" in asked:
        face = dataclasses.replace(face, mirrored=not face.mirrored)
    if asked or window.size != before:
        before = window.size
        print(*sorted(asked), *before, flush=True)
    if "quit" in asked:
        break
    time.sleep(0.02)
window.close()
"""


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    """A virtual screen with a window manager (full screen is the manager's doing)."""
    reader, writer = os.pipe()
    line = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(line, pass_fds=(writer,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as said:
        name = f":{said.readline().strip()}"
    settings = {**environment(), "DISPLAY": name}
    manager = subprocess.Popen(["openbox"], env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield name
    for process in (manager, server):
        process.terminate()
        process.wait(10)


class Shown:
    """The window in a process of its own, and a hand on its keys."""

    def __init__(self, name: str, errors: Path) -> None:
        self.screen, self.errors = name, errors
        self.settings = {key: value for key, value in environment().items() if not key.startswith("QT_")}
        self.settings.update(DISPLAY=name, QT_QPA_PLATFORM="wayland")  # as some desktops set it: not in the wheel
        line = [sys.executable, "-c", CHILD, str(Path(__file__).parent)]
        with errors.open("wb") as err:
            self.process = subprocess.Popen(line, env=self.settings, stdout=subprocess.PIPE, stderr=err, text=True)
        assert self.process.stdout is not None
        self.said = self.process.stdout
        self.heard()
        self.hand("search", "--sync", "--onlyvisible", "--name", "formcheck live", "windowactivate", "--sync")

    def hand(self, *what: str) -> None:
        subprocess.run(["xdotool", *what], env=self.settings, check=True, timeout=20, stdout=subprocess.DEVNULL)

    def heard(self) -> list[str]:
        """The next line: what was asked for, and the size."""
        return self.said.readline().split()

    def until(self, fits: Callable[[list[str]], bool]) -> list[str]:
        for line in self.said:
            if fits(line.split()):
                return line.split()
        raise AssertionError(f"the window ended: {self.errors.read_text()}")

    def seen(self) -> NDArray[np.uint8]:
        """The whole screen, blue green red."""
        return np.asarray(ImageGrab.grab(xdisplay=self.screen).convert("RGB"))[..., ::-1]

    def shows(self, wanted: NDArray[np.uint8]) -> bool:
        """Whether exactly this picture is on the screen, within some seconds."""
        for _ in range(50):
            if _found(self.seen(), wanted):
                return True
            time.sleep(0.1)
        Image.fromarray(self.seen()[..., ::-1]).save(self.errors.with_suffix(".png"))
        return False


def _found(screen: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> bool:
    """Whether a picture stands somewhere on the screen."""
    height, width = wanted.shape[:2]
    room = screen[: screen.shape[0] - height + 60, : screen.shape[1] - width + 60]
    corner = np.ascontiguousarray(wanted[:60, :60])
    _, _, (left, top), _ = cv2.minMaxLoc(cv2.matchTemplate(np.ascontiguousarray(room), corner, cv2.TM_SQDIFF))
    part = screen[top : top + height, left : left + width]
    return part.shape == wanted.shape and np.abs(part.astype(int) - wanted).mean() < 0.5


@pytest.fixture
def shown(screen: str, tmp_path: Path) -> Iterator[Callable[[], Shown]]:
    started: list[Shown] = []

    def start() -> Shown:
        started.append(Shown(screen, tmp_path / f"errors{len(started)}.txt"))
        return started[-1]

    yield start
    for each in started:
        each.process.kill()
        each.process.wait(10)
        each.said.close()


@SCREEN
def test_the_window_shows_what_is_drawn_and_its_keys_work(shown: Callable[[], Shown]) -> None:
    window = shown()
    picture, face = frame(*AT), face_at(*AT)
    assert window.shows(draw(picture, face))
    window.hand("key", "m")
    window.until(lambda heard: heard[0] == "mirror")
    assert window.shows(draw(picture, face_at(*AT, mirrored=True)))
    window.hand("key", "f")
    window.until(lambda heard: heard[-2:] == [str(SIZE[0]), str(SIZE[1])])
    full = window.seen()
    assert (full[0] != full[0, 0]).any(), "the picture reaches the edge"
    window.hand("key", "F")
    window.until(lambda heard: heard[-2:] == ["1280", "720"])
    assert window.shows(draw(picture, face_at(*AT, mirrored=True)))
    window.hand("key", "q")
    window.until(lambda heard: heard[0] == "quit")
    assert window.process.wait(20) == 0
    assert window.errors.read_text() == ""


@SCREEN
def test_a_resized_window_is_laid_out_anew_and_escape_ends_it(shown: Callable[[], Shown]) -> None:
    window = shown()
    window.hand("search", "--name", "formcheck live", "windowsize", "700", "600")
    size = tuple(int(side) for side in window.until(lambda heard: heard[-2:] != ["1280", "720"])[-2:])
    assert abs(size[0] - 700) <= 10
    assert abs(size[1] - 600) <= 40
    assert window.shows(draw(frame(*AT), face_at(*AT), size))
    window.hand("key", "Escape")
    window.until(lambda heard: heard[0] == "quit")
    assert window.process.wait(20) == 0


@SCREEN
def test_a_window_closed_by_hand_ends_and_does_not_come_back(shown: Callable[[], Shown]) -> None:
    window = shown()
    window.hand("key", "alt+F4")
    window.until(lambda heard: heard[0] == "quit")
    assert window.process.wait(20) == 0
    assert window.errors.read_text() == ""


@SCREEN
def test_libraries_that_would_make_the_window_hang_are_named(screen: str) -> None:
    """PyAV imported before OpenCV: without the check the window never opens, and never says why."""
    told = (
        "import av\n"
        "from formcheck.errors import UsageError\n"
        "from formcheck.outputs.window.screen import Window\n"
        "try: Window().close()\n"
        "except UsageError as error: print(error)\n"
    )
    settings = {**environment(), "DISPLAY": screen}
    done = subprocess.run(
        [sys.executable, "-c", told], env=settings, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "" or "import cv2 before" in done.stdout  # nothing said: these builds get along


@pytest.mark.parametrize("name", [None, "", ":4077", "nonsense"])
def test_no_screen_is_one_line_and_no_abort(name: str | None, tmp_path: Path) -> None:
    """With Qt left to itself the process would be aborted (status 134)."""
    settings = {**environment(), "DISPLAY": name or ""}
    if name is None:
        del settings["DISPLAY"]
    told = (
        "from formcheck.outputs.window.screen import Window\n"
        "from formcheck.errors import UsageError\n"
        "try: Window()\n"
        "except UsageError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", told], env=settings, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    assert done.stdout.startswith("no screen (")
    assert done.stdout.endswith("use --no-window\n")


def test_a_server_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        number = mute.getsockname()[1] - 6000
        monkeypatch.setenv("DISPLAY", f"127.0.0.1:{number}")
        monkeypatch.setattr(display, "ANSWER_S", 0.3)
        monkeypatch.setattr(display, "_strangers", lambda _: [])
        began = time.monotonic()
        assert "does not answer" in display.missing()
        assert time.monotonic() - began < 5


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "libqxcb.so"
    broken.write_bytes(b"no library")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(display, "_plugin", lambda: broken)
    monkeypatch.setattr(display, "_strangers", lambda _: [])
    assert "library is missing" in display.missing()
