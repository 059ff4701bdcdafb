"""Pictures that stand still while the clock goes on, and those that only seem to: all made here, but for a sample."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from conftest import SAMPLES
from numpy.typing import NDArray
from waits import until

from formcheck.inputs import observe as observing
from formcheck.inputs.camera import Capture, capture, reader
from formcheck.inputs.camera.source import Camera, Frame, Kind
from formcheck.inputs.frozen import Differences, Repeats, Still, told
from formcheck.inputs.pose import NOBODY, Pose
from formcheck.inputs.video import Picture, Video

FPS = 30
SIZE = (320, 240)
RNG = np.random.default_rng(7)
ROOM = cv2.resize(RNG.integers(60, 200, (12, 16, 3), np.uint8), SIZE, interpolation=cv2.INTER_CUBIC)
GRAIN = RNG.normal(0.0, 3.0, (8, SIZE[1], SIZE[0], 1))
Curve = NDArray[np.float64]


def drawn(angle_deg: float, grain: int | None = None) -> Picture:
    """A leg at an angle before a room; with noise where a number is given."""
    picture = ROOM.copy()
    angle = np.radians(angle_deg)
    foot = (round(16 * (130 + 110 * np.cos(angle))), round(16 * (150 - 110 * np.sin(angle))))
    cv2.line(picture, (16 * 130, 16 * 150), foot, (40, 50, 120), 18, cv2.LINE_AA, 4)
    if grain is None:
        return picture
    return np.clip(picture + np.roll(GRAIN[grain % 8], 7 * grain, axis=1), 0, 255).astype(np.uint8)


def rep() -> Curve:
    """A second down, one on the way up, two held, three on the way down, one down: degrees, smooth."""
    t = np.arange(8 * FPS) / FPS
    up, down = (np.clip(x, 0.0, 1.0) for x in (t - 1.0, (t - 4.0) / 3.0))
    return -30.0 + 30.0 * (_smooth(up) - _smooth(down))


def _smooth(share: Curve) -> Curve:
    return share**3 * (10 - 15 * share + 6 * share**2)


def shown(curve: Curve, *, noise: bool, standing: tuple[tuple[int, int], ...] = ()) -> list[Picture]:
    """The pictures of a curve; from a picture on to another one they repeat the first."""
    pictures = [drawn(angle, number if noise else None) for number, angle in enumerate(curve)]
    for start, stop in standing:
        pictures[start:stop] = [pictures[start]] * (stop - start)
    return pictures


def coded(path: Path, pictures: list[Picture], crf: int, preset: str = "veryfast") -> Path:
    """A video of pictures, 30 a second."""
    with av.open(str(path), "w") as made:
        stream = made.add_stream("libx264", rate=FPS)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt, stream.options = "yuv420p", {"preset": preset, "crf": str(crf)}
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, "bgr24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            made.mux(stream.encode(frame))
        made.mux(stream.encode())
    return path


def found(pictures: list[Picture]) -> tuple[list[int], list[str]]:
    """Numbers of the pictures that repeat, and what is told."""
    still, times = Still(), np.arange(len(pictures)) / FPS
    for picture in pictures:
        still.look(picture)
    repeats = still.repeats(times)
    return np.flatnonzero(repeats).tolist(), told(times, repeats)


def decoded(path: Path) -> list[Picture]:
    with Video(path) as video:
        return [picture for _, picture in video]


@pytest.mark.parametrize("crf", [18, 28, 40])
@pytest.mark.parametrize("noise", [True, False])
def test_pictures_that_stood_still_while_the_leg_moved(tmp_path: Path, crf: int, noise: bool) -> None:
    """On the way down for 1.5 s, and before on the way up for 0.5 s: found to the picture, or nearly."""
    pictures = shown(rep(), noise=noise, standing=((40, 55), (145, 190)))
    numbers, lines = found(decoded(coded(tmp_path / "v.mp4", pictures, crf)))
    wanted = [*range(41, 55), *range(146, 190)]
    assert len(set(numbers) ^ set(wanted)) <= 4
    assert set(numbers) <= {*wanted, 40, 145}
    assert [line.partition(" for ")[0] for line in lines] == ["the picture stood still"] * 2
    assert lines[1] in {f"the picture stood still for {s} s after {t} s" for s in (1.4, 1.5) for t in (4.8, 4.9)}


@pytest.mark.parametrize("crf", [18, 40])
@pytest.mark.parametrize("noise", [True, False])
def test_who_holds_still_is_not_frozen(tmp_path: Path, crf: int, noise: bool) -> None:
    """Neither with a camera's noise nor coded so coarsely that nothing of it is left."""
    assert found(decoded(coded(tmp_path / "v.mp4", shown(rep(), noise=noise), crf))) == ([], [])


