"""The pose net on a piece of a sample: units, silence, and the right person of two."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from formcheck.data.landmarks import INDEX
from formcheck.errors import ModelError
from formcheck.inputs import hushed, models
from formcheck.inputs.pose import NOBODY, PIXEL_STEP, WORLD_STEP, Pose, PoseModel, _create, steepness_deg
from formcheck.inputs.video import Picture, Video

SAMPLE = Path(__file__).parents[1] / "samples" / "clip10.mp4"
HIPS = [INDEX["left_hip"], INDEX["right_hip"]]


@pytest.fixture(scope="module")
def pictures() -> list[Picture]:
    with Video(SAMPLE) as video:
        return [picture for _, (_, picture) in zip(range(12), video, strict=False)]


def followed(pictures: list[Picture]) -> list[Pose]:
    with PoseModel(models.find("lite")) as model:
        return [model.detect(picture, number / 30) for number, picture in enumerate(pictures)]


@pytest.fixture(scope="module")
def poses(pictures: list[Picture]) -> list[Pose]:
    return followed(pictures)


def test_units_and_shapes(pictures: list[Picture], poses: list[Pose]) -> None:
    height, width = pictures[0].shape[:2]
    for pose in poses:
        assert [a.shape for a in pose] == [(33, 3), (33, 3), (33,)]
        assert {a.dtype for a in pose} == {np.dtype(np.float32)}
        hip = pose.pixels[HIPS].mean(axis=0)
        assert 0.3 * width < hip[0] < 0.7 * width
        assert 0.3 * height < hip[1] < 0.7 * height
        assert np.abs(pose.world[HIPS].mean(axis=0)).max() < 0.02
        assert 1.0 < np.ptp(pose.world[:, 0]) < 2.5  # a person lies along the picture, in metres
        assert (pose.visibility >= 0).all()
        assert (pose.visibility <= 1).all()


def test_numbers_are_rounded_so_that_recordings_compress(poses: list[Pose]) -> None:
    for pose in poses:
        for values, step in ((pose.pixels, PIXEL_STEP), (pose.world, WORLD_STEP)):
            assert (values / step == np.round(values / step)).all()


def test_the_same_pictures_give_the_same_bits(pictures: list[Picture], poses: list[Pose]) -> None:
    for one, other in zip(poses, followed(pictures), strict=True):
        assert all((a == b).all() for a, b in zip(one, other, strict=True))


def test_large_pictures_are_reported_in_their_own_pixels(pictures: list[Picture], poses: list[Pose]) -> None:
    large = [cv2.resize(picture, None, fx=4, fy=4) for picture in pictures[:4]]
    for small, big in zip(poses, followed(large), strict=False):
        body = slice(INDEX["left_shoulder"], None)
        assert np.median(np.abs(big.pixels[body] / 4 - small.pixels[body])) < 4


def test_nobody(pictures: list[Picture]) -> None:
    empty = np.full_like(pictures[0], 120)
    for pose in followed([empty, empty]):
        assert np.isnan(pose.pixels).all()
        assert np.isnan(pose.world).all()
        assert (pose.visibility == 0).all()
    assert (NOBODY.visibility == 0).all()


def test_the_one_who_lies_prone_is_followed(pictures: list[Picture]) -> None:
    """A larger upright figure beside (the same picture on end) is what the net alone would follow."""
    scenes = []
    for picture in pictures:
        scene = np.full((720, 1140, 3), 90, np.uint8)
        scene[:, :540] = cv2.resize(cv2.rotate(picture, cv2.ROTATE_90_CLOCKWISE), (540, 720))
        scene[270:, 540:] = cv2.resize(picture, (600, 450))
        scenes.append(scene)
    middles = [pose.pixels[HIPS, 0].mean() for pose in followed(scenes)]
    assert not [x for x in middles if x < 540]
    assert np.isfinite(middles).sum() >= 8


def test_a_picture_whose_making_was_interrupted_ends_in_silence(pictures: list[Picture]) -> None:
    image, net = _create(models.find("lite"), video=True, poses=1)
    net.close()
    made = type(image(pictures[0]))
    half = made.__new__(made)
    half.__del__()  # as it is called by itself, when what it raises is printed


def test_one_who_stands_alone_is_followed(pictures: list[Picture]) -> None:
    upright = [np.ascontiguousarray(cv2.rotate(picture, cv2.ROTATE_90_CLOCKWISE)) for picture in pictures]
    assert all(np.isfinite(pose.pixels).all() for pose in followed(upright))


def test_steepness(poses: list[Pose], pictures: list[Picture]) -> None:
    height, width = pictures[0].shape[:2]
    lying = poses[-1].pixels.astype(float) / (width, height, width)
    standing = lying[:, [1, 0, 2]]
    assert steepness_deg(lying, (width, height)) < 35
    assert steepness_deg(standing, (height, width)) > 55


def test_a_model_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    own = tmp_path / "own.task"
    with zipfile.ZipFile(own, "w") as archive:
        for part in models.PARTS:
            archive.writestr(part, b"no net at all")
    with pytest.raises(ModelError, match=r"own\.task: mediapipe refuses") as caught:
        PoseModel(models.find(str(own)))
    assert "\n" not in str(caught.value)


def test_nothing_is_said_on_the_terminal() -> None:
    program = (
        "import sys; from formcheck.inputs import models; from formcheck.inputs.pose import PoseModel\n"
        "from formcheck.inputs.video import Video\n"
        "with Video(sys.argv[1]) as video, PoseModel(models.find('lite')) as model:\n"
        "    for number, (time_s, picture) in zip(range(4), video):\n"
        "        model.detect(picture, time_s)\n"
        "print('own words', file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, SAMPLE], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "own words\n")


def test_only_known_chatter_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    with hushed():
        os.write(2, b"W0000 00:00:1.5 7 a.cc:1] chatter\nINFO: Created TensorFlow Lite XNNPACK delegate\n")
        os.write(2, b"a line that somebody needs\n")
    assert capfd.readouterr().err == "a line that somebody needs\n"


def test_standard_error_is_given_back_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), hushed():
        raise KeyError
    os.write(2, b"still here\n")
    assert capfd.readouterr().err == "still here\n"
