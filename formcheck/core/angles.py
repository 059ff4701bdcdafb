"""Third stage: the angles of the body at each instant, from joints on the grid. No memory.

Definitions as in `docs/glossary.md`: elevations above the horizontal in the sagittal plane, 0 = parallel
to the floor; flexions 0 = straight. Limbs of the near side are measured, moved along their rays into the
middle plane of the body and from where the pose model sees them to the joint centres. The far leg, mostly
hidden, informs the difference between the legs only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formcheck.core import screen
from formcheck.core.posemodel import HALF_WIDTH, PoseModel
from formcheck.core.view import View, to_plane
from formcheck.data.result import ANGLES

Floats = NDArray[np.float64]

SIGNALS = (
    *ANGLES,
    "leg_difference_deg",
    "feet_apart_m",
    "toe_height_legs",
    "support_tail_legs",
    "hip_tail_legs",
    "ball_tail_legs",
    "sole_height_legs",
    "far_leg_elevation_deg",
    "far_leg_size",
    "hip_up_legs",
    "hand_up_legs",
    "foot_turn",
)
"""What a row holds. `leg_difference_deg` is near minus far leg; `toe_height_legs` the lower of heel and toe above the
floor on which the ball lies; `support_tail_legs`, `hip_tail_legs` and `ball_tail_legs` where wrist, hip and ball are
along the body; `sole_height_legs` the feet's lower edge above the floor, where it was looked at; these in lengths of
the near leg.

