"""Movements of the thighs whose times are known: minimum-jerk lifts, holds, lowerings at an even speed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]


class Rep(NamedTuple):
    """One rep of thigh elevation: degrees and seconds."""

    low_deg: float = -25.0
    top_deg: float = 0.0
    lift_s: float = 1.0
    hold_s: float = 3.0
    lower_s: float = 3.5
    rest_s: float = 1.0
    corner_s: float = 0.55
    end_deg: float | None = None


class Times(NamedTuple):
    """When the phases of a rep begin, seconds."""

    lift_start_s: float
    hold_start_s: float
    lower_start_s: float
    end_s: float


class Piece(NamedTuple):
    """A movement from one level to another, beginning at a time."""

    start_s: float
    seconds: float
    by_deg: float
    shape: Callable[[Floats], Floats]


def minimum_jerk(u: Floats) -> Floats:
    """Share of the way at share `u` of the time (Flash & Hogan 1985)."""
    u = np.clip(u, 0.0, 1.0)
    return u**3 * (10.0 - 15.0 * u + 6.0 * u**2)


def trapezoid(corner: float) -> Callable[[Floats], Floats]:
    """An even speed between two corners that each take the share `corner` of the time."""

    def shape(u: Floats) -> Floats:
        u = np.clip(u, 0.0, 1.0)
        v = 1.0 - u
        middle = u - corner / 2
        first, last = u * u / (2 * corner), (1.0 - corner) - v * v / (2 * corner)
        return np.where(u < corner, first, np.where(v < corner, last, middle)) / (1.0 - corner)

    return shape


def curve_of(pieces: Sequence[Piece], at_start: float) -> Curve:
    """The sum of all movements, as a function of time."""

    def curve(t: Floats) -> Floats:
        total = np.full(np.shape(t), float(at_start))
        for piece in pieces:
            total = total + piece.by_deg * piece.shape((t - piece.start_s) / piece.seconds)
        return total

    return curve


def movement(reps: Sequence[Rep], before_s: float = 1.0) -> tuple[Curve, list[Times], float]:
    """Thigh elevation over time, the true times of each rep, and when all is over (seconds)."""
    at, level = before_s, reps[0].low_deg if reps else -25.0
    pieces: list[Piece] = []
    times = []
    for rep in reps:
        end = rep.low_deg if rep.end_deg is None else rep.end_deg
        t = Times(at, at + rep.lift_s, at + rep.lift_s + rep.hold_s, at + rep.lift_s + rep.hold_s + rep.lower_s)
        pieces.append(Piece(t.lift_start_s, rep.lift_s, rep.top_deg - level, minimum_jerk))
        shape = trapezoid(rep.corner_s / rep.lower_s)
        pieces.append(Piece(t.lower_start_s, rep.lower_s, end - rep.top_deg, shape))
        times.append(t)
        at, level = t.end_s + rep.rest_s, end
    return curve_of(pieces, reps[0].low_deg if reps else -25.0), times, at


def instants(seconds: float, fps: float, *, jitter_s: float = 0.0, drop: float = 0.0, seed: int = 0) -> Floats:
    """Times of frames, from 0 on: shaken by up to `jitter_s`, a share `drop` of them missing."""
    random = np.random.default_rng(seed)
    t = np.arange(int(seconds * fps) + 1) / fps
    t = t + random.uniform(-jitter_s, jitter_s, len(t))
    t = t[random.random(len(t)) >= drop]
    return np.maximum.accumulate(t - t[0]) + np.arange(len(t)) * 1e-9
