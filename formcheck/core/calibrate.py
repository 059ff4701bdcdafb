"""How body and camera stand, from what was seen of the whole clip: a value, found once.

Chosen from the whole body's evidence over all frames in which somebody lies, never frame by frame.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from formcheck.core import angles, screen
from formcheck.core.lens import with_lens_sd
from formcheck.core.level import fuse
from formcheck.core.posemodel import HALF_WIDTH, PoseModel, named
from formcheck.core.roll import by_body, find_roll
from formcheck.core.screen import LENGTH_MIDDLE, LENGTH_SPREAD
from formcheck.core.view import focal_px, sphere_on_plane, to_plane, view
from formcheck.core.viewpoint import Viewpoint, find_view
from formcheck.data.landmarks import INDEX
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration, Room, Source

Floats = NDArray[np.float64]

LEG, ARM = ("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist")
DEPTH_JOINTS = ("shoulder", "hip", "knee")
GIVEN_ROLL_SD_DEG = 0.5
"""How well a person tells the roll who gives it."""
ENOUGH = 2000
"""So many frames, spread over all, tell the medians; more only cost memory."""
ROOM_SD_DEG = 2.0
"""The room's pitch counts unless it is less sure than the body's by more than this."""
ALONG_WALL_SD_DEG, ASKEW_DEG = 6.0, 15.0
"""People lie along a wall to about this; where the wall is farther off what the body shows, they do not."""
SAME_SIZE = 0.08
"""A ball keeps its size: looks that are further off the usual radius, by this share, saw something else."""
STRAIGHT_KNEE_DEG = 3.0
"""A knee that is called straight is bent by 0 to 6 degrees: the three joint centres are not on one line."""
STRAIGHT_BELOW_DEG = 15.0
STRAIGHT_SHARE = 0.5
"""Share of a person's seen deviation from a straight knee that is the model's doing: its error and the spread
of straight knees among people are taken to be alike, about 2 degrees. The latter is assumed, not measured."""
STRAIGHT_CAP_DEG = 2.5
BENT_DEG = 80.0
"""Knees bent further: on all fours, or kneeling."""


def calibrate(
    observations: Observations,
    source: Source,
    model: str = "heavy",
    room: Room | None = None,
    *,
    roll_deg: float | None = None,
) -> Calibration:
    """The calibration of a recording; `roll_deg` fixes the roll where somebody knows it better than room and body.

    Of an empty recording, or one in which nobody lies, it knows the roll at most.
    """
    room = room or Room()
    roll, roll_sd = (room.roll_deg, room.roll_sd_deg) if roll_deg is None else (roll_deg, GIVEN_ROLL_SD_DEG)
    calibration = Calibration(roll_deg=roll, roll_sd_deg=roll_sd, focal_px=source.lens.focal_px if source.lens else 0.0)
    lying = observations[is_lying(observations)]
    if len(lying) == 0:
        return calibration
    lying = lying[:: 1 + len(lying) // ENOUGH]
    pixels, constants = lying.pixels.astype(np.float64), named(model)
    side = _side(pixels)
    calibration = replace(
        calibration,
        side=side,
        facing=_facing(pixels),
        leg_px=_leg_px(pixels, side),
        world_leg_m=_leg_m(lying, side),
        ball_px=_ball(lying.ball),
    )
    calibration = _seen_from(calibration, lying, source, constants, room)
    if roll_deg is None:
        calibration = _levelled(calibration, lying, source, constants, room)
    calibration = with_lens_sd(
        calibration, source, _hip(pixels, side), lambda known, other: _seen_from(known, lying, other, constants, room)
    )
    return _with_straight_knees(calibration, lying, source, constants)


def stage(calibration: Calibration, source: Source, model: PoseModel) -> angles.State:
    """The stage of the angles for a calibration."""
    return angles.State(
        view(calibration, source),
        model,
        calibration.leg_plane,
        calibration.arm_plane,
        calibration.knee_bias_deg,
        _floor(calibration, source),
    )


def _floor(calibration: Calibration, source: Source) -> float:
    """How high the floor is in the body's plane, where the ball lies on it; not-a-number without a ball."""
    if calibration.ball_px is None:
        return np.nan
    x, y, radius = (np.array([value]) for value in calibration.ball_px)
    centre, size = sphere_on_plane(view(calibration, source), x, y, radius, focal_px(calibration, source))
    return float((centre[1] - size)[0])


