"""Third stage: the angles of the body at each instant, from joints on the grid. No memory.

Definitions as in `docs/glossary.md`: elevations above the horizontal in the sagittal plane, 0 = parallel
to the floor; flexions 0 = straight. Limbs of the near side are measured; the far side, mostly hidden,
informs the difference between the legs only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formcheck.core import screen
from formcheck.core.view import View, to_plane

Floats = NDArray[np.float64]

SIGNALS = (
    "thigh_elevation_deg",
    "leg_elevation_deg",
    "trunk_elevation_deg",
    "hip_extension_deg",
    "knee_flexion_deg",
    "elbow_flexion_deg",
    "leg_difference_deg",
    "feet_apart_m",
    "toe_height_legs",
    "support_tail_legs",
    "hip_tail_legs",
)
"""What a row holds. `leg_difference_deg` is near minus far leg; `toe_height_legs` the lower of heel and toe
above the wrist, `support_tail_legs` and `hip_tail_legs` where wrist and hip are along the body, all three in
lengths of the near leg."""
THIGH, LEG, TRUNK, HIP, KNEE, ELBOW, DIFFERENCE, FEET, TOE, SUPPORT, HIP_TAIL = range(len(SIGNALS))


_FROM = np.array([screen.HIP, screen.HIP, screen.HIP, screen.FAR_HIP])
_TO = np.array([screen.KNEE, screen.ANKLE, screen.SHOULDER, screen.FAR_ANKLE])
_HEADWARD = np.array([1.0, 1.0, -1.0, 1.0])  # the trunk's angle is measured that way
_LIMBS = np.array([[screen.HIP, screen.KNEE, screen.ANKLE], [screen.SHOULDER, screen.ELBOW, screen.WRIST]])


@dataclass(frozen=True)
class State:
    """The view of the calibration."""

    view: View


def step(state: State, rows: Floats) -> tuple[State, Floats]:
    """Signals (m, len(SIGNALS)) of rows (m, screen.COLUMNS)."""
    joints = rows[:, :-1].reshape(len(rows), -1, 2)
    tail, up = to_plane(state.view, joints[..., 0], joints[..., 1])
    out = np.empty((len(rows), len(SIGNALS)))
    _elevations(out, tail, up)
    _flexions(out, tail, up)
    _places(out, tail, up)
    out[:, FEET] = rows[:, -1]
    return state, out


def finish(state: State) -> Floats:
    """Nothing is held back."""
    return np.zeros((0, len(SIGNALS)))


def _elevations(out: Floats, tail: Floats, up: Floats) -> None:
    along = (tail.take(_TO, axis=1) - tail.take(_FROM, axis=1)) * _HEADWARD
    elevation = np.degrees(np.arctan2(up.take(_TO, axis=1) - up.take(_FROM, axis=1), along))
    out[:, THIGH : TRUNK + 1] = elevation[:, :3]
    out[:, HIP] = out[:, THIGH] + out[:, TRUNK]
    out[:, DIFFERENCE] = out[:, LEG] - elevation[:, 3]


def _flexions(out: Floats, tail: Floats, up: Floats) -> None:
    """Angle between the limb's two segments, from their cross and scalar products.

    The knee has a sign (+ = heel up), so that noise about a straight knee does not read as bent; an elbow may
    point either way.
    """
    along, rise = np.diff(tail.take(_LIMBS, axis=1)), np.diff(up.take(_LIMBS, axis=1))  # (m, 2 limbs, 2)
    ax, bx, ay, by = along[..., 0], along[..., 1], rise[..., 0], rise[..., 1]
    out[:, KNEE : ELBOW + 1] = np.degrees(np.arctan2(ax * by - ay * bx, ax * bx + ay * by))
    np.abs(out[:, ELBOW], out=out[:, ELBOW])


def _places(out: Floats, tail: Floats, up: Floats) -> None:
    hip, ankle, wrist = screen.HIP, screen.ANKLE, screen.WRIST
    leg = np.hypot(tail[:, ankle] - tail[:, hip], up[:, ankle] - up[:, hip])
    lowest = np.minimum(up[:, screen.HEEL], up[:, screen.TOE])
    out[:, TOE] = (lowest - up[:, wrist]) / leg
    out[:, SUPPORT] = tail[:, wrist] / leg
    out[:, HIP_TAIL] = tail[:, hip] / leg
