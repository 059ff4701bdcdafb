"""Angles against trigonometry on vectors in three dimensions, frame by frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from figure import BALL_M, FLOOR_UP_M, LEG_M, OTHER, Camera, Pose, body, broadened, leg_elevation, posed
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from synthetic import PERFECT, calibration, source
from test_view import cameras

from formcheck.core import angles, screen
from formcheck.core.posemodel import FULL, HALF_WIDTH, HEAVY, LITE, UNKNOWN, PoseModel
from formcheck.core.view import view

Floats = NDArray[np.float64]
UP = np.array([0.0, 1.0, 0.0])
TAIL = np.array([1.0, 0.0, 0.0])


def rows_of(camera: Camera, near: dict[str, Floats], far: dict[str, Floats]) -> Floats:
    """Rows as the first stage makes them, without the rounding of landmarks; the ball's centre as a point."""
    seen = [camera.project(near[name]) for name in screen.NEAR] + [camera.project(far[name]) for name in screen.FAR]
    apart = np.full((len(near["hip"]), 1), 0.2)
    ball = np.broadcast_to(camera.project(np.array(BALL_M)), (len(apart), 2))
    shadow = np.full((len(apart), 1), 8.0)
    return np.concatenate([*seen, ball, apart, camera.project(near["foot_index"]), shadow], axis=1)


def state_of(camera: Camera, model: PoseModel = PERFECT) -> angles.State:
    """All that is true of camera, body and floor."""
    floor = float(camera.in_plane(0.0, FLOOR_UP_M)[1])
    return angles.State(view(calibration(camera), source(camera)), model, LEG_M / camera.to_plane_m, floor=floor)


def signals(
    camera: Camera, near: dict[str, Floats], far: dict[str, Floats], state: angles.State | None = None
) -> dict[str, Floats]:
    """Without a `state` no length is known, so that joints stay where they are seen."""
    state = state or replace(state_of(camera), leg=0.0)
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
    return {
        "thigh_elevation_deg": thigh,
        "leg_elevation_deg": leg,
        "trunk_elevation_deg": trunk,
        "hip_extension_deg": thigh + trunk,
        "knee_flexion_deg": heel_up * bend(p["hip"], p["knee"], p["ankle"]),
    }


def places(side: dict[str, Floats], k: int) -> dict[str, float]:
    """Differences of places, in lengths of the leg; `places_found` makes the same of signals."""
    p = {name: xyz[k] for name, xyz in side.items()}
    return {
        "toe": (min(p["heel"][1], p["foot_index"][1]) - FLOOR_UP_M) / LEG_M,
        "hands": (p["wrist"] - p["hip"])[0] / LEG_M,
        "ball": (BALL_M[0] - p["hip"][0]) / LEG_M,
    }


