"""A camera knocked while the body holds still shows no frozen pictures; frozen ones before a knock are found."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import SAMPLES
from test_frozen import coded, decoded, found

from formcheck.inputs.video import Picture


@pytest.fixture(scope="module", params=["clip02", "clip14"])
def pictures(request: pytest.FixtureRequest) -> list[Picture]:
    """Five seconds of a render: a lift, and a hold in which picture 100 lies."""
    start = {"clip02": 250, "clip14": 290}[request.param]
    return decoded(SAMPLES / f"{request.param}.mp4")[start : start + 160]


def seen(picture: Picture, turn_deg: float, zoom: float, shift: float) -> Picture:
    """By a camera that is turned, nearer, or aimed elsewhere by a share of the picture's width."""
    height, width = picture.shape[:2]
    way = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, zoom)
    way[0, 2] += shift * width
    return np.asarray(cv2.warpAffine(picture, way, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8)


KNOCKS = [(3.0, 1.0, 0.02), (-6.0, 1.0, 0.0), (0.0, 1.0, 0.03), (0.0, 1.1, 0.0)]


@pytest.mark.parametrize("crf", [18, 40])
@pytest.mark.parametrize("knock", KNOCKS, ids=["turned", "turned far", "shifted", "nearer"])
def test_who_holds_still_while_the_camera_is_knocked_is_not_frozen(
    tmp_path: Path, pictures: list[Picture], crf: int, knock: tuple[float, float, float]
) -> None:
    knocked = [picture if n < 100 else seen(picture, *knock) for n, picture in enumerate(pictures)]
    assert found(decoded(coded(tmp_path / "v.mp4", knocked, crf))) == ([], [])


@pytest.mark.parametrize("start", [15, 60])
def test_frozen_pictures_that_end_at_a_cut_are_found(tmp_path: Path, pictures: list[Picture], start: int) -> None:
    """Frozen in the lift or in the hold; what follows is seen from elsewhere."""
    frozen = [*pictures[:start], *[pictures[start]] * 40, *(seen(p, 4.0, 1.0, 0.03) for p in pictures[start + 40 :])]
    numbers, lines = found(decoded(coded(tmp_path / "v.mp4", frozen, 18)))
    assert len(set(numbers) ^ set(range(start + 1, start + 40))) <= 4
    assert len(lines) == 1
