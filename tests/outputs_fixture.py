"""A `Result` made of a clip's exact truth, so that outputs can be tested without a pose model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np

from formcheck.data.landmarks import COUNT, INDEX
from formcheck.data.observations import Floats, Observations
from formcheck.data.recording import Calibration, Recording, Source
from formcheck.data.result import (
    ANGLES,
    PHASES,
    REP_NUMBERS,
    TIMES,
    Activity,
    Checks,
    Finding,
    Frames,
    Rep,
    Result,
    SetSummary,
)
from formcheck.rules import score
from formcheck.rules.catalogue import NAMES

SAMPLES = Path(__file__).parents[1] / "samples"
LIMITS = {
    "parallel_tolerance_deg": 5.0,
    "knee_flexion_max_deg": 15.0,
    "elbow_flexion_max_deg": 15.0,
    "lift_min_s": 0.7,
    "hold_min_s": 2.5,
    "lower_min_s": 2.5,
    "touch_max_s": 0.1,
    "leg_difference_max_deg": 6.0,
}
SEEN = Checks(12, 13)
"""All but one: no ball is found in the truth."""
NOBODY = Activity("nothing", "nobody was seen in the picture")

# name: column of the truth, limit, half band, unit, moment (phase start, fraction of the phase), cue
FAULTS: dict[str, tuple[str, float, float, str, str, float, str]] = {
    "hyperextension": ("peak_thigh_elevation_deg", 5.0, 2.1, "deg", "hold", 0.1, "not so high"),
    "incomplete-lift": (
        "peak_thigh_elevation_deg",
        -5.0,
        2.1,
        "deg",
        "hold",
        0.1,
        "lift higher",
    ),
    "bent-knees": ("max_knee_flexion_deg", 15.0, 3.0, "deg", "hold", 0.3, "straighten your knees"),
    "bent-elbows": ("max_elbow_flexion_deg", 15.0, 6.0, "deg", "lift", 0.5, "straighten your elbows"),
    "short-hold": ("hold_s", 2.5, 0.15, "s", "hold", 1.0, "hold for three"),
    "fast-descent": ("lower_s", 2.5, 0.15, "s", "lower", 0.5, "lower slowly"),
    "swinging": ("lift_s", 0.7, 0.1, "s", "lift", 0.8, "smoothly, don't swing"),
    "toe-touch": ("touch_s", 0.1, 0.07, "s", "lower", 0.98, "keep your toes off the floor"),
    "uneven-legs": ("leg_difference_deg", 6.0, 1.5, "deg", "hold", 0.5, "both legs together"),
    "legs-apart": ("feet_gap_m", 0.15, 0.04, "m", "hold", 0.2, "feet together"),
}
SPANS = {
    "lift": ("lift_start_s", "hold_start_s"),
    "hold": ("hold_start_s", "lower_start_s"),
    "lower": ("lower_start_s", "end_s"),
}


def result_from_truth(truth_json_path: Path | str) -> Result:
    """Angles, phases, reps and faults of the truth; landmarks where the truth has joints."""
    path = Path(truth_json_path)
    truth = json.loads(path.read_text(encoding="utf-8"))
    video = path.with_name(path.name.replace(".truth.json", ".mp4"))
    observations = _observations(truth)
    n, fps = len(observations), float(truth["fps"])
    width, height = truth["size"]
    source = Source(video.name, "video", str(video), width, height, fps, n, n / fps)
    recording = Recording(observations, _calibration(truth), source, "heavy", versions={"formcheck": "0.1.0"})
    reps = tuple(_rep(number, rep) for number, rep in enumerate(truth["reps"], 1))
    score = round(sum(rep.score for rep in reps) / len(reps)) if reps else None
    ends = [(rep.numbers["lift_start_s"], rep.numbers["end_s"]) for rep in reps]
    sets = (SetSummary(1, len(reps), ends[0][0], ends[-1][1], score or 0, SEEN),) if reps else ()
    return Result(recording, _frames(truth, reps), reps, sets, score, SEEN, LIMITS)


def covering(result: Result, *seen: int) -> Result:
    """The same reps, of which so many checks were seen; without a score where these are too few."""
    reps, on = [], len(NAMES)
    for rep, n in zip(result.reps, seen, strict=True):
        checks = Checks(n, on)
        points = rep.score if score.enough(checks) else None
        reps.append(replace(rep, not_assessable=NAMES[n:], score=points, checks=checks))
    checks, points = score.whole(reps, on)
    sets = tuple(replace(one, score=points, checks=checks) for one in result.sets)
    return replace(result, reps=tuple(reps), sets=sets, score=points, checks=checks)


def empty_result(seconds: float = 2.0, fps: float = 30.0) -> Result:
    """A video with nobody in it."""
    time = np.arange(round(seconds * fps)) / fps
    n = len(time)
    nothing = np.full((n, COUNT, 3), np.nan, np.float32)
    none = np.zeros((n, COUNT), np.float32)
    seen = Observations(
        time, nothing, nothing.copy(), none, np.full(n, 90, np.float32), np.full((n, 3), np.nan, np.float32)
    )
    source = Source("empty.mp4", "video", "empty.mp4", 640, 480, fps, n, seconds)
    frames = Frames(
        time,
        np.zeros(n, np.bool_),
        {name: np.full(n, np.nan) for name in ANGLES},
        np.full(n, -1, np.int8),
        np.zeros(n, np.int32),
    )
    recording = Recording(seen, Calibration(), source, "heavy")
    return Result(recording, frames, (), (), None, Checks(0, 13), LIMITS, ("a warning",), NOBODY)


def _calibration(truth: dict[str, Any]) -> Calibration:
    side, joints = truth["side"], truth["joints_px"]
    leg = np.subtract(joints[f"{side}_hip"], joints[f"{side}_ankle"])
    camera = truth["camera"]
    return Calibration(
        side,
        truth["facing"],
        roll_deg=float(camera["roll_deg"]),
        roll_sd_deg=0.6,
        yaw_deg=float(camera["yaw_deg"]),
        yaw_sd_deg=2.5,
        focal_px=float(truth["size"][0] / 2 / np.tan(np.radians(camera["hfov_deg"] / 2))),
        leg_px=float(np.median(np.hypot(leg[:, 0], leg[:, 1]))),
    )


def _observations(truth: dict[str, Any]) -> Observations:
    n = len(truth["frames"]["time_s"])
    pixels = np.full((n, COUNT, 3), np.nan)
    visibility = np.zeros((n, COUNT))
    for name, track in truth["joints_px"].items():
        place = INDEX[name.replace("_toe", "_foot_index")]
        pixels[:, place, :2] = track
        pixels[:, place, 2] = 0.0 if name.startswith(truth["side"]) else 40.0
        visibility[:, place] = 0.98 if name.startswith(truth["side"]) else 0.6
    return Observations(
        np.arange(n) / truth["fps"],
        pixels.astype(np.float32),
        _world(pixels, truth["stature_m"]).astype(np.float32),
        visibility.astype(np.float32),
        np.full(n, 120, np.float32),
        np.full((n, 3), np.nan, np.float32),
    )


def _world(pixels: Floats, stature_m: float) -> Floats:
    """Metres from the middle of the hips, the leg being 49 % of the stature (Winter 2009, table 4.1)."""
    middle = pixels[:, [INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=1, keepdims=True)
    leg = pixels[:, INDEX["left_ankle"], :2] - pixels[:, INDEX["left_hip"], :2]
    scale: Floats = (pixels - middle) * (0.49 * stature_m / np.median(np.linalg.norm(leg, axis=-1)))
    return scale


def _frames(truth: dict[str, Any], reps: tuple[Rep, ...]) -> Frames:
    columns = truth["frames"]
    n = len(columns["time_s"])
    time = np.arange(n) / truth["fps"]
    number = np.zeros(n, np.int32)
    for rep in reps:
        number[(time >= rep.numbers["lift_start_s"]) & (time < rep.numbers["end_s"])] = rep.rep
    angles = {name: np.array(columns[name], np.float64) for name in ANGLES}
    phase = np.array([PHASES.index(name) for name in columns["phase"]], np.int8)
    return Frames(time, np.ones(n, np.bool_), angles, phase, number)


def _rep(number: int, truth: dict[str, Any]) -> Rep:
    numbers = {name: float(truth[name]) for name in REP_NUMBERS}
    numbers["max_elbow_flexion_deg"] = float(truth["max_elbow_flexion_deg"])
    uncertainty = {name: 0.07 if name in TIMES or name.endswith("_s") else 2.1 for name in numbers}
    faults = tuple(sorted((_finding(name, truth) for name in truth["faults"]), key=lambda fault: fault.time_s))
    score = 100 - sum({"minor": 8, "major": 20, "severe": 35}[fault.severity] for fault in faults)
    return Rep(number, 1, numbers, uncertainty, faults, ("ball-misplaced",), max(score, 0), SEEN)


def _finding(name: str, truth: dict[str, Any]) -> Finding:
    column, limit, band, unit, phase, fraction, cue = FAULTS[name]
    start, end = (float(truth[key]) for key in SPANS[phase])
    value = float(truth[column])
    excess = abs(value - limit) / {"deg": 10.0, "s": 1.0, "m": 0.2}[unit]
    severity = "minor" if excess < 0.5 else "major" if excess < 1.0 else "severe"
    return Finding(name, severity, value, limit, band, unit, start + fraction * (end - start), cue)


def moving(count, size, fps=30.0, times=None):
    """A grey picture with a white square that moves one pixel a frame."""
    for number in range(count):
        picture = np.full((size[1], size[0], 3), 90, np.uint8)
        picture[10:30, number % (size[0] - 20) : number % (size[0] - 20) + 20] = 255
        yield (number / fps if times is None else times[number]), picture


def probe(path):
    with av.open(str(path)) as file:
        video = file.streams.video[0]
        stamps = [float(frame.pts * frame.time_base) for frame in file.decode(video)]
        return video.codec_context, stamps, [stream.codec_context.name for stream in file.streams.audio]
