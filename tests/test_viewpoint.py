"""Where the camera stands, from hands and body as broad as people are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from figure import Camera, posed
from synthetic import observations

from formcheck.core.posemodel import UNKNOWN
from formcheck.core.viewpoint import PITCH_RANGE, Viewpoint, find_view
from formcheck.data.landmarks import INDEX

TRUE = replace(UNKNOWN, hands_seen=0.45, depth_gain=1.0, pitch_share=1.0, pitch_zero_deg=0.0)
"""A model that sees hands where they are and depth as it is."""
THIGH = np.linspace(-25.0, 0.0, 40)


def shown(camera: Camera) -> Viewpoint:
    """What a body seen without errors shows."""
    seen = observations(THIGH, posed(THIGH), camera=camera, broad=True)
    rays = (seen.pixels[..., :2].astype(float) - [camera.width / 2, camera.height / 2]) / camera.focal_px
    hands = rays[:, [INDEX["left_wrist"], INDEX["right_wrist"]]]
    leg = rays[:, [INDEX[f"left_{joint}"] for joint in ("hip", "knee", "ankle")]]
    length = float(np.median(np.linalg.norm(np.diff(leg, axis=1), axis=-1).sum(axis=1)))
    line = (seen.world[:, INDEX["left_shoulder"]] - seen.world[:, INDEX["left_knee"]]).astype(float)
    return find_view(hands, length, line, TRUE, camera.facing)


facings = pytest.mark.parametrize("facing", ["left", "right"])
pitches = pytest.mark.parametrize("pitch", [0.0, 8.0, 15.0])


@facings
@pitches
@pytest.mark.parametrize("yaw", [-25.0, -10.0, 0.0, 10.0, 25.0])
def test_the_body_shows_the_yaw(facing: str, yaw: float, pitch: float) -> None:
    assert shown(Camera(facing=facing, yaw_deg=yaw, pitch_deg=pitch)).yaw_by_body == pytest.approx(yaw, abs=3.0)


@facings
@pytest.mark.parametrize(
    "yaw",
    [
        pytest.param(-25.0, marks=pytest.mark.xfail(strict=True, reason="hands are farther than legs, read as -12")),
        pytest.param(-10.0, marks=pytest.mark.xfail(strict=True, reason="hands are farther than legs, read as -5")),
        0.0,
        10.0,
        25.0,
    ],
)
def test_the_hands_show_the_yaw(facing: str, yaw: float) -> None:
    assert shown(Camera(facing=facing, yaw_deg=yaw)).yaw_by_hands == pytest.approx(yaw, abs=3.0)


@facings
def test_both_turn_as_the_camera_does(facing: str) -> None:
    views = [shown(Camera(facing=facing, yaw_deg=yaw)) for yaw in np.arange(-28.0, 29.0, 7.0)]
    assert (np.diff([view.yaw_by_hands for view in views]) > 1.5).all()
    assert (np.diff([view.yaw_by_body for view in views]) > 5.0).all()


def test_a_mirror_changes_nothing() -> None:
    one, two = (shown(Camera(facing=facing, yaw_deg=12.0, pitch_deg=6.0)) for facing in ("left", "right"))
    assert one == pytest.approx(two, abs=1e-4)


@pitches
def test_hands_show_how_far_the_camera_looks_down(pitch: float) -> None:
    assert shown(Camera(pitch_deg=pitch)).pitch == pytest.approx(pitch, abs=3.0)


def test_no_camera_looks_down_more_than_they_do() -> None:
    assert shown(Camera(pitch_deg=35.0)).pitch == PITCH_RANGE[1]
    assert shown(Camera(pitch_deg=-30.0, aim_up_m=1.0)).pitch == PITCH_RANGE[0]
