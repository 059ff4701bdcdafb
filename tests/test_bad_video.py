"""Videos that are none, are broken, or show nothing to judge: one line, or an empty and whole result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from conftest import sound_alone
from results import summary, whole

from formcheck.cli import main
from formcheck.data.recording import Recording

RATE = 30
Picture = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def save(path: Path, pictures: Iterator[Picture] | list[Picture], codec: str = "libx264", turn: int = 0) -> Path:
    """A video of these pictures (height, width, 3); `turn` is written as the display's rotation."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE)
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = picture.shape[:2]
                if turn:
                    stream.set_display_rotation(turn)
            frame = av.VideoFrame.from_ndarray(picture, "bgr24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def room() -> Picture:
    """A wall, a floor and a ball; nobody."""
    y, x = np.mgrid[:240, :320]
    picture = np.full((240, 320, 3), 170, np.uint8)
    picture[180:] = (90, 110, 130)
    picture[(x - 160) ** 2 + (y - 150) ** 2 < 45**2] = (200, 90, 40)
    return picture


def frames(video: Path, number: int) -> list[Picture]:
    capture = cv2.VideoCapture(str(video))
    try:
        return [np.asarray(capture.read()[1], np.uint8) for _ in range(number)]
    finally:
        capture.release()


def no_file(path: Path) -> None:
    """Nothing there."""


def folder(path: Path) -> None:
    path.mkdir()


def text(path: Path) -> None:
    path.write_text("Dear diary, today I lifted my legs.\n" * 50)


def cut_off(path: Path) -> None:
    save(path, [room()] * 30)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def two_frames(path: Path) -> None:
    save(path, [room()] * 2)


NO_VIDEO: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (no_file, "no such file"),
    "folder": (folder, "a folder"),
    "empty": (Path.touch, "empty"),
    "text": (text, "not a video"),
    "cut off": (cut_off, "cut off"),
    "sound alone": (sound_alone, "no picture"),
    "two frames": (two_frames, "too short"),
}


@pytest.mark.parametrize("name", NO_VIDEO)
def test_what_is_no_video(tmp_path: Path, out: Path, refused: Callable[..., str], name: str) -> None:
    make, words = NO_VIDEO[name]
    path = tmp_path / "clip.mp4"
    make(path)
    line = refused(2, "analyze", path, "--model", "lite", "--out", out)
    assert str(path) in line
    assert words in line


def empty_room(path: Path, sample: Path) -> Path:
    return save(path, [room()] * 20)


def passer_by(path: Path, sample: Path) -> Path:
    """A person upright, from one side of the picture to the other."""
    standing = [np.ascontiguousarray(np.rot90(picture[:, 80:560])) for picture in frames(sample, 60)]
    return save(path, [np.roll(picture, 6 * number, axis=1) for number, picture in enumerate(standing)])


@pytest.mark.parametrize("make", [empty_room, passer_by])
def test_without_a_rep_the_result_is_empty_and_whole(
    tmp_path: Path,
    out: Path,
    sample: Path,
    capfd: pytest.CaptureFixture[str],
    make: Callable[[Path, Path], Path],
) -> None:
    video = make(tmp_path / "clip.mp4", sample)
    assert main(["analyze", str(video), "--model", "lite", "--out", str(out)]) == 0
    said = capfd.readouterr()
    assert "no reps found" in said.out.lower()
    assert all(line.startswith("formcheck: clip.mp4: ") for line in said.err.splitlines())
    found = summary(out / "clip_formcheck")
    if make is empty_room:
        assert said.out.count("nobody was seen in the picture") == 1
        assert "nobody" not in said.err
        assert found["exercise"] == {"kind": "nothing", "sentence": "nobody was seen in the picture"}
    assert found["exercise"]["kind"] in ("nothing", "other")
    assert found["exercise"]["sentence"]
    assert (found["reps"], found["sets"], found["score"]) == ([], [], None)
    assert whole(out / "clip_formcheck", "clip")


@pytest.mark.parametrize("turn", [90, 270])
def test_portrait_video_of_a_phone(tmp_path: Path, out: Path, sample: Path, turn: int) -> None:
    """Stored lying, with a note how to turn it: the body is found, and what is written stands upright."""

    def portrait(picture: Picture) -> Picture:
        high = np.full((640, 480, 3), 120, np.uint8)
        high[200:560] = cv2.resize(picture, (480, 360))
        return np.ascontiguousarray(np.rot90(high, -turn // 90))

    video = save(tmp_path / "phone.mov", [portrait(each) for each in frames(sample, 12)], turn=turn)
    assert main(["analyze", str(video), "--model", "lite", "--out", str(out), "--quiet"]) == 0
    result = out / "phone_formcheck"
    source = summary(result)["source"]
    assert (source["width"], source["height"]) == (480, 640)
    with av.open(str(result / "overlay.mp4")) as overlay:
        assert (overlay.streams.video[0].width, overlay.streams.video[0].height) == (480, 640)
    seen = Recording.load(result / "recording.npz").observations
    assert (seen.visibility > 0).any(axis=1).all()
    ankles, shoulders = seen.pixels[-1, 27:29, :2].mean(axis=0), seen.pixels[-1, 11:13, :2].mean(axis=0)
    across, up = np.abs(ankles - shoulders)
    assert across > up, "the body lies in the picture"


def test_8k(tmp_path: Path, out: Path, sample: Path) -> None:
    large = [cv2.resize(picture, (7680, 4320)) for picture in frames(sample, 3)]
    video = save(tmp_path / "large.avi", [np.asarray(each, np.uint8) for each in large], codec="mpeg4")
    assert main(["analyze", str(video), "--model", "lite", "--out", str(out), "--quiet"]) == 0
    assert summary(out / "large_formcheck")["source"]["width"] == 7680
    assert whole(out / "large_formcheck", "large")
