"""An idealised body doing reps in front of a pinhole camera: every angle, time and place is known exactly.

Written from the definitions in 3-D, with nothing of the program's own geometry: points of the body in metres
(tail: horizontally from shoulders to hips; up; away: from the camera across the body), then projected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from movements import Rep, Times, instants, movement
from numpy.typing import NDArray

from formcheck.core.posemodel import HALF_WIDTH, LAG_S, UNKNOWN, PoseModel
from formcheck.data.landmarks import INDEX, NAMES
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration, Recording, Source

Floats = NDArray[np.float64]
MODEL = "heavy"
"""Whose constants are used; a calibration without lengths switches its offsets off."""
PERFECT: PoseModel = replace(UNKNOWN, hip=0.0, knee=0.0, shoulder=0.0, straight_elbow_deg=0.0, sees_far_leg=True)
"""Landmarks in the joint centres."""
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


def observations(
    time_s: Floats,
    near: Pose,
    far: Pose | None = None,
    *,
    camera: Camera = Camera(),
    side: str = "left",
    gap_m: float = 0.0,
    broad: bool = False,
    noise_px: float = 0.0,
    seed: int = 0,
) -> Observations:
    """What a pose model without errors (but `noise_px`, one standard deviation) would see, and the ball."""
    joints = points(near, far, side=side, gap_m=gap_m, broad=broad)
    hips = [INDEX["left_hip"], INDEX["right_hip"]]
    metres = camera.coordinates(joints)
    world = metres - metres[:, hips].mean(axis=1, keepdims=True)
    pixels = np.empty_like(world)
    pixels[..., :2] = camera.project(joints)
    pixels[..., 2] = world[..., 2] * camera.focal_px / camera.distance_m
    pixels[..., :2] += np.random.default_rng(seed).normal(0.0, 1.0, pixels[..., :2].shape) * noise_px
    blank = blanks(len(time_s))
    return replace(
        blank,
        time_s=np.asarray(time_s, np.float64),
        pixels=pixels.astype(np.float32),
        world=world.astype(np.float32),
        visibility=np.full_like(blank.visibility, 0.99),
        brightness=np.full_like(blank.brightness, 120.0),
        ball=np.full_like(blank.ball, camera.outline()),
    )


def blanks(n: int) -> Observations:
    """Frames in which nobody is seen; times are numbers only."""
    empty = Observations.empty()
    columns = {}
    for f in fields(Observations):
        column = getattr(empty, f.name)
        columns[f.name] = np.full((n, *column.shape[1:]), np.nan, column.dtype)
    columns["time_s"] = np.arange(n) / 30.0
    columns["visibility"][:] = 0.0
    columns["brightness"][:] = 120.0
    return Observations(**columns)


def without(seen: Observations, gone: NDArray[np.bool_]) -> Observations:
    """The same, with nobody in the frames `gone`."""
    pixels, world, visibility = seen.pixels.copy(), seen.world.copy(), seen.visibility.copy()
    pixels[gone], world[gone], visibility[gone] = np.nan, np.nan, 0.0
    return replace(seen, pixels=pixels, world=world, visibility=visibility)


def swapped(seen: Observations, where: NDArray[np.bool_]) -> Observations:
    """The same, with left and right taken for each other in the frames `where`, as pose models do."""
    pairs = [INDEX[n.replace("left", "\0").replace("right", "left").replace("\0", "right")] for n in NAMES]
    pixels, world, visibility = seen.pixels.copy(), seen.world.copy(), seen.visibility.copy()
    for array in (pixels, world, visibility):
        array[where] = array[where][:, pairs]
    return replace(seen, pixels=pixels, world=world, visibility=visibility)


def mirrored(seen: Observations, width: int) -> Observations:
    """The same scene in a mirror: the picture turned over, and left taken for right everywhere."""
    seen = swapped(seen, np.ones(len(seen), bool))
    pixels, world = seen.pixels.copy(), seen.world.copy()
    pixels[..., 0], world[..., 0] = width - pixels[..., 0], -world[..., 0]
    ball = np.stack([width - seen.ball[:, 0], *seen.ball.T[1:]], axis=1)
    return replace(seen, pixels=pixels, world=world, ball=ball)


def resampled(seen: Observations, time_s: Floats) -> Observations:
    """The same scene seen at other times within it: each landmark on a straight line between two frames."""
    columns = {"time_s": np.asarray(time_s, np.float64)}
    after = np.clip(np.searchsorted(seen.time_s, time_s), 1, len(seen) - 1)
    t0, t1 = seen.time_s[after - 1], seen.time_s[after]
    share = (time_s - t0) / (t1 - t0)
    for f in fields(Observations):
        if f.name != "time_s":
            column = getattr(seen, f.name)
            part = share.reshape(-1, *[1] * (column.ndim - 1))
            between = column[after - 1] + (column[after] - column[after - 1]) * part
            columns[f.name] = between.astype(column.dtype)
    return Observations(**columns)


def calibration(camera: Camera = Camera(), side: str = "left") -> Calibration:
    """All that is true of the camera; the usual length of the leg is that of a level one."""
    leg = observations(np.zeros(1), posed(np.zeros(1)), camera=camera, side=side).pixels[0, :, :2]
    hip, knee, ankle = (leg[INDEX[f"{side}_{j}"]] for j in ("hip", "knee", "ankle"))
    return Calibration(
        side=side,
        facing=camera.facing,
        roll_deg=camera.roll_deg,
        roll_sd_deg=0.5,
        yaw_deg=camera.yaw_deg,
        yaw_sd_deg=0.5,
        pitch_deg=camera.pitch_deg,
        focal_px=camera.focal_px,
        leg_px=float(np.hypot(*(knee - hip)) + np.hypot(*(ankle - knee))),
    )


def source(camera: Camera = Camera(), fps: float = 30.0) -> Source:
    """Where it came from."""
    return Source("synthetic", width=camera.width, height=camera.height, fps=fps)


def recording(
    reps: Sequence[Rep] = (Rep(), Rep()),
    *,
    fps: float = 30.0,
    jitter_s: float = 0.0,
    drop: float = 0.0,
    after_s: float = 1.0,
    knee: float = 0.0,
    elbow: float = 0.0,
    camera: Camera = Camera(),
    side: str = "left",
    noise_px: float = 0.0,
    seed: int = 0,
) -> tuple[Recording, list[Times]]:
    """A recording of these reps, seen a little late as pose models do, and their true times."""
    curve, times, stop = movement(reps)
    t = instants(stop + after_s, fps, jitter_s=jitter_s, drop=drop, seed=seed)
    pose = posed(curve(t - LAG_S), knee=knee, elbow=elbow)
    seen = observations(t, pose, camera=camera, side=side, noise_px=noise_px, seed=seed)
    return Recording(seen, calibration(camera, side), source(camera, fps), MODEL), times
