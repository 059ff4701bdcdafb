"""The camera's video: its real times, no waiting for the encoder, and playable after the process was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import av
import numpy as np
import pytest
from conftest import LINUX, environment
from outputs_fixture import moving, probe

from formcheck.data import disk
from formcheck.outputs import saved_video
from formcheck.outputs.saved_video import PENDING, SavedVideo

pytestmark = pytest.mark.alone

SIZE = (160, 120)


def write(path: Path, times: list[float], size: tuple[int, int] = SIZE) -> SavedVideo:
    with SavedVideo(path) as video:
        for time_s, picture in moving(len(times), size, times=times):
            while not video.put(time_s, picture):
                time.sleep(0.002)
    return video


def test_pictures_keep_their_times(tmp_path: Path) -> None:
    times = np.cumsum(np.random.default_rng(1).uniform(0.01, 0.2, 60)) + 1.5
    video = write(tmp_path / "camera.mp4", times.tolist())
    context, stamps, sound = probe(tmp_path / "camera.mp4")
    assert (context.name, context.pix_fmt, sound) == ("h264", "yuv420p", [])
    assert stamps == pytest.approx(times.tolist(), abs=1e-3)
    assert video.trouble == ""


def test_pictures_look_as_they_did(tmp_path: Path) -> None:
    write(tmp_path / "camera.mp4", [k / 30 for k in range(45)])
    with av.open(str(tmp_path / "camera.mp4")) as file:
        found = [frame.to_ndarray(format="bgr24") for frame in file.decode(video=0)]
    for expected, (_, picture) in zip(found, moving(45, SIZE), strict=True):
        assert np.abs(expected.astype(int) - picture).mean() < 3


def test_there_is_a_key_frame_every_second_whatever_the_rate(tmp_path: Path) -> None:
    write(tmp_path / "camera.mp4", [k / 8 for k in range(40)])
    with av.open(str(tmp_path / "camera.mp4")) as file:
        keys = [float(p.pts * p.time_base) for p in file.demux(video=0) if p.is_keyframe and p.pts is not None]
    assert np.diff(keys).max() <= 1.01
    assert len(keys) == 5


def test_at_the_end_it_is_an_ordinary_file(tmp_path: Path) -> None:
    write(tmp_path / "camera.mp4", [k / 30 for k in range(60)])
    with av.open(str(tmp_path / "camera.mp4")) as file:
        assert file.streams.video[0].frames == 60
        assert file.duration / av.time_base == pytest.approx(2.0, abs=0.05)
        file.seek(int(1.5 * av.time_base))
        assert next(file.decode(video=0)).time == pytest.approx(1.0, abs=0.05)  # the key frame before


@pytest.mark.parametrize("size", [(161, 121), (160, 121)])
def test_odd_sizes(tmp_path: Path, size: tuple[int, int]) -> None:
    write(tmp_path / "camera.mp4", [0.0, 0.1], size)
    assert len(probe(tmp_path / "camera.mp4")[1]) == 2


def test_a_camera_that_comes_back_with_another_size(tmp_path: Path) -> None:
    with SavedVideo(tmp_path / "camera.mp4") as video:
        for k, size in enumerate([SIZE, (320, 200), SIZE]):
            video.put(k / 10, next(moving(1, size))[1])
    context, stamps, _ = probe(tmp_path / "camera.mp4")
    assert (context.width, context.height, len(stamps)) == (*SIZE, 3)


def test_times_that_stand_still_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path / "camera.mp4", [0.0, 0.0, 0.0, 0.1])
    stamps = probe(tmp_path / "camera.mp4")[1]
    assert len(set(stamps)) == 4


def test_nothing_seen_makes_no_file(tmp_path: Path) -> None:
    with SavedVideo(tmp_path / "camera.mp4") as video:
        pass
    assert video.trouble == ""
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- never in the way


def test_too_slow_an_encoder_costs_pictures_not_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = saved_video.framed

    def slow(*arguments: object) -> object:
        time.sleep(0.05)
        return plain(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(saved_video, "framed", slow)
    took, taken = [], 0
    with SavedVideo(tmp_path / "camera.mp4") as video:
        for time_s, picture in moving(60, SIZE):
            begun = time.perf_counter()
            taken += video.put(time_s, picture)
            took.append(time.perf_counter() - begun)
    assert np.median(took) < 0.02  # with eight pending nearly every one would wait
    assert video.dropped == 60 - taken > 0
    assert taken >= PENDING
    assert len(probe(tmp_path / "camera.mp4")[1]) == taken


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with SavedVideo(tmp_path / "gone" / "camera.mp4") as video:
        assert video.put(0.0, next(moving(1, SIZE))[1])
        stop = time.monotonic() + 5
        while not video.trouble and time.monotonic() < stop:
            time.sleep(0.01)
        assert not video.put(0.1, next(moving(1, SIZE))[1])
    assert "the video cannot be written (No such file" in video.trouble
    assert "\n" not in video.trouble
    assert video.dropped == 1


def test_an_encoder_that_hangs_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answered, plain = threading.Event(), saved_video.framed
    monkeypatch.setattr(disk, "CLOSE_S", 0.2)
    monkeypatch.setattr(saved_video, "framed", lambda *given: answered.wait(20) and plain(*given))
    start = time.monotonic()
    with SavedVideo(tmp_path / "camera.mp4") as video:
        assert video.put(0.0, next(moving(1, SIZE))[1])
    assert time.monotonic() - start < 5
    assert "does not answer; its end may be missing" in video.trouble
    assert not video.put(0.1, next(moving(1, SIZE))[1])
    answered.set()
    video._thread.join(20)


CHILD = """
import os, resource, signal, sys, time
from outputs_fixture import moving
from formcheck.outputs.saved_video import SavedVideo
path, seconds, limit = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
if limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
video = SavedVideo(path)
start = time.monotonic()
for k, (_, picture) in enumerate(moving(10_000, (320, 240))):
    now = time.monotonic() - start
    if now >= seconds: break
    video.put(now, picture)
    os.write(1, f"{now}\\n".encode())
    time.sleep(max(0.0, (k + 1) / 30 - now))
