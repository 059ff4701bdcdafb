"""Remarks on feet, hands and head that leave the picture: what is cut off, in which reps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from formcheck.core import edges
from formcheck.core.grid import BRIDGE_S, RATE_HZ
from formcheck.data.landmarks import INDEX
from formcheck.data.recording import Recording
from formcheck.data.result import TIMES, Rep, Result

MOMENT_S = edges.FEW / RATE_HZ
"""What is outside for no longer is bridged."""
MOSTLY = 0.5
"""Where there are no reps, what is outside in more than this share of the frames is told."""


def cut_off(result: Result) -> list[str]:
    """Warnings that feet, hands or head leave the picture, and in which reps; without reps, how much of the time."""
    recording = result.recording
    time_s, out = recording.observations.time_s, left_picture(recording)
    remarks = []
    for part, gone in out.items():
        if not result.reps:
            if len(gone) and gone.mean() > MOSTLY:
                remarks.append(f"the {part} {_verb(part)} outside the picture in {gone.mean():.0%} of the frames")
            continue
        reps = [rep.rep for rep in result.reps if _long(gone, time_s, rep)]
        if reps:
            what = "" if part == "head" else "; what rests on them is not assessable"
            leave = "leaves" if part == "head" else "leave"
            remarks.append(f"the {part} {leave} the picture in {_listed(reps)}{what}")
    return remarks


def left_picture(recording: Recording) -> dict[str, NDArray[np.bool_]]:
    """Frames (T,) in which feet, hands or head are outside the picture; never those in which nobody was seen."""
    calibration, source = recording.calibration, recording.source
    pixels = recording.observations.pixels[..., :2].astype(np.float64)
    near = pixels[:, [INDEX[f"{calibration.side}_{joint}"] for joint in edges.JOINTS]]
    out = edges.outside(near, source, calibration.leg_px)
    nose = edges.room(pixels[:, INDEX["nose"]], source, calibration.leg_px) < edges.HEAD
    feet = np.asarray(out[:, [edges.HEEL, edges.TOE, edges.ANKLE]].any(axis=1))
    return {"feet": feet, "hands": out[:, edges.WRIST], "head": np.asarray(nose)}


def _long(gone: NDArray[np.bool_], time_s: NDArray[np.float64], rep: Rep) -> bool:
    """Whether something is outside for more than a moment of what was seen of a rep."""
    known = [rep.numbers[name] for name in TIMES if np.isfinite(rep.numbers.get(name, np.nan))]
    if not known:
        return False
    during = (time_s >= min(known)) & (time_s <= max(known))
    steps = np.minimum(np.diff(time_s, append=time_s[-1:]), BRIDGE_S)
    return bool(steps[during & gone].sum() > MOMENT_S)


def _listed(reps: Sequence[int]) -> str:
    """Numbers of reps in words.

    >>> _listed([2]), _listed([1, 2, 3, 5])
    ('rep 2', 'reps 1-3, 5')
    """
    runs: list[list[int]] = []
    for rep in reps:
        if runs and rep == runs[-1][-1] + 1:
            runs[-1].append(rep)
        else:
            runs.append([rep])
    words = [f"{run[0]}" if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]
    return f"rep{'s' if len(reps) > 1 else ''} {', '.join(words)}"


def _verb(part: str) -> str:
    return "is" if part == "head" else "are"