def _seen_from(
    calibration: Calibration, lying: Observations, source: Source, model: PoseModel, room: Room
) -> Calibration:
    """The calibration with yaw and pitch, and the leg's length in the plane that they give."""
    near, far = calibration.side, "right" if calibration.side == "left" else "left"
    pixels = lying.pixels.astype(np.float64)
    rays = _rays(pixels[:, [INDEX[f"{near}_wrist"], INDEX[f"{far}_wrist"]], :2], source, calibration.roll_deg or 0.0)
    line = lying.world[:, INDEX[f"{near}_shoulder"]] - lying.world[:, INDEX[f"{near}_knee"]]
    leg = calibration.leg_px / focal_px(calibration, source)
    shown = find_view(rays, leg, line.astype(np.float64), model, calibration.facing)
    pitch, pitch_sd = _pitch(shown.pitch, model.pitch_sd_deg, room)
    yaw, yaw_sd = _yaw(shown, model, room, calibration.facing)
    calibration = replace(
        calibration,
        yaw_deg=yaw,
        yaw_sd_deg=yaw_sd,
        pitch_deg=pitch,
        pitch_sd_deg=pitch_sd,
    )
    seen = view(calibration, source)
    joints = {j: pixels[:, INDEX[f"{near}_{j}"]] for j in (*LEG, *ARM)}
    points = {j: np.stack(to_plane(seen, at[:, 0], at[:, 1]), axis=1) for j, at in joints.items()}
    leg, arm = (_usual_length(*(points[j] for j in limb)) for limb in (LEG, ARM))
    return replace(calibration, leg_plane=leg, arm_plane=arm * (1 - HALF_WIDTH["elbow"] * leg))


def _levelled(
    calibration: Calibration, lying: Observations, source: Source, model: PoseModel, room: Room
) -> Calibration:
    """The calibration with what room and body tell of the roll, seen anew where that is not the room's word."""
    body = by_body(lying.pixels.astype(np.float64), calibration, source)
    found = find_roll(room, body) or (None, None)
    if found == (calibration.roll_deg, calibration.roll_sd_deg):
        return calibration
    roll_deg, roll_sd_deg = found
    return _seen_from(replace(calibration, roll_deg=roll_deg, roll_sd_deg=roll_sd_deg), lying, source, model, room)


def _pitch(pitch_deg: float, sd_deg: float, room: Room) -> tuple[float, float]:
    """The room's, which is far the surer; else what the body shows."""
    if room.pitch_deg is None or room.pitch_sd_deg is None or room.pitch_sd_deg > sd_deg + ROOM_SD_DEG:
        return pitch_deg, sd_deg
    return room.pitch_deg, room.pitch_sd_deg


def _yaw(shown: Viewpoint, model: PoseModel, room: Room, facing: str) -> tuple[float, float]:
    """What hands and body show, and the walls, as people mostly lie along one."""
    share = model.hands_weight
    cues = [
        (shown.yaw_by_hands, model.yaw_sd_deg / share**0.5),
        (shown.yaw_by_body, model.yaw_sd_deg / (1 - share) ** 0.5),
    ]
    yaw_deg = share * shown.yaw_by_hands + (1 - share) * shown.yaw_by_body
    if room.wall_yaw_deg is not None and room.wall_yaw_sd_deg is not None:
        wall = room.wall_yaw_deg if facing == "left" else -room.wall_yaw_deg
        if abs(wall - yaw_deg) < ASKEW_DEG:
            cues.append((wall, float(np.hypot(room.wall_yaw_sd_deg, ALONG_WALL_SD_DEG))))
    return fuse(cues) or cues[0]


def _ball(ball: NDArray[np.float32]) -> tuple[float, float, float] | None:
    """The usual x, y and radius (pixels) of the looks (n, 3); `None` where most of them found none."""
    seen = ball[np.isfinite(ball[:, 0])].astype(np.float64)
    if 2 * len(seen) < len(ball):
        return None
    usual = seen[np.abs(seen[:, 2] / np.median(seen[:, 2]) - 1) < SAME_SIZE]
    if not len(usual):
        return None
    x, y, radius = np.median(usual, axis=0).tolist()
    return x, y, radius


def _rays(pixels: Floats, source: Source, roll_deg: float) -> Floats:
    """Pixels (..., 2) about the picture's centre, levelled, in focal lengths."""
    width, height = source.width or 640, source.height or 480
    x, y = pixels[..., 0] - width / 2, pixels[..., 1] - height / 2
    c, s = np.cos(np.radians(roll_deg)), np.sin(np.radians(roll_deg))
    return np.asarray(np.stack([x * c + y * s, y * c - x * s], axis=-1) / focal_px(Calibration(), source))


