"""One result against the truth of its clip."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from formcheck.data.observations import Floats
from formcheck.data.result import REP_NUMBERS, TIMES, Frames, Rep, Result
from formcheck.evaluate.falsephases import false_phases
from formcheck.evaluate.match import Span, match
from formcheck.evaluate.truth import TrueRep, Truth
from formcheck.evaluate.values import ClipEvaluation, Compared, FaultOutcome, RepComparison, Series

MAX_STEP_S = 0.2
"""Between true instants that lie farther apart nothing is interpolated: legs move 10° in that time."""


def compare(result: Result, truth: Truth) -> ClipEvaluation:
    """Errors (found minus true) of every frame, rep and fault of one clip; pure."""
    frames, calibration = result.frames, result.recording.calibration
    at, near = _nearest(frames.time_s, truth.time_s)
    duration_s = _duration(result, truth)
    return ClipEvaluation(
        name=truth.name,
        model=result.recording.model,
        duration_s=duration_s,
        yaw_deg=truth.yaw_deg,
        roll_deg=truth.roll_deg,
        asked=len(truth.time_s),
        seen=int(np.sum(frames.visible[at] & near)) if len(frames) else 0,
        angles={name: _series(frames, truth, name, at, near) for name in truth.angles},
        reps=_reps(result.reps, truth),
        roll=_camera(calibration.roll_deg, calibration.roll_sd_deg, truth.roll_deg),
        yaw=_camera(calibration.yaw_deg, calibration.yaw_sd_deg, truth.yaw_deg),
        side_right=None if truth.side is None else calibration.side == truth.side,
        facing_right=None if truth.facing is None else calibration.facing == truth.facing,
        false_phases=false_phases(frames, truth, duration_s),
    )


def interpolate(time_s: Floats, values: Floats, at_s: Floats) -> Floats:
    """Linear between neighbouring known values; not-a-number outside, beside unknown values and in gaps.

    time_s and values (T,), at_s (n,) gives (n,).
    """
    if len(time_s) == 0:
        return np.full(len(at_s), math.nan)
    unknown = np.interp(at_s, time_s, np.isnan(values).astype(float)) > 0
    inside = (at_s >= time_s[0]) & (at_s <= time_s[-1])
    after = np.clip(np.searchsorted(time_s, at_s), 1, max(len(time_s) - 1, 1))
    steps = np.append(np.diff(time_s), 0.0)[after - 1]
    gap = (steps > MAX_STEP_S) & ~np.isin(at_s, time_s)
    line = np.interp(at_s, time_s, np.nan_to_num(values))
    return np.where(inside & ~unknown & ~gap, line, math.nan)


def _duration(result: Result, truth: Truth) -> float:
    time_s = truth.time_s if len(truth.time_s) else result.frames.time_s
    return float(time_s[-1] - time_s[0]) if len(time_s) else 0.0


def _nearest(found_s: Floats, true_s: Floats) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """For each true instant the nearest found one, and whether it is at most one found step away."""
    if len(found_s) == 0:
        return np.zeros(len(true_s), np.intp), np.zeros(len(true_s), np.bool_)
    after = np.clip(np.searchsorted(found_s, true_s), 0, len(found_s) - 1)
    before = np.maximum(after - 1, 0)
    at = np.where(np.abs(found_s[before] - true_s) < np.abs(found_s[after] - true_s), before, after)
    step = float(np.median(np.diff(found_s))) if len(found_s) > 1 else 0.0
    return at, np.abs(found_s[at] - true_s) <= step


def _series(frames: Frames, truth: Truth, name: str, at: NDArray[np.intp], near: NDArray[np.bool_]) -> Series:
    """The truth put on the instants of the result."""
    found = frames.angles.get(name, np.full(len(frames), math.nan))
    true = interpolate(truth.time_s, truth.angles[name], frames.time_s)
    both = np.isfinite(found) & np.isfinite(true)
    asked = np.isfinite(truth.angles[name])
    known = asked & near & np.isfinite(found)[at] if len(frames) else np.zeros(0)
    return Series(frames.time_s[both], found[both], true[both], int(np.sum(asked)), int(np.sum(known)))


def _reps(found: tuple[Rep, ...], truth: Truth) -> tuple[RepComparison, ...]:
    """Pairs, missed and extra reps in the order of time."""
    pairs = match([_span(rep.numbers) for rep in found], [_span(rep.numbers) for rep in truth.reps])
    rows = [_pair(found[i], truth.reps[j], j + 1) for i, j in pairs]
    rows += [_extra(rep, truth.faults_judged) for i, rep in enumerate(found) if i not in {i for i, _ in pairs}]
    rows += [_missed(rep, j + 1) for j, rep in enumerate(truth.reps) if j not in {j for _, j in pairs}]
    return tuple(sorted(rows, key=lambda row: math.inf if math.isnan(row.time_s) else row.time_s))


def _span(numbers: Mapping[str, float]) -> Span:
    """From the first to the last known boundary."""
    times = [numbers[name] for name in TIMES if math.isfinite(numbers.get(name, math.nan))]
    return (min(times), max(times)) if times else (math.nan, math.nan)


def _pair(rep: Rep, true: TrueRep, place: int) -> RepComparison:
    names = [*REP_NUMBERS, *sorted(true.numbers.keys() - set(REP_NUMBERS))]
    numbers = {
        name: Compared(rep.numbers[name], true.numbers[name], rep.uncertainty.get(name, math.nan))
        for name in names
        if name in rep.numbers and name in true.numbers
    }
    outcome = _outcome(rep, true.faults, true.borderline)
    return RepComparison(rep.rep, place, _span(true.numbers)[0], numbers, outcome)


def _extra(rep: Rep, judged: bool) -> RepComparison:
    outcome = _outcome(rep, frozenset() if judged else None, frozenset())
    return RepComparison(rep.rep, None, _span(rep.numbers)[0], {}, outcome)


def _missed(true: TrueRep, place: int) -> RepComparison:
    outcome = FaultOutcome(true.faults is not None, missed=true.faults or frozenset(), borderline=true.borderline)
    return RepComparison(None, place, _span(true.numbers)[0], {}, outcome)


def _outcome(rep: Rep, must: frozenset[str] | None, borderline: frozenset[str]) -> FaultOutcome:
    raised = frozenset(finding.name for finding in rep.faults)
    unsure = frozenset(rep.not_assessable) - raised
    if must is None:
        return FaultOutcome(judged=False, not_assessable=unsure)
    return FaultOutcome(
        hit=raised & must,
        missed=must - raised,
        unassessed=must & unsure,
        false=raised - must - borderline,
        allowed=raised & borderline,
        borderline=borderline,
        not_assessable=unsure,
    )


def _camera(found: float | None, sd: float | None, true: float | None) -> Compared | None:
    if true is None:
        return None
    known = math.nan if found is None else found
    return Compared(known, true, math.nan if sd is None else 1.96 * sd)
