"""One rep of known measures and what is said of it."""

from __future__ import annotations

import math

import numpy as np

from formcheck.data.result import Finding
from formcheck.rules import Limits, catalogue, judge

NAMES = [each.name for each in catalogue()]
FAULTS = {
    "hyperextension", "incomplete-lift", "bent-knees", "swinging", "fast-descent", "short-hold", "toe-touch",
    "incomplete-lowering", "uneven-legs", "legs-apart", "bent-elbows", "unstable-support", "ball-misplaced",
}  # fmt: skip
GOOD = {
    "lift_s": 1.0, "hold_s": 3.0, "lower_s": 3.5, "peak_thigh_elevation_deg": 1.0,
    "hold_thigh_elevation_deg": 0.0, "max_knee_flexion_deg": 6.0, "max_elbow_flexion_deg": 8.0,
    "leg_difference_deg": 1.0, "feet_gap_m": 0.02, "touch_s": 0.0, "toe_clearance_m": 0.03,
    "overshoot_deg": 0.5, "oscillation_deg": 0.8, "support_shift_m": 0.01, "ball_offset_m": 0.0,
    "lift_start_s": 2.0, "hold_start_s": 3.0, "lower_start_s": 6.0, "end_s": 9.5, "peak_s": 3.2,
    "knee_s": 4.0, "elbow_s": 4.1, "difference_s": 4.2, "touch_start_s": math.nan,
}  # fmt: skip


def band_of(name: str) -> float:
    return 1.0 if name.endswith("_deg") else 0.05 if name.endswith("_s") else 0.01


def one(
    changes: dict[str, float] | None = None,
    bands: dict[str, float] | None = None,
    limits: Limits | None = None,
):
    columns = {name: np.array([value]) for name, value in (GOOD | (changes or {})).items()}
    uncertainty = {name: np.array([band_of(name)]) for name in columns}
    uncertainty.update({name: np.array([value]) for name, value in (bands or {}).items()})
    return judge(columns, uncertainty, limits or Limits())[0]


def names(faults: tuple[Finding, ...]) -> list[str]:
    return [fault.name for fault in faults]