if limit:
    video.close()
    os.write(2, video.trouble.encode())
else:
    os.kill(os.getpid(), signal.SIGKILL)
"""


def playable(path: Path) -> list[float]:
    """Times of the pictures before the place where the file breaks off, as players show them."""
    stamps = []
    with av.open(str(path)) as file, suppress(av.error.InvalidDataError):
        for frame in file.decode(video=0):
            stamps.append(frame.time)
    return stamps


def child(path: Path, seconds: float, limit: int = 0) -> subprocess.CompletedProcess[str]:
    env = environment()
    env["PYTHONPATH"] += os.pathsep + str(Path(__file__).parent)
    line = [sys.executable, "-c", CHILD, str(path), str(seconds), str(limit)]
    return subprocess.run(line, env=env, check=False, timeout=60, capture_output=True, text=True)


@LINUX
@pytest.mark.parametrize("seconds", [1.2, 2.5, 3.9])
def test_a_killed_sessions_video_plays_up_to_the_last_second(tmp_path: Path, seconds: float) -> None:
    done = child(tmp_path / "camera.mp4", seconds)
    assert done.returncode == -signal.SIGKILL
    given = [float(line) for line in done.stdout.split()]
    stamps = playable(tmp_path / "camera.mp4")
    assert stamps[-1] >= given[-1] - 1.0
    assert stamps == pytest.approx(given[: len(stamps)], abs=1e-3)


@LINUX
def test_a_file_that_may_not_grow_ends_no_session_and_plays(tmp_path: Path) -> None:
    done = child(tmp_path / "camera.mp4", 2.5, 3500)
    assert done.returncode == 0
    assert "the video cannot be written (File too large)" in done.stderr
    assert len(done.stdout.split()) > 60
    assert len(playable(tmp_path / "camera.mp4")) > 10
