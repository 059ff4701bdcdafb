"""The view against a camera in three dimensions, and against the joints of rendered clips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from figure import BALL_M, BALL_RADIUS_M, LEG_M, Camera
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from synthetic import calibration, source

from formcheck.core.view import sphere_on_plane, to_plane, usual_focal_px, view
from formcheck.data.recording import Calibration, Source

Floats = NDArray[np.float64]
SAMPLES = sorted((Path(__file__).parents[1] / "samples").glob("clip*.truth.json"))

cameras = st.builds(
    Camera,
    facing=st.sampled_from(["left", "right"]),
    roll_deg=st.floats(-15, 15),
    yaw_deg=st.floats(-30, 30),
    pitch_deg=st.floats(-10, 25),
    width=st.sampled_from([640, 1280, 720]),
    height=st.sampled_from([480, 720, 1280]),
    focal_px=st.floats(300, 1500),
    distance_m=st.floats(1.5, 4.0),
    aim_up_m=st.floats(-0.2, 0.9),
)


def seen_deg(camera: Camera, start: Floats, stop: Floats) -> float:
    """The elevation that the program tells of a segment between two points (tail, up, away)."""
    seen = camera.project(np.stack([start, stop]))
    tail, up = to_plane(view(calibration(camera), source(camera)), seen[:, 0], seen[:, 1])
    return float(np.degrees(np.arctan2(up[1] - up[0], tail[1] - tail[0])))


def ends(degrees: float, tail: float, up: float, away: float, length: float = 0.8) -> tuple[Floats, Floats]:
    a = np.radians(degrees)
    start = np.array([tail, up, away])
    return start, start + length * np.array([np.cos(a), np.sin(a), 0.0])


@settings(deadline=None, max_examples=200)
@given(cameras, st.floats(-179, 179), st.floats(-0.6, 0.6), st.floats(0.0, 0.8), st.floats(-0.2, 0.2))
def test_true_elevations_from_any_known_camera(
    camera: Camera, degrees: float, tail: float, up: float, away: float
) -> None:
    assert seen_deg(camera, *ends(degrees, tail, up, away)) == pytest.approx(degrees, abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(cameras, st.floats(-60, 60))
def test_a_mirror_changes_nothing(camera: Camera, degrees: float) -> None:
    seen = camera.project(np.stack(ends(degrees, 0.1, 0.5, -0.1)))
    known = calibration(camera)
    other = {"left": "right", "right": "left"}
    turned = Calibration(
        side=other[known.side],
        facing=other[known.facing],
        roll_deg=-(known.roll_deg or 0.0),
        yaw_deg=known.yaw_deg,
        pitch_deg=known.pitch_deg,
        focal_px=known.focal_px,
    )
    tail, up = to_plane(view(turned, source(camera)), camera.width - seen[:, 0], seen[:, 1])
    found = np.degrees(np.arctan2(up[1] - up[0], tail[1] - tail[0]))
    assert found == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize("yaw", [-30.0, -10.0, 20.0])
@pytest.mark.parametrize("degrees", [-35.0, -5.0, 12.0])
def test_uncorrected_yaw_steepens_as_the_design_says(yaw: float, degrees: float) -> None:
    """tan(seen) = tan(true) / cos(yaw), for a far camera on the level."""
    far = Camera(yaw_deg=yaw, distance_m=4000.0, focal_px=8e5)
    seen = far.project(np.stack(ends(degrees, -0.4, far.aim_up_m, 0.0)))
    level = Calibration(facing="left", focal_px=8e5)
    tail, up = to_plane(view(level, source(far)), seen[:, 0], seen[:, 1])
    expected = np.tan(np.radians(degrees)) / np.cos(np.radians(yaw))
    assert (up[1] - up[0]) / (tail[1] - tail[0]) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("facing", ["left", "right"])
@pytest.mark.parametrize("roll", [-5.0, 5.0])
def test_roll_is_how_far_the_picture_is_turned_clockwise(facing: str, roll: float) -> None:
    """A level leg in a picture turned clockwise: its right end is lower."""
    a = np.radians(roll)
    x, y = 320 + 100 * np.array([-np.cos(a), np.cos(a)]), 240 + 100 * np.array([-np.sin(a), np.sin(a)])
    v = view(Calibration(facing=facing, roll_deg=roll), Source("", width=640, height=480))
    tail, up = to_plane(v, x, y)
    assert up[1] == pytest.approx(up[0], abs=1e-12)
    assert (tail[1] > tail[0]) == (facing == "left")


def test_what_is_unknown_counts_as_level_and_from_the_side() -> None:
    unknown, zero = Calibration(), Calibration(roll_deg=0.0, yaw_deg=0.0, pitch_deg=0.0)
    where = Source("", width=1280, height=720)
    assert view(unknown, where) == view(zero, where)
    tail, up = to_plane(view(unknown, where), np.array([100.0, 300.0]), np.array([50.0, 50.0]))
    assert up[0] == up[1]
    assert tail[1] > tail[0]


def ball_off(camera: Camera, centre: tuple[float, float, float], radius: float) -> Floats:
    """Ball (along, height), size and floor as found, against the truth; lengths of the leg."""
    x, y, seen = (np.array([value]) for value in camera.outline(centre, radius))
    known = view(calibration(camera), source(camera))
    (tail, up), size = sphere_on_plane(known, x, y, seen, camera.focal_px)
    true_tail, true_up = camera.in_plane(centre[0], centre[1])
    off = [tail - true_tail, up - true_up, size - radius / camera.to_plane_m]
    return np.concatenate([*off, off[1] - off[2]]) * camera.to_plane_m / LEG_M


standing = {"yaw_deg": st.floats(-30, 30), "roll_deg": st.floats(-15, 15), "facing": st.sampled_from(["left", "right"])}


@settings(deadline=None, max_examples=100)
@given(
    st.builds(Camera, **standing, pitch_deg=st.floats(-5, 20), distance_m=st.floats(2.0, 4.0), aim_up_m=st.just(0.3)),
    st.floats(-0.15, 0.15),
    st.floats(0.1, 0.25),
    st.floats(0.27, 0.33),
)
def test_a_ball_in_the_middle_tells_its_place_and_the_floor(
    camera: Camera, tail: float, up: float, radius: float
) -> None:
    """A sphere on a known floor, seen from any side: floor and place to a hundredth of the leg."""
    assert np.abs(ball_off(camera, (tail, up, 0.0), radius)).max() < 0.01


@settings(deadline=None, max_examples=100)
@given(
    st.builds(Camera, **standing, pitch_deg=st.floats(-5, 20), distance_m=st.floats(2.0, 4.0), aim_up_m=st.just(0.45)),
    st.floats(-0.4, 0.4),
    st.floats(0.1, 0.25),
    st.floats(0.27, 0.33),
)
def test_a_ball_beside_the_middle_tells_them_less_well(camera: Camera, tail: float, up: float, radius: float) -> None:
    """The middle of an outline lies outwards of where the sphere's centre is seen; that is not put right."""
    off = ball_off(camera, (tail, up, 0.0), radius)
    assert np.abs(off).max() < 0.02
    assert abs(off[2]) < 0.003


