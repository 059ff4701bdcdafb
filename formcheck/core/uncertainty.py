"""How far the numbers of a rep may be off: half the 95 % band of each.

Three causes that are independent of each other: the pose model's own error (`docs/validation.md`), the
camera's roll, and its yaw, as far as they are not known. Only what each cause touches grows by it.
"""

from __future__ import annotations

from formcheck.data.recording import Calibration

NORMAL_95 = 1.96

MODEL_SD = {
    "peak_thigh_elevation_deg": 1.8,
    "hold_thigh_elevation_deg": 1.8,
    "min_thigh_elevation_deg": 2.0,
    "peak_leg_elevation_deg": 1.2,
    "hold_leg_elevation_deg": 1.2,
    "range_deg": 1.5,
    "max_knee_flexion_deg": 2.5,
    "max_elbow_flexion_deg": 6.0,
    "leg_difference_deg": 2.0,
    "feet_gap_m": 0.08,
    "overshoot_deg": 0.6,
    "oscillation_deg": 0.8,
    "lift_start_s": 0.06,
    "hold_start_s": 0.06,
    "lower_start_s": 0.13,
    "end_s": 0.13,
    "lift_s": 0.07,
    "hold_s": 0.14,
    "lower_s": 0.17,
}
"""Standard deviation by the model's own error, over whole reps of the samples."""
ELEVATIONS = (
    "peak_thigh_elevation_deg",
    "hold_thigh_elevation_deg",
    "min_thigh_elevation_deg",
    "peak_leg_elevation_deg",
    "hold_leg_elevation_deg",
)
ROLL_UNKNOWN_SD = 2.5
"""Webcams put up by eye stand within some 5 degrees of level."""
YAW_SHARE = 0.06
"""An elevation seen from a camera up to 20 degrees off the side is off by up to this share of itself."""


def half_bands(numbers: dict[str, float], calibration: Calibration) -> dict[str, float]:
    """Half the 95 % band for each number that has one, in its own unit."""
    known = calibration.roll_sd_deg if calibration.roll_deg is not None else None
    roll = ROLL_UNKNOWN_SD if known is None else known
    bands = {}
    for name, sd in MODEL_SD.items():
        variance = sd * sd
        if name in ELEVATIONS:
            variance += roll * roll
        if name in ELEVATIONS and calibration.yaw_deg is None:
            variance += (YAW_SHARE * numbers.get(name, 0.0)) ** 2
        bands[name] = NORMAL_95 * variance**0.5
    return bands
