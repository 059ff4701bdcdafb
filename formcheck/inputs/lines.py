"""How the camera stands, from the straight edges of a room.

Door frames, corners and furniture are plumb; skirting, shelves and pictures are horizontal, mostly along
two directions at a right angle. One upright box-shaped room (roll, pitch, yaw) is laid over all straight
edges at once: each edge may belong to one of the three directions or to none, and what is found is the mean
of the posterior on a grid, with its standard deviation. Few or contradicting edges give a wide one.

A second, sceptical look at the same edges takes a whole family of them (upright ones, others) for things that lean,
such as the bars of a chair, a shadow or a lean-to roof, if nothing else speaks for that family; and takes edges
that lie side by side for one thing. Where the sceptic doubts the first look, its word counts.

The model: Coughlan and Yuille, "Manhattan World" (ICCV 1999), with edges from LSD (Grompone von Gioi et al.,
IPOL 2012) in place of gradients.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from formcheck.core.view import usual_focal_px
from formcheck.inputs.video import Picture

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
"""Good to a ten-thousandth of a degree, and arcs and exponentials of them are three to seven times as quick."""

SHORTEST = 0.035  # edges shorter than this share of the diagonal are not looked at
END_PX = 0.6  # how exactly the ends of an edge are known, across it
PLUMB_DEG = 0.7  # how plumb the edges of rooms are, and lenses straight
LEVEL_DEG = 1.5  # how level and square the others
SHARES = (0.35, 0.2, 0.2)  # of plumb edges, and of those along each horizontal direction
LONG = 0.2  # an edge of this share of the diagonal has full weight
TRUST = (
    10.0,
    4.0,
)  # edges of one room are no independent witnesses: this many upright and other ones at most
MOST = (40, 30)  # the longest upright and other edges that are looked at
UPRIGHT_DEG = 30.0  # edges this near to the picture's vertical are taken as upright for the two limits above
ROLL_SD, PITCH, PITCH_SD = 8.0, 4.0, 8.0  # how webcams on desks and shelves stand
LEAST_SD = 0.3
CROOKED = ((0.8, 2.5), (0.2, 8.0))  # how crooked cameras are put up: most by eye, some anyhow (share, deg)
LEANING = float(np.log(1000.0))  # that much less likely than a room that stands upright is a family that leans
PARALLEL_DEG, BESIDE = 4.0, 0.35  # edges of one thing: parallel, and nearer than this share of their length
DOUBT, PREVAILS = 0.15, 0.4  # so much does the sceptic give all other rolls together where it is heard, and followed


@dataclass(frozen=True)
class Stand:
    """How the camera stands: the picture is turned by `roll_deg`, it looks down by `pitch_deg`, and it is
    turned to the right of square to the walls by `yaw_deg` (-45 to 45, walls being alike); each with one
    standard deviation. `edges` is how many straight edges had a say."""

    roll_deg: float
    roll_sd_deg: float
    pitch_deg: float
    pitch_sd_deg: float
    yaw_deg: float
    yaw_sd_deg: float
    edges: int


def stand(grey: Picture, hidden: Picture | None = None, focal_px: float = 0.0) -> Stand | None:
    """How the camera stands that took this grey picture, `None` where it shows no straight edges.

    `hidden`, of the same size, is not zero where edges are none of the room: the person, the ball. `focal_px` is the
    focal length in pixels, 0 for that of a usual camera.
    """
    lines = segments(grey, hidden)
    if not len(lines):
        return None
    height, width = grey.shape
    lines -= np.array([width, height] * 2) / 2
    return _stand(lines, focal_px or usual_focal_px(width, height), float(np.hypot(width, height)))


def segments(grey: Picture, hidden: Picture | None = None) -> Floats:
    """Straight edges (n, 4): x and y of both ends, pixels, 0 being the border of the picture."""
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    if found is None:
        return np.zeros((0, 4))
    lines: Floats = found.reshape(-1, 4).astype(np.float64) + 0.5
    lines = lines[np.hypot(*(lines[:, 2:] - lines[:, :2]).T) > SHORTEST * np.hypot(*grey.shape)]
    return lines[~_covered(lines, hidden)] if hidden is not None else lines


def _covered(lines: Floats, hidden: Picture) -> NDArray[np.bool_]:
    """Edges of which a third or more lies where `hidden` is not zero."""
    along = np.linspace(0, 1, 9)[:, None]
    x = (lines[:, 0] * (1 - along) + lines[:, 2] * along).astype(int).clip(0, hidden.shape[1] - 1)
    y = (lines[:, 1] * (1 - along) + lines[:, 3] * along).astype(int).clip(0, hidden.shape[0] - 1)
    return np.asarray((hidden[y, x] != 0).mean(axis=0) > 0.33)


def _stand(lines: Floats, focal: float, diagonal: float) -> Stand:
    """The posterior's mean and spread: a coarse look at all stands, then a fine one around the best."""
    lines, weight = _weighed(lines, diagonal)
    coarse = _Grid(lines, weight, focal, _COARSE, blur_deg=1.0)
    around = zip(coarse.best(), _FINE, strict=True)
    fine = _Grid(lines, weight, focal, [centre + window for centre, window in around], blur_deg=0.0)
    roll, roll_sd = _doubted(coarse, *_spread(coarse, fine, 0))
    pitch, pitch_sd = _spread(coarse, fine, 1)
    yaw, yaw_sd = _spread(coarse, fine, 2)
    return Stand(roll, float(np.hypot(roll_sd, LEAST_SD)), pitch, pitch_sd, yaw, yaw_sd, len(lines))


