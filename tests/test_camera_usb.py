"""Cameras of this computer, with OpenCV and the system's files replaced at the edge."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from waits import at_once, until

from formcheck.errors import CameraError, InputError
from formcheck.inputs.camera import Capture, cameras, capture, open_camera, reader
from formcheck.inputs.camera import devices as devices_module
from formcheck.inputs.camera import source as source_module
from formcheck.inputs.camera import usb as usb_module

STEP_S = 0.01


class Computer:
    """Cameras by number, as files under `folder`; `VideoCapture` stands in for OpenCV's."""

    def __init__(self, folder: Path) -> None:
        self.dev, self.sys = folder / "dev", folder / "sys"
        self.dev.mkdir()
        self.sys.mkdir()
        self.waiting = 0  # pictures that lie ready
        self.busy = self.frozen = self.slow_to_open = False
        self.asked: list[tuple[int, float]] = []
        self.opened: list[int] = []
        self.attempts: list[float] = []

    def plug(self, number: int, name: str = "", index: int = 0) -> None:
        (self.dev / f"video{number}").touch()
        about = self.sys / f"video{number}"
        about.mkdir()
        (about / "name").write_text(f"{name}\n")
        (about / "index").write_text(f"{index}\n")

    def unplug(self, number: int) -> None:
        (self.dev / f"video{number}").unlink()
        for file in (self.sys / f"video{number}").iterdir():
            file.unlink()
        (self.sys / f"video{number}").rmdir()

    def capture(self, number: int, _api: int = 0) -> VideoCapture:
        self.attempts.append(time.perf_counter())
        if self.slow_to_open:
            time.sleep(3)
        return VideoCapture(self, number)


class VideoCapture:
    def __init__(self, computer: Computer, number: int) -> None:
        self.computer, self.number = computer, number

    def isOpened(self) -> bool:  # noqa: N802
        return (self.computer.dev / f"video{self.number}").exists()

    def set(self, what: int, value: float) -> bool:
        self.computer.asked.append((what, value))
        return True

    def get(self, what: int) -> float:
        return {cv2.CAP_PROP_FRAME_WIDTH: 640.0, cv2.CAP_PROP_FRAME_HEIGHT: 360.0, cv2.CAP_PROP_FPS: 30.0}[what]

    def grab(self) -> bool:
        if self.computer.frozen:
            time.sleep(3)
        self.computer.waiting -= 1
        if self.computer.waiting < 0:
            time.sleep(STEP_S)
        return self.isOpened() and not self.computer.busy

    def retrieve(self) -> tuple[bool, Any]:
        self.computer.opened.append(self.number)
        return True, np.zeros((360, 640, 3), np.uint8)

    def release(self) -> None:
        """Nothing to let go of."""


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Computer:
    made = Computer(tmp_path)
    monkeypatch.setattr(devices_module, "NODES", made.dev)
    monkeypatch.setattr(devices_module, "SYSTEM", made.sys)
    monkeypatch.setattr(devices_module.sys, "platform", "linux")
    monkeypatch.setattr(usb_module, "LINUX", True)
    monkeypatch.setattr(usb_module.cv2, "VideoCapture", made.capture)
    monkeypatch.setattr(capture, "PAUSES_S", (0.05, 0.1))
    return made


def refusal(where: str) -> str:
    with pytest.raises(CameraError) as caught:
        open_camera(where)
    assert isinstance(caught.value, InputError)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_cameras_are_listed_with_their_names_without_their_other_nodes(computer: Computer) -> None:
    assert cameras() == []
    computer.plug(2, "USB 2.0 Camera")
    computer.plug(0, "Integrated  Webcam: Integrated W")
    computer.plug(1, "Integrated Webcam: Integrated W", index=1)
    computer.plug(10)
    (computer.dev / "video_decoder").touch()
    assert cameras() == ["0 (Integrated Webcam: Integrated W)", "2 (USB 2.0 Camera)", "10"]


