"""Phases told at times when no rep is under way: getting on and off, rests, fidgets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from formcheck.data.observations import Floats
from formcheck.data.result import PHASES, TIMES, Frames
from formcheck.evaluate.truth import Truth
from formcheck.evaluate.values import FalsePhases

TOLERANCE_S = 0.3
"""So far from a true rep a phase is only a boundary that is a little off, which is measured elsewhere."""

Spans = list[tuple[float, float]]


def false_phases(frames: Frames, truth: Truth, duration_s: float) -> FalsePhases | None:
    """Stretches told as lift, hold or lowering outside true reps; `None` where the truth has no `in_position`."""
    if truth.in_position is None:
        return None
    moving = _runs(frames.time_s, frames.phase > PHASES.index("rest"))
    stretches = minus(moving, [*_allowed(truth), *_runs(truth.time_s, np.isnan(truth.in_position))])
    lengths = [end - start for start, end in stretches]
    longest = int(np.argmax(lengths)) if lengths else -1
    return FalsePhases(
        seconds=sum(lengths),
        longest_s=lengths[longest] if lengths else 0.0,
        longest_at_s=stretches[longest][0] if lengths else float("nan"),
        clip_s=duration_s,
    )


def _allowed(truth: Truth) -> Spans:
    """The true reps and a little around them, without what the truth itself calls out of position."""
    assert truth.in_position is not None
    reps = [(rep.numbers[TIMES[0]], rep.numbers[TIMES[-1]]) for rep in truth.reps]
    wide = [(start - TOLERANCE_S, end + TOLERANCE_S) for start, end in reps]
    outside = minus(_runs(truth.time_s, truth.in_position == 0), _between(reps))
    return minus(wide, outside)


def _between(reps: Spans) -> Spans:
    """What lies before, between and after the reps."""
    starts, ends = [start for start, _ in reps], [end for _, end in reps]
    return list(zip([-np.inf, *ends], [*starts, np.inf], strict=True))


def _runs(time_s: Floats, told: NDArray[np.bool_]) -> Spans:
    """Times for which something is told without a break; an instant stands for the time up to the next one."""
    if len(time_s) == 0:
        return []
    last = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
    edges = np.append(time_s, time_s[-1] + last)
    change = np.flatnonzero(np.diff(np.concatenate([[False], told, [False]]).astype(int)))
    return [(float(edges[start]), float(edges[end])) for start, end in zip(change[::2], change[1::2], strict=True)]


def minus(spans: Iterable[tuple[float, float]], others: Sequence[tuple[float, float]]) -> Spans:
    """What is left of some spans without others."""
    left: Spans = []
    for start, end in spans:
        cuts = sorted((max(a, start), min(b, end)) for a, b in others if a < end and b > start)
        at = start
        for a, b in [*cuts, (end, end)]:
            if a > at:
                left.append((at, a))
            at = max(at, b)
    return left
