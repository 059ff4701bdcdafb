"""Who does with the camera what is said, word by word, ends with a camera that stands well.

A pinhole that can be walked and turned before an idealised body, seen without errors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from figure import BALL_M, BALL_RADIUS_M, Floats, points, posed
from sights import Said, Sight, said
from synthetic import blanks

from formcheck.core.uncertainty import OBLIQUE_DEG
from formcheck.data.landmarks import INDEX
from formcheck.data.recording import Room, Source

WIDTH, HEIGHT, FOCAL_PX = 640, 480, 530.0
FACING = {"left": 1.0, "right": -1.0}


@dataclass(frozen=True)
class Stand:
    """A camera on the floor plan: metres to its right along the body's side and back from it, turned to the left."""

    right_m: float
    back_m: float
    left_deg: float

    def told(self, key: str) -> Stand:
        """After an instruction was followed, a little: left and right are those of who stands behind it."""
        turn, step = 4.0, 0.12
        a = np.radians(self.left_deg)
        return {
            "turn-camera-left": replace(self, left_deg=self.left_deg + turn),
            "turn-camera-right": replace(self, left_deg=self.left_deg - turn),
            "move-camera-left": replace(
                self, right_m=self.right_m - step * np.cos(a), back_m=self.back_m + step * np.sin(a)
            ),
            "move-camera-right": replace(
                self, right_m=self.right_m + step * np.cos(a), back_m=self.back_m - step * np.sin(a)
            ),
            "whole-body": replace(self, right_m=self.right_m + step * np.sin(a), back_m=self.back_m + step * np.cos(a)),
        }[key]

    def coordinates(self, place: Floats, facing: str) -> Floats:
        """Points (..., 3: tail, up, away) -> (right, down, forward) of the camera."""
        x, up, away = FACING[facing] * place[..., 0] - self.right_m, place[..., 1] - 0.5, place[..., 2] + self.back_m
        a = np.radians(self.left_deg)
        return np.stack([x * np.cos(a) + away * np.sin(a), -up, away * np.cos(a) - x * np.sin(a)], axis=-1)

    def sight_deg(self, facing: str) -> float:
        """How far the look at the hips is off the side view, positive from the head's side."""
        return float(np.degrees(np.arctan2(-FACING[facing] * self.right_m, self.back_m)))


def from_sight(metres: Floats) -> Floats:
    """About the line to the hips, not the camera's axis: pose models see a cut-out, not where it was cut from."""
    hips = metres[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1, keepdims=True)
    a = np.arctan2(hips[..., 0], hips[..., 2])
    x, y, z = np.moveaxis(metres - hips, -1, 0)
    return np.stack([x * np.cos(a) - z * np.sin(a), y, z * np.cos(a) + x * np.sin(a)], axis=-1)


def seen(stand: Stand, facing: str) -> Sight:
    n, side = 4, facing
    joints = points(posed(np.full(n, -25.0)), None, side=side, gap_m=0.0, broad=True)
    metres = stand.coordinates(joints, facing)
    world = from_sight(metres)
    pixels = FOCAL_PX * metres / metres[..., 2:]
    pixels[..., 2] = world[..., 2] * FOCAL_PX / stand.back_m
    pixels[..., :2] += (WIDTH / 2, HEIGHT / 2)
    middle = stand.coordinates(np.array(BALL_M), facing)
    ball = [*(FOCAL_PX * middle[:2] / middle[2] + (WIDTH / 2, HEIGHT / 2)), FOCAL_PX * BALL_RADIUS_M / middle[2]]
    blank = blanks(n)
    frames = replace(
        blank,
        pixels=pixels.astype(np.float32),
        world=world.astype(np.float32),
        visibility=np.ones_like(blank.visibility),
        ball=np.full_like(blank.ball, ball),
    )
    room = Room(roll_deg=0.0, roll_sd_deg=0.5)
    return Sight(frames, room, Source("x", width=WIDTH, height=HEIGHT), "heavy")


def heard(stand: Stand, facing: str) -> Said:
    return said(seen(stand, facing), seconds=2.5)


STANDS = {
    "well": Stand(0.0, 2.4, 0.0),
    "to the right, looking back": Stand(2.0, 1.9, 46.0),
    "to the left, looking back": Stand(-2.0, 1.9, -46.0),
    "to the right, looking ahead": Stand(0.9, 2.4, 0.0),
    "to the left, looking ahead": Stand(-0.9, 2.4, 0.0),
    "turned away": Stand(0.0, 2.4, 16.0),
    "too near": Stand(0.0, 1.1, 0.0),
}


WORD_BY_WORD = {key: key for key in ("turn-camera-left", "turn-camera-right", "move-camera-left", "move-camera-right")}
THE_OTHER_WAY = {
    "turn-camera-left": "move-camera-right",
    "turn-camera-right": "move-camera-left",
    "move-camera-left": "turn-camera-left",
    "move-camera-right": "turn-camera-right",
}
"""Who walks round the body where a turn is asked for, and turns the camera where a move is."""


@pytest.mark.parametrize("taken", [WORD_BY_WORD, THE_OTHER_WAY], ids=["word-by-word", "the-other-way"])
@pytest.mark.parametrize("facing", FACING)
@pytest.mark.parametrize("start", STANDS)
def test_instructions_lead_to_a_camera_that_stands_well(start: str, facing: str, taken: dict[str, str]) -> None:
    stand, told = STANDS[start], []
    for _ in range(60):
        keys = heard(stand, facing).names
        if not keys:
            break
        told.append(keys[0])
        stand = stand.told(taken.get(keys[0], keys[0]))
    assert not keys, (told, stand)
    assert bool(told) == (start != "well")
    assert heard(stand, facing).still_s < np.inf
    assert abs(stand.sight_deg(facing)) < OBLIQUE_DEG
