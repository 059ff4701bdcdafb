"""How body and camera stand, from the whole of a recording."""

from __future__ import annotations

from dataclasses import replace

import figure
import numpy as np
import pytest
from figure import FLOOR_UP_M, LEG_M, Camera, posed
from movements import Rep, instants, movement
from synthetic import MODEL, PERFECT, blanks, calibration, mirrored, observations, source, swapped, without

from formcheck.core.calibrate import calibrate, is_lying, stage
from formcheck.core.posemodel import named
from formcheck.data.landmarks import INDEX
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration, Room

CURVE, _, STOP = movement([Rep(), Rep(top_deg=-6.0)])
TIME_S = instants(STOP, 15.0)


def lying(camera: Camera | None = None, side: str = "left", noise_px: float = 2.0) -> Observations:
    return observations(TIME_S, posed(CURVE(TIME_S)), camera=camera or Camera(), side=side, noise_px=noise_px)


def standing(seconds: float, facing: str = "right") -> Observations:
    """Upright and turned the other way: what comes before the exercise."""
    t = instants(seconds, 15.0)
    pose = posed(np.full(t.shape, -92.0), trunk=88.0)
    return observations(t, pose, camera=Camera(facing=facing, aim_up_m=0.8), side="right")


def found_in(seen: Observations, room: Room | None = None, *, roll_deg: float | None = None) -> Calibration:
    return calibrate(seen, source(), MODEL, room, roll_deg=roll_deg)


def then(one: Observations, two: Observations) -> Observations:
    later = replace(two, time_s=two.time_s + one.time_s[-1] + 1 / 15)
    return Observations.join([one, later])


@pytest.mark.parametrize("yaw", [-25.0, 0.0, 25.0])
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("facing", ["left", "right"])
def test_side_and_facing(facing: str, side: str, yaw: float) -> None:
    found = found_in(lying(Camera(facing=facing, yaw_deg=yaw), side))
    assert (found.side, found.facing) == (side, facing)


@pytest.mark.parametrize("roll", [-8.0, 8.0])
def test_side_and_facing_in_a_crooked_picture(roll: float) -> None:
    found = found_in(lying(Camera(facing="right", roll_deg=roll), "right"))
    assert (found.side, found.facing) == ("right", "right")


def test_a_mirror_swaps_side_and_facing() -> None:
    one = found_in(lying(noise_px=0.0))
    two = found_in(mirrored(lying(noise_px=0.0), 640))
    assert (two.side, two.facing) == ("right", "right")
    assert two.leg_px == pytest.approx(one.leg_px, rel=1e-4)


def test_sides_swapped_now_and_then_do_not_matter() -> None:
    seen = lying()
    where = np.random.default_rng(0).random(len(seen)) < 0.3
    found = found_in(swapped(seen, where))
    assert found.side == "left"
    assert found.leg_px == pytest.approx(calibration().leg_px, rel=0.03)


def test_standing_before_and_after_does_not_matter() -> None:
    seen = then(then(standing(20.0), lying()), standing(20.0))
    found = found_in(seen)
    assert (found.side, found.facing) == ("left", "left")
    assert found.leg_px == pytest.approx(calibration().leg_px, rel=0.03)


def test_who_is_lying() -> None:
    assert is_lying(lying()).all()
    assert not is_lying(standing(2.0)).any()
    assert not is_lying(blanks(4)).any()


def test_the_length_of_the_leg_is_that_of_most_frames() -> None:
    seen = lying()
    pixels = seen.pixels.copy()
    broken = np.random.default_rng(1).random(len(seen)) < 0.25
    pixels[broken, INDEX["left_ankle"], :2] = pixels[broken, INDEX["left_hip"], :2]
    assert found_in(replace(seen, pixels=pixels)).leg_px == pytest.approx(calibration().leg_px, rel=0.03)


def test_frames_of_nobody_do_not_matter() -> None:
    gone = np.random.default_rng(2).random(len(TIME_S)) < 0.5
    found = found_in(without(lying(), gone))
    assert (found.side, found.facing) == ("left", "left")
    assert found.leg_px == pytest.approx(calibration().leg_px, rel=0.03)


@pytest.mark.parametrize("seen", [Observations.empty(), blanks(30), standing(2.0)], ids=["empty", "nobody", "standing"])
def test_of_nobody_lying_it_is_the_default(seen: Observations) -> None:
    assert found_in(seen) == Calibration()
    assert found_in(seen, roll_deg=2.0).roll_deg == 2.0


def test_a_given_roll_is_kept_and_taken_as_known() -> None:
    found = found_in(lying(Camera(roll_deg=6.0)), roll_deg=-3.0)
    assert found.roll_deg == -3.0
    assert found.roll_sd_deg is not None
    assert 0.0 < found.roll_sd_deg <= 1.0


def test_the_camera_is_told_to_stand_where_it_does() -> None:
    """Towards the head is positive, whichever way the body faces; level pictures show little pitch."""
    for facing in ("left", "right"):
        turned = [found_in(lying(Camera(facing=facing, yaw_deg=yaw), facing)) for yaw in (-25.0, 0.0, 25.0)]
        yaws = [each.yaw_deg for each in turned]
        assert all(yaw is not None for yaw in yaws)
        assert yaws[0] < -8.0 < yaws[1] < 8.0 < yaws[2]
        assert all(-10.0 <= (each.pitch_deg or 0.0) <= 20.0 for each in turned)