The others only tell which exercise it is and are not smoothed: the far leg's elevation and how long it seems beside the
near one, hip to ankle; how high hip and wrist are, in lengths of the leg; `foot_turn` is the sine of the angle from
the near shank to the foot (heel to toe), negative where the toes point to the side of the belly."""
THIGH, LEG, TRUNK, HIP, KNEE, ELBOW, DIFFERENCE, FEET, TOE, SUPPORT, HIP_TAIL, BALL, SOLE = range(13)
FAR_LEG, FAR_SIZE, HIP_UP, HAND_UP, FOOT_TURN = range(13, len(SIGNALS))
SMOOTHED = 13
"""So many of the first are smoothed."""

STRAIGHT_ELBOW_DEG = 3.0
"""A straight arm is bent by so much: its three joint centres are not on one line."""
ELBOW_OUTWARD, ELBOW_TURN_DEG = 0.6, 20.0
"""An elbow bends partly outwards: seen from the side a truly bent one shows 1 / 1.6 of its flexion."""
ELBOW_SLACK_DEG = 12.0
"""An elbow bends only as far as shoulder and hand come closer, with so much left for noise in the lengths."""
FAR_LEG_DEG, FAR_LEG_LENGTH = 25.0, 0.2
"""A far leg that differs more in direction, or by this share in length, was not found."""
BALL_S_FLOOR = 0.3
"""How much the floor under the ball counts for the height of the feet, beside the shadow under them: as its variance
against that of the shadow: 1.2 and 0.8 cm from clip to clip."""
LEGS_TOGETHER_DEG = 4.0
"""Legs that seem to differ by less are together; what is beyond is shared by both."""

_FROM = np.array([screen.HIP, screen.HIP, screen.HIP])
_TO = np.array([screen.KNEE, screen.ANKLE, screen.SHOULDER])
_HEADWARD = np.array([1.0, 1.0, -1.0])  # the trunk's angle is measured that way
_SEGMENTS_FROM = np.array([[screen.HIP, screen.KNEE], [screen.SHOULDER, screen.ELBOW], [screen.KNEE, screen.HEEL]])
_SEGMENTS_TO = np.array([[screen.KNEE, screen.ANKLE], [screen.ELBOW, screen.WRIST], [screen.ANKLE, screen.TOE]])
_HIPS, _ANKLES = np.array([screen.HIP, screen.FAR_HIP]), np.array([screen.ANKLE, screen.FAR_ANKLE])
_OUTWARD = np.array([-HALF_WIDTH[j] for j in screen.NEAR] + [HALF_WIDTH[j] for j in screen.FAR] + [0.0])


@dataclass(frozen=True)
class State:
    """What the calibration says: view, model, lengths of leg and arm in plane units, the knee's bias
    (deg), and how high the floor is in the plane (nan where no ball shows it)."""

    view: View
    model: PoseModel
    leg: float = 0.0
    arm: float = 0.0
    knee_bias_deg: float = 0.0
    floor: float = np.nan


def step(state: State, rows: Floats) -> tuple[State, Floats]:
    """Signals (m, len(SIGNALS)) of rows (m, screen.COLUMNS)."""
    points = rows[:, : screen.FEET].reshape(len(rows), screen.JOINTS + 1, 2)  # the joints and the ball
    tail, up = to_plane(state.view, points[..., 0], points[..., 1])
    to_centre = 1.0 + _OUTWARD * state.leg
    tail *= to_centre
    up *= to_centre
    out = np.empty((len(rows), len(SIGNALS)))
    out[:, FEET] = rows[:, screen.FEET]
    ball = tail[:, screen.JOINTS]
    _difference(out, tail, up, state.model)
    _to_joints(tail, up, state)
    _elevations(out, tail, up)
    _flexions(out, tail, up, state)
    _places(out, tail, up, ball, state)
    out[:, SOLE] = _sole_height(rows[:, screen.SOLE :], state)
    return state, out


def finish(state: State) -> Floats:
    """Nothing is held back."""
    return np.zeros((0, len(SIGNALS)))


def both_legs(signals: Floats) -> Floats:
    """Smoothed signals with the elevations of the mean of both legs, where these surely differ; changes them."""
    apart = signals[:, DIFFERENCE]
    surely = np.abs(apart) > LEGS_TOGETHER_DEG
    if surely.any():
        shared = np.where(surely, apart - np.copysign(LEGS_TOGETHER_DEG, apart), 0.0) / 2
        for column in (THIGH, LEG, HIP):
            signals[:, column] -= shared
    return signals


def _difference(out: Floats, tail: Floats, up: Floats, model: PoseModel) -> None:
    """The far leg, and near minus far: not-a-number where the far one was not found, or the model never sees it."""
    across = tail.take(_ANKLES, axis=1) - tail.take(_HIPS, axis=1)
    rise = up.take(_ANKLES, axis=1) - up.take(_HIPS, axis=1)
    elevation = np.degrees(np.arctan2(rise, across))
    length = np.hypot(across, rise)
    out[:, FAR_LEG] = elevation[:, 1]
    out[:, FAR_SIZE] = length[:, 1] / length[:, 0]
    if not model.sees_far_leg:
        out[:, DIFFERENCE] = np.nan
        return
    apart = elevation[:, 0] - elevation[:, 1]
    found = (np.abs(apart) < FAR_LEG_DEG) & (np.abs(out[:, FAR_SIZE] - 1.0) < FAR_LEG_LENGTH)
    out[:, DIFFERENCE] = np.where(found, apart, np.nan)


def _to_joints(tail: Floats, up: Floats, state: State) -> None:
    """Move the near landmarks to the joint centres, across leg and trunk, towards the belly."""
    model, hip, shoulder = state.model, screen.HIP, screen.SHOULDER
    along, rise = tail[:, screen.ANKLE] - tail[:, hip], up[:, screen.ANKLE] - up[:, hip]
    unit = state.leg / np.hypot(along, rise)
    offsets = np.array([model.hip, model.knee])
    tail[:, hip : screen.KNEE + 1] += (rise * unit)[:, None] * offsets
    up[:, hip : screen.KNEE + 1] -= (along * unit)[:, None] * offsets
    along, rise = tail[:, hip] - tail[:, shoulder], up[:, hip] - up[:, shoulder]
    unit = state.leg / np.hypot(along, rise) * model.shoulder
    tail[:, shoulder] += rise * unit
    up[:, shoulder] -= along * unit


def _elevations(out: Floats, tail: Floats, up: Floats) -> None:
    along = (tail.take(_TO, axis=1) - tail.take(_FROM, axis=1)) * _HEADWARD
    out[:, THIGH : TRUNK + 1] = np.degrees(np.arctan2(up.take(_TO, axis=1) - up.take(_FROM, axis=1), along))


def _flexions(out: Floats, tail: Floats, up: Floats, state: State) -> None:
    """Angle between a limb's two segments, from their cross and scalar products; and the foot's with its shank.

    Both have a sign, so that noise about a straight limb does not read as bent. Half of the knee's bias is the
    thigh's.
    """
    along = tail.take(_SEGMENTS_TO, axis=1) - tail.take(_SEGMENTS_FROM, axis=1)  # (m, 3 limbs, 2 segments)
    rise = up.take(_SEGMENTS_TO, axis=1) - up.take(_SEGMENTS_FROM, axis=1)
    ax, bx, ay, by = along[..., 0], along[..., 1], rise[..., 0], rise[..., 1]
    turned = np.arctan2(ax * by - ay * bx, ax * bx + ay * by)
    out[:, FOOT_TURN] = np.sin(turned[:, 2])
    flexion = np.degrees(turned)
    out[:, KNEE] = flexion[:, 0] - state.knee_bias_deg
    out[:, THIGH] += 0.5 * state.knee_bias_deg
    out[:, HIP] = out[:, THIGH] + out[:, TRUNK]
    beyond = -flexion[:, 1] - state.model.straight_elbow_deg  # + = elbow tailward
    outward = 1.0 + ELBOW_OUTWARD * np.clip(beyond / ELBOW_TURN_DEG, 0.0, 1.0)
    bent = STRAIGHT_ELBOW_DEG + beyond * outward
    out[:, ELBOW] = np.maximum(0.0, np.minimum(bent, _most_bent(along[:, 1], rise[:, 1], state.arm)))


def _most_bent(along: Floats, rise: Floats, arm: float) -> Floats:
    """How much an elbow can be bent at most, with shoulder and hand so far from each other."""
    if arm <= 0:
        return np.full(len(along), 180.0)
    reach = np.hypot(along[:, 0] + along[:, 1], rise[:, 0] + rise[:, 1]) / arm
    return np.asarray(2.0 * np.degrees(np.arccos(np.minimum(reach, 1.0))) + ELBOW_SLACK_DEG)


def _places(out: Floats, tail: Floats, up: Floats, ball: Floats, state: State) -> None:
    lowest = np.minimum(up[:, screen.HEEL], up[:, screen.TOE])
    scale = 1.0 / state.leg if state.leg > 0 else np.nan
    out[:, TOE] = (lowest - state.floor) * scale
    out[:, SUPPORT] = tail[:, screen.WRIST] * scale
    out[:, HIP_TAIL] = tail[:, screen.HIP] * scale
    out[:, HIP_UP] = up[:, screen.HIP] * scale
    out[:, HAND_UP] = up[:, screen.WRIST] * scale
    out[:, BALL] = ball * scale


def _sole_height(sole: Floats, state: State) -> Floats | float:
    """The feet's lower edge above the floor (m,), from their shadow and from the floor under the ball; in legs."""
    x = sole[:, 0]
    if state.leg <= 0 or not np.isfinite(x).any():  # mostly unknown: they are looked at near their lowest only
        return np.nan
    to_foot = (1.0 + _OUTWARD[screen.TOE] * state.leg) / state.leg
    _, edge = to_plane(state.view, sole[:, 0], sole[:, 1])
    _, shadow = to_plane(state.view, sole[:, 0], sole[:, 1] + sole[:, 2])
    above_ball_s = edge * to_foot - state.floor / state.leg
    return np.asarray((1.0 - BALL_S_FLOOR) * (edge - shadow) * to_foot + BALL_S_FLOOR * above_ball_s)
