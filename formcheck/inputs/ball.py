"""The ball under a lying person, found in one picture without a trained model.

The body says where to look and how large the ball can be; gradients vote for circles (Hough, with the
direction of the gradient); the outline of the best ones is traced and judged (`outline`), and so is their
place under the body.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.data.landmarks import INDEX
from formcheck.inputs.outline import Circle, Floats, Image, plain, traced, whole
from formcheck.inputs.video import Picture

BODY_PX = 160  # the leg's length in the patch that is searched, so that the cost is that of any picture
RADIUS = (0.25, 0.48)  # of the leg as seen: what is searched
USUAL, USUAL_SD = (0.29, 0.42), 0.04  # balls of 55 to 65 cm for legs of 70 to 92 cm
TRUNK_OF_LEG = 0.70  # hip to shoulder; takes over where a turned camera shortens the leg
REACH_X = 0.60  # the ball's centre before or behind the hips, in legs
REACH_Y = (0.12, 0.90)  # and below them
GAP, GAP_SD = 0.11, 0.09  # from the line of shoulders, hips and knees down to the ball, in legs
STAYS = 0.8  # a ball that is followed may lose this much of its evidence from one look to the next
CANDIDATES = 6
EVEN, EVEN_SD = 0.195, 0.015  # evidence at which a ball is as likely as not, and how fast that changes
LEAST = 0.5  # confidence below which there is no ball


@dataclass(frozen=True)
class Ball:
    """A ball in a picture: centre and radius in pixels, confidence 0 (none) to 1 (sure).

    `evidence` is what the confidence is made of; it tells clear balls from hardly visible ones.
    """

    x: float
    y: float
    radius: float
    confidence: float
    evidence: float = 0.0

    @property
    def lowest(self) -> float:
        """The picture's y where the ball stands on the floor, pixels."""
        return self.y + self.radius


class Patch(NamedTuple):
    """The part of the picture that is searched: colours, the way back to the picture, and the body's line.

    `body` (3, 2) are the middles of shoulders, hips and knees in the patch.
    """

    colours: Image
    scale: float
    left: float
    top: float
    body: Floats

    def inside(self, ball: Ball) -> Circle:
        """A ball of the picture in this patch."""
        return Circle((ball.x - self.left) * self.scale, (ball.y - self.top) * self.scale, ball.radius * self.scale)

    def outside(self, circle: Circle, evidence: float) -> Ball:
        """A circle of this patch in the picture."""
        confidence = float(1 / (1 + np.exp((EVEN - evidence) / EVEN_SD)))
        x, y = ((at + 0.5) / self.scale + start for at, start in ((circle.x, self.left), (circle.y, self.top)))
        return Ball(float(x), float(y), float(circle.radius / self.scale), confidence, evidence)


def find_ball(picture: Picture, joints: NDArray[np.floating], near: Ball | None = None) -> Ball | None:
    """The ball under the hips, `None` where there is none, or none that is more likely than not.

    `picture` is BGR; `joints` (33, 2 or more) are the landmarks of the same picture, pixels. `near` is the
    ball of a picture shortly before: where it is still there, nothing else is searched.
    """
    patch = _patch(picture, np.asarray(joints, np.float64))
    if patch is None:
        return None
    if near is not None:
        ball = patch.outside(*_traced(patch, patch.inside(near)))
        if ball.evidence > STAYS * near.evidence:
            return ball
    found = [_traced(patch, circle) for circle in _voted(patch)]
    if not found:
        return None
    ball = patch.outside(*max(found, key=lambda pair: pair[1]))
    return ball if ball.confidence >= LEAST else None


def _patch(picture: Picture, joints: Floats) -> Patch | None:
    """The surroundings of the hips, scaled to one size; `None` without hips and legs in the picture."""
    body, leg = np.array([_middle(joints, name) for name in ("shoulder", "hip", "knee")]), _leg(joints)
    if not np.isfinite([*body.ravel(), leg]).all() or leg < 40:
        return None
    hips = body[1]
    height, width = picture.shape[:2]
    left, right = (int(np.clip(hips[0] + s * (REACH_X + RADIUS[1]) * leg, 0, width)) for s in (-1, 1))
    top = int(np.clip(hips[1] - 0.35 * leg, 0, height))
    bottom = int(np.clip(hips[1] + (REACH_Y[1] + RADIUS[1]) * leg, 0, height))
    scale = BODY_PX / leg
    size = (round((right - left) * scale), round((bottom - top) * scale))
    if min(size) < BODY_PX / 2:
        return None
    how = cv2.INTER_AREA if scale < 0.7 else cv2.INTER_LINEAR
    part = cv2.resize(picture[top:bottom, left:right], size, interpolation=how)
    colours = cv2.GaussianBlur(part, (0, 0), 1.0).astype(np.float32)
    return Patch(colours, scale, left, top, (body - (left, top)) * scale)


