"""The roll from room and body: whose word stands, and what is said where they do not agree."""

from __future__ import annotations

import math
from dataclasses import replace

import figure
import numpy as np
import pytest
from figure import Camera, posed
from movements import Rep, instants, movement
from synthetic import MODEL, observations, source

from formcheck.core.calibrate import calibrate
from formcheck.core.posemodel import HEAVY
from formcheck.core.roll import LEAST_SD_DEG, find_roll
from formcheck.core.uncertainty import ON_FLOOR, half_bands, level_known
from formcheck.data.landmarks import INDEX
from formcheck.data.recording import Calibration, Recording, Room
from formcheck.rules.remarks import remarked
from formcheck.session import judge_recording


@pytest.fixture(autouse=True)
def hands_on_the_floor(monkeypatch):
    monkeypatch.setattr(figure, "ARM_DEG", 75.0)  # wrists are 9 cm above the floor, as when the palms are on it


CURVE, _, STOP = movement((Rep(), Rep()))
TIME_S = instants(STOP, 15.0)
BODY = (0.5, LEAST_SD_DEG)


def room(deg, sd):
    return Room(roll_deg=deg, roll_sd_deg=sd)


def test_nothing_tells_nothing():
    assert find_roll(Room(), None) is None


def test_without_a_body_the_room_is_believed():
    assert find_roll(room(4.0, 3.0), None) == (4.0, 3.0)


def test_a_sure_room_stands_where_the_body_agrees():
    assert find_roll(room(2.0, 0.5), BODY) == (2.0, 0.5)


def test_without_a_room_the_body_is_believed():
    assert find_roll(Room(), (2.0, 2.0)) == (2.0, 2.0)


def test_an_unsure_room_is_helped_by_the_body():
    deg, sd = find_roll(room(3.0, 3.0), BODY)
    assert 0.5 < deg < 3.0
    assert sd < LEAST_SD_DEG


@pytest.mark.parametrize("turn", [8.0, -8.0, 12.0])
def test_where_they_disagree_the_band_covers_both(turn):
    deg, sd = find_roll(room(0.5 + turn, 0.5), BODY)
    assert abs(deg - 0.5) <= 1.96 * sd
    assert abs(deg - 0.5 - turn) <= 1.96 * sd
    assert not level_known(Calibration(roll_deg=deg, roll_sd_deg=sd))


def test_more_disagreement_is_never_surer():
    sds = [find_roll(room(0.5 + turn, 0.5), BODY)[1] for turn in np.arange(0.0, 20.0, 0.25)]
    assert (np.diff(sds) >= -0.05).all()


@pytest.mark.parametrize("yaw", [-20.0, 0.0, 20.0])
@pytest.mark.parametrize("roll", [-4.0, 0.0, 4.0])
@pytest.mark.parametrize("facing", ["left", "right"])
def test_the_body_alone_tells_the_roll_within_its_band(facing, roll, yaw):
    camera = Camera(facing=facing, roll_deg=roll, yaw_deg=yaw)
    seen = observations(TIME_S, posed(CURVE(TIME_S)), camera=camera, side=facing, broad=True, noise_px=1.0)
    found = calibrate(seen, source(camera), MODEL)
    assert found.roll_sd_deg is not None
    assert abs(found.roll_deg - roll) <= 1.96 * found.roll_sd_deg


def test_a_room_that_the_body_gainsays_is_not_believed():
    seen = observations(TIME_S, posed(CURVE(TIME_S)), noise_px=1.0, broad=True)
    recording = Recording(seen, calibrate(seen, source(), MODEL, room(-9.0, 0.5)), source(), MODEL)
    result = remarked(judge_recording(recording))
    assert result.reps
    assert all({"hyperextension", "incomplete-lift"} <= set(rep.not_assessable) for rep in result.reps)
    assert any("--roll DEG" in warning for warning in result.warnings)
    level = remarked(judge_recording(recording.with_calibration(calibrate(seen, source(), MODEL, room(0.0, 0.5)))))
    assert not any({"hyperextension", "incomplete-lift"} <= set(rep.not_assessable) for rep in level.reps)
    assert not any("--roll DEG" in warning for warning in level.warnings)


def test_hands_that_do_not_stand_on_the_floor_tell_no_level():
    seen = observations(TIME_S, posed(CURVE(TIME_S)), broad=True)
    pixels = seen.pixels.copy()
    pixels[:, [INDEX["left_wrist"], INDEX["right_wrist"]], 1] -= 60
    found = calibrate(replace(seen, pixels=pixels), source(), MODEL)
    assert (found.roll_deg, found.roll_sd_deg) == (None, None)


def test_a_level_unknown_leaves_open_what_is_measured_against_the_floor():
    known = Calibration(roll_deg=0.0, roll_sd_deg=2.0, yaw_deg=0.0)
    numbers = dict.fromkeys(ON_FLOOR, 1.0)
    unknown = replace(known, roll_sd_deg=2.1)
    sure, unsure = (half_bands(numbers, each, HEAVY) for each in (known, unknown))
    assert {name for name in sure if math.isnan(unsure.get(name, math.nan)) and name in ON_FLOOR} == set(ON_FLOOR)
    assert all(math.isfinite(sure[name]) for name in ON_FLOOR if name in HEAVY.sd)
    assert {name: band for name, band in sure.items() if name not in ON_FLOOR} == {
        name: band for name, band in unsure.items() if name not in ON_FLOOR
    }
