"""Angles against trigonometry on vectors in three dimensions, frame by frame."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from synthetic import OTHER, PERFECT, Camera, Pose, body, calibration, leg_elevation, posed, source
from test_view import cameras

from formcheck.core import angles, screen
from formcheck.core.posemodel import HALF_WIDTH
from formcheck.core.view import view

Floats = NDArray[np.float64]
UP = np.array([0.0, 1.0, 0.0])
TAIL = np.array([1.0, 0.0, 0.0])


def rows_of(camera: Camera, near: dict[str, Floats], far: dict[str, Floats]) -> Floats:
    """Rows as the first stage makes them, without the rounding of landmarks."""
    seen = [camera.project(near[name]) for name in screen.NEAR] + [camera.project(far[name]) for name in screen.FAR]
    apart = np.full((len(near["hip"]), 1), 0.2)
    return np.concatenate([*seen, apart], axis=1)


def signals(camera: Camera, near: dict[str, Floats], far: dict[str, Floats], leg: float = 0.0) -> dict[str, Floats]:
    state = angles.State(view(calibration(camera), source(camera)), PERFECT, leg)
    table = angles.step(state, rows_of(camera, near, far))[1]
    return {name: table[:, k] for k, name in enumerate(angles.SIGNALS)}


def elevation(start: Floats, stop: Floats, along: Floats) -> float:
    """Of one segment above the horizontal, from its direction and the plumb line."""
    way = (stop - start) / np.linalg.norm(stop - start)
    rise = np.degrees(np.arcsin(np.clip(way @ UP, -1.0, 1.0)))
    return float(rise if way @ along >= 0 else np.sign(rise) * 180.0 - rise)


def bend(a: Floats, b: Floats, c: Floats) -> float:
    """Angle between the segments a-b and b-c."""
    u, v = (b - a) / np.linalg.norm(b - a), (c - b) / np.linalg.norm(c - b)
    return float(np.degrees(2 * np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v))))


def oracle(side: dict[str, Floats], k: int) -> dict[str, float]:
    p = {name: xyz[k] for name, xyz in side.items()}
    thigh, trunk = elevation(p["hip"], p["knee"], TAIL), elevation(p["hip"], p["shoulder"], -TAIL)
    leg = elevation(p["hip"], p["ankle"], TAIL)
    heel_up = np.sign(np.cross(p["knee"] - p["hip"], p["ankle"] - p["knee"])[2]) or 1.0
    length = np.linalg.norm(p["ankle"] - p["hip"])
    lowest = min(p["heel"][1], p["foot_index"][1])
    return {
        "thigh_elevation_deg": thigh,
        "leg_elevation_deg": leg,
        "trunk_elevation_deg": trunk,
        "hip_extension_deg": thigh + trunk,
        "knee_flexion_deg": heel_up * bend(p["hip"], p["knee"], p["ankle"]),
        "toe_height_legs": (lowest - p["wrist"][1]) / length,
    }


def poses(seed: int, n: int = 6) -> Pose:
    random = np.random.default_rng(seed)
    return Pose(
        random.uniform(-55, 40, n),
        random.uniform(-15, 80, n),
        random.uniform(-20, 40, n),
        random.uniform(-60, 60, n),
    )


@settings(deadline=None, max_examples=150)
@given(cameras, st.integers(0, 10_000))
def test_as_the_oracle_from_any_known_camera(camera: Camera, seed: int) -> None:
    near, far = body(poses(seed), -0.1), body(poses(seed + 1), 0.12)
    found = signals(camera, near, far)
    for k in range(6):
        for name, expected in oracle(near, k).items():
            assert found[name][k] == pytest.approx(expected, abs=1e-6), name


def test_the_signs_are_the_glossary_s() -> None:
    def only(**pose: float) -> dict[str, float]:
        side = body(posed(np.array([pose.pop("thigh", 0.0)]), **({"trunk": 0.0} | pose)), 0.0)
        return {name: float(v[0]) for name, v in signals(Camera(), side, side).items()}

    assert only(thigh=10.0)["thigh_elevation_deg"] == pytest.approx(10.0)
    assert only(trunk=10.0)["trunk_elevation_deg"] == pytest.approx(10.0)
    assert only(thigh=10.0, trunk=7.0)["hip_extension_deg"] == pytest.approx(17.0)
    assert only(thigh=-30.0, trunk=0.0)["hip_extension_deg"] == pytest.approx(-30.0)
    assert only(knee=20.0)["knee_flexion_deg"] == pytest.approx(20.0)
    assert only(thigh=-10.0, knee=20.0)["leg_elevation_deg"] == pytest.approx(
        float(leg_elevation(np.array([-10.0]), 20.0)[0])
    )


@settings(deadline=None, max_examples=50)
@given(cameras, st.integers(0, 10_000))
def test_joints_beside_the_middle_of_the_body_are_moved_into_it(camera: Camera, seed: int) -> None:
    """Shoulders are broader than ankles; with the leg's length known this costs no precision."""
    near = body(poses(seed), 0.0)
    leg_m = 0.82
    out = {name: xyz - [0.0, 0.0, HALF_WIDTH[name] * leg_m] for name, xyz in near.items()}
    to_plane_m = camera.distance_m * np.cos(np.radians(camera.yaw_deg)) * np.cos(np.radians(camera.pitch_deg))
    found = signals(camera, out, out, leg_m / to_plane_m)
    for k in range(6):
        for name, expected in oracle(near, k).items():
            assert found[name][k] == pytest.approx(expected, abs=1e-6), name