def test_drawings_that_hold_still_are_equal_and_not_frozen() -> None:
    pictures = shown(rep(), noise=False)
    assert (pictures[70] == pictures[100]).all()
    assert found(pictures) == ([], [])


@pytest.mark.parametrize(("name", "preset"), [("clip02", "ultrafast"), ("clip07", "veryfast")])
@pytest.mark.parametrize("crf", [18, 40])
def test_samples_coded_anew_have_no_frozen_picture(tmp_path: Path, name: str, preset: str, crf: int) -> None:
    """With a lift, a hold and a lowering, one of them noisy."""
    pictures = decoded(SAMPLES / f"{name}.mp4")[:240]
    assert found(pictures) == ([], [])
    assert found(decoded(coded(tmp_path / "v.mp4", pictures, crf, preset))) == ([], [])


@pytest.mark.parametrize("noise", [True, False])
@pytest.mark.parametrize("crf", [20, 40])
def test_ten_pictures_a_second_stored_as_thirty_are_only_slow(tmp_path: Path, crf: int, noise: bool) -> None:
    """Nothing is told of them, and no picture that is new is left out."""
    every = shown(rep(), noise=noise)
    slow = [every[number // 3 * 3] for number in range(len(every))]
    numbers, lines = found(decoded(coded(tmp_path / "v.mp4", slow, crf)))
    assert lines == []
    assert not {number for number in numbers if number % 3 == 0}
    assert found(slow) == ([], [])


def test_a_video_that_becomes_slow_keeps_its_new_pictures() -> None:
    """Each copy is left out, as noise tells."""
    every = shown(rep(), noise=True)
    slow = [every[number if number < 60 else number // 3 * 3] for number in range(len(every))]
    assert found(slow) == ([number for number in range(60, len(slow)) if number % 3], [])


def test_noise_tells_what_left_no_trace(tmp_path: Path) -> None:
    """The leg went down and came up again meanwhile; and at the end, after which nothing moves."""
    still = np.zeros(60)
    curve = np.concatenate([still, rep()[::-1], still, still])
    pictures = shown(curve, noise=True, standing=((30, 330), (370, 420)))
    numbers, lines = found(decoded(coded(tmp_path / "v.mp4", pictures, 18)))
    assert len(set(numbers) ^ {*range(31, 330), *range(371, 420)}) <= 8
    assert [round(float(line.split()[5]), 0) for line in lines] == [10, 2]


def test_black_pictures_and_another_size_are_no_repeats() -> None:
    noisy = shown(rep()[:60], noise=True)
    black = [np.zeros_like(noisy[0])] * 60
    assert found([*noisy, *black, *noisy]) == ([], [])
    differences = Differences()
    assert not np.isfinite(differences.step(noisy[0])).any()
    assert np.isfinite(differences.step(noisy[1])).all()
    assert not np.isfinite(differences.step(noisy[1][:100])).any()


def test_many_stretches_are_told_in_one_line() -> None:
    times = np.arange(200) / 10.0
    repeats = (np.arange(200) % 40) > 20
    assert told(times, repeats) == ["the picture stood still 5 times, 10.0 s in all, first for 2.0 s after 2.0 s"]
    assert told(times, repeats & (times < 8)) == [
        "the picture stood still for 2.0 s after 2.0 s",
        "the picture stood still for 2.0 s after 6.0 s",
    ]
    assert told(times, (np.arange(200) % 4) > 1) == []


class Counting:
    """Stands in for the pose net: sees in each picture its mean."""

    def __init__(self, _path: Path) -> None:
        """It needs no file."""

    def __enter__(self) -> Counting:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to let go of."""

    def detect_rgb(self, picture: Picture, _time_s: float, _size: tuple[int, int]) -> Pose:
        return NOBODY._replace(visibility=np.full(33, picture.mean() / 255, np.float32))


def test_observations_are_those_of_a_video_without_these_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observing, "PoseModel", Counting)
    path = coded(tmp_path / "v.mp4", shown(rep(), noise=False, standing=((145, 190),)), 20)
    looked = observing.observe(path, "lite", turn_deg=0)
    seen = looked.observations
    assert looked.warnings == ["the picture stood still for 1.5 s after 4.8 s"]
    assert looked.source.frames == 240
    kept = np.array([number for number in range(240) if not 146 <= number < 190])
    np.testing.assert_allclose(seen.time_s, kept / FPS, atol=1e-3)
    light = np.array([picture.mean() / 255 for picture in decoded(path)])
    np.testing.assert_allclose(seen.visibility[:, 0], light[kept], atol=1e-3)


# ---------------------------------------------------------------- live


class Played:
    """A camera that shows what `picture(n)` gives, a hundred times a second; counts how often it was opened."""

    name, warnings = "camera 0", list[str]()
    width, height, fps = *SIZE, 100.0

    def __init__(self, picture: Callable[[int], Picture], kind: Kind = "camera") -> None:
        self.kind: Kind = kind
        self.picture, self.opened, self.number = picture, 0, 0

    def __call__(self) -> Played:
        self.opened += 1
        return self

    def frames(self, over: threading.Event) -> Iterator[Frame]:
        while not over.wait(0.01):
            yield Frame(self.picture(self.number), time.perf_counter())
            self.number += 1

    def close(self) -> None:
        """Nothing to let go of."""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "STILL_S", 0.1)
    monkeypatch.setattr(capture, "PAUSES_S", (0.05,))
    monkeypatch.setattr(reader, "FROZEN_S", 0.3)
    monkeypatch.setattr(reader, "OPEN_S", 0.3)


@pytest.mark.usefixtures("quick")
def test_a_camera_whose_picture_stands_still_is_lost_until_it_shows_another() -> None:
    noisy = shown(np.zeros(64), noise=True)
    standing = threading.Event()
    played = Played(lambda n: noisy[0] if standing.is_set() else noisy[n % 64])
    with Capture(Camera(played)) as camera:
        until(lambda: camera.captured > 30)
        standing.set()
        until(lambda: camera.state == "lost")
        assert camera.trouble == "camera 0: the picture stands still; check that it is switched on and connected"
        camera.next(0)
        before = camera.captured
        until(lambda: played.opened > 2, what="it is opened again")
        assert (camera.state, camera.captured, camera.losses) == ("lost", before, 1)
        assert camera.next(0.05) is None
        standing.clear()
        shot = camera.next(2.0)
        assert shot is not None
        assert camera.state == "running"
        assert shot.time_s == pytest.approx(shot.captured_at - camera.started_at, abs=0.002)


@pytest.mark.usefixtures("quick")
def test_a_file_that_holds_still_without_noise_is_shown_on() -> None:
    pictures = shown(rep(), noise=False)
    with Capture(Camera(Played(lambda n: pictures[60 + min(n, 60)], "file"))) as camera:
        until(lambda: camera.captured > 100)
        assert (camera.state, camera.losses) == ("running", 0)


def test_a_noisy_file_that_stands_still_is_named_without_advice(quick: None) -> None:
    noisy = shown(np.zeros(64), noise=True)
    with Capture(Camera(Played(lambda n: noisy[min(n, 40)], "file"))) as camera:
        until(lambda: camera.state == "lost")
        assert camera.trouble == "camera 0: the picture stands still"
        assert camera.captured == 41


def test_live_each_repeat_is_told_at_once_where_there_is_noise() -> None:
    noisy = shown(np.zeros(64), noise=True)
    repeats = Repeats()
    assert not any(repeats.step(picture) for picture in noisy)
    assert [repeats.step(noisy[number // 3]) for number in range(1, 13)] == [
        False,
        True,
        *[False, True, True] * 3,
        False,
    ]
    assert not any(repeats.step(np.zeros_like(noisy[0])) for _ in range(40)), "covered, not frozen"


def test_live_noise_that_ceases_does_not_hide_who_moves() -> None:
    """A camera that turns its noise filter on: whoever moves is seen, and soon nothing is expected of noise."""
    repeats = Repeats()
    for picture in shown(np.zeros(64), noise=True):
        repeats.step(picture)
    answers = [repeats.step(picture) for picture in shown(rep(), noise=False)]
    assert not any(answers[35:]), "the leg moves from the 30th on"
