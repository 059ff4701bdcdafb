"""Moves of the camera that landmarks and ball tell: for recordings of which nobody looked at the room.

While somebody lies in position, hands, trunk and ball keep their places to each other. Where all of them together
are turned or grow, about alike, and stay so, it was the camera. A shift alone is not told: hands that are put
elsewhere and a ball that rolls along look like it, and it changes no angle.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.core.calibrate import in_place
from formcheck.data.landmarks import INDEX
from formcheck.data.observations import Observations
from formcheck.data.recording import MOVED, ZOOMED, Move

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]

LOOK_S = 0.5
"""Places are medians over this: single jumps of a landmark do not count."""
TAKEN = 5
"""So many frames of each look, evenly spread, tell its median."""
SETTLED = 4
"""So many looks (2 s) that agree are a camera at rest; a lift takes less, so that its movement does not count."""
TURN_DEG, SCALE = 2.0, 0.05
"""A turn of the camera, degrees, and a change of size, from which on it moved, if it comes at once: no body turns
so from one frame to the next. Every degree of turn is one of elevation."""
SLOW_TURN_DEG, SLOW_SCALE = 3.5, 0.08
"""The same if it comes slowly: in 60 sets with a still camera hands and trunk turn by up to 2.9 degrees as people tire,
and looks at the ball differ."""
JUMP = 0.6
STEADY = 12
"""It comes at once where from one frame to the next it goes this share of its way, and less in so many frames before
and so many after: who rocks to and fro does not stop."""
AGREE = 0.04
"""Ball and body grow alike, within this or half of it: another circle may be taken for the ball's."""
APART = 0.06
"""So far off their places, in legs, may joints be beside the turn and growth of all: 0.05 in sets, 0.1 and more where
somebody rolls on, kneels or walks the hands out."""
TURN_SPREAD_DEG, SCALE_SPREAD = 1.5, 0.03
"""Looks that differ by less agree: trunk and hips turn a little with the legs."""
EARLY, LATE = 0.2, 0.8
"""Between these shares of its way a move is seen to be under way; its ends follow as of one at even speed."""

TINY = 1e-12
"""Less than any distance is; all joints in one place are no body."""
_JOINTS = [INDEX[f"{side}_{joint}"] for joint in ("wrist", "shoulder", "hip") for side in ("left", "right")]
_ALL, _BODY = np.array([1.0] * len(_JOINTS) + [3.0]), np.array([1.0] * len(_JOINTS) + [0.0])
"""How much joints and ball count: the ball lies stiller than any joint is seen, but is looked at now and then only."""


class _Looks(NamedTuple):
    """Places (k, joints and ball) as x + iy, and the ball's radius (k,), pixels."""

    places: Complex
    radius: Floats

    def part(self, rows: slice) -> _Looks:
        return _Looks(self.places[rows], self.radius[rows])

    def middle(self) -> _Looks:
        """One look: the median of all."""
        places = _middle(self.places.real) + 1j * _middle(self.places.imag)
        return _Looks(places[None], _middle(self.radius)[None])


class _Fit(NamedTuple):
    """Against a reference, of each look (k,): degrees turned; growth of the whole and of the ball, as logarithms; how
    far off the worst joint is beside, in pixels.
    """

    turn: Floats
    scale: Floats
    ball: Floats
    off: Floats

    def part(self, rows: slice) -> _Fit:
        return _Fit(*(each[rows] for each in self))


def find(observations: Observations, leg_px: float) -> tuple[Move, ...]:
    """The moves of a recording in which the near leg is `leg_px` long."""
    if len(observations) < 2 or leg_px <= 0:
        return ()
    lies = in_place(observations) & np.isfinite(observations.ball[:, 0])
    time_s, whole, looks = _looks(observations, lies)
    moves = []
    for first, stop in _stays(whole):
        moves += _in_stay(observations, time_s, looks, (first, stop), leg_px)
    return tuple(moves)


