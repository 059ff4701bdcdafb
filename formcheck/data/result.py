"""What a session finds: the table of frames, the reps with their faults, the sets.

Column names and their meaning are the contract that other programs rely on (`docs/files.md`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from formcheck.data.recording import Recording

ANGLES = (
    "thigh_elevation_deg",
    "leg_elevation_deg",
    "trunk_elevation_deg",
    "hip_extension_deg",
    "knee_flexion_deg",
    "elbow_flexion_deg",
)
FRAME_COLUMNS = ("time_s", "visible", *ANGLES, "phase", "rep")
PHASES = ("rest", "lift", "hold", "lower")
TIMES = ("lift_start_s", "hold_start_s", "lower_start_s", "end_s")
REP_NUMBERS = (
    *TIMES,
    "lift_s",
    "hold_s",
    "lower_s",
    "peak_thigh_elevation_deg",
    "min_thigh_elevation_deg",
    "max_knee_flexion_deg",
)
REP_COLUMNS = ("rep", "set", *REP_NUMBERS, "score", "faults", "not_assessable")
SEVERITIES = ("minor", "major", "severe")


@dataclass(frozen=True)
class Frames:
    """The steady grid of analysed instants; every array has length T.

    `angles` holds one float array for each name in `ANGLES`, degrees, not-a-number where unknown.
    `phase` holds indices into `PHASES`, -1 where unknown; `rep` the number of the rep from 1, 0 outside.
    """

    time_s: NDArray[np.float64]
    visible: NDArray[np.bool_]
    angles: dict[str, NDArray[np.float64]]
    phase: NDArray[np.int8]
    rep: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True)
class Finding:
    """One fault of one rep.

    `value` and `limit` are in `unit`; `uncertainty` is half the 95 % band of `value`; `time_s` is where
    to look in the video.
    """

    name: str
    severity: str
    value: float
    limit: float
    uncertainty: float
    unit: str
    time_s: float
    cue: str


@dataclass(frozen=True)
class Checks:
    """Of `of` checks that are switched on `seen` could be made (`rules.score`)."""

    seen: int
    of: int


@dataclass(frozen=True)
class Rep:
    """One rep: `numbers` by the names in `REP_NUMBERS` (and more measures of the rules), each with the
    half width of its 95 % band in `uncertainty`; not-a-number where it could not be measured. The score is `None`
    where too few checks were seen."""

    rep: int
    set: int
    numbers: dict[str, float]
    uncertainty: dict[str, float]
    faults: tuple[Finding, ...]
    not_assessable: tuple[str, ...]
    score: int | None
    checks: Checks


@dataclass(frozen=True)
class SetSummary:
    """One set: reps without a long rest between them."""

    set: int
    reps: int
    start_s: float
    end_s: float
    score: int | None
    checks: Checks


@dataclass(frozen=True)
class Activity:
    """Which exercise was seen.

    kind      "ball": this exercise; "no-ball": the same movement, no ball seen; "other": another exercise, or nobody
              in position; "nothing": nothing that could be judged
    sentence  what there is to say about it, why no rep was counted; without capital and full stop, empty where all is
              as it should be
    """

    kind: str
    sentence: str = ""


@dataclass(frozen=True)
class Result:
    """All that one session found.

    `content_sha256` tells which file was analysed, 64 digits; empty where that is not known.
    """

    recording: Recording
    frames: Frames
    reps: tuple[Rep, ...]
    sets: tuple[SetSummary, ...]
    score: int | None
    checks: Checks
    limits: dict[str, float]
    warnings: tuple[str, ...] = field(default=())
    activity: Activity = Activity("ball")
    content_sha256: str = ""
