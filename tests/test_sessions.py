"""The sample sessions: their truth agrees with itself and with the pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from truths import ROOT

from formcheck.data.result import ANGLES, PHASES, TIMES
from formcheck.evaluate import load

PATHS = sorted((ROOT / "samples").glob("session*.truth.json"))
FASTEST_DEG_S = 400.0
"""No joint of somebody who stands up or lets the legs fall turns faster."""


@pytest.fixture(params=PATHS, ids=lambda path: path.name.split(".")[0])
def path(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def sidecar(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def test_one_instant_a_picture(path: Path) -> None:
    data = sidecar(path)
    with av.open(str(path).replace(".truth.json", ".mp4")) as video:
        stream = video.streams.video[0]
        assert stream.average_rate == data["fps"]
        assert [stream.width, stream.height] == data["size"]
        assert sum(packet.size > 0 for packet in video.demux(stream)) == len(data["frames"]["time_s"])
    assert np.diff(data["frames"]["time_s"]) == pytest.approx(1 / data["fps"], abs=2e-4)


def test_everybody_who_does_a_rep_is_in_position(path: Path) -> None:
    truth = load(path)
    assert truth.in_position is not None
    during = np.zeros(len(truth.time_s), bool)
    for rep in truth.reps:
        during |= (truth.time_s >= rep.numbers[TIMES[0]]) & (truth.time_s <= rep.numbers[TIMES[-1]])
    assert during.any()
    assert set(truth.in_position[during]) == {1}
    assert set(truth.in_position[~during]) == {0, 1}  # on the ball before and between reps, and elsewhere


def test_phases_are_those_of_the_reps(path: Path) -> None:
    data = sidecar(path)
    time_s, told = np.array(data["frames"]["time_s"]), np.array(data["frames"]["phase"])
    true = np.full(len(time_s), "rest", dtype=told.dtype)
    for rep in data["reps"]:
        for start, end, phase in zip(TIMES[:-1], TIMES[1:], PHASES[1:], strict=True):
            true[(time_s >= rep[start]) & (time_s < rep[end])] = phase
    edges = np.array([rep[name] for rep in data["reps"] for name in TIMES])
    sure = np.abs(time_s[:, None] - edges).min(axis=1) > 1e-3
    assert (told == true)[sure].all()


def test_numbers_are_those_of_the_columns(path: Path) -> None:
    frames = sidecar(path)["frames"]
    time_s, thigh = np.array(frames["time_s"]), np.array(frames["thigh_elevation_deg"], float)
    knee = np.array(frames["knee_flexion_deg"], float)
    for rep in sidecar(path)["reps"]:
        there = (time_s >= rep["lift_start_s"]) & (time_s <= rep["end_s"])
        assert thigh[there].max() == pytest.approx(rep["peak_thigh_elevation_deg"], abs=0.02)
        assert knee[there].max() == pytest.approx(rep["max_knee_flexion_deg"], abs=0.02)


def test_faults_follow_from_the_numbers(path: Path) -> None:
    for rep in sidecar(path)["reps"]:
        must = {
            "hyperextension": rep["peak_thigh_elevation_deg"] >= 9,
            "incomplete-lift": rep["peak_thigh_elevation_deg"] <= -8.5,
            "bent-knees": rep["max_knee_flexion_deg"] >= 22,
            "short-hold": rep["hold_s"] <= 1.8,
            "fast-descent": rep["lower_s"] <= 1.8,
        }
        assert {name for name, raised in must.items() if raised} == set(rep["faults"])
        assert not set(rep["faults"]) & set(rep["borderline"])


def test_nobody_jumps(path: Path) -> None:
    truth = load(path)
    for name in ANGLES:
        rates = np.diff(truth.angles[name]) / np.diff(truth.time_s)
        assert np.nanmax(np.abs(rates)) < FASTEST_DEG_S, name


def test_angles_are_known_while_somebody_is_there(path: Path) -> None:
    frames = sidecar(path)["frames"]
    hip = np.array([place is not None for place in frames["joints_px"]["left_hip"]] if "joints_px" in frames else [])
    known = np.isfinite(np.array(frames["thigh_elevation_deg"], float))
    assert known.mean() > 0.95
    assert hip.size == 0 or (hip == known).all()
