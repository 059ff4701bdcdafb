"""An idealised body and a pinhole camera in front of it: where each point is, and where it is seen.

Written from the definitions in 3-D, with nothing of the program's own geometry: points of the body in metres
(tail: horizontally from shoulders to hips; up; away: from the camera across the body), then projected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.core.posemodel import HALF_WIDTH
from formcheck.data.landmarks import INDEX, NAMES

Floats = NDArray[np.float64]
OTHER = {"left": "right", "right": "left"}

THIGH_M, SHANK_M, TRUNK_M, ARM_M, FOREARM_M = 0.42, 0.40, 0.50, 0.30, 0.27
HIP_UP_M = 0.45
HALF_WIDTH_M = 0.11
"""Each leg is that far from the middle of the body."""
ARM_DEG = 52.0
"""Straight arms slant that far below the horizontal, forwards to the floor."""
LEG_M = THIGH_M + SHANK_M
BALL_M, BALL_RADIUS_M, FLOOR_UP_M = (0.05, 0.15, 0.0), 0.3, -0.15
"""Where the ball is (tail, up, away), how large it is, and so where the floor is."""


@dataclass(frozen=True)
class Camera:
    """A pinhole that looks at (tail 0, up `aim_up_m`) of the body's middle plane from `distance_m`.

    Turned by `yaw_deg` towards the head, looking down by `pitch_deg`, the picture turned clockwise by
    `roll_deg`; `facing` is where the head points in the picture.
    """

    facing: str = "left"
    roll_deg: float = 0.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    width: int = 640
    height: int = 480
    focal_px: float = 530.0
    distance_m: float = 2.4
    aim_up_m: float = 0.45

    def coordinates(self, points: Floats) -> Floats:
        """Points (..., 3), (tail, up, away) -> (right, down, forward) of the camera before its roll."""
        sign = 1.0 if self.facing == "left" else -1.0
        yaw, pitch = np.radians(self.yaw_deg), np.radians(self.pitch_deg)
        level = np.array([np.sin(yaw), 0.0, np.cos(yaw)])  # forwards on the level: away, and tailward if yawed
        forward = np.cos(pitch) * level - np.sin(pitch) * np.array([0.0, 1.0, 0.0])
        right = sign * np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
        down = -np.array([0.0, 1.0, 0.0]) * np.cos(pitch) - np.sin(pitch) * level
        seen = points - self.eye
        return np.stack([seen @ right, seen @ down, seen @ forward], axis=-1)

    def project(self, points: Floats) -> Floats:
        """Points (..., 3) -> pixels (..., 2)."""
        seen = self.coordinates(points)
        x, y = (self.focal_px * seen[..., k] / seen[..., 2] for k in (0, 1))
        roll = np.radians(self.roll_deg)
        turned = np.stack([x * np.cos(roll) - y * np.sin(roll), x * np.sin(roll) + y * np.cos(roll)], axis=-1)
        return turned + np.array([self.width / 2, self.height / 2])

    @property
    def eye(self) -> Floats:
        """Where the camera is: (tail, up, away)."""
        yaw, pitch = np.radians(self.yaw_deg), np.radians(self.pitch_deg)
        back = np.array([np.sin(yaw) * np.cos(pitch), -np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
        return np.array([0.0, self.aim_up_m, 0.0]) - self.distance_m * back

    @property
    def to_plane_m(self) -> float:
        """How far the camera is from the body's middle plane: the unit of what is seen in it."""
        return float(-self.eye[2])

    def in_plane(self, tail: float | Floats, up: float | Floats) -> tuple[Floats, Floats]:
        """Places in the body's middle plane, metres -> plane coordinates."""
        return (tail - self.eye[0]) / self.to_plane_m, (up - self.eye[1]) / self.to_plane_m

    def outline(self, centre: Sequence[float] = BALL_M, radius: float = BALL_RADIUS_M) -> tuple[float, float, float]:
        """The circle (x, y, radius in pixels) through the outline of a sphere at (tail, up, away)."""
        way = self.eye - np.asarray(centre)
        away = float(np.linalg.norm(way))
        one = np.cross(way, [0.3, 1.0, 0.2])
        one /= np.linalg.norm(one)
        other = np.cross(way / away, one)
        turn = np.linspace(0.0, 2 * np.pi, 360, endpoint=False)[:, None]
        rim = radius * np.sqrt(1 - (radius / away) ** 2)  # where looks touch the sphere
        seen = self.project(centre + way * (radius / away) ** 2 + rim * (np.cos(turn) * one + np.sin(turn) * other))
        middle = (seen.min(axis=0) + seen.max(axis=0)) / 2
        return float(middle[0]), float(middle[1]), float(np.hypot(*(seen - middle).T).mean())


