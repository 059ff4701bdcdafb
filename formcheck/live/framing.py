"""Whether the whole body is in the picture, now and when the legs will be up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.data.landmarks import INDEX

Floats = NDArray[np.float64]

MIDDLES = ("shoulder", "hip", "knee", "ankle", "heel", "foot_index")
"""Means of both sides stay steady where one side is hidden. Pose models place joints outside the picture too."""
_LEFT = [INDEX[f"left_{joint}"] for joint in MIDDLES]
_RIGHT = [INDEX[f"right_{joint}"] for joint in MIDDLES]


FLESH, HEAD = 0.1, 0.2
"""So far around its joints the body reaches, and the head around the nose, in legs. Pose models also draw a head that
is cut off back into the picture by some of this."""


class Over(NamedTuple):
    """How far the body reaches past each edge, in widths (heights) of the picture; negative: so much room is left."""

    left: float
    right: float
    above: float
    below: float


INSIDE = Over(-1.0, -1.0, -1.0, -1.0)


def over(pixels: Floats, side: str, size: tuple[int, int]) -> Over:
    """Of somebody prone: pixels (n, 33, 2 or more) of some frames, the near side, the picture's (width, height).

    The feet count where they are, and where they will be with the legs parallel to the floor.
    """
    middles = np.median((pixels[:, _LEFT, :2] + pixels[:, _RIGHT, :2]) / 2, axis=0)
    nose, wrist = np.median(pixels[:, [INDEX["nose"], INDEX[f"{side}_wrist"]], :2], axis=0)
    shoulder, hip, knee, ankle = middles[:4]
    leg = float(np.hypot(*(knee - hip)) + np.hypot(*(ankle - knee)))
    lifted = hip + np.array([np.copysign(leg, hip[0] - shoulder[0]), 0.0])
    joints = np.stack([*middles, wrist, lifted, nose])
    reach = leg * np.array([*[FLESH] * (len(joints) - 1), HEAD])[:, None]
    left, above = (joints - reach).min(axis=0) / size
    right, below = (joints + reach).max(axis=0) / size
    return Over(float(-left), float(right - 1.0), float(-above), float(below - 1.0))
