"""Pixels that are not square: pictures, sizes and the overlay are as a player shows them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from outputs_fixture import empty_result

from formcheck.analyze import write
from formcheck.inputs.square import Square
from formcheck.inputs.video import Video, probe

SIZE = (320, 240)


def disc(size: tuple[int, int], ratio: float) -> np.ndarray:
    """A picture of what is a round disc once pixels that are `ratio` times as wide as high are shown."""
    picture = np.full((size[1], size[0], 3), 40, np.uint8)
    centre, axes = (size[0] // 2, size[1] // 2), (round(60 / ratio), 60)
    return cv2.ellipse(picture, centre, axes, 0, 0, 360, (230, 230, 230), -1)


def save(path: Path, ratio: Fraction, turn: int = 0) -> Path:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=30)
        (stream.width, stream.height), stream.pix_fmt = SIZE, "yuv420p"
        stream.codec_context.sample_aspect_ratio = ratio
        if turn:
            stream.set_display_rotation(turn)
        for number in range(6):
            frame = av.VideoFrame.from_ndarray(disc(SIZE, float(ratio) or 1.0), "bgr24")
            frame.pts, frame.time_base = number, Fraction(1, 30)
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return path


def roundness(picture: np.ndarray) -> float:
    """How wide the disc is for its height."""
    rows, columns = np.nonzero(picture[..., 0] > 135)
    return float(np.ptp(columns) / np.ptp(rows))


@pytest.mark.parametrize("turn", [0, 90, 180])
@pytest.mark.parametrize("ratio", ["4/3", "2/1", "10/11", "1/2", "16/15"])
def test_a_disc_is_round_whatever_the_pixels(tmp_path: Path, ratio: str, turn: int) -> None:
    path = save(tmp_path / "v.mp4", Fraction(ratio), turn)
    with Video(path) as video:
        picture = next(iter(video))[1]
    assert (video.source.width, video.source.height) == picture.shape[1::-1]
    assert min(picture.shape[:2]) >= min(SIZE)  # nothing that was stored is lost
    assert roundness(picture) == pytest.approx(1.0, abs=0.03)
    assert video.warnings == []


@pytest.mark.parametrize("name", ["v.avi", "v.mkv", "v.mov"])
def test_other_containers(tmp_path: Path, name: str) -> None:
    assert probe(save(tmp_path / name, Fraction(4, 3))).width == pytest.approx(427, abs=1)


@pytest.mark.parametrize("ratio", ["1/1", "0/1", "400/401"])
def test_square_pixels_stay_as_they_are(tmp_path: Path, ratio: str) -> None:
    with Video(save(tmp_path / "v.mp4", Fraction(ratio))) as video:
        picture = next(iter(video))[1]
    assert picture.shape[1::-1] == SIZE
    assert video.warnings == []


@pytest.mark.parametrize(("ratio", "words"), [("9/1", "9 times as wide"), ("1/9", "9 times as high")])
def test_nonsense_is_left_alone_and_told(tmp_path: Path, ratio: str, words: str) -> None:
    with Video(save(tmp_path / "v.mp4", Fraction(ratio))) as video:
        assert next(iter(video))[1].shape[1::-1] == SIZE
    assert [words in line for line in video.warnings] == [True]


def test_no_number_at_all_is_square() -> None:
    assert all(Square(ratio).size(640, 480) == (640, 480) for ratio in (0.0, -1.0, float("nan"), float("inf")))


def test_the_overlay_is_as_wide_as_it_is_shown(tmp_path: Path) -> None:
    path = save(tmp_path / "v.mp4", Fraction(4, 3))
    source = probe(path)
    result = empty_result()
    recording = result.recording.__class__(
        result.recording.observations, result.recording.calibration, source, result.recording.model
    )
    folder = write(result.__class__(**{**vars(result), "recording": recording}), tmp_path, video=path)
    with av.open(str(folder / "overlay.mp4")) as file:
        picture = next(file.decode(video=0)).to_ndarray(format="bgr24")
    assert picture.shape[1] / picture.shape[0] == pytest.approx(16 / 9, abs=0.01)
    assert picture.shape[1] == pytest.approx(source.width, abs=1)
