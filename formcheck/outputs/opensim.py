"""Files for OpenSim: marker positions (`.trc`) and joint angles (`.mot`), one row per analysed instant.

Axes are those of OpenSim's ground: x forward, y up, z to the right. Forward is the way the head points, so a
prone body lies along x. Markers are the 33 landmarks of the pose model under their own names, in metres from
the middle of the hips: a single camera cannot tell where the body is in the room, and depth (z) is a guess of
the pose model. Pictures that are turned, oblique or taken from above are set right by the calibration.

What is unknown is left blank in the `.trc`, which OpenSim reads as missing. A `.mot` must hold numbers only
(tools stop at, or spread, a not-a-number), so it is cut to the known range, gaps are bridged by straight
lines, columns that are never known are left out, and the header says how much was filled.

Formats: OpenSim documentation, "Marker (.trc) Files" and "Motion (.mot) Files"; checked against what
`TRCFileAdapter` and `Storage` of opensim-core accept.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from formcheck.core.grid import BRIDGE_S
from formcheck.data.landmarks import COUNT, NAMES
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration
from formcheck.data.result import Frames, Result
from formcheck.streams import one_line

Floats = NDArray[np.float64]

COORDINATES = {
    "pelvis_tilt": ("trunk_elevation_deg", 1.0, -90.0),
    "hip_flexion_r": ("hip_extension_deg", -1.0, 0.0),
    "hip_flexion_l": ("hip_extension_deg", -1.0, 0.0),
    "knee_angle_r": ("knee_flexion_deg", 1.0, 0.0),
    "knee_angle_l": ("knee_flexion_deg", 1.0, 0.0),
    "elbow_flex_r": ("elbow_flexion_deg", 1.0, 0.0),
    "elbow_flex_l": ("elbow_flexion_deg", 1.0, 0.0),
    "thigh_elevation_deg": ("thigh_elevation_deg", 1.0, 0.0),
    "leg_elevation_deg": ("leg_elevation_deg", 1.0, 0.0),
}
"""Column of the `.mot`: angle, factor, offset. Names and signs of the full-body model of Rajagopal et al.
(2016), where knees bend positively and an upright pelvis has tilt 0, so a level prone one has -90. Both sides
carry the one angle that is measured; the last two are for plotting, no model has them."""


def write_trc(result: Result, path: Path) -> None:
    """Write marker positions in metres; `path` is named in the first line, as the format wants."""
    frames, recording = result.frames, result.recording
    markers = _markers(recording.observations, recording.calibration, frames.time_s)
    rate, count = _rate(frames.time_s), len(frames)
    names = "".join(f"{name}\t\t\t" for name in NAMES)
    axes = "".join(f"X{i}\tY{i}\tZ{i}\t" for i in range(1, len(NAMES) + 1))
    head = (
        f"PathFileType\t4\t(X/Y/Z)\t{one_line(path.name)}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate:.6g}\t{rate:.6g}\t{count}\t{len(NAMES)}\tm\t{rate:.6g}\t1\t{count}",
        f"Frame#\tTime\t{names}",
        f"\t\t{axes}",
        "",
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(line + "\n" for line in head)
        for number, (time, row) in enumerate(zip(frames.time_s.tolist(), markers, strict=True), 1):
            # a tab ends every field: readers drop a last one that is empty and has none
            values = "".join("\t" if math.isnan(v) else f"{v:.5f}\t" for v in row.tolist())
            file.write(f"{number}\t{time:.6f}\t{values}\n")


def write_mot(result: Result, path: Path) -> None:
    """Write joint angles in degrees under the names of OpenSim's full-body coordinates."""
    time, columns, filled_s = _motion(result.frames)
    table = np.column_stack([time, *columns.values()])
    head = (
        "Coordinates",
        "version=1",
        f"nRows={len(time)}",
        f"nColumns={len(columns) + 1}",
        "inDegrees=yes",
        "",
        "Units are S.I. units (second, meters, Newtons, ...)",
        "Angles are in degrees.",
        f"Unknown stretches were bridged by straight lines, {filled_s:.2f} s in the longest column.",
        "",
        "endheader",
        "\t".join(["time", *columns]),
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(line + "\n" for line in head)
        for first, *rest in table.tolist():
            file.write("\t".join([f"{first:.6f}", *(f"{value:.4f}" for value in rest)]) + "\n")


def axes(calibration: Calibration) -> Floats:
    """Rows: OpenSim's x, y and z as directions in the picture (right, down, into the scene); (3, 3).

    The turn undoes roll, then pitch, then yaw. z points to the person's right, also where the picture is
    mirrored, so that left stays left.
    """
    angles = (calibration.roll_deg, calibration.pitch_deg, calibration.yaw_deg)
    roll, pitch, yaw = (np.radians(angle or 0.0) for angle in angles)
    level = np.array([[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    upright = np.array([[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]])
    head = 1.0 if calibration.facing == "right" else -1.0
    right = -1.0 if calibration.side == "right" else 1.0
    forward = np.array([head * np.cos(yaw), 0.0, -np.sin(yaw)])
    away = np.array([head * np.sin(yaw), 0.0, np.cos(yaw)])
    turned: Floats = np.array([forward, [0.0, -1.0, 0.0], right * away]) @ upright @ level
    return turned


def _markers(observations: Observations, calibration: Calibration, time_s: Floats) -> Floats:
    """Metres on the grid `time_s`, (T, 99), not-a-number where not seen for longer than the bridged gap."""
    turned = observations.world.astype(np.float64) @ axes(calibration).T
    flat = turned.reshape(len(observations), 3 * COUNT)
    sampled = [_sample(observations.time_s, column, time_s) for column in flat.T]
    return np.column_stack(sampled) if sampled else np.zeros((len(time_s), 0))


def _sample(time_s: Floats, values: Floats, at_s: Floats) -> Floats:
    """Linear between neighbours that are known and near enough, unknown elsewhere."""
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(at_s), np.nan)
    times = time_s[known]
    sampled = np.interp(at_s, times, values[known], left=np.nan, right=np.nan)
    after = np.searchsorted(times, at_s)
    gap = times[np.minimum(after, len(times) - 1)] - times[np.maximum(after - 1, 0)]
    exact = times[np.minimum(after, len(times) - 1)] == at_s
    sampled[(gap > BRIDGE_S) & ~exact] = np.nan
    return sampled


def _motion(frames: Frames) -> tuple[Floats, dict[str, Floats], float]:
    """Times, columns without gaps, and the longest time (seconds) that was filled in one of them."""
    known = {name: np.isfinite(values) for name, values in frames.angles.items()}
    some = np.flatnonzero(np.any(list(known.values()), axis=0))
    if not len(some):
        return np.zeros(0), {}, 0.0
    part = slice(some[0], some[-1] + 1)
    time = frames.time_s[part]
    columns, filled = {}, 0
    for name, (angle, factor, offset) in COORDINATES.items():
        values, seen = frames.angles[angle][part], known[angle][part]
        if seen.any():
            filled = max(filled, int(np.sum(~seen)))
            columns[name] = np.interp(time, time[seen], values[seen]) * factor + offset
    return time, columns, filled / _rate(frames.time_s)


def _rate(time_s: Floats) -> float:
    """Rows a second of a steady grid."""
    return 1.0 / float(np.median(np.diff(time_s))) if len(time_s) > 1 else 1.0
