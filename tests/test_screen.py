"""The first stage: which joints are taken, and which frames are thrown out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from figure import OTHER, Camera, posed
from movements import instants
from numpy.typing import NDArray
from synthetic import blanks, calibration, mirrored, observations, swapped, without

from formcheck.core import screen
from formcheck.data.landmarks import INDEX
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration

Floats = NDArray[np.float64]
TIME_S = instants(3.0, 30.0)
THIGH = np.linspace(-35.0, 15.0, len(TIME_S))


def screened(seen: Observations, known: Calibration) -> tuple[Floats, Floats]:
    return screen.step(screen.State(known), seen)[1]


def joint(rows: Floats, number: int) -> Floats:
    return rows[:, 2 * number : 2 * number + 2]


def lost(rows: Floats) -> NDArray[np.bool_]:
    gone = np.isnan(rows[:, : screen.SOLE])
    assert (gone.all(axis=1) | ~gone.any(axis=1)).all(), "a frame is seen or it is not"
    return gone.all(axis=1)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("facing", ["left", "right"])
def test_joints_of_the_near_side_then_of_the_far_one(side: str, facing: str) -> None:
    camera = Camera(facing=facing)
    seen = observations(TIME_S, posed(THIGH), posed(THIGH - 3.0), camera=camera, side=side)
    time_s, rows = screened(seen, calibration(camera, side))
    assert np.array_equal(time_s, TIME_S)
    assert rows.shape == (len(seen), screen.COLUMNS)
    for number, name in [*enumerate(screen.NEAR), *enumerate(screen.FAR, len(screen.NEAR))]:
        whose = side if number < len(screen.NEAR) else OTHER[side]
        assert np.array_equal(joint(rows, number), seen.pixels[:, INDEX[f"{whose}_{name}"], :2])


def test_swapped_sides_are_put_right() -> None:
    seen = observations(TIME_S, posed(THIGH), posed(THIGH - 4.0), gap_m=0.1)
    where = np.random.default_rng(0).random(len(seen)) < 0.3
    right = screened(seen, calibration())[1]
    assert not lost(right).any()
    found = screened(swapped(seen, where), calibration())[1]
    assert np.array_equal(found, right, equal_nan=True)


def test_a_mirrored_scene_is_the_mirrored_rows() -> None:
    seen = observations(TIME_S, posed(THIGH), posed(THIGH - 4.0))
    right = screened(seen, calibration())[1]
    assert not lost(right).any()
    found = screened(mirrored(seen, 640), calibration(Camera(facing="right"), "right"))[1]
    across = [*range(0, screen.FEET, 2)]
    right[:, across] = 640 - right[:, across]
    np.testing.assert_allclose(found, right, atol=1e-4)


def test_frames_of_nobody_keep_their_times() -> None:
    gone = np.zeros(len(TIME_S), bool)
    gone[20:40] = True
    time_s, rows = screened(without(observations(TIME_S, posed(THIGH)), gone), calibration())
    assert np.array_equal(time_s, TIME_S)
    assert np.array_equal(lost(rows), gone)
    assert lost(screened(blanks(5), calibration())[1]).all()


@pytest.mark.parametrize("share", [0.2, 0.5, 2.0])
def test_a_leg_of_another_length_is_a_broken_frame(share: float) -> None:
    seen = observations(TIME_S, posed(THIGH))
    pixels = seen.pixels.copy()
    for name in ("left_knee", "left_ankle"):
        hip = pixels[50, INDEX["left_hip"], :2]
        pixels[50, INDEX[name], :2] = hip + share * (pixels[50, INDEX[name], :2] - hip)
    broken = lost(screened(replace(seen, pixels=pixels), calibration())[1])
    assert np.flatnonzero(broken).tolist() == [50]


def test_legs_elsewhere_are_a_broken_frame() -> None:
    seen = observations(TIME_S, posed(THIGH))
    pixels = seen.pixels.copy()
    for name in ("knee", "ankle"):
        pixels[10, [INDEX[f"left_{name}"], INDEX[f"right_{name}"]], :2] += (150.0, -200.0)
    assert np.flatnonzero(lost(screened(replace(seen, pixels=pixels), calibration())[1])).tolist() == [10]


@pytest.mark.parametrize("yaw", [-25.0, 0.0, 25.0])
@pytest.mark.parametrize("knee", [0.0, 30.0, 70.0])
def test_nothing_that_a_body_can_do_is_thrown_out(yaw: float, knee: float) -> None:
    camera = Camera(yaw_deg=yaw, roll_deg=5.0)
    thigh = np.linspace(-60.0, 35.0, len(TIME_S))
    seen = observations(TIME_S, posed(thigh, knee=knee), camera=camera, noise_px=3.0)
    assert not lost(screened(seen, calibration(camera))[1]).any()


def test_without_a_known_length_only_the_unseen_is_thrown_out() -> None:
    seen = observations(TIME_S, posed(THIGH))
    pixels = seen.pixels.copy()
    pixels[5, INDEX["left_ankle"], :2] += 300.0
    found = screened(replace(seen, pixels=pixels), replace(calibration(), leg_px=0.0))[1]
    assert not lost(found).any()


@pytest.mark.parametrize("gap", [0.0, 0.1, 0.4])
def test_feet_apart_grows_as_the_feet_do(gap: float) -> None:
    camera = Camera(yaw_deg=0.0)
    together = observations(TIME_S, posed(THIGH), camera=camera)
    apart = observations(TIME_S, posed(THIGH), camera=camera, gap_m=gap)
    found = screen.feet_apart(apart) - screen.feet_apart(together)
    np.testing.assert_allclose(found, gap, atol=1e-5)


def test_the_ball_is_passed_on_and_its_lack_is_no_broken_frame() -> None:
    seen = observations(TIME_S, posed(THIGH))
    ball = seen.ball + np.arange(len(seen), dtype=np.float32)[:, None]
    ball[30:] = np.nan
    rows = screened(replace(seen, ball=ball), calibration())[1]
    assert np.array_equal(rows[:, screen.BALL : screen.FEET], ball[:, :2], equal_nan=True)
    assert np.isfinite(rows[:, : screen.BALL]).all()


def test_nothing_gives_nothing() -> None:
    time_s, rows = screened(Observations.empty(), calibration())
    assert time_s.shape == (0,)
    assert rows.shape == (0, screen.COLUMNS)
    assert screen.finish(screen.State(calibration()))[1].shape == (0, screen.COLUMNS)


def test_what_was_seen_of_the_feet_is_passed_on() -> None:
    seen = observations(TIME_S, posed(THIGH))
    sole = np.arange(3.0 * len(seen), dtype=np.float32).reshape(-1, 3)
    sole[:50] = np.nan
    rows = screened(replace(seen, sole=sole), calibration())[1]
    assert np.array_equal(rows[:, screen.SOLE :], sole, equal_nan=True)
