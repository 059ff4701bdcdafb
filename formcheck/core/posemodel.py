"""How each pose model sees: where it puts its landmarks, and how far its numbers may be off.

Constants of the body are anthropometry; constants of a model say how far its landmarks lie from the joint
centres. Both are in lengths of the leg (hip over knee to ankle), so that they hold for every body and camera.
What was fitted on what, and what is left when whole bodies or cameras are left out: `docs/validation.md`.
"""

from __future__ import annotations

from dataclasses import dataclass

HALF_WIDTH = {
    "shoulder": 0.205,
    "elbow": 0.22,
    "wrist": 0.225,
    "hip": 0.12,
    "knee": 0.095,
    "ankle": 0.065,
    "heel": 0.065,
    "foot_index": 0.065,
}
"""How far a joint is from the middle plane of the body with the feet together: means over the true joints of
eight rendered bodies (shoulders 0.19 to 0.22, hands 0.20 to 0.27)."""
USUAL_PITCH_DEG = 4.5
"""Cameras stand a little higher than the body they look at."""
LAG_S = 0.02
"""What is seen trails the picture by so much: the smoothing of the pose model's video mode (0.013 to 0.032 s by
cross-correlation with the truth)."""


@dataclass(frozen=True)
class PoseModel:
    """Offsets in leg lengths (+ = towards the back), angles in degrees.

    hip, knee           the landmark lies so far off the joint's centre, across the leg
    shoulder            the same, across the trunk
    straight_elbow_deg  what a straight arm reads as
    hands_seen          how far the hands seem apart (truly 0.45): the hidden one is drawn to the near one
    depth_gain          world landmarks flatten depth; turns taken from them are multiplied by this
    hands_weight        weight of the hands in the yaw; the line from shoulder to knee has the rest
    pitch_share         how much of the pitch shown by the hands is believed; 0: none
    pitch_zero_deg      what is added to that share
    yaw_sd_deg, pitch_sd_deg  errors of both when whole bodies or cameras are left out
    sees_far_leg        whether the far leg is seen well enough to compare it with the near one
    gap_gain            metres between the feet for each leg length between the ankles; 0: cannot tell
    toe_zero_m, toe_sd_m  the toes' landmarks seem so far above the soles, and how much that varies
    sd                  standard deviation of each number of a rep by the model's own error
    """

    hip: float
    knee: float
    shoulder: float
    straight_elbow_deg: float
    hands_seen: float
    depth_gain: float
    hands_weight: float
    pitch_share: float
    pitch_zero_deg: float
    yaw_sd_deg: float
    pitch_sd_deg: float
    sees_far_leg: bool
    gap_gain: float
    toe_zero_m: float
    toe_sd_m: float
    sd: dict[str, float]


_NAMES = (
    "peak_thigh_elevation_deg",
    "hold_thigh_elevation_deg",
    "min_thigh_elevation_deg",
    "peak_leg_elevation_deg",
    "hold_leg_elevation_deg",
    "range_deg",
    "max_knee_flexion_deg",
    "max_elbow_flexion_deg",
)
_ANY = {
    "leg_difference_deg": 1.4,
    "feet_gap_m": 0.04,
    "overshoot_deg": 0.5,
    "oscillation_deg": 0.6,
    "touch_s": 0.2,
    "support_shift_m": 0.01,
    "ball_offset_m": 0.025,
    "lift_start_s": 0.06,
    "hold_start_s": 0.06,
    "lower_start_s": 0.13,
    "end_s": 0.13,
    "lift_s": 0.07,
    "hold_s": 0.14,
    "lower_s": 0.17,
}


def _sd(*values: float) -> dict[str, float]:
    return dict(zip(_NAMES, values, strict=True)) | _ANY


HEAVY = PoseModel(
    0.0224, 0.0090, 0.0077, 9.5, 0.346, 1.07, 1 / 2, 0.55, 1.87, 3.5, 2.2, True, 1.1, 0.057, 0.017,
    _sd(0.75, 0.72, 1.5, 0.63, 0.93, 0.77, 2.66, 6.5),
)  # fmt: skip
FULL = PoseModel(
    0.0104, 0.0059, -0.0036, 13.3, 0.331, 1.36, 2 / 3, 0.0, USUAL_PITCH_DEG, 5.0, 4.1, False, 0.0, 0.056, 0.023,
    _sd(1.86, 1.93, 2.01, 1.50, 1.48, 1.53, 3.12, 5.6),
)  # fmt: skip
LITE = PoseModel(
    0.0124, 0.0014, -0.0120, 16.5, 0.218, 1.64, 1 / 2, 0.0, USUAL_PITCH_DEG, 5.0, 4.1, False, 0.0, 0.075, 0.029,
    _sd(1.62, 1.55, 1.92, 1.49, 1.35, 1.66, 3.84, 10.3),
)  # fmt: skip
UNKNOWN = PoseModel(
    0.015, 0.005, 0.0, 13.0, 0.3, 1.36, 1 / 2, 0.0, USUAL_PITCH_DEG, 6.0, 4.5, False, 0.0, 0.06, 0.04,
    _sd(2.5, 2.5, 2.5, 2.0, 2.0, 2.0, 4.5, 11.0),
)  # fmt: skip
"""A model nobody has measured: the middle of the known ones, with wider bands."""

MODELS = {"heavy": HEAVY, "full": FULL, "lite": LITE}


def named(name: str) -> PoseModel:
    """The constants of a model by name; those of `UNKNOWN` for a user's own."""
    return MODELS.get(name, UNKNOWN)