# ---------------------------------------------------------------- the room


def test_the_room_tells_roll_and_pitch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figure, "ARM_DEG", 75.0)  # hands on the floor, which agrees with the room
    room = Room(roll_deg=4.0, roll_sd_deg=0.4, pitch_deg=11.0, pitch_sd_deg=0.8)
    found = found_in(lying(Camera(roll_deg=4.0, pitch_deg=11.0)), room)
    assert (found.roll_deg, found.roll_sd_deg) == (4.0, 0.4)
    assert (found.pitch_deg, found.pitch_sd_deg) == (11.0, 0.8)


def test_a_given_roll_beats_the_room_s_and_leaves_its_pitch() -> None:
    room = Room(roll_deg=4.0, roll_sd_deg=0.4, pitch_deg=11.0, pitch_sd_deg=0.8)
    found = found_in(lying(), room, roll_deg=0.0)
    assert found.roll_deg == 0.0
    assert found.roll_sd_deg == found_in(lying(), roll_deg=0.0).roll_sd_deg
    assert found.pitch_deg == 11.0


def test_a_room_is_known_even_of_nobody() -> None:
    found = found_in(blanks(30), Room(roll_deg=4.0, roll_sd_deg=0.4))
    assert (found.roll_deg, found.roll_sd_deg) == (4.0, 0.4)
    assert found_in(blanks(30), Room(roll_deg=4.0, roll_sd_deg=0.4), roll_deg=1.0).roll_deg == 1.0


@pytest.mark.parametrize("room", [Room(), Room(pitch_deg=18.0, pitch_sd_deg=9.0), Room(pitch_deg=18.0)])
def test_a_room_that_hardly_tells_the_pitch_leaves_it_to_the_body(room: Room) -> None:
    found, alone = found_in(lying(), room), found_in(lying())
    assert found.pitch_deg == alone.pitch_deg != 18.0
    assert found.pitch_sd_deg == alone.pitch_sd_deg == named(MODEL).pitch_sd_deg


@pytest.mark.parametrize("facing", ["left", "right"])
def test_a_wall_draws_the_yaw_towards_it(facing: str) -> None:
    """A camera turned to the right of square to the wall stands to the left of it: by the head that points there."""
    seen = lying(Camera(facing=facing), facing, noise_px=0.0)
    alone = found_in(seen)
    assert alone.yaw_deg is not None
    assert alone.yaw_sd_deg is not None
    for by in (-8.0, 8.0):
        own_sign = 1.0 if facing == "left" else -1.0
        found = found_in(seen, Room(wall_yaw_deg=own_sign * (alone.yaw_deg + by), wall_yaw_sd_deg=1.0))
        assert found.yaw_deg is not None
        assert found.yaw_sd_deg is not None
        assert 0.5 < (found.yaw_deg - alone.yaw_deg) * np.sign(by) < 4.0
        assert found.yaw_sd_deg < alone.yaw_sd_deg
    askew = found_in(seen, Room(wall_yaw_deg=own_sign * (alone.yaw_deg + 16.0), wall_yaw_sd_deg=1.0))
    assert askew.yaw_deg == alone.yaw_deg


# ---------------------------------------------------------------- the ball


def test_the_ball_is_that_of_most_looks() -> None:
    seen = lying()
    ball = seen.ball.copy()
    random = np.random.default_rng(3).random(len(seen))
    ball[random < 0.3] = np.nan
    ball[random > 0.8] *= (1.4, 0.7, 1.3)
    found = found_in(replace(seen, ball=ball)).ball_px
    assert found is not None
    assert found == pytest.approx(Camera().outline(), abs=1e-3)
    assert all(type(value) is float for value in found)


@pytest.mark.parametrize("missing", [0.7, 1.0])
def test_a_ball_that_most_looks_miss_is_none(missing: float) -> None:
    seen = lying()
    ball = seen.ball.copy()
    ball[np.random.default_rng(3).random(len(seen)) < missing] = np.nan
    assert found_in(replace(seen, ball=ball)).ball_px is None


def test_a_ball_before_somebody_lies_does_not_count() -> None:
    before, seen = standing(20.0), lying()
    elsewhere = replace(before, ball=before.ball + np.float32(100.0))
    found = found_in(then(elsewhere, seen)).ball_px
    assert found == pytest.approx(Camera().outline(), abs=1e-3)


@pytest.mark.parametrize(
    "camera",
    [
        Camera(aim_up_m=0.3),
        Camera(facing="right", roll_deg=6.0, yaw_deg=20.0, pitch_deg=12.0, aim_up_m=0.3),
        Camera(roll_deg=-9.0, yaw_deg=-28.0, pitch_deg=4.0, aim_up_m=0.3, distance_m=3.2),
    ],
)
def test_the_floor_is_where_the_ball_lies(camera: Camera) -> None:
    known = replace(calibration(camera), ball_px=camera.outline())
    floor = stage(known, source(camera), PERFECT).floor
    assert (floor - camera.in_plane(0.0, FLOOR_UP_M)[1]) * camera.to_plane_m / LEG_M == pytest.approx(0.0, abs=0.01)


def test_without_a_ball_there_is_no_floor() -> None:
    assert np.isnan(stage(calibration(), source(), PERFECT).floor)


def test_the_same_frames_give_the_same_value() -> None:
    assert found_in(lying()) == found_in(lying())
