"""Evaluation of angles, times and camera: known changes must give the numbers worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from truths import ROOT, SLOPE, moved, perfect, read, summary, truth_dict, with_rep

from formcheck.data.recording import Calibration
from formcheck.data.result import ANGLES, REP_NUMBERS, Frames
from formcheck.evaluate import Truth, compare, load, pool, to_text

SAMPLE = ROOT / "samples" / "clip10.truth.json"


@pytest.mark.parametrize("sample", [False, True])
def test_perfect_result_has_no_error(truth: Truth, sample: bool) -> None:
    truth = load(SAMPLE) if sample else truth
    s = summary(perfect(truth), truth)
    for name in ANGLES:
        assert s.angles[name].n == len(truth.time_s)
        assert s.known[name] == 1
        assert s.angles[name].worst == pytest.approx(0, abs=1e-9)
    for stats in (*(s.numbers[name] for name in REP_NUMBERS), s.peak, s.boundaries, s.durations):
        assert stats.n >= 3
        assert stats.worst == pytest.approx(0, abs=1e-9)
    assert (s.counts.exact, s.counts.true, s.counts.found, s.counts.missed, s.counts.extra) == (1, 3, 3, 0, 0)
    assert (s.all_faults.precision, s.all_faults.recall, s.all_faults.false) == (1, 1, 0)
    assert (s.covered.inside, s.covered.of, s.covered.share) == (30, 30, 1)
    assert (s.roll.worst, s.yaw.worst, s.side_wrong, s.facing_wrong, s.seen) == (0, 0, 0, 0, 1)
    assert (s.clean.reps, s.clean.alarms) == (1, 0)


def test_bias_of_two_degrees(truth: Truth) -> None:
    result = perfect(truth)
    angles = {**result.frames.angles, "thigh_elevation_deg": truth.angles["thigh_elevation_deg"] + 2}
    s = summary(replace(result, frames=replace(result.frames, angles=angles)), truth)
    stats = s.angles["thigh_elevation_deg"]
    for value in (stats.bias, stats.mae, stats.rmse, stats.p95, stats.worst, stats.low, stats.high):
        assert value == pytest.approx(2)
    assert s.angles["leg_elevation_deg"].worst == 0


def test_clock_late_by_a_tenth(truth: Truth) -> None:
    result = perfect(truth, band=0.05)
    frames = replace(result.frames, time_s=truth.time_s + 0.1)
    result = replace(result, frames=frames, reps=tuple(moved(rep, 0.1, rep.rep) for rep in result.reps))
    s = summary(result, truth)
    assert s.boundaries.bias == pytest.approx(0.1)
    assert s.boundaries.n == 12
    assert s.durations.worst == pytest.approx(0, abs=1e-12)
    assert s.durations.n == 9
    # found at t is what was true a tenth earlier
    assert s.angles["knee_flexion_deg"].bias == pytest.approx(-0.1 * SLOPE)
    # of ten numbers of a rep only the four boundaries lie outside 0.05
    assert (s.covered.inside, s.covered.of) == (18, 30)
    assert s.coverage["lift_start_s"].share == 0
    assert s.coverage["lift_s"].share == 1


def test_band_as_wide_as_the_error_covers(truth: Truth) -> None:
    result = perfect(truth, band=0.1)
    result = replace(result, reps=tuple(moved(rep, 0.1) for rep in result.reps))
    assert summary(result, truth).covered.share == 1


def test_numbers_without_a_band_are_told_apart(truth: Truth) -> None:
    result = with_rep(perfect(truth), 0, uncertainty={"lift_s": math.inf, "hold_s": math.nan, "lower_s": 0.1})
    covered = summary(result, truth).covered
    assert (covered.inside, covered.of, covered.without) == (21, 21, 9)


def test_unknown_number_is_no_error(truth: Truth) -> None:
    result = perfect(truth)
    numbers = {**result.reps[0].numbers, "hold_start_s": math.nan}
    s = summary(with_rep(result, 0, numbers=numbers), truth)
    assert (s.numbers["hold_start_s"].n, s.boundaries.n, s.covered.of) == (2, 11, 29)
    assert s.counts.exact == 1


def test_camera(truth: Truth) -> None:
    result = perfect(truth)
    calibration = Calibration("left", "left", 5.8, 0.5, None, None)
    clip = compare(replace(result, recording=result.recording.with_calibration(calibration)), truth)
    assert clip.roll is not None
    assert clip.yaw is not None
    assert clip.roll.error == pytest.approx(0.8)
    assert clip.roll.inside  # 1.96 * 0.5
    assert math.isnan(clip.yaw.error)
    s = pool([clip]).whole.pooled
    assert (s.roll.n, s.yaw.n, s.side_wrong, s.facing_wrong) == (1, 0, 1, 0)
    assert "wrong side" in to_text(pool([clip]))


def test_share_of_frames_seen(truth: Truth) -> None:
    result = perfect(truth)
    visible = np.arange(701) >= 70
    angle = np.where(np.arange(701) % 2 == 0, truth.angles["leg_elevation_deg"], math.nan)
    angles = {**result.frames.angles, "leg_elevation_deg": angle}
    result = replace(result, frames=replace(result.frames, visible=visible, angles=angles))
    s = summary(result, truth)
    assert s.seen == pytest.approx(631 / 701)
    assert s.known["leg_elevation_deg"] == pytest.approx(351 / 701)
    assert s.angles["leg_elevation_deg"].n == 351


def test_result_that_ends_early_has_not_seen_the_rest(truth: Truth) -> None:
    frames = perfect(truth).frames
    first = {name: values[:351] for name, values in frames.angles.items()}
    short = Frames(frames.time_s[:351], frames.visible[:351], first, frames.phase[:351], frames.rep[:351])
    s = summary(replace(perfect(truth), frames=short), truth)
    assert s.seen == pytest.approx(352 / 701)  # one step beyond the last frame still counts
    assert s.angles["knee_flexion_deg"].n == 351


def test_nobody_seen_at_all(truth: Truth) -> None:
    empty = Frames(
        np.zeros(0),
        np.zeros(0, bool),
        dict.fromkeys(ANGLES, np.zeros(0)),
        np.zeros(0, np.int8),
        np.zeros(0, int),
    )
    clip = compare(replace(perfect(truth), frames=empty, reps=()), truth)
    s = pool([clip]).whole.pooled
    assert (s.seen, s.known["knee_flexion_deg"], s.angles["knee_flexion_deg"].n, s.counts.missed) == (
        0,
        0,
        0,
        3,
    )
    assert "rep not found" in to_text(pool([clip]))


def test_other_grid_of_the_result(truth: Truth) -> None:
    time_s = np.arange(0, 28, 1 / 60)
    frames = Frames(
        time_s,
        np.ones(len(time_s), bool),
        {name: SLOPE * time_s - 10 * k for k, name in enumerate(ANGLES)},
        np.zeros(len(time_s), np.int8),
        np.zeros(len(time_s), np.int32),
    )
    s = summary(replace(perfect(truth), frames=frames), truth)
    assert s.angles["hip_extension_deg"].n == len(time_s)
    assert s.angles["hip_extension_deg"].worst == pytest.approx(0, abs=1e-9)
    assert (s.seen, s.known["hip_extension_deg"]) == (1, 1)


def test_more_measures_of_one_name_are_compared(tmp_path: Path) -> None:
    data = truth_dict()
    data["reps"][0]["feet_gap_m"] = 0.2
    truth = read(tmp_path, data)
    result = perfect(truth)
    numbers = {**result.reps[0].numbers, "feet_gap_m": 0.25, "unheard_of": 1.0}
    s = summary(with_rep(result, 0, numbers=numbers), truth)
    assert (s.numbers["feet_gap_m"].n, s.numbers["feet_gap_m"].bias) == (1, pytest.approx(0.05))
    assert s.covered.without == 0  # only the numbers of the contract
    assert s.coverage["feet_gap_m"].without == 1