def _doubted(coarse: _Grid, deg: float, sd: float) -> tuple[float, float]:
    """The roll and its standard deviation, wider where the sceptic doubts it; the sceptic's where doubt prevails."""
    mass, roll = coarse.sceptical(), coarse.axes[0]
    doubt = mass[abs(roll - coarse.best()[0]) > _FINE[0].max()].sum()
    if doubt <= DOUBT:
        return deg, sd
    if doubt > PREVAILS:
        deg = float((mass * roll).sum())
    return deg, float(np.sqrt((mass * (roll - deg) ** 2).sum()))


_COARSE = [np.arange(-24, 24.1, 1.0), np.arange(-16, 32.1, 3.0), np.arange(-45, 45, 3.0)]
_FINE = [np.arange(-3, 3.01, 0.2), np.arange(-6, 6.1, 1.0), np.arange(-6, 6.1, 1.0)]


def _weighed(lines: Floats, diagonal: float) -> tuple[Floats, Floats]:
    """The longest edges (n, 4), upright and others, and what each says compared with an independent witness.

    The weights (n, 2) are those of the usual and of the sceptical look.
    """
    length, upright = np.hypot(*(lines[:, 2:] - lines[:, :2]).T), _upright(lines)
    kept, weights = [], []
    for kind, most, trust in zip((upright, ~upright), MOST, TRUST, strict=True):
        chosen = np.flatnonzero(kind)[np.argsort(-length[kind])][:most]
        weight = np.minimum(1.0, length[chosen] / (LONG * diagonal))
        weight = np.stack([weight, weight / np.sqrt(_beside(lines[chosen]))], axis=1)
        kept.append(chosen)
        weights.append(weight * np.minimum(1.0, trust / np.maximum(weight.sum(axis=0), 1e-9)))
    return lines[np.concatenate(kept)], np.concatenate(weights)


def _upright(lines: Floats) -> NDArray[np.bool_]:
    """Edges nearer to the picture's vertical than `UPRIGHT_DEG`."""
    across, down = abs(lines[:, 2:] - lines[:, :2]).T
    return np.asarray(across < np.tan(np.radians(UPRIGHT_DEG)) * down)


def _beside(lines: Floats) -> Floats:
    """How many edges (n,) the thing has that each edge belongs to, itself included: bars of a chair lean together."""
    if not len(lines):
        return np.ones(0)
    vector, middle = lines[:, 2:] - lines[:, :2], (lines[:, 2:] + lines[:, :2]) / 2
    length = np.hypot(*vector.T)
    (a, b), (x, y) = (vector / length[:, None]).T, np.moveaxis(middle[:, None] - middle, -1, 0)
    turned = abs(a[:, None] * b - b[:, None] * a) < np.sin(np.radians(PARALLEL_DEG))
    longer = np.maximum(length[:, None], length)
    near = (abs(x * b - y * a) < BESIDE * longer) & (abs(x * a + y * b) < (0.5 + BESIDE) * longer)
    thing = connected_components(turned & near)[1]
    return np.asarray(np.bincount(thing)[thing], np.float64)


def _spread(coarse: _Grid, fine: _Grid, axis: int) -> tuple[float, float]:
    """Mean and standard deviation: of the fine grid, widened by what the coarse one sees outside it."""
    mean, sd = fine.moments(axis)
    mass, values = coarse.marginal(axis), coarse.axes[axis]
    outside = abs(values - coarse.best()[axis]) > fine.axes[axis].max() - coarse.best()[axis]
    lost = float(mass[outside].sum())
    return mean, float(np.sqrt((1 - lost) * sd**2 + (mass * (values - mean) ** 2)[outside].sum()))