LEVEL = Camera()
"""Looks straight at the body's left side."""


class Pose(NamedTuple):
    """True angles (n,) in degrees, as the glossary defines them."""

    thigh: Floats
    knee: Floats
    trunk: Floats
    elbow: Floats


def posed(thigh: Floats, knee: float | Floats = 0.0, trunk: float | Floats = 5.0, elbow: float | Floats = 0.0) -> Pose:
    """Angles that may be given as one number for all instants."""
    return Pose(thigh, *(np.broadcast_to(np.asarray(each, float), thigh.shape) for each in (knee, trunk, elbow)))


def leg_elevation(thigh: Floats, knee: float | Floats = 0.0) -> Floats:
    """Hip to ankle above the horizontal, of a leg with these angles."""
    a, b = np.radians(thigh), np.radians(thigh + knee)
    return np.degrees(
        np.arctan2(
            THIGH_M * np.sin(a) + SHANK_M * np.sin(b),
            THIGH_M * np.cos(a) + SHANK_M * np.cos(b),
        )
    )


def body(pose: Pose, away_m: float) -> dict[str, Floats]:
    """Joints of one side as points (n, 3): (tail, up, away); a positive elbow points tailwards."""

    def way(degrees: Floats, length: float) -> Floats:
        a = np.radians(degrees)
        return length * np.stack([np.cos(a), np.sin(a), np.zeros_like(a)], axis=-1)

    hip = np.broadcast_to(np.array([0.0, HIP_UP_M, away_m]), (len(pose.thigh), 3))
    knee = hip + way(pose.thigh, THIGH_M)
    ankle = knee + way(pose.thigh + pose.knee, SHANK_M)
    shoulder = hip + way(180.0 - pose.trunk, TRUNK_M)
    arm = np.full_like(pose.thigh, 180.0 + ARM_DEG)
    elbow = shoulder + way(arm, ARM_M)
    wrist = elbow + way(arm - pose.elbow, FOREARM_M)
    sole = pose.thigh + pose.knee
    return {
        "shoulder": shoulder,
        "elbow": elbow,
        "wrist": wrist,
        "hip": hip,
        "knee": knee,
        "ankle": ankle,
        "heel": ankle + way(sole + 60.0, 0.06),
        "foot_index": ankle + way(sole - 60.0, 0.16),
    }


def broadened(joints: dict[str, Floats], way: float) -> dict[str, Floats]:
    """Joints of a body's middle plane moved out to where people have them; `way` is -1 towards the camera."""
    return {name: xyz + np.array([0.0, 0.0, way * HALF_WIDTH[name] * LEG_M]) for name, xyz in joints.items()}


def points(
    near: Pose, far: Pose | None = None, *, side: str = "left", gap_m: float = 0.0, broad: bool = False
) -> Floats:
    """All 33 landmarks (n, 33, 3) as (tail, up, away); the near side is `side`.

    A `broad` body is as broad at each joint as people are, instead of the same everywhere.
    """
    far = near if far is None else far
    half = gap_m / 2 + (0.0 if broad else HALF_WIDTH_M)
    found = {}
    for pose, whose, way in ((near, side, -1.0), (far, OTHER[side], 1.0)):
        joints = body(pose, way * half)
        found |= {f"{whose}_{k}": v for k, v in (broadened(joints, way) if broad else joints).items()}
    head = (found["left_shoulder"] + found["right_shoulder"]) / 2 + np.array([-0.2, -0.03, 0.0])
    out = np.empty((len(near.thigh), len(NAMES), 3))
    for name in NAMES:
        hand = name.endswith(("pinky", "thumb")) or name in ("left_index", "right_index")
        out[:, INDEX[name]] = found.get(name, found[f"{name.split('_')[0]}_wrist"] if hand else head)
    return out