def test_elbows_are_straight_or_bent() -> None:
    """From the side a bent elbow shows less than its flexion, a straight arm never counts as bent."""
    bent = np.array([-30.0, -10.0, 0.0, 10.0, 20.0, 30.0, 45.0, 60.0])
    side = body(posed(np.zeros(len(bent)), elbow=bent), 0.0)
    found = signals(Camera(), side, side)["elbow_flexion_deg"]
    assert (found >= 0.0).all()
    assert (found[:3] < 5.0).all()
    assert (np.diff(found[2:]) > 5.0).all()
    assert (found[3:] >= bent[3:]).all()
    assert (found[3:] <= 2.0 * bent[3:]).all()


@pytest.mark.parametrize("apart", [-15.0, -4.0, 0.0, 6.0, 18.0])
def test_how_much_the_legs_differ(apart: float) -> None:
    thigh = np.linspace(-25.0, 5.0, 7)
    camera = Camera(roll_deg=3.0, yaw_deg=10.0)
    found = signals(camera, body(posed(thigh), -0.1), body(posed(thigh - apart), 0.1))
    np.testing.assert_allclose(found["leg_difference_deg"], apart, atol=1e-6)


def test_a_far_leg_that_was_not_found_says_nothing() -> None:
    thigh = np.linspace(-25.0, 5.0, 7)
    near = body(posed(thigh), -0.1)
    elsewhere, short = body(posed(thigh - 50.0), 0.1), body(posed(thigh), 0.1)
    short["ankle"] = short["hip"] + 0.5 * (short["ankle"] - short["hip"])
    for far in (elsewhere, short):
        assert np.isnan(signals(Camera(), near, far)["leg_difference_deg"]).all()


def test_places_along_the_body_are_in_lengths_of_the_leg() -> None:
    near = body(posed(np.array([0.0, -20.0]), elbow=10.0), -0.1)
    found = signals(Camera(roll_deg=3.0, yaw_deg=12.0, pitch_deg=5.0), near, near)
    length = np.linalg.norm(near["ankle"] - near["hip"], axis=-1)
    expected = (near["wrist"] - near["hip"])[:, 0] / length
    np.testing.assert_allclose(found["support_tail_legs"] - found["hip_tail_legs"], expected, atol=1e-9)


def test_feet_apart_is_passed_on() -> None:
    near = body(posed(np.zeros(3)), 0.0)
    assert signals(Camera(), near, near)["feet_apart_m"].tolist() == [0.2, 0.2, 0.2]


@pytest.mark.parametrize("facing", ["left", "right"])
def test_a_mirror_changes_nothing(facing: str) -> None:
    near, far = body(poses(5), -0.1), body(poses(6), 0.1)
    camera = Camera(facing=facing, roll_deg=4.0, yaw_deg=-10.0, pitch_deg=3.0)
    other = Camera(facing=OTHER[facing], roll_deg=-4.0, yaw_deg=-10.0, pitch_deg=3.0)
    one, two = signals(camera, near, far), signals(other, near, far)
    for name in angles.SIGNALS:
        np.testing.assert_allclose(one[name], two[name], atol=1e-6)


def test_what_is_unknown_is_unknown_for_its_instant_only() -> None:
    near = body(posed(np.linspace(-20.0, 0.0, 5)), 0.0)
    rows = rows_of(Camera(), near, near)
    rows[2] = np.nan
    table = angles.step(angles.State(view(calibration(), source()), PERFECT), rows)[1]
    assert np.isnan(table[2]).all()
    assert np.isfinite(np.delete(table, 2, axis=0)).all()
