"""A roll is told only as surely as it is known: rooms with things in them that are neither level nor plumb."""

from __future__ import annotations

import pytest
from rooms import THINGS, Camera, bare, chair, drawn, mat, shadow, trestle, walls

from formcheck.core.uncertainty import LEVEL_BAND_DEG, NORMAL_95
from formcheck.inputs.lines import stand

CLOSE_DEG = 1.0


def off(camera, lines):
    """How far the found roll is off, and half its 95 % band."""
    found = stand(drawn(camera, lines))
    assert found is not None
    return abs(found.roll_deg - camera.roll), NORMAL_95 * found.roll_sd_deg


@pytest.mark.parametrize("roll", [0.0, 5.0, -8.0])
@pytest.mark.parametrize("thing", THINGS)
def test_the_roll_is_close_or_its_band_covers_it(thing, roll):
    error, band = off(Camera(roll, yaw=0.0 if roll == 0 else 8.0), walls() + THINGS[thing]())
    assert error <= max(CLOSE_DEG, band)


@pytest.mark.parametrize("thing", THINGS)
def test_things_that_lean_do_not_turn_a_level_room(thing):
    error, _ = off(Camera(), walls() + THINGS[thing]())
    assert error < CLOSE_DEG


@pytest.mark.parametrize("thing", ["chair", "shadow", "trestle"])
def test_where_more_leans_than_stands_level_is_not_known(thing):
    error, band = off(Camera(), bare() + THINGS[thing]())
    assert error <= band
    assert band > LEVEL_BAND_DEG


def test_where_all_lean_level_is_not_known():
    error, band = off(Camera(), walls() + chair() + shadow() + mat() + trestle())
    assert error <= band
    assert band > LEVEL_BAND_DEG


@pytest.mark.parametrize("roll", [-8.0, -3.0, 0.0, 5.0, 9.0])
def test_a_plain_room_tells_any_roll(roll):
    error, band = off(Camera(roll, yaw=8.0), walls())
    assert error < 0.5
    assert band < 2.0