def _with_straight_knees(
    calibration: Calibration, lying: Observations, source: Source, model: PoseModel
) -> Calibration:
    """The calibration with what the model takes this person's straight knee for."""
    _, (_, rows) = screen.step(screen.State(calibration), lying)
    knee = angles.step(stage(calibration, source, model), rows)[1][:, angles.KNEE]
    knee = knee[np.isfinite(knee)]
    nearly = knee[knee < STRAIGHT_BELOW_DEG]
    if len(nearly) <= len(knee) / 4:
        return calibration
    off = STRAIGHT_SHARE * (float(np.median(nearly)) - STRAIGHT_KNEE_DEG)
    return replace(calibration, knee_bias_deg=float(np.clip(off, -STRAIGHT_CAP_DEG, STRAIGHT_CAP_DEG)))


def is_lying(observations: Observations) -> NDArray[np.bool_]:
    """Frames (T,) in which the trunk is nearer to the horizontal than to the vertical."""
    trunk = _middle_of(observations.pixels, "shoulder") - _middle_of(observations.pixels, "hip")
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(trunk[:, 1]) < np.abs(trunk[:, 0]))


def in_place(frames: Observations) -> NDArray[np.bool_]:
    """Frames (n,) in which somebody lies with legs stretched out behind, as the picture shows it."""
    along, bend = _legs_along(frames.pixels)
    trunk = _middle_of(frames.pixels, "hip") - _middle_of(frames.pixels, "shoulder")
    with np.errstate(invalid="ignore"):
        return np.asarray(is_lying(frames) & (along * trunk[:, 0] > 0) & (bend < BENT_DEG))


def _legs_along(pixels: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far the feet are along the picture from the hips (pixels), and how far the straighter knee is bent (deg)."""
    bends = []
    for side in ("left", "right"):
        hip, knee, ankle = (pixels[:, INDEX[f"{side}_{j}"], :2].astype(np.float64) for j in ("hip", "knee", "ankle"))
        thigh, shank = knee - hip, ankle - knee
        cross = thigh[:, 0] * shank[:, 1] - thigh[:, 1] * shank[:, 0]
        bends.append(np.degrees(np.abs(np.arctan2(cross, (thigh * shank).sum(axis=1)))))
    along = _middle_of(pixels, "ankle")[:, 0] - _middle_of(pixels, "hip")[:, 0]
    return along, np.minimum(*bends)


def _middle_of(pixels: NDArray[np.float32], joint: str) -> Floats:
    return np.asarray(pixels[:, [INDEX[f"left_{joint}"], INDEX[f"right_{joint}"]], :2].mean(axis=1), np.float64)


def _side(pixels: Floats) -> str:
    """The flank whose joints are nearer to the camera."""
    nearer = [pixels[:, INDEX[f"right_{j}"], 2] - pixels[:, INDEX[f"left_{j}"], 2] for j in DEPTH_JOINTS]
    return "left" if np.median(np.sum(nearer, axis=0)) > 0 else "right"


def _facing(pixels: Floats) -> str:
    """Where the shoulders are from the hips."""
    ahead = [pixels[:, INDEX[f"{s}_shoulder"], 0] - pixels[:, INDEX[f"{s}_hip"], 0] for s in ("left", "right")]
    return "right" if np.median(np.sum(ahead, axis=0)) > 0 else "left"


def _hip(pixels: Floats, side: str) -> tuple[float, float]:
    """Where the near hip usually is."""
    x, y = np.median(pixels[:, INDEX[f"{side}_hip"], :2], axis=0).tolist()
    return x, y


def _leg_px(pixels: Floats, side: str) -> float:
    """The usual length of the near leg, hip over knee to ankle."""
    return _usual_length(*(pixels[:, INDEX[f"{side}_{j}"], :2] for j in LEG))


def _leg_m(lying: Observations, side: str) -> float:
    """The same in the world landmarks, metres."""
    hip, knee, ankle = (lying.world[:, INDEX[f"{side}_{j}"]].astype(np.float64) for j in LEG)
    thigh, shank = np.linalg.norm(knee - hip, axis=1), np.linalg.norm(ankle - knee, axis=1)
    return float(np.median(thigh + shank))


def _usual_length(hip: Floats, knee: Floats, ankle: Floats) -> float:
    """The median over frames, without those that are far off it; 0 where that leaves none."""
    length = np.hypot(*(knee - hip).T) + np.hypot(*(ankle - knee).T)
    usual = np.median(length)
    near = length[np.abs(length / usual - LENGTH_MIDDLE) < LENGTH_SPREAD]
    return float(np.median(near)) if len(near) else 0.0
