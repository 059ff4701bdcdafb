"""How far the numbers of a rep may be off: half the 95 % band of each.

Causes that are independent of each other: the pose model's own error, the camera's roll, its pitch (which tilts
what is seen the more, the farther the camera is off the side), its yaw (which stretches elevations) and
its lens. Only what a cause touches grows by it. Where the roll alone may tilt the floor by more than `LEVEL_BAND_DEG`,
nothing that is measured against the floor is told.
"""

from __future__ import annotations

from math import hypot, nan, radians, sin, sqrt, tan

from formcheck.core.posemodel import PoseModel
from formcheck.data.recording import Calibration, Source

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

LEVEL_BAND_DEG = 4.0
"""Half a 95 % band of the roll beyond which no elevation is judged: parallel is told to 5 degrees."""
ON_FLOOR = (*ELEVATIONS, "toe_clearance_m", "touch_s")
"""What is measured against the floor."""

COARSE_BITS = 0.002
"""Bits for each pixel of each picture below which a coder leaves out small movements and draws large ones in steps.
Drawn rooms without any noise, which need least of all, have 0.0035 and more in the samples, filmed ones 0.03."""
SMEARED = (
    *ELEVATIONS,
    *("range_deg", "max_knee_flexion_deg", "max_elbow_flexion_deg", "leg_difference_deg", "feet_gap_m"),
    *("overshoot_deg", "oscillation_deg", "toe_clearance_m", "touch_s", "lift_s", "hold_s", "lower_s"),
)
"""What is measured of limbs that move."""

OBLIQUE_DEG = 40.0
"""From so far off the side view on, angles are not told: corrections hold to 30 degrees, known to some 4."""


def half_bands(
    numbers: dict[str, float], calibration: Calibration, model: PoseModel, source: Source | None = None
) -> dict[str, float]:
    """Half the 95 % band for each number that has one, in its own unit; of moving limbs none where they are smeared."""
    bands = {name: NORMAL_95 * sd for name, sd in model.sd.items()}
    tilt, stretch = _camera(calibration, model)
    for name in ELEVATIONS:
        sd, stretched = model.sd[name], stretch * numbers.get(name, 0.0)
        bands[name] = NORMAL_95 * sqrt(sd * sd + tilt + stretched * stretched)
    bands["toe_clearance_m"] = NORMAL_95 * model.toe_sd_m
    if abs(calibration.yaw_deg or 0.0) > OBLIQUE_DEG:
        bands |= {name: nan for name in bands if name.endswith("_deg")}
    if not level_known(calibration):
        bands |= dict.fromkeys(ON_FLOOR, nan)
    if source is not None and smeared(source):
        bands |= dict.fromkeys(SMEARED, nan)
    return bands


def smeared(source: Source) -> bool:
    """Whether a video has so few bits that nothing is judged of what moves."""
    return 0 < source.bits < COARSE_BITS


def level_known(calibration: Calibration) -> bool:
    """Whether the roll is known well enough to judge what is measured against the floor."""
    return NORMAL_95 * roll_sd_deg(calibration) <= LEVEL_BAND_DEG


def roll_sd_deg(calibration: Calibration) -> float:
    """One standard deviation of the roll; that of cameras put up by eye where nothing tells it."""
    return ROLL_UNKNOWN_SD_DEG if calibration.roll_sd_deg is None else calibration.roll_sd_deg


def tilt_sd_deg(calibration: Calibration, pitch_sd_deg: float = 0.0) -> float:
    """What the pitch's error, `pitch_sd_deg` where the calibration has none, makes of an elevation: one sd, degrees."""
    pitch_sd = pitch_sd_deg if calibration.pitch_sd_deg is None else calibration.pitch_sd_deg
    return abs(pitch_sd * sin(radians(calibration.yaw_deg or 0.0)))


def _camera(calibration: Calibration, model: PoseModel) -> tuple[float, float]:
    """What is not known of the camera: variance of any elevation, and deviation for each degree of it."""
    roll = roll_sd_deg(calibration)
    yaw = radians(calibration.yaw_deg or 0.0)
    yaw_sd = radians(model.yaw_sd_deg if calibration.yaw_sd_deg is None else calibration.yaw_sd_deg)
    tilt = roll * roll + tilt_sd_deg(calibration, model.pitch_sd_deg) ** 2 + calibration.lens_sd_deg**2
    stretch = tan(yaw) * yaw_sd
    return tilt, hypot(stretch, calibration.lens_stretch) if calibration.lens_stretch else stretch
