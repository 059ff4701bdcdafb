"""How far the numbers of a rep may be off: half the 95 % band of each.

Causes that are independent of each other: the pose model's own error, the camera's roll, its pitch (which tilts
what is seen the more, the farther the camera is off the side) and its yaw (which stretches elevations). Only
what a cause touches grows by it.
"""

from __future__ import annotations

from math import nan, radians, sin, sqrt, tan

from formcheck.core.posemodel import PoseModel
from formcheck.data.recording import Calibration

NORMAL_95 = 1.96

ELEVATIONS = (
    "peak_thigh_elevation_deg",
    "hold_thigh_elevation_deg",
    "min_thigh_elevation_deg",
    "peak_leg_elevation_deg",
    "hold_leg_elevation_deg",
)
ROLL_UNKNOWN_SD_DEG = 2.5
"""Webcams put up by eye stand within some 5 degrees of level."""

OBLIQUE_DEG = 40.0
"""From so far off the side view on, angles are not told: corrections hold to 30 degrees, known to some 4."""


def half_bands(numbers: dict[str, float], calibration: Calibration, model: PoseModel) -> dict[str, float]:
    """Half the 95 % band for each number that has one, in its own unit."""
    bands = {name: NORMAL_95 * sd for name, sd in model.sd.items()}
    tilt, stretch = _camera(calibration, model)
    for name in ELEVATIONS:
        sd, stretched = model.sd[name], stretch * numbers.get(name, 0.0)
        bands[name] = NORMAL_95 * sqrt(sd * sd + tilt + stretched * stretched)
    bands["toe_clearance_m"] = NORMAL_95 * model.toe_sd_m
    if abs(calibration.yaw_deg or 0.0) > OBLIQUE_DEG:
        bands |= {name: nan for name in bands if name.endswith("_deg")}
    return bands


def _camera(calibration: Calibration, model: PoseModel) -> tuple[float, float]:
    """What is not known of the camera: variance of any elevation, and deviation for each degree of it."""
    roll = ROLL_UNKNOWN_SD_DEG if calibration.roll_sd_deg is None else calibration.roll_sd_deg
    yaw = radians(calibration.yaw_deg or 0.0)
    yaw_sd = radians(model.yaw_sd_deg if calibration.yaw_sd_deg is None else calibration.yaw_sd_deg)
    pitch_sd = model.pitch_sd_deg if calibration.pitch_sd_deg is None else calibration.pitch_sd_deg
    return roll * roll + (pitch_sd * sin(yaw)) ** 2, tan(yaw) * yaw_sd