def _middle(joints: Floats, name: str) -> Floats:
    return np.asarray(joints[[INDEX[f"left_{name}"], INDEX[f"right_{name}"]], :2].mean(axis=0))


def _leg(joints: Floats) -> float:
    """Length of the longer leg as seen, or what the trunk says of it where that is more; pixels."""
    legs = []
    for side in ("left", "right"):
        chain = joints[[INDEX[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle")], :2]
        legs.append(np.hypot(*np.diff(chain, axis=0).T).sum())
    trunk = np.hypot(*(_middle(joints, "shoulder") - _middle(joints, "hip")))
    return float(max(*legs, trunk / TRUNK_OF_LEG))


def _voted(patch: Patch) -> list[Circle]:
    """Circles that most gradients point at, best first."""
    cell, radii = 3, np.arange(RADIUS[0] * BODY_PX, RADIUS[1] * BODY_PX, 3)
    x, y, gx, gy = _edges(patch.colours)
    rows, columns = (n // cell + 1 for n in patch.colours.shape[:2])
    votes = np.zeros((len(radii), rows, columns), np.float32)
    for layer, radius in zip(votes, radii, strict=True):
        for sign in (-1, 1):
            u, v = ((p + sign * radius * g) / cell for p, g in ((x, gx), (y, gy)))
            # the centre lies above what is seen of the outline, except at the flanks
            good = (u >= 0) & (u < columns - 1) & (v >= 0) & (v < rows - 1) & (y - v * cell > -0.5 * radius)
            cells = v[good].round().astype(int) * columns + u[good].round().astype(int)
            layer[:] += np.bincount(cells, minlength=layer.size).reshape(layer.shape)
    votes = np.stack([cv2.GaussianBlur(layer, (5, 5), 1.0) for layer in votes]) / radii[:, None, None]
    v, u = np.mgrid[:rows, :columns] * cell
    dx, dy = (u - patch.body[1, 0]) / BODY_PX, (v - patch.body[1, 1]) / BODY_PX
    votes *= (abs(dx) < REACH_X) & (dy > REACH_Y[0]) & (dy < REACH_Y[1])
    return _peaks(votes, radii, cell)


def _edges(colours: Image) -> tuple[Floats, Floats, Floats, Floats]:
    """Place and unit gradient of the strongest edge pixels, from the channel that shows each best."""
    gx, gy = (cv2.Sobel(colours, cv2.CV_32F, *d, ksize=3) for d in ((1, 0), (0, 1)))
    power = gx * gx + gy * gy
    best = power.argmax(axis=2).ravel() + 3 * np.arange(power.size // 3)
    gx, gy, size = (a.ravel()[best].reshape(power.shape[:2]) for a in (gx, gy, np.sqrt(power)))
    strong = size > max(12.0, float(np.quantile(size, 0.93)))
    y, x = np.nonzero(strong)
    return x.astype(float), y.astype(float), gx[strong] / size[strong], gy[strong] / size[strong]


def _peaks(votes: Image, radii: Floats, cell: int) -> list[Circle]:
    """The strongest circles that differ from each other."""
    found: list[Circle] = []
    votes = votes.copy()
    for _ in range(CANDIDATES):
        layer, row, column = np.unravel_index(int(votes.argmax()), votes.shape)
        if votes[layer, row, column] <= 0:
            break
        found.append(Circle(float(column * cell), float(row * cell), float(radii[layer])))
        votes[max(0, layer - 1) : layer + 2, max(0, row - 2) : row + 3, max(0, column - 2) : column + 3] = 0
    return found


def _traced(patch: Patch, circle: Circle) -> tuple[Circle, float]:
    """The circle through the outline near `circle`, and the evidence that it is that of a ball."""
    circle = traced(patch.colours, circle)
    return circle, _evidence(patch, circle)


def _evidence(patch: Patch, circle: Circle) -> float:
    """What speaks for a ball, 0 to 1, from its free outline, its colour and its place."""
    return whole(patch.colours, circle) * plain(patch.colours, circle) * _carries(patch, circle)


def _carries(patch: Patch, circle: Circle) -> float:
    """1 where size and place fit: a ball of usual size, its top below the body by flesh and a little give."""
    order = np.argsort(patch.body[:, 0])
    line = np.interp(circle.x, patch.body[order, 0], patch.body[order, 1])
    off = (circle.y - circle.radius - line) / BODY_PX - GAP
    under = patch.body[order[0], 0] < circle.x < patch.body[order[-1], 0]
    size = circle.radius / BODY_PX
    odd = size - np.clip(size, *USUAL)
    return float(under * np.exp(-0.5 * ((off / GAP_SD) ** 2 + (odd / USUAL_SD) ** 2)))