def test_a_camera_is_asked_for_small_wide_pictures_without_delay(computer: Computer) -> None:
    computer.plug(3, "Webcam")
    camera = open_camera("3")
    assert (camera.name, camera.kind) == ("camera 3 (Webcam)", "camera")
    assert (camera.width, camera.height, camera.fps) == (640, 360, 30.0)
    asked = dict(computer.asked)
    assert computer.asked[0] == (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")), "before the size"
    assert asked[cv2.CAP_PROP_FRAME_WIDTH] / asked[cv2.CAP_PROP_FRAME_HEIGHT] > 1.7
    assert (asked[cv2.CAP_PROP_BUFFERSIZE], asked[cv2.CAP_PROP_FPS]) == (2, 30)
    assert os.environ["OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"]


def test_its_frames_have_the_times_of_their_arrival(computer: Computer) -> None:
    computer.plug(0)
    with Capture(open_camera("0")) as camera:
        shots = [shot for _ in range(20) if (shot := camera.next(1.0))]
    assert len(shots) == 20
    assert shots[0].number > 0 or shots[0].time_s == 0
    for shot in shots:
        assert shot.time_s == pytest.approx(shot.captured_at - camera.started_at, abs=0.002)


def test_pictures_that_lay_waiting_are_passed_over(computer: Computer) -> None:
    computer.plug(0)
    camera = open_camera("0")
    computer.waiting = 3
    with Capture(camera) as live:
        assert live.next(1.0)
    assert computer.waiting < 0
    assert live.captured <= len(computer.opened) <= 2, "they are not even decoded"


def test_a_device_path_and_a_link_to_it(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    computer.plug(4)
    assert open_camera("/dev/video4").name == "camera 4"
    link = computer.dev / "by-id"
    link.symlink_to(computer.dev / "video4")
    assert devices_module.number_of(link) == 4


def test_a_wrong_number_tells_those_that_exist(computer: Computer) -> None:
    assert "camera 7: no such camera; this computer has none" in refusal("7")
    computer.plug(0, "Webcam")
    assert refusal("7") == "camera 7: no such camera; there is 0 (Webcam)"
    computer.plug(2)
    assert refusal("/dev/video7").endswith("there are 0 (Webcam), 2")


def test_why_a_camera_does_not_open(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    computer.plug(0)
    computer.busy = True
    assert "in use or not answering" in refusal("0")
    monkeypatch.setattr(usb_module.os, "access", lambda *_: False)
    assert "you may not use" in refusal("0")


def test_a_camera_that_hangs_when_opened_is_refused(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    computer.plug(0)
    computer.slow_to_open = True
    monkeypatch.setattr(source_module, "OPEN_S", 0.2)
    with at_once():
        assert "does not answer" in refusal("0")


def test_unplugged_and_plugged_in_again_elsewhere(computer: Computer) -> None:
    computer.plug(0, "Webcam")
    with Capture(open_camera("0")) as camera:
        first = camera.next(1.0)
        computer.unplug(0)
        until(lambda: camera.state == "lost")
        assert "gives no pictures any more" in camera.trouble
        until(lambda: "no such camera" in camera.trouble)
        camera.next(0)
        assert camera.next(0.1) is None
        computer.plug(1, "Webcam")
        again = camera.next(2.0)
        assert camera.state == "running"
        assert camera.losses == 1
    assert first
    assert again
    assert computer.opened[-1] == 1
    assert again.time_s == pytest.approx(again.captured_at - camera.started_at, abs=0.002)
    assert again.time_s > 0.1


def test_frozen_is_lost_and_comes_back(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "FROZEN_S", 0.2)
    computer.plug(0)
    with Capture(open_camera("0")) as camera:
        assert camera.next(1.0)
        computer.frozen = True
        until(lambda: camera.state == "lost")
        assert "no picture comes any more" in camera.trouble
        computer.frozen = False
        camera.next(0)
        assert camera.next(1.0)
        assert camera.state == "running"


@pytest.mark.parametrize("hangs", ["frozen", "slow_to_open"])
def test_closing_waits_for_nobody(computer: Computer, monkeypatch: pytest.MonkeyPatch, hangs: str) -> None:
    monkeypatch.setattr(reader, "FROZEN_S", 0.2)
    computer.plug(0)
    with Capture(open_camera("0")) as camera:
        assert camera.next(1.0)
        setattr(computer, hangs, True)
        computer.busy = True
        until(lambda: camera.state == "lost")
        time.sleep(0.1)
        with at_once():
            camera.close()
    assert camera.state == "ended"


def test_tries_are_made_after_growing_pauses(computer: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "PAUSES_S", (0.05, 0.1, 0.2))
    computer.plug(0)
    with Capture(open_camera("0")) as camera:
        assert camera.next(1.0)
        computer.unplug(0)
        until(lambda: len(computer.attempts) == 6)
    pauses = np.diff(computer.attempts)[1:]  # the first is the time until it was lost
    assert pauses == pytest.approx([0.1, 0.2, 0.2, 0.2], abs=0.08)
    assert camera.losses == 1
