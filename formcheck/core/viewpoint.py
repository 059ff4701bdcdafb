"""Where the camera stands: its yaw and pitch, from the body itself.

The hands stand straight across the body, so in the picture the near one is displaced from the far one as
the direction of looking says: sideways by the yaw, up and down by the pitch. The line from shoulder to knee
in the world landmarks gives the yaw once more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.core.posemodel import HALF_WIDTH, PoseModel

Floats = NDArray[np.float64]

SHOULDER_KNEE_DEG = float(np.degrees(np.arctan((HALF_WIDTH["shoulder"] - HALF_WIDTH["knee"]) / 1.08)))
"""The near shoulder is farther out than the near knee (1.08 leg lengths away): their line points outwards."""
PITCH_RANGE = (-5.0, 20.0)
"""Cameras on the floor look up a little, those on a table down by up to this."""


class Viewpoint(NamedTuple):
    """Yaw by the hands and by the body, and pitch; degrees."""

    yaw_by_hands: float
    yaw_by_body: float
    pitch: float


def find_view(hands: Floats, leg: float, world_line: Floats, model: PoseModel, facing: str) -> Viewpoint:
    """What hands and body show of a camera.

    `hands` (n, 2, 2): near and far wrist as rays, that is pixels about the picture's centre, levelled and
    divided by the focal length, x to the right and y down. `leg`: the near leg's length in the same units.
    `world_line` (n, 3): near shoulder minus near knee in the world landmarks. All of frames with somebody lying.
    """
    tailward = 1.0 if facing == "left" else -1.0
    apart = np.median(hands[:, 0] - hands[:, 1], axis=0) / leg
    place = np.median(hands.mean(axis=1), axis=0)
    by_hands = np.arctan(tailward * apart[0] / model.hands_seen) - np.arctan(tailward * place[0])
    by_body = np.median(np.arctan2(-world_line[:, 2], -tailward * world_line[:, 0]))
    body = model.depth_gain * float(np.degrees(by_body)) - SHOULDER_KNEE_DEG
    down = float(np.degrees(np.arctan(apart[1] / (2 * HALF_WIDTH["wrist"])) - np.arctan(place[1])))
    pitch = float(np.clip(model.pitch_share * down + model.pitch_zero_deg, *PITCH_RANGE))
    return Viewpoint(float(np.degrees(by_hands)), body, pitch)
