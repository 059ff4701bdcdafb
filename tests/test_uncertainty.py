"""How wide the bands are, and what widens them."""

from __future__ import annotations

import math
from dataclasses import replace

from formcheck.core.posemodel import HEAVY, LITE
from formcheck.core.uncertainty import ELEVATIONS, ON_FLOOR, half_bands
from formcheck.data.recording import Calibration

LEVEL = Calibration(roll_deg=0.0, roll_sd_deg=0.5, yaw_deg=0.0, yaw_sd_deg=3.0, pitch_deg=4.0, pitch_sd_deg=2.0)
NUMBERS = dict.fromkeys(ELEVATIONS, 10.0)


def test_a_band_is_the_95_per_cent_of_independent_causes() -> None:
    band = half_bands(NUMBERS, LEVEL, HEAVY)["peak_thigh_elevation_deg"]
    assert math.isclose(band, 1.96 * math.hypot(HEAVY.sd["peak_thigh_elevation_deg"], 0.5))


def test_an_unsure_roll_widens_elevations_only() -> None:
    known, unknown = (half_bands(NUMBERS, c, HEAVY) for c in (LEVEL, replace(LEVEL, roll_sd_deg=1.9)))
    wider = {name for name in known if unknown[name] > known[name]}
    assert wider == set(ELEVATIONS)


def test_an_unknown_roll_leaves_heights_untold() -> None:
    bands = half_bands(NUMBERS, replace(LEVEL, roll_deg=None, roll_sd_deg=None), HEAVY)
    assert {name for name, band in bands.items() if math.isnan(band)} == set(ON_FLOOR)


def test_a_camera_off_the_side_widens_elevations() -> None:
    side, off = (half_bands(NUMBERS, replace(LEVEL, yaw_deg=yaw), HEAVY) for yaw in (0.0, -30.0))
    tilt = 2.0 * math.sin(math.radians(30))
    stretch = 10.0 * math.tan(math.radians(30)) * math.radians(3.0)
    sd = HEAVY.sd["peak_leg_elevation_deg"]
    assert math.isclose(off["peak_leg_elevation_deg"], 1.96 * math.hypot(sd, 0.5, tilt, stretch))
    assert off["hold_s"] == side["hold_s"]


def test_angles_from_far_off_the_side_are_not_told() -> None:
    bands = half_bands(NUMBERS, replace(LEVEL, yaw_deg=55.0), HEAVY)
    assert all(math.isnan(band) for name, band in bands.items() if name.endswith("_deg"))
    assert all(math.isfinite(band) for name, band in bands.items() if name.endswith("_s"))


def test_a_weaker_model_is_less_sure() -> None:
    heavy, lite = (half_bands(NUMBERS, LEVEL, model) for model in (HEAVY, LITE))
    assert all(lite[name] >= heavy[name] for name in heavy)
