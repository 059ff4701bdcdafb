"""The numbers of one rep, computed once over its whole slice when it closes.

Names are the columns that rules ask for; not-a-number where a number could not be measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil, inf, isfinite, nan

import numpy as np
from numpy.typing import NDArray

from formcheck.core import angles
from formcheck.core.boundaries import Boundaries
from formcheck.core.grid import RATE_HZ
from formcheck.core.ground import ground
from formcheck.core.numbers import known_median, largest, longest, median, not_below_zero
from formcheck.core.posemodel import LAG_S, PoseModel
from formcheck.data.result import TIMES

Floats = NDArray[np.float64]

BEFORE = int(0.4 * RATE_HZ)
"""The low is looked for in so many instants before the lift."""
EDGE = int(0.2 * RATE_HZ)
"""Instants left out at both ends of a hold where its level is wanted."""
SUSTAINED = RATE_HZ // 3
"""A joint is as bent as it is for a third of a second in all: single jumps of a landmark do not count."""
OVERSHOOT = RATE_HZ
"""An overshoot comes within a second of the lift's end."""
UNSEEN = RATE_HZ
"""In more instants that nobody saw a whole movement finds room: the quickest down and up again take a second."""
TEMPO = ("lift_s", "hold_s", "lower_s")
FEET_TOGETHER = 0.27
"""How far the ankles' landmarks are apart when the feet touch, in leg lengths (truly 0.13)."""


def measure(  # noqa: PLR0913 - a rep, and how it was seen
    signals: Floats, marks: Boundaries, start_s: float, model: PoseModel, world_leg_m: float, *, live: bool = False
) -> dict[str, float]:
    """Columns of one rep: signals (n, S) from `start_s` on, `marks` in instants from there; `live` as for `ground`."""
    numbers = {name: start_s - LAG_S + value / RATE_HZ for name, value in _times(marks).items()}
    numbers |= {
        "lift_s": (marks.hold_start - marks.lift_start) / RATE_HZ,
        "hold_s": (marks.lower_start - marks.hold_start) / RATE_HZ,
        "lower_s": (marks.end - marks.lower_start) / RATE_HZ,
    }
    numbers |= _hidden(signals[:, angles.LEG], marks)
    first, last = _whole(marks, len(signals))
    rep = signals[first : last + 1]
    hold = _part(signals, marks.hold_start, marks.lower_start)
    numbers |= _heights(signals, rep, hold, marks.lift_start)
    numbers |= _joints(rep)
    numbers |= _top(hold)
    numbers |= ground(signals, slice(first, last + 1), marks.lower_start, model, live=live)
    if not isfinite(marks.end):
        numbers |= _unfinished(numbers)
    numbers["feet_gap_m"] = _feet_gap(hold, model, world_leg_m)
    for name in ("peak_s", "knee_s", "elbow_s"):
        numbers[name] += start_s + first / RATE_HZ
    numbers["touch_start_s"] += start_s
    numbers["difference_s"] = numbers["hold_start_s"]
    return numbers


