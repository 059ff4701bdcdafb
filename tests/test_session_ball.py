"""The chain as a whole where there is a ball: where it lies, whether it rolls, where the floor is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from figure import BALL_M, FLOOR_UP_M, LEG_M, Camera, body, posed
from judged import names, reps_of
from movements import Rep, instants, movement
from synthetic import MODEL, calibration, observations, source

from formcheck.core.posemodel import named
from formcheck.data.observations import Floats
from formcheck.data.recording import Recording

LOW = Rep(low_deg=-15.0)


def on_a_ball(reps: Sequence[Rep], camera: Camera, ball_tail_m: Floats | float = BALL_M[0]) -> Recording:
    """A body as broad as people are on a ball whose centre is at `ball_tail_m` (n,) or for good; lengths known."""
    curve, _, stop = movement(reps)
    t = instants(stop + 1.0, 30.0)
    seen = observations(t, posed(curve(t)), camera=camera, broad=True)
    tails = np.broadcast_to(ball_tail_m, t.shape)
    places = {tail: camera.outline((tail, *BALL_M[1:])) for tail in set(tails.tolist())}
    ball = np.array([places[tail] for tail in tails.tolist()], np.float32)
    usual = tuple(float(value) for value in np.median(ball, axis=0))
    known = replace(calibration(camera), leg_plane=LEG_M / camera.to_plane_m, ball_px=usual)
    return Recording(replace(seen, ball=ball), known, source(camera), MODEL)


BALL_CAMERAS = [
    Camera(aim_up_m=0.3),
    Camera(facing="right", roll_deg=5.0, yaw_deg=18.0, pitch_deg=8.0, aim_up_m=0.3),
]


@pytest.mark.parametrize("camera", BALL_CAMERAS)
@pytest.mark.parametrize("tail_m", [-0.2, 0.05, 0.25])
def test_where_the_ball_lies(camera: Camera, tail_m: float) -> None:
    """Positive is towards the head; hips are at tail 0. Too low on the thighs is told as such."""
    for rep in reps_of(on_a_ball([LOW] * 2, camera, tail_m)):
        # lengths are taken for those of a usual leg, and the hip's landmark turns with the leg a little
        assert rep.numbers["ball_offset_m"] == pytest.approx(-tail_m * 0.8 / LEG_M, abs=0.02)
        assert ("ball-misplaced" in names(rep)) == (abs(tail_m) > 0.15)
        assert rep.numbers["support_shift_m"] < 0.01
        assert "unstable-support" not in names(rep)


@pytest.mark.parametrize("camera", BALL_CAMERAS)
def test_a_ball_that_rolls_is_unstable(camera: Camera) -> None:
    t = instants(movement([LOW])[2] + 1.0, 30.0)
    (rep,) = reps_of(on_a_ball([LOW], camera, np.where(t < 4.0, -0.06, 0.06)))
    assert rep.numbers["support_shift_m"] == pytest.approx(0.12 * 0.8 / LEG_M, abs=0.015)
    assert "unstable-support" in names(rep)


@pytest.mark.parametrize("camera", BALL_CAMERAS)
def test_toes_well_above_the_floor_do_not_touch(camera: Camera) -> None:
    """The lowest landmark of a foot, above the floor on which the ball lies."""
    made = on_a_ball([LOW] * 2, camera)
    curve, _, stop = movement([LOW] * 2)
    lowest = body(posed(curve(np.array([stop]))), 0.0)["foot_index"][0, 1] - FLOOR_UP_M
    for rep in reps_of(made):
        soles = lowest * 0.8 / LEG_M - named(MODEL).toe_zero_m
        assert rep.numbers["toe_clearance_m"] == pytest.approx(soles, abs=0.015)
        assert rep.numbers["touch_s"] == 0.0
        assert "toe-touch" not in rep.not_assessable
    for rep in reps_of(made.with_calibration(replace(made.calibration, ball_px=None))):
        assert np.isnan(rep.numbers["touch_s"])
        assert "toe-touch" in rep.not_assessable
