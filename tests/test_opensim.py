"""The files are read back by the rules of opensim-core's own readers, written here independently."""

from dataclasses import replace

import numpy as np
import pytest
from outputs_fixture import SAMPLES, empty_result, result_from_truth

from formcheck.core.view import view
from formcheck.data.landmarks import INDEX, NAMES
from formcheck.data.recording import Calibration, Source
from formcheck.outputs.opensim import axes, write_mot, write_trc

KEYS = ["DataRate", "CameraRate", "NumFrames", "NumMarkers", "Units"]
KEYS += ["OrigDataRate", "OrigDataStartFrame", "OrigNumFrames"]


def fields(line):
    """Fields end at each tab; a last one without a tab counts only if it is not empty."""
    parts = line.split("\t")
    return parts[:-1] if parts[-1] == "" else parts


def filled(line):
    return [part for part in fields(line) if part]


def read_trc(path):
    lines = path.read_bytes().decode("utf-8").split("\n")
    assert lines.pop() == ""
    assert lines[0].split()[:3] == ["PathFileType", "4", "(X/Y/Z)"]
    assert filled(lines[1]) == KEYS
    head = dict(zip(KEYS, filled(lines[2]), strict=True))
    count, markers = int(head["NumFrames"]), int(head["NumMarkers"])
    labels = filled(lines[3])
    assert labels[:2] == ["Frame#", "Time"]
    assert len(labels) == markers + 2
    assert filled(lines[4]) == [f"{axis}{i}" for i in range(1, markers + 1) for axis in "XYZ"]
    assert lines[5] == ""
    rows = [fields(line) for line in lines[6:]]
    assert len(rows) == count
    assert all(len(row) == 3 * markers + 2 for row in rows)
    assert [row[0] for row in rows] == [str(i + 1) for i in range(count)]
    time = np.array([float(row[1]) for row in rows])
    data = np.array([[float(v) if v else np.nan for v in row[2:]] for row in rows]).reshape(count, markers, 3)
    return head, time, dict(zip(labels[2:], data.transpose(1, 0, 2), strict=True))


def read_mot(path):
    lines = path.read_bytes().decode("utf-8").split("\n")
    assert lines.pop() == ""
    end = lines.index("endheader")
    head = dict(line.split("=") for line in lines[:end] if "=" in line)
    labels = lines[end + 1].split("\t")
    assert labels[0] == "time"
    assert int(head["nColumns"]) == len(labels)
    rows = [[float(value) for value in line.split("\t")] for line in lines[end + 2 :]]
    assert int(head["nRows"]) == len(rows)
    assert all(len(row) == len(labels) for row in rows)
    table = np.array(rows).reshape(len(rows), len(labels))
    assert np.isfinite(table).all()
    return head, dict(zip(labels, table.T, strict=True))


@pytest.fixture(scope="module")
def result():
    return result_from_truth(SAMPLES / "clip08.truth.json")


def test_trc_counts_units_and_times(result, tmp_path):
    write_trc(result, tmp_path / "clip.trc")
    head, time, markers = read_trc(tmp_path / "clip.trc")
    assert head["Units"] == "m"
    assert float(head["DataRate"]) == pytest.approx(30)
    assert tuple(markers) == NAMES
    np.testing.assert_allclose(time, result.frames.time_s, atol=1e-6)
    assert (np.diff(time) > 0).all()


def test_trc_is_in_metres_with_y_up_and_the_head_forward(result, tmp_path):
    write_trc(result, tmp_path / "clip.trc")
    markers = read_trc(tmp_path / "clip.trc")[2]
    leg = np.linalg.norm(markers["right_ankle"] - markers["right_hip"], axis=1)
    assert 0.5 < np.median(leg) < 1.1
    assert (markers["right_shoulder"][:, 0] > markers["right_hip"][:, 0] + 0.2).all()
    hold = slice(int(10.5 * 30), int(12.5 * 30))
    assert markers["right_ankle"][hold, 1].mean() > markers["right_ankle"][:20, 1].mean() + 0.2
    assert (markers["right_hip"][:, 2] > markers["left_hip"][:, 2]).all()