class _Grid:
    """The logarithm of the posterior of (roll, pitch, yaw of the room), all degrees, on a grid."""

    def __init__(self, lines: Floats, weight: Floats, focal: float, axes: list[Floats], blur_deg: float) -> None:
        self.axes = roll, pitch, yaw = axes
        length = np.hypot(*(lines[:, 2:] - lines[:, :2]).T)
        own = END_PX * np.degrees(np.sqrt(2) / length)
        sds = [np.sqrt(own**2 + spread**2 + blur_deg**2) for spread in (PLUMB_DEG, LEVEL_DEG, LEVEL_DEG)]
        falls = [(-0.5 / sd**2).astype(np.float32) for sd in sds]
        peaks = [(share / np.sqrt(2 * np.pi) / sd).astype(np.float32) for share, sd in zip(SHARES, sds, strict=True)]
        across, beside = _turned(lines, focal)
        usual, doubting = weight.T
        upright = _upright(lines)
        families = np.stack([usual, doubting * upright, doubting * ~upright], axis=1)
        logs = np.empty((len(roll), len(pitch), len(yaw), 3))
        for row, one in zip(logs, roll, strict=True):  # one roll at a time: little memory
            likelihood = np.full((len(pitch), len(yaw), len(lines)), (1 - sum(SHARES)) / 180, np.float32)
            for peak, fall, axis in zip(peaks, falls, _axes(one, pitch, yaw), strict=True):
                off = _off_deg(axis.astype(np.float32), across, beside)
                likelihood += peak * np.exp(fall * off**2)
            row[:] = np.log(likelihood) @ families
        tilt = -0.5 * (((pitch - PITCH) / PITCH_SD) ** 2)[:, None]
        self.log = logs[..., 0] - 0.5 * (roll / ROLL_SD)[:, None, None] ** 2 + tilt
        self._families, self._tilt = logs[..., 1:], tilt

    def best(self) -> tuple[float, float, float]:
        """The most likely stand."""
        at = np.unravel_index(int(self.log.argmax()), self.log.shape)
        roll, pitch, yaw = (float(axis[i]) for axis, i in zip(self.axes, at, strict=True))
        return roll, pitch, yaw

    def marginal(self, axis: int) -> Floats:
        """The probability of each value of one of the three."""
        mass = np.exp(self.log - self.log.max()).sum(axis=tuple(i for i in range(3) if i != axis))
        return np.asarray(mass / mass.sum(), np.float64)

    def sceptical(self) -> Floats:
        """The probability of each roll where a whole family of edges may lean as well as be plumb or level."""
        leaning = self._families.max(axis=(0, 1, 2)) - LEANING
        log = np.logaddexp(self._families, leaning).sum(axis=-1) + self._tilt
        crooked = sum(share / sd * np.exp(-0.5 * (self.axes[0] / sd) ** 2) for share, sd in CROOKED)
        mass = np.exp(log - log.max()).sum(axis=(1, 2)) * crooked
        return np.asarray(mass / mass.sum(), np.float64)

    def moments(self, axis: int) -> tuple[float, float]:
        """Mean and standard deviation of one of the three."""
        mass = self.marginal(axis)
        mean = float((mass * self.axes[axis]).sum())
        return mean, float(np.sqrt((mass * (self.axes[axis] - mean) ** 2).sum()))


def _axes(roll: float, pitch: Floats, yaw: Floats) -> list[Floats]:
    """Directions of down (pitch, 1, 3) and of the two horizontals (pitch, yaw, 3) as the camera sees them."""
    r = np.radians(roll)
    p, y = np.radians(pitch)[:, None], np.radians(yaw)
    level = [
        (np.zeros_like(p), np.cos(p), np.sin(p)),
        (np.cos(y), -np.sin(y) * np.sin(p), np.sin(y) * np.cos(p)),
        (-np.sin(y), -np.cos(y) * np.sin(p), np.cos(y) * np.cos(p)),
    ]
    turned = [(np.cos(r) * a - np.sin(r) * b, np.sin(r) * a + np.cos(r) * b, c) for a, b, c in level]
    return [np.stack(np.broadcast_arrays(*axis), axis=-1) for axis in turned]


def _turned(lines: Floats, focal: float) -> tuple[Singles, Singles]:
    """What a direction (3,) is multiplied with, (3, n) each, for how it looks from the middle of each edge.

    At pixel m, points along d move by f d_xy - d_z m: the first gives how far across the edge, the second along it.
    """
    vector = lines[:, 2:] - lines[:, :2]
    (x, y), (a, b) = (lines[:, 2:] + lines[:, :2]).T / 2, (vector / np.hypot(*vector.T)[:, None]).T
    across, beside = (focal * b, -focal * a, y * a - x * b), (focal * a, focal * b, -x * a - y * b)
    return np.array(across, np.float32), np.array(beside, np.float32)


def _off_deg(axis: Singles, across: Singles, beside: Singles) -> Singles:
    """Angles (..., n) between each edge and the direction to the vanishing point of each `axis` (..., 3)."""
    return np.asarray(np.degrees(np.arctan2(np.abs(axis @ across), np.abs(axis @ beside))))