def untimed(numbers: Mapping[str, float], guessed_s: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Numbers of a rep that rest on time, unknown where it overlaps a stretch (from, to) in which times were guessed.

    A touch that was seen stays one, but nobody knows how long it was.
    """
    known = [numbers[name] for name in TIMES if isfinite(numbers[name])]
    if not any(start < max(known, default=-inf) and min(known, default=inf) < stop for start, stop in guessed_s):
        return {}
    return dict.fromkeys(TEMPO, nan) | ({"touch_s": nan} if numbers["touch_s"] > 0 else {})


def _hidden(leg: Floats, marks: Boundaries) -> dict[str, float]:
    """Tempo across a stretch that nobody saw: legs may have come down meanwhile and been lifted again."""
    ends = dict(zip(TEMPO, pairwise(marks), strict=True))
    known = {name: _part(leg, *span) for name, span in ends.items() if all(map(isfinite, span))}
    return {name: nan for name, part in known.items() if longest(~np.isfinite(part)) > UNSEEN}


def _unfinished(numbers: Mapping[str, float]) -> dict[str, float]:
    """What is different where the end of the lowering was not seen: legs may have come lower, and touched the floor."""
    touch_s = numbers["touch_s"]
    return {"toe_clearance_m": np.nan, "touch_s": touch_s if touch_s > 0 else np.nan}


def _times(marks: Boundaries) -> dict[str, float]:
    return {f"{name}_s": value for name, value in marks._asdict().items()}


def _whole(marks: Boundaries, n: int) -> tuple[int, int]:
    first = ceil(marks.lift_start) if isfinite(marks.lift_start) else 0
    last = int(marks.end) if isfinite(marks.end) else n - 1
    return max(0, min(first, n - 1)), max(0, min(last, n - 1))


def _part(signals: Floats, start: float, stop: float) -> Floats:
    if not (isfinite(start) and isfinite(stop)):
        return signals[:0]
    return signals[max(0, ceil(start)) : max(0, int(stop)) + 1]


def _heights(signals: Floats, rep: Floats, hold: Floats, lift_start: float) -> dict[str, float]:
    peak_at, peak = largest(rep[:, angles.THIGH])
    first = max(0, ceil(lift_start)) if isfinite(lift_start) else 0
    low = _least(signals[max(0, first - BEFORE) : first + 2, angles.THIGH]) if isfinite(lift_start) else nan
    level = hold[EDGE:-EDGE] if len(hold) > 3 * EDGE else hold
    return {
        "peak_thigh_elevation_deg": peak,
        "peak_s": peak_at / RATE_HZ,
        "hold_thigh_elevation_deg": known_median(level[:, angles.THIGH]),
        "peak_leg_elevation_deg": largest(rep[:, angles.LEG])[1],
        "hold_leg_elevation_deg": known_median(level[:, angles.LEG]),
        "min_thigh_elevation_deg": low,
        "range_deg": peak - low,
        "leg_difference_deg": abs(known_median(level[:, angles.DIFFERENCE])),
    }


def _feet_gap(hold: Floats, model: PoseModel, world_leg_m: float) -> float:
    """Metres between the feet beyond touching; not-a-number for models that cannot tell."""
    if model.gap_gain == 0 or world_leg_m <= 0:
        return np.nan
    apart = known_median(hold[:, angles.FEET]) / world_leg_m
    return not_below_zero(model.gap_gain * (apart - FEET_TOGETHER))


def _joints(rep: Floats) -> dict[str, float]:
    knee_at, knee = _sustained(rep[:, angles.KNEE])
    elbow_at, elbow = _sustained(rep[:, angles.ELBOW])
    return {
        "max_knee_flexion_deg": not_below_zero(knee),
        "knee_s": knee_at / RATE_HZ,
        "max_elbow_flexion_deg": elbow,
        "elbow_s": elbow_at / RATE_HZ,
    }


def _top(hold: Floats) -> dict[str, float]:
    """Overshoot: the first second above the level at which the hold settles; oscillation: what swings on."""
    leg = hold[:, angles.LEG]
    if len(leg) < RATE_HZ // 2 or not np.isfinite(leg).all():
        return {"overshoot_deg": np.nan, "oscillation_deg": np.nan}
    settled = median(leg[len(leg) // 2 :])
    swing = leg - _trend(leg)
    return {
        "overshoot_deg": max(0.0, float(leg[:OVERSHOOT].max() - settled)),
        "oscillation_deg": float(swing.max() - swing.min()),
    }


def _trend(values: Floats) -> Floats:
    """The least-squares line through the values."""
    x = np.arange(len(values)) - (len(values) - 1) / 2
    return np.asarray(values.sum() / len(values) + x * (x.dot(values) / x.dot(x)))


def _sustained(values: Floats) -> tuple[float, float]:
    """Index of the largest known value, and the level that is exceeded for `SUSTAINED` instants in all."""
    at, most = largest(values)
    known = values[np.isfinite(values)]
    if len(known) <= SUSTAINED:
        return at, most
    return at, float(np.partition(known, -SUSTAINED - 1)[-SUSTAINED - 1])


def _least(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.min()) if len(known) else np.nan
