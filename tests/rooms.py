"""Drawn rooms whose camera is known exactly, with things in them that are neither level nor plumb.

Metres; x to the right along the back wall, y down from the camera's height, z away from it; the wall is at `WALL_M`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.core.view import usual_focal_px

Picture = NDArray[np.uint8]
Line = tuple[tuple[float, float, float], tuple[float, float, float]]
WALL_M, FLOOR_M = 3.5, 0.9
SIZE = (640, 480)


@dataclass(frozen=True)
class Camera:
    """Turned by roll, looking down by pitch, to the right of square to the wall by yaw; degrees."""

    roll: float = 0.0
    pitch: float = 4.0
    yaw: float = 0.0
    focal: float = usual_focal_px(*SIZE)

    def seen(self, points: Sequence[Sequence[float]]) -> NDArray[np.float64]:
        """Pixels (n, 2) of points (n, 3)."""
        r, p, y = np.radians([self.roll, self.pitch, self.yaw])
        turn_y = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
        turn_p = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
        turn_r = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
        x, y_, z = turn_r @ turn_p @ turn_y @ np.asarray(points, float).T
        return np.stack([self.focal * x / z, self.focal * y_ / z], axis=1) + np.array(SIZE) / 2


def drawn(camera: Camera, lines: Sequence[Line], noise: float = 2.0) -> Picture:
    """A grey picture of these edges, with a camera's noise."""
    grey = np.full((SIZE[1], SIZE[0]), 150, np.uint8)
    for number, line in enumerate(lines):
        start, end = (tuple(int(v) for v in (at * 16).round()) for at in camera.seen(line))
        cv2.line(grey, start, end, (60, 90, 230)[number % 3], 3, cv2.LINE_AA, 4)
    return (grey + np.random.default_rng(0).normal(0, noise, grey.shape)).clip(0, 255).astype(np.uint8)


def walls() -> list[Line]:
    """A door, a picture on the wall and the skirting board: upright and level edges."""
    lines: list[Line] = []
    for left, top, right, bottom in ((-1.4, -0.9, -0.7, FLOOR_M), (0.3, -0.8, 0.9, -0.3)):
        corners = [(left, top, WALL_M), (right, top, WALL_M), (right, bottom, WALL_M), (left, bottom, WALL_M)]
        lines += list(zip(corners, corners[1:] + corners[:1], strict=True))
    return [*lines, ((-3.0, FLOOR_M, WALL_M), (3.0, FLOOR_M, WALL_M))]


def bare() -> list[Line]:
    """A pole and the edge of a small picture: little that is plumb or level."""
    return [((0.9, -0.8, WALL_M), (0.9, FLOOR_M, WALL_M)), ((0.0, -0.6, WALL_M), (0.4, -0.6, WALL_M))]


def chair(lean: float = 9.0, bars: int = 7) -> list[Line]:
    """Bars of a chair that lean to one side, close to each other."""
    off = 0.9 * np.tan(np.radians(lean))
    return [((-1.1 + 0.12 * k + off, -0.2, 2.8), (-1.1 + 0.12 * k, 0.7, 2.8)) for k in range(bars)]


def roof(slope: float = 12.0) -> list[Line]:
    """The rafters' ends of a lean-to roof along the wall."""
    rise = np.tan(np.radians(slope))
    return [((-1.6, y, WALL_M), (1.6, y - 3.2 * rise, WALL_M)) for y in (-0.75, -0.65, -0.5)]


def shadow(slope: float = -8.0, stripes: int = 8) -> list[Line]:
    """Stripes of light through a blind, aslant on the wall."""
    rise = np.tan(np.radians(slope))
    return [((-0.5, -0.7 + 0.13 * k, WALL_M), (1.2, -0.7 + 0.13 * k - 1.7 * rise, WALL_M)) for k in range(stripes)]


def trestle(splay: float = 12.0) -> list[Line]:
    """Two trestles of which one leg each is plumb, the other splayed to the same side."""
    off = 0.8 * np.tan(np.radians(splay))
    return [((x, 0.1, 2.5), (x + off, 0.9, 2.5)) for x in (-0.9, -0.84, 0.6, 0.66)]


def mat(turn: float = 30.0) -> list[Line]:
    """A mat on the floor that lies askew to the walls."""
    a = np.radians(turn)
    along, across = np.array([np.cos(a), 0, np.sin(a)]), np.array([-np.sin(a), 0, np.cos(a)])
    middle = np.array([0.1, FLOOR_M, 2.7])
    corners = [tuple(middle + s * 0.8 * along + t * 0.3 * across) for s, t in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return list(zip(corners, corners[1:] + corners[:1], strict=True))


THINGS = {"chair": chair, "roof": roof, "shadow": shadow, "trestle": trestle, "mat": mat}