def places_found(found: dict[str, Floats], k: int) -> dict[str, float]:
    hip = found["hip_tail_legs"][k]
    return {
        "toe": float(found["toe_height_legs"][k]),
        "hands": float(found["support_tail_legs"][k] - hip),
        "ball": float(found["ball_tail_legs"][k] - hip),
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
    out = broadened(near, -1.0)
    found = signals(camera, out, out, state_of(camera))
    for k in range(6):
        for name, expected in oracle(near, k).items():
            assert found[name][k] == pytest.approx(expected, abs=1e-6), name
        assert places_found(found, k) == pytest.approx(places(near, k), abs=1e-9)


def towards_belly(start: Floats, stop: Floats) -> Floats:
    """The unit vector across `start`-`stop`, a way that leads tailwards, on the belly's side."""
    way = (stop - start) / np.linalg.norm(stop - start)
    return np.cross(way, [0.0, 0.0, 1.0])


@settings(deadline=None, max_examples=50)
@given(cameras, st.integers(0, 10_000), st.sampled_from([HEAVY, FULL, LITE, UNKNOWN]), st.floats(-3, 3))
def test_offsets_of_a_pose_model_as_the_oracle(camera: Camera, seed: int, model: PoseModel, bias: float) -> None:
    """Landmarks lie towards the back of the joints; half of what straight knees read is the thigh's doing."""
    seen = body(poses(seed), 0.0)
    out = broadened(seen, -1.0)
    found = signals(camera, out, out, replace(state_of(camera, model), knee_bias_deg=bias))
    for k in range(6):
        p = {name: xyz[k] for name, xyz in seen.items()}
        belly = towards_belly(p["hip"], p["ankle"]) * LEG_M
        joints = p | {"hip": p["hip"] + model.hip * belly, "knee": p["knee"] + model.knee * belly}
        trunk = towards_belly(p["shoulder"], joints["hip"]) * LEG_M
        joints["shoulder"] = p["shoulder"] + model.shoulder * trunk
        expected = oracle({name: xyz[None] for name, xyz in joints.items()}, 0)
        expected["knee_flexion_deg"] -= bias
        expected["thigh_elevation_deg"] += bias / 2
        expected["hip_extension_deg"] += bias / 2
        for name, value in expected.items():
            assert found[name][k] == pytest.approx(value, abs=1e-6), name


def test_offsets_are_towards_the_back() -> None:
    """A straight level leg whose hip is seen 2 % of its length too high reads as sinking by atan(0.02 / thigh)."""
    level = body(posed(np.zeros(1)), 0.0)
    level["hip"] = level["hip"] + [0.0, 0.02 * LEG_M, 0.0]
    level["shoulder"] = level["shoulder"] + [0.0, 0.02 * LEG_M, 0.0]
    out = broadened(level, -1.0)
    raw = signals(Camera(), out, out, state_of(Camera()))
    put_right = signals(Camera(), out, out, state_of(Camera(), replace(PERFECT, hip=0.02, shoulder=0.02)))
    assert raw["thigh_elevation_deg"][0] == pytest.approx(np.degrees(np.arctan(-0.02 * LEG_M / 0.42)))
    for name, value in (("thigh", 0.0), ("leg", 0.0), ("trunk", 5.0)):
        assert put_right[f"{name}_elevation_deg"][0] == pytest.approx(value, abs=0.05)


@pytest.mark.parametrize("model", [HEAVY, FULL, LITE])
def test_what_a_straight_arm_reads_as_is_straight(model: PoseModel) -> None:
    side = body(posed(np.zeros(1), elbow=model.straight_elbow_deg), 0.0)
    found = signals(Camera(), side, side, state_of(Camera(), replace(model, shoulder=0.0, hip=0.0)))
    # seen from the flank an arm is drawn together by less than its share of HALF_WIDTH: within a degree
    assert found["elbow_flexion_deg"][0] == pytest.approx(angles.STRAIGHT_ELBOW_DEG, abs=1.0)


def test_an_elbow_is_no_more_bent_than_the_arm_is_shortened() -> None:
    """A straight arm whose elbow's landmark lies 8 cm off is stretched out to its whole length: hardly bent."""
    side = body(posed(np.zeros(1)), 0.0)
    arm_m = float(np.linalg.norm(side["wrist"] - side["shoulder"]))
    side["elbow"] = side["elbow"] + [0.05, -0.06, 0.0]
    bare = replace(state_of(Camera()), leg=0.0)
    free = signals(Camera(), side, side, bare)["elbow_flexion_deg"][0]
    known = signals(Camera(), side, side, replace(bare, arm=arm_m / Camera().to_plane_m))["elbow_flexion_deg"][0]
    assert free > 25.0
    assert known == pytest.approx(angles.ELBOW_SLACK_DEG, abs=0.1)


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


def test_places_are_unknown_without_a_length_and_toes_without_a_floor() -> None:
    near = body(posed(np.array([0.0, -20.0])), 0.0)
    without_length = signals(Camera(), near, near)
    for name in ("toe_height_legs", "support_tail_legs", "hip_tail_legs", "ball_tail_legs"):
        assert np.isnan(without_length[name]).all()
    without_floor = signals(Camera(), near, near, replace(state_of(Camera()), floor=np.nan))
    assert np.isnan(without_floor["toe_height_legs"]).all()
    assert np.isfinite(without_floor["ball_tail_legs"]).all()


def test_feet_apart_is_passed_on() -> None:
    near = body(posed(np.zeros(3)), 0.0)
    assert signals(Camera(), near, near)["feet_apart_m"].tolist() == [0.2, 0.2, 0.2]


@pytest.mark.parametrize("facing", ["left", "right"])
def test_a_mirror_changes_nothing(facing: str) -> None:
    near, far = body(poses(5), -0.1), body(poses(6), 0.1)
    camera = Camera(facing=facing, roll_deg=4.0, yaw_deg=-10.0, pitch_deg=3.0)
    other = Camera(facing=OTHER[facing], roll_deg=-4.0, yaw_deg=-10.0, pitch_deg=3.0)
    one, two = (signals(each, near, far, state_of(each)) for each in (camera, other))
    for name in angles.SIGNALS:
        np.testing.assert_allclose(one[name], two[name], atol=1e-6)


def test_what_is_unknown_is_unknown_for_its_instant_only() -> None:
    near = body(posed(np.linspace(-20.0, 0.0, 5)), 0.0)
    rows = rows_of(Camera(), near, near)
    rows[2] = np.nan
    table = angles.step(state_of(Camera()), rows)[1]
    assert np.isnan(table[2]).all()
    assert np.isfinite(np.delete(table, 2, axis=0)).all()


@pytest.mark.parametrize("camera", [Camera(), Camera(yaw_deg=25.0), Camera(yaw_deg=-25.0), Camera(roll_deg=4.0)])
@pytest.mark.parametrize("height_m", [0.0, 0.03])
def test_how_high_feet_are_above_their_shadow_and_above_the_floor_under_the_ball(
    camera: Camera, height_m: float
) -> None:
    """The near foot's edge above the floor, and the place on the floor right below it in the picture."""
    state = state_of(camera)
    away = -HALF_WIDTH["foot_index"] * LEG_M
    edge, floor = (camera.project(np.array([0.85, FLOOR_UP_M + up, away])) for up in (height_m, 0.0))
    pose = posed(np.array([-25.0]))
    rows = rows_of(camera, body(pose, away), body(pose, -away))
    rows[:, screen.SOLE :] = *edge, floor[1] - edge[1]
    found = angles.step(state, rows)[1][:, angles.SOLE] * LEG_M
    np.testing.assert_allclose(found, height_m, atol=0.003)
