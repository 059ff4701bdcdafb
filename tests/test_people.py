"""How many people are in view: one in every sample, two where two are."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from sights import ROOT, clip, on_end

from formcheck.data.landmarks import COUNT
from formcheck.inputs import models
from formcheck.inputs.people import People
from formcheck.inputs.pose import PoseModel
from formcheck.inputs.video import Picture

NOBODY = np.full((COUNT, 3), np.nan)
SAMPLES = sorted(path.stem for path in (ROOT / "samples").glob("clip*.mp4"))


@pytest.fixture(scope="module")
def people() -> Iterator[People]:
    counter = People()
    yield counter
    counter.close()


def followed(picture: Picture) -> np.ndarray:
    """Who the pose net follows, in a picture that stands still."""
    with PoseModel(models.find("lite")) as net:
        return [net.detect(picture, number / 30).pixels for number in range(4)][-1]


@pytest.mark.parametrize("name", SAMPLES)
def test_one_person_is_one(people: People, name: str) -> None:
    picture = clip(name, 1)[0]
    assert people.count(picture, followed(picture)) == 1
    assert people.count(picture, NOBODY) == 1


def side_by_side(one: Picture, other: Picture) -> Picture:
    height = one.shape[0]
    other = cv2.resize(other, (other.shape[1] * height // other.shape[0], height))
    return np.hstack([one, other])


def test_two_who_lie_side_by_side(people: People) -> None:
    picture = side_by_side(clip("clip08", 1)[0], clip("clip13", 1)[0])
    assert people.count(picture, followed(picture)) == 2
    assert people.count(picture, NOBODY) == 2


def test_one_behind_the_other(people: People) -> None:
    picture = np.vstack([clip("clip13", 1)[0][160:380], clip("clip08", 1)[0][160:]])
    assert people.count(picture, followed(picture)) == 2


@pytest.mark.parametrize("reach", [0, 60])
def test_one_who_stands_beside(people: People, reach: int) -> None:
    """Also close by, where the box around the one who lies hides a part."""
    upright = on_end(clip("clip09", 1))[0][80:560, 140:340]
    picture = clip("clip13", 1)[0].copy()
    picture[10:370, reach : reach + 150] = cv2.resize(upright, (150, 360))
    assert people.count(picture, followed(picture)) == 2


def test_somebody_small_in_the_background_is_not_counted(people: People) -> None:
    picture = clip("clip08", 1)[0].copy()
    picture[10:70, 430:550] = cv2.resize(clip("clip13", 1)[0][150:370, 100:540], (120, 60))
    assert people.count(picture, followed(picture)) == 1


def test_an_empty_room_is_empty(people: People) -> None:
    assert people.count(np.ascontiguousarray(clip("clip08", 1)[0][:150]), NOBODY) == 0


def test_pixels_of_a_larger_original(people: People) -> None:
    picture = clip("clip08", 1)[0]
    assert people.count(picture, 3 * followed(picture), (3 * picture.shape[1], 3 * picture.shape[0])) == 1


def test_nothing_is_loaded_before_the_first_look() -> None:
    People(ROOT / "no such model").close()
