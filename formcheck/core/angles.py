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


@dataclass(frozen=True)
class State:
    """The view of the calibration."""

    view: View


def step(state: State, rows: Floats) -> tuple[State, Floats]:
    """Signals (m, len(SIGNALS)) of rows (m, screen.COLUMNS)."""
    joints = rows[:, :-1].reshape(len(rows), 2, len(screen.JOINTS), 3)
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
    ends = [screen.KNEE, screen.ANKLE, screen.SHOULDER]
    across = tail[:, 0, ends] - tail[:, 0, screen.HIP, None]
    rise = up[:, 0, ends] - up[:, 0, screen.HIP, None]
    across[:, 2] *= -1.0  # the trunk is measured headward
    out[:, :3] = np.degrees(np.arctan2(rise, across))
    out[:, HIP] = out[:, THIGH] + out[:, TRUNK]
    far = np.arctan2(
        up[:, 1, screen.ANKLE] - up[:, 1, screen.HIP], tail[:, 1, screen.ANKLE] - tail[:, 1, screen.HIP]
    )
    out[:, DIFFERENCE] = out[:, LEG] - np.degrees(far)


def _flexions(out: Floats, tail: Floats, up: Floats) -> None:
    """Angle between the limb's two segments, from their cross and scalar products.

    The knee has a sign (+ = heel up), so that noise about a straight knee does not read as bent; an elbow may
    point either way.
    """
    first, middle, last = [screen.HIP, screen.SHOULDER], [screen.KNEE, screen.ELBOW], [screen.ANKLE, screen.WRIST]
    ax, ay = tail[:, 0, middle] - tail[:, 0, first], up[:, 0, middle] - up[:, 0, first]
    bx, by = tail[:, 0, last] - tail[:, 0, middle], up[:, 0, last] - up[:, 0, middle]
    out[:, KNEE : ELBOW + 1] = np.degrees(np.arctan2(ax * by - ay * bx, ax * bx + ay * by))
    out[:, ELBOW] = np.abs(out[:, ELBOW])


def _places(out: Floats, tail: Floats, up: Floats) -> None:
    leg = np.hypot(
        tail[:, 0, screen.ANKLE] - tail[:, 0, screen.HIP], up[:, 0, screen.ANKLE] - up[:, 0, screen.HIP]
    )
    lowest = np.minimum(up[:, 0, screen.HEEL], up[:, 0, screen.TOE])
    out[:, TOE] = (lowest - up[:, 0, screen.WRIST]) / leg
    out[:, SUPPORT] = tail[:, 0, screen.WRIST] / leg
    out[:, HIP_TAIL] = tail[:, 0, screen.HIP] / leg
