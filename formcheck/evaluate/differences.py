"""What a Bland-Altman plot shows: differences against means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formcheck.data.observations import Floats
from formcheck.data.result import ANGLES
from formcheck.evaluate.stats import Stats, describe
from formcheck.evaluate.values import ClipEvaluation


@dataclass(frozen=True)
class BlandAltman:
    """Points of one plot, each array (n,): mean of found and true, found minus true, index of the clip.

    `stats` (bias and limits of agreement) are of all points, also of those left out by thinning.
    """

    mean: Floats
    difference: Floats
    clip: NDArray[np.intp]
    stats: Stats


def bland_altman(clips: Iterable[ClipEvaluation], name: str, every: int = 1) -> BlandAltman:
    """Points of an angle (one a frame) or of a number of the reps (one a matched rep).

    `every` keeps each so manieth frame of a clip. Raises `ValueError` where it is under 1.
    """
    if every < 1:
        raise ValueError(f"every is {every}; it must be at least 1")
    points = [_frames(clip, name) if name in ANGLES else _reps(clip, name) for clip in clips]
    kept = [one[::every] if name in ANGLES else one for one in points]
    rows = np.concatenate([np.zeros((0, 2)), *kept])
    clip = np.repeat(np.arange(len(kept)), [len(one) for one in kept])
    everything = np.concatenate([np.zeros((0, 2)), *points])
    return BlandAltman(rows.mean(axis=1), rows[:, 0] - rows[:, 1], clip, describe(-np.diff(everything)[:, 0]))


def _frames(clip: ClipEvaluation, name: str) -> Floats:
    series = clip.angles.get(name)
    return np.zeros((0, 2)) if series is None else np.column_stack([series.found, series.true])


def _reps(clip: ClipEvaluation, name: str) -> Floats:
    pairs = [rep.numbers[name] for rep in clip.matched if name in rep.numbers]
    rows = np.array([(pair.found, pair.true) for pair in pairs], dtype=np.float64).reshape(-1, 2)
    return rows[np.isfinite(rows).all(axis=1)]
