"""What frames of somebody prone tell of the body and the camera."""

from __future__ import annotations

from math import inf, isfinite, nan
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.core import angles, screen
from formcheck.core.calibrate import stage
from formcheck.core.ground import LEG_M
from formcheck.core.numbers import known_median
from formcheck.core.posemodel import HALF_WIDTH, PoseModel
from formcheck.core.view import to_plane
from formcheck.core.viewpoint import find_view
from formcheck.data.landmarks import INDEX
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration, Room, Source
from formcheck.live.framing import over

Floats = NDArray[np.float64]

HANGING_DEG = -25.0
"""Thighs so far below the line of the trunk hang towards the floor, however the picture is turned: at rest it is 22 to
47 degrees, in a hold 0 to 22."""
STILL = 0.06
"""Who lies still moves less than this within a second, in legs (5 cm): joints jitter by 0.01 to 0.04."""
ON_FLOOR_DEG = 1.7
"""So much higher than the hands toes seem that hang towards the floor: 1.7 ± 1.3 degrees on 20 rendered clips."""
ROLL_SD_DEG = 3.0
"""A room less sure of the roll than this is not asked."""
PITCH_SD_DEG = 9.0
ACROSS = ("shoulder", "elbow", "wrist")
"""Pairs of joints that lie straight across the body, well apart: seen from above, the near one is lower."""
STEADY = [screen.SHOULDER, screen.HIP, screen.ANKLE]
"""Joints that keep their places in who lies still; knees go with them, and hands are often hidden."""
OUTLIERS = (10, 90)
"""Percentiles between which joints may not move: jumps of single frames are the pose model's."""
OTHER = {"left": "right", "right": "left"}


class Seen(NamedTuple):
    """Frames with somebody prone, and what they were seen through."""

    frames: Observations
    calibration: Calibration
    source: Source
    model: PoseModel


def numbers(seen: Seen, room: Room, *, still: bool) -> dict[str, Any]:
    """Fields of a `Place`, from at least one frame; `still`: who lies there does not move."""
    frames, calibration, source, model = seen
    state = stage(calibration, source, model)
    _, (_, rows) = screen.step(screen.State(calibration), frames)
    _, signals = angles.step(state, rows)
    pixels, near = frames.pixels.astype(np.float64), calibration.side
    size = (source.width or 640, source.height or 480)
    hip = known_median(signals[:, angles.HIP])
    roll_deg, reach = roll(room), over(pixels, near, size)
    if not isfinite(roll_deg) and still and hip < HANGING_DEG and max(reach) < 0:
        roll_deg = _roll_by_floor(pixels, calibration, state)
    wrist = np.median(pixels[:, INDEX[f"{near}_wrist"], :2], axis=0)
    found = np.isfinite(frames.ball[:, 0])
    ball = np.median(frames.ball[found], axis=0) if found.any() else np.full(3, nan)
    return {
        "over": reach,
        "roll_deg": roll_deg,
        "down_deg": _down(pixels, calibration, room),
        "yaw_deg": _yaw(seen),
        "fused_deg": nan if calibration.yaw_deg is None else calibration.yaw_deg,
        "facing": calibration.facing,
        "leg_deg": known_median(signals[:, angles.LEG]),
        "knee_deg": known_median(signals[:, angles.KNEE]),
        "ball": bool(found.any()),
        "ball_offset_m": known_median(signals[:, angles.HIP_TAIL] - signals[:, angles.BALL]) * LEG_M,
        "leg_px": calibration.leg_px,
        "hands": (float(wrist[0]), float(wrist[1])),
        "ball_px": (float(ball[0]), float(ball[1]), float(ball[2])),
    }


def moved(frames: Observations, calibration: Calibration) -> float:
    """How far shoulder, hip or ankle moved along x or y (the most of all), in legs; infinite where often unseen."""
    _, (_, rows) = screen.step(screen.State(calibration), frames)
    rows = rows[np.isfinite(rows[:, 0])]
    if len(rows) < 0.8 * len(frames) or calibration.leg_px <= 0:
        return inf
    joints = rows[:, : screen.BALL].reshape(len(rows), screen.JOINTS, 2)[:, STEADY]
    low, high = np.percentile(joints, OUTLIERS, axis=0)
    return float((high - low).max()) / calibration.leg_px


def roll(room: Room) -> float:
    """The picture's roll by the room, not-a-number where that does not tell it well."""
    sure = room.roll_deg is not None and room.roll_sd_deg is not None and room.roll_sd_deg <= ROLL_SD_DEG
    return float(room.roll_deg) if sure and room.roll_deg is not None else nan


def _roll_by_floor(pixels: Floats, calibration: Calibration, state: angles.State) -> float:
    """By hands and hanging toes, which are on one floor, nearly."""
    joints = [pixels[:, INDEX[f"{calibration.side}_{joint}"]] for joint in ("wrist", "foot_index")]
    (tail, up), (to_tail, to_up) = (to_plane(state.view, at[:, 0], at[:, 1]) for at in joints)
    rise = float(np.degrees(np.median(np.arctan2(to_up - up, to_tail - tail))))
    turned = rise - ON_FLOOR_DEG
    return (calibration.roll_deg or 0.0) + (-turned if calibration.facing == "left" else turned)


def _down(pixels: Floats, calibration: Calibration, room: Room) -> float:
    """How far one looks down on the body: near joints below far ones; the mean with the room's word where known."""
    near, far = calibration.side, OTHER[calibration.side]
    turned = np.radians(calibration.roll_deg or 0.0)
    apart = 0.0
    for joint in ACROSS:
        x, y = np.median(pixels[:, INDEX[f"{near}_{joint}"], :2] - pixels[:, INDEX[f"{far}_{joint}"], :2], axis=0)
        apart += y * np.cos(turned) - x * np.sin(turned)
    width = 2.0 * sum(HALF_WIDTH[joint] for joint in ACROSS) * calibration.leg_px
    down = float(np.degrees(np.arcsin(np.clip(apart / width, -1.0, 1.0)))) if width > 0 else nan
    if room.pitch_deg is None or room.pitch_sd_deg is None or room.pitch_sd_deg > PITCH_SD_DEG:
        return down
    return (down + room.pitch_deg) / 2.0


def _yaw(seen: Seen) -> float:
    """Off the side view by the line from shoulder to knee alone: beyond 30 degrees the hidden hand misleads."""
    near, world = seen.calibration.side, seen.frames.world.astype(np.float64)
    line = world[:, INDEX[f"{near}_shoulder"]] - world[:, INDEX[f"{near}_knee"]]
    no_hands = np.zeros((1, 2, 2))
    return find_view(no_hands, 1.0, line, seen.model, seen.calibration.facing).yaw_by_body
