"""The ball and the level in drawn pictures with known truth, and in the clips that come with the project."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from formcheck.core.view import usual_focal_px
from formcheck.data.landmarks import INDEX
from formcheck.inputs import scene as scene_module
from formcheck.inputs.ball import find_ball
from formcheck.inputs.lines import stand
from formcheck.inputs.scene import PICTURES, Scene

SAMPLES = Path(__file__).parents[1] / "samples"
SIZE = (640, 480)
LEG = 170.0


def body(hip=(320.0, 210.0), facing=-1):
    """Landmarks (33, 2) of somebody who lies level with the hips at `hip`, in a side view."""
    joints = np.full((33, 2), np.nan)
    places = {
        "ear": (0.75, 0.0),
        "shoulder": (0.6, 0.0),
        "elbow": (0.6, 0.25),
        "wrist": (0.6, 0.5),
        "index": (0.65, 0.55),
    }
    legs = {
        "hip": (0, 0),
        "knee": (-0.5, 0.0),
        "ankle": (-1.0, 0.02),
        "heel": (-1.05, 0.0),
        "foot_index": (-1.1, 0.08),
    }
    for name, (x, y) in {**places, **legs}.items():
        for side in ("left", "right"):
            joints[INDEX[f"{side}_{name}"]] = (hip[0] + facing * x * LEG, hip[1] + y * LEG)
    return np.where(np.isfinite(joints), joints, joints[INDEX["left_ear"]])


def drawn(colour=None, ball=(322.3, 286.6, 57.4), floor=(120, 130, 140)):
    """A body of one colour above a floor; with a ball below it, drawn at a sixteenth of a pixel."""
    rng = np.random.default_rng(0)
    picture = np.full((SIZE[1], SIZE[0], 3), (190, 190, 185), np.float64)
    picture[300:] = floor
    if colour is not None:
        centre, radius = [round((v - 0.5) * 16) for v in ball[:2]], round(ball[2] * 16)
        cv2.circle(picture, centre, radius, colour, -1, cv2.LINE_AA, 4)
    points = body()
    line = [points[INDEX[n]].round().astype(int) for n in ("left_shoulder", "left_hip", "left_ankle")]
    cv2.polylines(picture, [np.array(line)], False, (60, 40, 40), 38, cv2.LINE_AA)
    return (picture + rng.normal(0, 2, picture.shape)).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "colour", [(40, 40, 200), (200, 90, 30), (60, 160, 60), (95, 95, 95), (230, 230, 230), (30, 30, 30)]
)
def test_a_ball_of_any_colour_is_found(colour):
    ball = find_ball(drawn(colour), body())
    assert ball is not None
    assert (ball.x, ball.y, ball.radius) == pytest.approx((322.3, 286.6, 57.4), abs=1.0)
    assert ball.confidence > 0.9
    assert ball.lowest == pytest.approx(344, abs=1.5)


def test_no_ball_is_said_to_be_no_ball():
    assert find_ball(drawn(None), body()) is None


def test_a_box_is_no_ball():
    picture = drawn(None)
    picture[235:345, 260:385] = (40, 40, 200)
    assert find_ball(picture, body()) is None


def test_a_ball_far_from_the_hips_is_not_that_of_the_exercise():
    assert find_ball(drawn((40, 40, 200), ball=(520.0, 286.6, 57.4)), body()) is None


def test_nobody_means_no_ball():
    assert find_ball(drawn((40, 40, 200)), np.full((33, 3), np.nan)) is None


def test_a_ball_that_is_followed_is_found_again():
    first = find_ball(drawn((40, 40, 200)), body())
    moved = find_ball(drawn((40, 40, 200), ball=(326.0, 286.6, 57.4)), body(), first)
    assert (moved.x, moved.y, moved.radius) == pytest.approx((326.0, 286.6, 57.4), abs=1.0)


def room(roll=0.0, pitch=0.0, yaw=0.0, plumb=True, size=SIZE):
    """A grey picture of a wall with pictures, a skirting board and, if `plumb`, upright edges."""
    grey = np.full((size[1], size[0]), 150, np.uint8)
    focal = usual_focal_px(*size)
    r, p, y = np.radians([roll, pitch, yaw])
    turn_y = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    turn_p = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    turn_r = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])

    def seen(points):
        q = (turn_r @ turn_p @ (turn_y @ np.asarray(points, float).T + [[0], [0], [3.5]])).T
        return focal * q[:, :2] / q[:, 2:] + np.array(size) / 2

    boxes = [(-1.4, -1.2, -0.6, 0.9), (0.2, -1.1, 0.9, -0.3), (1.1, -0.4, 1.6, 0.9)] if plumb else []
    for left, top, right, bottom in boxes:
        corners = seen([(left, top, 0), (right, top, 0), (right, bottom, 0), (left, bottom, 0)])
        cv2.fillPoly(grey, [(corners * 16).round().astype(np.int32)], 90, cv2.LINE_AA, 4)
    if plumb:
        ends = seen([(-3, 1.0, 0), (3, 1.0, 0)])
        cv2.line(grey, *[tuple(int(v) for v in (e * 16).round()) for e in ends], 230, 3, cv2.LINE_AA, 4)
    return grey


@pytest.mark.parametrize(("roll", "pitch", "yaw"), [(0, 0, 0), (5, 4, 0), (-8, 10, 0), (3, 12, 25), (-4, -3, -30)])
def test_the_roll_of_a_drawn_room_is_found(roll, pitch, yaw):
    found = stand(room(roll, pitch, yaw))
    assert found.roll_deg == pytest.approx(roll, abs=0.5)
    assert found.pitch_deg == pytest.approx(pitch, abs=2 * found.pitch_sd_deg + 0.5)
    assert found.yaw_deg == pytest.approx(yaw, abs=2 * found.yaw_sd_deg + 1.0)
    assert found.roll_sd_deg < 1.5


def test_after_a_push_the_camera_stands_as_it_does_now():
    scene, nobody = Scene(), np.full((33, 3), np.nan)
    for k in range(12):
        picture = cv2.cvtColor(room(0.0 if k < 6 else 7.0), cv2.COLOR_GRAY2BGR)
        scene.look(picture, k / 2, nobody)
    assert scene.summary().roll_deg == pytest.approx(7.0, abs=0.5)


def test_an_empty_wall_tells_nothing():
    assert stand(room(plumb=False)) is None


def test_hidden_edges_have_no_say():
    grey = room(3.0)
    assert stand(grey, np.ones_like(grey)) is None


def test_edges_in_all_directions_do_not_make_a_level():
    rng = np.random.default_rng(3)
    grey = np.full((SIZE[1], SIZE[0]), 150, np.uint8)
    for x, y, turn in zip(rng.uniform(60, 580, 40), rng.uniform(60, 420, 40), rng.uniform(0, np.pi, 40), strict=True):
        step = 30 * np.array([np.cos(turn), np.sin(turn)])
        start, end = (tuple(int(v) for v in np.array([x, y]) + s * step) for s in (-1, 1))
        cv2.line(grey, start, end, int(rng.integers(0, 110)), 2, cv2.LINE_AA)
    found = stand(grey)
    assert found.roll_sd_deg > 2.5


def test_a_scene_says_what_it_saw():
    scene = Scene()
    picture = drawn((40, 40, 200))
    for k in range(120):
        scene.look(picture, k / 30, body())
    seen = scene.summary()
    assert seen.time_s == pytest.approx([0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5])
    assert seen.balls.shape == (8, 3)
    assert seen.ball() == pytest.approx((322.3, 286.6, 57.4), abs=1.0)
    assert (seen.confidence > 0.9).all()


def test_pixels_of_the_original_picture_go_in_and_come_out():
    scene = Scene()
    scene.look(drawn((40, 40, 200)), 0.0, body() * 3, (SIZE[0] * 3, SIZE[1] * 3))
    assert scene.summary().ball() == pytest.approx((966.9, 859.8, 172.2), abs=3.0)


def test_a_scene_without_anybody_or_anything_knows_nothing():
    nothing = Scene().summary()
    assert len(nothing.time_s) == 0
    assert nothing.ball() is None
    scene = Scene()
    scene.look(np.full((480, 640, 3), 128, np.uint8), 0.0, np.full((33, 3), np.nan))
    seen = scene.summary()
    assert np.isnan(seen.balls).all()
    assert (seen.roll_deg, seen.roll_sd_deg, seen.pitch_deg) == (None, None, None)


def test_a_look_at_a_wrong_circle_is_no_ball():
    scene, picture = Scene(), drawn((40, 40, 200))
    for k in range(8):
        scene.look(picture, k / 2, body())
    time_s, x, y, radius, confidence = scene._samples[3]
    scene._samples[3] = (time_s, x, y, radius * 1.2, confidence)
    seen = scene.summary()
    assert np.isnan(seen.balls[3]).all()
    assert seen.confidence[3] == 0


def test_memory_stays_the_same_over_twenty_minutes(monkeypatch):
    monkeypatch.setattr(scene_module, "find_ball", lambda *_: None)
    scene, picture = Scene(), drawn(None)
    kept = []
    for second in range(0, 1200, 1):
        scene.look(picture, float(second), body())
        kept.append(sum(grey.nbytes for grey, _ in scene._room))
    assert max(kept) <= PICTURES * 640 * 480
    assert PICTURES // 2 <= len(scene._room) <= PICTURES


def frames(name, count):
    """Some frames spread over a clip with the true joints as landmarks, and its truth."""
    truth = json.loads((SAMPLES / f"{name}.truth.json").read_text())
    joints = {key: np.array(value) for key, value in truth["joints_px"].items()}
    video = cv2.VideoCapture(str(SAMPLES / f"{name}.mp4"))
    n = len(truth["frames"]["time_s"])
    for k in np.linspace(0, n - 2, count).astype(int):
        video.set(cv2.CAP_PROP_POS_FRAMES, int(k))
        ok, picture = video.read()
        assert ok
        yield picture, float(k / 30), _landmarks(joints, k), truth
    video.release()


def _landmarks(joints, k):
    marks = np.zeros((33, 2))
    for side in ("left", "right"):
        near = {"index": "wrist", "heel": "heel", "foot_index": "toe", "ear": "shoulder"}
        for name in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", *near):
            marks[INDEX[f"{side}_{name}"]] = joints[f"{side}_{near.get(name, name)}"][k]
    return marks


@pytest.mark.parametrize("name", sorted(p.stem for p in SAMPLES.glob("clip*.mp4")))
def test_level_and_ball_of_the_sample_clips(name):
    scene = Scene()
    truth = {}
    for picture, time_s, marks, about in frames(name, 8):
        scene.look(picture, time_s, marks)
        truth = about
    seen = scene.summary()
    assert seen.roll_deg == pytest.approx(truth["camera"]["roll_deg"], abs=0.6)
    assert seen.roll_sd_deg < 1.5
    camera = truth["camera"]
    focal = SIZE[0] / 2 / np.tan(np.radians(camera["hfov_deg"] / 2))
    away = np.hypot(camera["distance_m"], camera["height_m"] - truth["ball"]["radius_m"])
    expected = focal * truth["ball"]["radius_m"] / np.sqrt(away**2 - truth["ball"]["radius_m"] ** 2)
    assert seen.ball()[2] == pytest.approx(expected, rel=0.03)
    assert seen.wall_yaw_deg * (1 if truth["facing"] == "left" else -1) == pytest.approx(camera["yaw_deg"], abs=5)
    assert np.isfinite(seen.balls[:, 0]).mean() > 0.8


@pytest.mark.parametrize("turn", [-8.0, -3.0, 6.0])
def test_the_found_roll_follows_a_turned_clip(turn):
    picture, _, marks, truth = next(frames("clip10", 1))
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    hidden = scene_module._covered(grey.shape, marks)
    matrix = cv2.getRotationMatrix2D((SIZE[0] / 2 - 0.5, SIZE[1] / 2 - 0.5), -turn, 1.0)
    left, top = 90, 70  # no black corner remains
    part = [cv2.warpAffine(p, matrix, SIZE)[top:-top, left:-left] for p in (grey, hidden)]
    found = stand(*(np.ascontiguousarray(p) for p in part))
    assert found.roll_deg == pytest.approx(truth["camera"]["roll_deg"] + turn, abs=0.6)
