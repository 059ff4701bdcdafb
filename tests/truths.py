"""A small truth whose every number can be worked out by hand, what a flawless program would find, and changes to it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration, Recording, Source
from formcheck.data.result import ANGLES, REP_NUMBERS, TIMES, Checks, Finding, Frames, Rep, Result
from formcheck.evaluate import Truth, compare, load, pool
from formcheck.evaluate.pooled import Summary

ROOT = Path(__file__).parents[1]
SLOPE = 2.0  # degrees a second, of every angle of the synthetic truth


def rep_dict(start: float, faults: list[str] | None = None, borderline: list[str] | None = None) -> dict[str, Any]:
    numbers = dict(zip(TIMES, (start, start + 1, start + 4, start + 7), strict=True))
    peaks = {"peak_thigh_elevation_deg": 1.0, "min_thigh_elevation_deg": -30.0, "max_knee_flexion_deg": 4.0}
    return {**numbers, **peaks, "faults": faults or [], "borderline": borderline or []}


def truth_dict() -> dict[str, Any]:
    """Three reps in 28 s at 25 frames a second; all angles are straight lines."""
    time_s = [i / 25 for i in range(701)]
    angles = {name: [SLOPE * t - 10 * k for t in time_s] for k, name in enumerate(ANGLES)}
    return {
        "schema": 1,
        "side": "right",
        "facing": "left",
        "camera": {"yaw_deg": -30, "roll_deg": 5},
        "frames": {"time_s": time_s, **angles},
        "reps": [rep_dict(1), rep_dict(10, ["bent-knees"], ["toe-touch"]), rep_dict(19, ["legs-apart"])],
    }


def read(folder: Path, data: Any, name: str = "a") -> Truth:
    path = folder / f"{name}.truth.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return load(path)


def finding(name: str) -> Finding:
    return Finding(name, "minor", 1.0, 0.0, 0.1, "deg", 0.0, "cue")


def perfect(truth: Truth, band: float = 0.05, model: str = "heavy") -> Result:
    """What a flawless program would find."""
    n = len(truth.time_s)
    reps = tuple(
        Rep(
            number,
            1,
            {name: rep.numbers[name] for name in REP_NUMBERS if name in rep.numbers},
            dict.fromkeys(REP_NUMBERS, band),
            tuple(finding(name) for name in sorted(rep.faults or ())),
            (),
            100,
            Checks(13, 13),
        )
        for number, rep in enumerate(truth.reps, 1)
    )
    calibration = Calibration(truth.side or "left", truth.facing or "left", truth.roll_deg, 0.5, truth.yaw_deg, 2.0)
    nothing = np.full(n, math.nan)
    frames = Frames(
        truth.time_s,
        np.ones(n, bool),
        {name: truth.angles.get(name, nothing) for name in ANGLES},
        np.zeros(n, np.int8),
        np.zeros(n, np.int32),
    )
    recording = Recording(Observations.empty(), calibration, Source("a.mp4"), model)
    return Result(recording, frames, reps, (), 100, Checks(13, 13), {})


def with_rep(result: Result, index: int, **changes: Any) -> Result:
    reps = list(result.reps)
    reps[index] = replace(reps[index], **changes)
    return replace(result, reps=tuple(reps))


def with_faults(result: Result, index: int, *names: str, unsure: tuple[str, ...] = ()) -> Result:
    return with_rep(result, index, faults=tuple(map(finding, names)), not_assessable=unsure)


def moved(rep: Rep, seconds: float, number: int = 9) -> Rep:
    numbers = {k: v + seconds if k in TIMES else v for k, v in rep.numbers.items()}
    return replace(rep, rep=number, numbers=numbers)


def summary(result: Result, truth: Truth) -> Summary:
    return pool([compare(result, truth)]).whole.pooled