def test_trc_leaves_blank_what_was_not_seen(result, tmp_path):
    seen = result.recording.observations
    world = seen.world.copy()
    world[100:160] = np.nan
    world[300:303] = np.nan
    gappy = replace(result, recording=replace(result.recording, observations=replace(seen, world=world)))
    write_trc(gappy, tmp_path / "clip.trc")
    knee = read_trc(tmp_path / "clip.trc")[2]["right_knee"]
    assert np.isnan(knee[100:160]).all()
    assert np.isfinite(np.delete(knee, slice(100, 160), axis=0)).all()
    assert np.isnan(read_trc(tmp_path / "clip.trc")[2]["nose"]).all()


def test_trc_follows_the_grid_of_the_frames(result, tmp_path):
    frames = result.frames
    half = {name: values[::2] for name, values in frames.angles.items()}
    part = replace(
        frames,
        time_s=frames.time_s[::2],
        visible=frames.visible[::2],
        angles=half,
        phase=frames.phase[::2],
        rep=frames.rep[::2],
    )
    write_trc(replace(result, frames=part), tmp_path / "clip.trc")
    head, _, _ = read_trc(tmp_path / "clip.trc")
    assert float(head["DataRate"]) == pytest.approx(15)
    assert int(head["NumFrames"]) == len(part)


@pytest.mark.parametrize("facing", ["left", "right"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_axes_agree_with_the_view_that_angles_are_measured_in(facing, side):
    calibration = Calibration(side, facing, roll_deg=4.0, yaw_deg=-17.0, pitch_deg=9.0, focal_px=600.0)
    seen = view(calibration, Source("", width=640, height=480))
    centre = np.array([[600, 0, 320], [0, 600, 240], [0, 0, 1.0]])
    found = axes(calibration)
    np.testing.assert_allclose(found @ found.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(-found[0], np.array(seen.tail) @ centre, atol=1e-9)
    np.testing.assert_allclose(found[1], np.array(seen.up) @ centre, atol=1e-9)
    towards_scene = found[2] @ axes(replace(calibration, side="left"))[2]
    assert towards_scene == pytest.approx(1.0 if side == "left" else -1.0)


def test_mot_counts_and_angles(result, tmp_path):
    write_mot(result, tmp_path / "clip.mot")
    head, columns = read_mot(tmp_path / "clip.mot")
    assert head["inDegrees"] == "yes"
    assert (np.diff(columns["time"]) > 0).all()
    angles = result.frames.angles
    np.testing.assert_allclose(columns["knee_angle_r"], angles["knee_flexion_deg"], atol=1e-4)
    np.testing.assert_allclose(columns["hip_flexion_l"], -angles["hip_extension_deg"], atol=1e-4)
    np.testing.assert_allclose(columns["pelvis_tilt"], angles["trunk_elevation_deg"] - 90, atol=1e-4)
    np.testing.assert_allclose(columns["leg_elevation_deg"], angles["leg_elevation_deg"], atol=1e-4)


def test_mot_has_numbers_only(result, tmp_path):
    angles = {name: values.copy() for name, values in result.frames.angles.items()}
    for values in angles.values():
        values[:30] = values[-45:] = np.nan
    angles["knee_flexion_deg"][200:260] = np.nan
    angles["elbow_flexion_deg"][:] = np.nan
    write_mot(replace(result, frames=replace(result.frames, angles=angles)), tmp_path / "clip.mot")
    _, columns = read_mot(tmp_path / "clip.mot")
    assert columns["time"][0] == pytest.approx(1.0)
    assert len(columns["time"]) == len(result.frames) - 75
    assert not any(name.startswith("elbow") for name in columns)
    np.testing.assert_allclose(np.diff(columns["knee_angle_r"][170:230], 2), 0, atol=2e-4)
    assert "2.00 s" in (tmp_path / "clip.mot").read_text()


def test_nobody_seen_gives_files_that_say_so(tmp_path):
    write_trc(empty_result(), tmp_path / "clip.trc")
    write_mot(empty_result(), tmp_path / "clip.mot")
    assert np.isnan(read_trc(tmp_path / "clip.trc")[2]["left_hip"]).all()
    assert read_mot(tmp_path / "clip.mot")[0]["nRows"] == "0"
    assert INDEX["left_hip"] == 23
