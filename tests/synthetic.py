"""What would be seen of an idealised body doing reps: every angle, time and place is known exactly.

Observations and recordings without a pose model's errors, and the same ones altered: sides taken for each other,
mirrored, with gaps, at other times. Body and camera: `figure.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
from figure import LEVEL, Camera, Floats, Pose, points, posed
from movements import Rep, Times, instants, movement
from numpy.typing import NDArray

from formcheck.core.posemodel import LAG_S, UNKNOWN, PoseModel
from formcheck.data.landmarks import INDEX, NAMES
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration, Recording, Source

MODEL = "heavy"
"""Whose constants are used; a calibration without lengths switches its offsets off."""
PERFECT: PoseModel = replace(UNKNOWN, hip=0.0, knee=0.0, shoulder=0.0, straight_elbow_deg=0.0, sees_far_leg=True)
"""Landmarks in the joint centres."""


def observations(
    time_s: Floats,
    near: Pose,
    far: Pose | None = None,
    *,
    camera: Camera = LEVEL,
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


def calibration(camera: Camera = LEVEL, side: str = "left") -> Calibration:
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


def source(camera: Camera = LEVEL, fps: float = 30.0) -> Source:
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
    camera: Camera = LEVEL,
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
