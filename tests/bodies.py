"""A jointed body that may do any exercise: joints from angles and places, hands that stay where they are put.

As `figure.py`, with hips that move, two legs of their own, and arms that reach to given hands. Metres, degrees; places
are (tail, up, away): horizontally from shoulders to hips, and from the camera across the body.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from figure import ARM_M, BALL_M, FOREARM_M, HALF_WIDTH_M, LEVEL, OTHER, SHANK_M, THIGH_M, TRUNK_M, Camera, Floats
from synthetic import blanks

from formcheck.core.calibrate import calibrate
from formcheck.data.landmarks import INDEX, NAMES
from formcheck.data.observations import Observations
from formcheck.data.recording import Recording, Source

HIP = (0.0, 0.45)
"""Where the hips of who lies on the ball are (tail, up)."""
HAND = (-0.62, -0.05)
"""Where the hands of who lies on the ball stand."""
RATE = 30.0


@dataclass
class Body:
    """Each value (n,) or one number for all; `hip` and `hand` are pairs (tail, up).

    thigh, far_thigh  elevations of the near and of the far thigh
    knee, far_knee    flexions
    trunk             elevation, shoulders above hips
    on_back           toes and knees point up, not down
    """

    thigh: Floats
    far_thigh: Floats | float | None = None
    knee: Floats | float = 0.0
    far_knee: Floats | float | None = None
    trunk: Floats | float = 5.0
    hip: tuple[Floats | float, Floats | float] = HIP
    hand: tuple[Floats | float, Floats | float] = HAND
    on_back: bool = False
    ball: tuple[float, float, float] | None = field(default=BALL_M)


def points(body: Body, side: str = "left") -> Floats:
    """All landmarks (n, 33, 3); the near side is `side`."""
    n = len(body.thigh)
    far_thigh = body.thigh if body.far_thigh is None else body.far_thigh
    far_knee = body.knee if body.far_knee is None else body.far_knee
    legs = ((body.thigh, body.knee, side, -1.0), (far_thigh, far_knee, OTHER[side], 1.0))
    joints: dict[str, Floats] = {}
    for thigh, knee, whose, way in legs:
        joints |= {f"{whose}_{k}": v for k, v in _side(body, _all(thigh, n), _all(knee, n), way).items()}
    head = (joints["left_shoulder"] + joints["right_shoulder"]) / 2 + np.array([-0.2, -0.03, 0.0])
    out = np.empty((n, len(NAMES), 3))
    for name in NAMES:
        hand = name.endswith(("pinky", "thumb")) or name in {"left_index", "right_index"}
        out[:, INDEX[name]] = joints.get(name, joints[f"{name.split('_')[0]}_wrist"] if hand else head)
    return out


def _side(body: Body, thigh: Floats, knee: Floats, way: float) -> dict[str, Floats]:
    n, turned = len(thigh), -1.0 if body.on_back else 1.0
    away = way * HALF_WIDTH_M
    hip = np.stack([_all(body.hip[0], n), _all(body.hip[1], n), np.full(n, away)], axis=1)
    joint = hip + _way(thigh, THIGH_M)
    sole = thigh + turned * knee
    ankle = joint + _way(sole, SHANK_M)
    shoulder = hip + _way(180.0 - _all(body.trunk, n), TRUNK_M)
    hand = np.stack([_all(body.hand[0], n), _all(body.hand[1], n), np.full(n, away)], axis=1)
    elbow, wrist = _arm(shoulder, hand)
    return {
        "hip": hip,
        "knee": joint,
        "ankle": ankle,
        "shoulder": shoulder,
        "elbow": elbow,
        "wrist": wrist,
        "heel": ankle + _way(sole + turned * 60.0, 0.06),
        "foot_index": ankle + _way(sole - turned * 60.0, 0.16),
    }


def _all(value: Floats | float, n: int) -> Floats:
    return np.broadcast_to(np.asarray(value, np.float64), (n,))


def _way(degrees: Floats, length: float) -> Floats:
    a = np.radians(degrees)
    return length * np.stack([np.cos(a), np.sin(a), np.zeros_like(a)], axis=-1)


def _arm(shoulder: Floats, hand: Floats) -> tuple[Floats, Floats]:
    """Elbow, bent tailward, and wrist: at the hand, or stretched out towards it."""
    way = hand - shoulder
    reach = np.hypot(way[:, 0], way[:, 1])
    reached = np.minimum(reach, 0.999 * (ARM_M + FOREARM_M))
    along = np.arctan2(way[:, 1], way[:, 0])
    bend = np.arccos(np.clip((ARM_M**2 + reached**2 - FOREARM_M**2) / (2 * ARM_M * reached), -1.0, 1.0))
    elbow = shoulder + _way(np.degrees(along + bend), ARM_M)
    return elbow, shoulder + _way(np.degrees(along), 1.0) * reached[:, None]


def seen(
    body: Body, *, camera: Camera = LEVEL, side: str = "left", noise_px: float = 0.7, seed: int = 0
) -> Observations:
    """What a pose model would see of it, 30 times a second, and the ball where there is one."""
    joints = points(body, side)
    metres = camera.coordinates(joints)
    hips = [INDEX["left_hip"], INDEX["right_hip"]]
    pixels = np.empty_like(metres)
    pixels[..., :2] = camera.project(joints)
    pixels[..., 2] = (
        (metres - metres[:, hips].mean(axis=1, keepdims=True))[..., 2] * camera.focal_px / camera.distance_m
    )
    pixels[..., :2] += np.random.default_rng(seed).normal(0.0, noise_px, pixels[..., :2].shape)
    blank = blanks(len(joints))
    ball = blank.ball if body.ball is None else np.full_like(blank.ball, camera.outline(body.ball))
    return replace(
        blank,
        time_s=np.arange(len(joints)) / RATE,
        pixels=pixels.astype(np.float32),
        world=(metres - metres[:, hips].mean(axis=1, keepdims=True)).astype(np.float32),
        visibility=np.full_like(blank.visibility, 0.99),
        ball=ball,
    )


def recorded(observations: Observations, camera: Camera = LEVEL, model: str = "full") -> Recording:
    """With the calibration that the program finds."""
    fps = 1.0 / float(np.median(np.diff(observations.time_s)))
    source = Source("made", width=camera.width, height=camera.height, fps=fps)
    return Recording(observations, calibrate(observations, source, model), source, model)