def test_the_outline_of_the_oracle_is_that_of_a_sphere() -> None:
    """Straight ahead, a sphere at distance d is seen as a circle of f r / sqrt(d^2 - r^2)."""
    camera = Camera(aim_up_m=BALL_M[1])
    x, y, radius = camera.outline((0.0, *BALL_M[1:]))
    assert (x, y) == pytest.approx((320.0, 240.0))
    assert radius == pytest.approx(camera.focal_px * BALL_RADIUS_M / np.sqrt(camera.distance_m**2 - BALL_RADIUS_M**2))


def test_the_usual_lens() -> None:
    assert usual_focal_px(1280, 720) == pytest.approx(2 * usual_focal_px(640, 360))
    half_width = np.degrees(np.arctan(320 / usual_focal_px(640, 480)))
    assert 50 < 2 * half_width < 70


def clip_view(truth: dict[str, Any]) -> Any:
    camera, (width, height) = truth["camera"], truth["size"]
    body_up_m = 0.45  # cameras were aimed at the body; the truth does not say how far down they look
    return view(
        Calibration(
            side=truth["side"],
            facing=truth["facing"],
            roll_deg=camera["roll_deg"],
            yaw_deg=camera["yaw_deg"],
            pitch_deg=float(np.degrees(np.arctan2(camera["height_m"] - body_up_m, camera["distance_m"]))),
            focal_px=width / 2 / np.tan(np.radians(camera["hfov_deg"] / 2)),
        ),
        Source("", width=width, height=height),
    )


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name.split(".")[0])
def test_true_joints_of_a_clip_give_its_true_angles(path: Path) -> None:
    """Rendered by others, so it tells whether the signs of roll, yaw and pitch are what the clips mean."""
    truth = json.loads(path.read_text())
    v = clip_view(truth)
    for side in ("left", "right"):
        joints = {j: np.array(truth["joints_px"][f"{side}_{j}"]) for j in ("hip", "knee", "ankle")}
        at = {j: to_plane(v, xy[:, 0], xy[:, 1]) for j, xy in joints.items()}
        for end, name in (("knee", "thigh"), ("ankle", "leg")):
            rise, along = (at[end][k] - at["hip"][k] for k in (1, 0))
            found = np.degrees(np.arctan2(rise, along))
            expected = np.array(truth["frames"][f"{side}_{name}_elevation_deg"])
            assert np.abs(found - expected).max() < 1.6
            assert np.abs(found - expected).mean() < 1.0


def test_there_are_clips_to_compare_with() -> None:
    assert len(SAMPLES) >= 10
