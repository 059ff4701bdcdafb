"""A video file as camera: its own times, its own speed, only the newest frame kept."""

from __future__ import annotations

import threading
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from test_video import EVEN, encode
from waits import at_once

from formcheck.errors import CameraError, VideoError
from formcheck.inputs.camera import Capture, Shot, open_camera
from formcheck.inputs.camera.tap import PENDING, Tap
from formcheck.inputs.video import Video

pytestmark = pytest.mark.alone


def taken(capture: Capture, rest_s: float = 0.0) -> list[Shot]:
    """All shots until the end, by somebody who rests after each."""
    shots = []
    while capture.state != "ended":
        if shot := capture.next(1.0):
            shots.append(shot)
            time.sleep(rest_s)
    return shots


def test_a_file_has_its_own_times_and_pictures_at_its_own_speed(short: Path) -> None:
    with Video(short) as video:
        expected = list(video)
    camera = open_camera(str(short))
    assert (camera.name, camera.kind, camera.width, camera.height) == ("short.mp4", "file", 640, 480)
    with Capture(camera) as capture:
        shots = taken(capture)
        started = capture.started_at
    assert (capture.captured, capture.dropped, capture.losses, capture.trouble) == (len(expected), 0, 0, "")
    assert [shot.time_s for shot in shots] == [time_s for time_s, _ in expected]
    assert [shot.number for shot in shots] == list(range(len(expected)))
    for shot, (_, picture) in zip(shots, expected, strict=True):
        np.testing.assert_array_equal(shot.picture, picture)
    late = np.array([shot.captured_at - started - shot.time_s for shot in shots])
    assert late.min() >= 0
    assert np.median(late) < 0.02


def test_a_slow_taker_gets_the_newest_and_the_others_are_counted(short: Path) -> None:
    with Capture(open_camera(str(short))) as capture:
        shots = taken(capture, rest_s=0.12)
    assert capture.captured == 40
    assert len(shots) + capture.dropped == 40
    assert len(shots) < 20
    assert shots[-1].number == 39, "the last one is not lost"
    for before, after in pairwise(shots[:-1]):
        assert after.number > before.number + 1


def test_a_loop_begins_again_with_times_that_go_on(tmp_path: Path) -> None:
    path = encode(tmp_path / "v.mkv", EVEN[:10])
    with Capture(open_camera(str(path), loop=True)) as capture:
        shots = [shot for _ in range(25) if (shot := capture.next(2.0))]
        assert capture.state == "running"
        late = time.perf_counter() - capture.started_at - shots[-1].time_s
    times = np.array([shot.time_s for shot in shots])
    numbers = np.array([shot.number for shot in shots])
    assert times == pytest.approx(numbers * 0.033, abs=0.002)
    assert late < 0.3
    assert numbers[-1] >= 24


def test_closing_does_not_wait_for_a_gap_in_the_file(tmp_path: Path) -> None:
    path = encode(tmp_path / "v.mkv", [0, 33, 66, 60_000, 60_033])
    before = set(threading.enumerate())
    with Capture(open_camera(str(path))) as capture:
        assert all(capture.next(1.0) for _ in range(2))
        capture.next(0.1)
        assert capture.next(0.05) is None
        assert capture.state == "running"
        with at_once():  # the next frame is a minute off
            capture.close()
    assert capture.state == "ended"
    assert capture.next(1.0) is None
    assert not set(threading.enumerate()) - before


def test_the_tap_sees_every_frame_and_holds_nobody_up(tmp_path: Path) -> None:
    seen: list[int] = []

    def slow(shot: Shot) -> None:
        time.sleep(0.04)
        seen.append(shot.number)

    with Capture(open_camera(str(encode(tmp_path / "v.mkv", EVEN[:20]))), tap=slow) as capture:
        shots = taken(capture, rest_s=0.1)
        lasted = shots[-1].captured_at - capture.started_at
    assert lasted == pytest.approx(19 * 0.033, abs=0.2)
    assert seen == list(range(20))
    assert capture.untapped == 0
    assert capture.tap_failed is None


def test_a_tap_that_fails_is_told_and_the_capture_goes_on(tmp_path: Path) -> None:
    def full(_shot: Shot) -> None:
        raise OSError("no space left")

    with Capture(open_camera(str(encode(tmp_path / "v.mkv", EVEN[:10]))), tap=full) as capture:
        assert len(taken(capture)) + capture.dropped == 10
    assert isinstance(capture.tap_failed, OSError)


def test_a_tap_that_hangs_costs_a_known_amount() -> None:
    hang = threading.Event()
    tap = Tap[int](lambda _: hang.wait())
    for number in range(PENDING + 50):
        tap.put(number)
    with at_once():
        tap.close(0.1)
    assert tap.lost >= 49
    hang.set()


def test_what_is_no_video_is_refused_in_one_line(tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("hello")
    with pytest.raises(VideoError, match=r"not a video that can be read"):
        open_camera(str(text))
    for wrong in (str(tmp_path / "none.mp4"), "webcam", "0.5", "ftp://host/video", "/dev/null"):
        with pytest.raises(CameraError) as caught:
            open_camera(wrong)
        assert "\n" not in str(caught.value)
        assert ";" in str(caught.value), "it says what to do"