def _looks(observations: Observations, lies: NDArray[np.bool_]) -> tuple[Floats, NDArray[np.bool_], _Looks]:
    """Times at which looks begin (k + 1,), whether somebody lies in position in all of one, and the looks."""
    time_s = observations.time_s
    every = max(1, round(LOOK_S / max(float(np.median(np.diff(time_s))), 1e-3)))
    count = len(time_s) // every
    frames = (np.arange(count)[:, None] * every + np.linspace(0, every - 1, TAKEN).round().astype(int)).ravel()
    seen = _seen(observations, frames)
    places = np.stack([seen.places.real, seen.places.imag]).reshape(2, count, TAKEN, seen.places.shape[1])
    middle = np.sort(places, axis=2)[:, :, TAKEN // 2]
    radius = np.sort(seen.radius.reshape(count, TAKEN), axis=1)[:, TAKEN // 2]
    begin = time_s[np.minimum(np.arange(count + 1) * every, len(time_s) - 1)]
    even = np.diff(begin) < 2 * LOOK_S
    return begin, lies[frames].reshape(count, TAKEN).all(axis=1) & even, _Looks(middle[0] + 1j * middle[1], radius)


def _seen(observations: Observations, frames: NDArray[np.intp]) -> _Looks:
    pixels = observations.pixels[frames][:, _JOINTS, :2].astype(np.float64)
    ball = observations.ball[frames].astype(np.float64)
    places = np.concatenate([pixels[..., 0] + 1j * pixels[..., 1], (ball[:, 0] + 1j * ball[:, 1])[:, None]], axis=1)
    return _Looks(places, ball[:, 2])


def _stays(whole: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last look (not included) of each time in position that is long enough to tell a move."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], whole.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= 2 * SETTLED]


def _in_stay(
    observations: Observations, time_s: Floats, looks: _Looks, stay: tuple[int, int], leg_px: float
) -> list[Move]:
    moves: list[Move] = []
    first, stop = stay
    while (first := _at_rest(looks, first, stop, leg_px)) + 2 * SETTLED <= stop:
        before = looks.part(slice(first, first + SETTLED)).middle()
        for after in _elsewhere(_fit(before, looks.part(slice(first + SETTLED, stop))), leg_px):
            at = first + SETTLED + after
            now = looks.part(slice(at, at + SETTLED)).middle()
            begin, end = np.searchsorted(observations.time_s, [time_s[first], time_s[at + 1]])
            move = _move(observations[begin : end + 1], before, _fit(before, now))
            if move is not None:
                moves.append(move)
                first = at
                break
        else:
            break
    return moves


def _at_rest(looks: _Looks, first: int, stop: int, leg_px: float) -> int:
    """The first of `SETTLED` looks, before `stop`, that agree."""
    while first + SETTLED <= stop:
        part = looks.part(slice(first, first + SETTLED))
        if _agree(found := _fit(part.middle(), part)) and found.off.max() < APART * leg_px:
            return first
        first += 1
    return stop


def _agree(found: _Fit) -> bool:
    return bool(np.ptp(found.turn) < TURN_SPREAD_DEG and max(np.ptp(found.scale), np.ptp(found.ball)) < SCALE_SPREAD)


def _elsewhere(found: _Fit, leg_px: float) -> list[int]:
    """The first of `SETTLED` looks that agree on another turn or size of all that was seen before; any such."""
    turned = abs(found.turn) > TURN_DEG
    grown = np.minimum(found.scale * np.sign(found.ball), abs(found.ball)) > SCALE
    grown &= abs(found.scale - found.ball) < np.maximum(AGREE, abs(found.scale) / 2)
    other = (turned | grown) & (found.off < APART * leg_px * np.exp(np.maximum(found.scale, 0.0)))
    runs = np.convolve(other, np.ones(SETTLED), "valid") == SETTLED if len(other) >= SETTLED else other[:0]
    return [at for at in np.flatnonzero(runs).tolist() if _agree(found.part(slice(at, at + SETTLED)))]


def _fit(reference: _Looks, looks: _Looks, weights: Floats = _ALL) -> _Fit:
    """The similarities from a reference to looks, least squares (Umeyama 1991)."""
    weights = weights / weights.sum()
    before = reference.places - (reference.places * weights).sum(axis=1, keepdims=True)
    now = looks.places - (looks.places * weights).sum(axis=1, keepdims=True)
    spread = max(float((abs(before) ** 2 * weights).sum()), TINY)
    factor = (before.conj() * now * weights).sum(axis=1) / spread
    off = abs(now - factor[:, None] * before).max(axis=1)
    grown = np.log(np.maximum(abs(factor), TINY))
    return _Fit(np.degrees(np.angle(factor)), grown, np.log(looks.radius / reference.radius), off)


def _move(frames: Observations, before: _Looks, whole: _Fit) -> Move | None:
    """What happened in these frames, told by single ones; `None` where it may have been the body."""
    turn, scale = float(whole.turn[0]), float(whole.scale[0])
    seen = _seen(frames, np.arange(len(frames)))
    parts = np.array([turn / TURN_DEG, scale / SCALE])
    all_shares, body = (_shares(_fit(before, seen, weights), parts) for weights in (_ALL, _BODY))
    sudden = _jump(frames.time_s, body)
    from_s, to_s = sudden or _ends(frames.time_s, _calm(all_shares))
    if sudden:
        turn = _step(frames, from_s, to_s)
    elif abs(turn) < SLOW_TURN_DEG and abs(scale) < SLOW_SCALE:
        return None
    known = round(turn, 2) if abs(turn) > TURN_DEG else 0.0
    return Move(from_s, to_s, ZOOMED if abs(parts[1]) > abs(parts[0]) else MOVED, known)


def _shares(found: _Fit, whole: Floats) -> Floats:
    """How much of the whole, turn and growth as multiples of their limits, has come about."""
    return np.asarray((found.turn / TURN_DEG * whole[0] + found.scale / SCALE * whole[1]) / (whole @ whole))


def _jump(time_s: Floats, shares: Floats) -> tuple[float, float] | None:
    """The two frames between which most of the way is gone at once, as by no body."""
    threes = _middle(np.lib.stride_tricks.sliding_window_view(shares, 3).T)
    if len(threes) <= 3:
        return None
    by = threes[3:] - threes[:-3]
    at = int(by.argmax()) + 3
    before, after = shares[max(0, at - STEADY) : at], shares[at : at + STEADY]
    steady = max(np.ptp(_calm(before)), np.ptp(_calm(after))) < JUMP
    return (float(time_s[at - 1]), float(time_s[at])) if by[at - 3] > JUMP and steady else None


def _step(frames: Observations, from_s: float, to_s: float) -> float:
    """By how many degrees all turned between two moments, from the few frames before and after."""
    before, after = (int(at) for at in np.searchsorted(frames.time_s, [from_s + 1e-3, to_s - 1e-3]))
    old, new = slice(max(0, before - TAKEN), before), slice(after, after + TAKEN)
    looks = _seen(frames, np.arange(len(frames)))
    return float(_fit(looks.part(old).middle(), looks.part(new).middle()).turn[0])


def _calm(values: Floats) -> Floats:
    """The running median of five."""
    padded = np.concatenate([values[:1], values[:1], values, values[-1:], values[-1:]])
    return _middle(np.lib.stride_tricks.sliding_window_view(padded, 5).T)


def _middle(values: Floats) -> Floats:
    """The median of each column (n, ...)."""
    ranked, half = np.sort(values, axis=0), len(values) // 2
    return np.asarray(ranked[half] if len(values) % 2 else (ranked[half - 1] + ranked[half]) / 2)


def _ends(time_s: Floats, shares: Floats) -> tuple[float, float]:
    """When something began and ended that has gone these shares of its way."""
    late = int(np.flatnonzero(~(shares > LATE))[-1]) + 1 if (~(shares > LATE)).any() else 0
    late = min(late, len(time_s) - 1)
    below = np.flatnonzero(shares[:late] < EARLY)
    early = int(below[-1]) if len(below) else 0
    rest = (time_s[late] - time_s[early]) * EARLY / (LATE - EARLY) if late - early > 2 else 0.0
    return (
        round(max(float(time_s[0]), float(time_s[early] - rest)), 3),
        round(min(float(time_s[-1]), float(time_s[late] + rest)), 3),
    )
