"""Evaluation: known perturbations of a known truth must give the numbers worked out by hand."""

from __future__ import annotations

import copy
import itertools
import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration, Recording, Source
from formcheck.data.result import ANGLES, REP_NUMBERS, TIMES, Finding, Frames, Rep, Result
from formcheck.errors import InputError, VideoError
from formcheck.evaluate import (
    ClipEvaluation,
    Failure,
    Truth,
    bland_altman,
    compare,
    evaluate_folder,
    load,
    merge,
    pool,
    to_json,
    to_markdown,
    to_text,
)
from formcheck.evaluate.clip import interpolate
from formcheck.evaluate.match import MIN_OVERLAP, match, overlap
from formcheck.evaluate.pooled import Summary, summarise, yaw_group
from formcheck.evaluate.stats import describe

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "samples" / "clip10.truth.json"
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


@pytest.fixture
def truth(tmp_path: Path) -> Truth:
    return read(tmp_path, truth_dict())


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
    return Result(recording, frames, reps, (), 100, {})


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


# --- a flawless result


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


# --- known perturbations


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


def test_dropped_rep(truth: Truth) -> None:
    result = perfect(truth)
    s = summary(replace(result, reps=result.reps[:2]), truth)
    assert (s.counts.exact, s.counts.true, s.counts.found, s.counts.missed, s.counts.extra) == (0, 3, 2, 1, 0)
    # its fault is missed
    assert (s.faults["legs-apart"].missed, s.all_faults.recall, s.all_faults.precision) == (1, 0.5, 1)


def test_extra_rep(truth: Truth) -> None:
    result = perfect(truth)
    extra = replace(moved(result.reps[0], 25.5), faults=(finding("swinging"),))
    s = summary(replace(result, reps=(*result.reps, extra)), truth)
    assert (s.counts.exact, s.counts.true, s.counts.found, s.counts.missed, s.counts.extra) == (0, 3, 4, 0, 1)
    assert (s.faults["swinging"].false, s.all_faults.precision) == (1, pytest.approx(2 / 3))
    assert (s.clean.reps, s.clean.alarms) == (1, 0)


def test_extra_rep_does_not_make_up_for_a_missed_one(truth: Truth) -> None:
    result = perfect(truth)
    late = moved(result.reps[2], 6.5)  # overlaps the third by half a second only
    s = summary(replace(result, reps=(*result.reps[:2], late)), truth)
    assert (s.counts.found, s.counts.true, s.counts.missed, s.counts.extra, s.counts.exact) == (3, 3, 1, 1, 0)


def test_rep_with_an_unknown_start_is_still_matched(truth: Truth) -> None:
    result = perfect(truth)
    numbers = {**result.reps[1].numbers, "lift_start_s": math.nan}
    assert summary(with_rep(result, 1, numbers=numbers), truth).counts.exact == 1
    blank = dict.fromkeys(REP_NUMBERS, math.nan)
    clip = compare(with_rep(result, 1, numbers=blank), truth)
    assert (clip.missed, clip.extra) == (1, 1)
    assert "somewhere" in to_text(pool([clip]))


def test_false_fault_on_a_clean_rep(truth: Truth) -> None:
    s = summary(with_faults(perfect(truth), 0, "swinging"), truth)
    assert (s.faults["swinging"].false, s.faults["swinging"].precision) == (1, 0)
    assert math.isnan(s.faults["swinging"].recall)
    assert (s.all_faults.hit, s.all_faults.false, s.all_faults.precision) == (2, 1, pytest.approx(2 / 3))
    assert (s.clean.reps, s.clean.alarmed, s.clean.alarms) == (1, 1, 1)


def test_false_fault_on_a_faulty_rep_is_no_alarm_on_a_clean_one(truth: Truth) -> None:
    s = summary(with_faults(perfect(truth), 1, "bent-knees", "swinging"), truth)
    assert (s.all_faults.false, s.clean.alarmed) == (1, 0)


def test_missing_fault(truth: Truth) -> None:
    s = summary(with_faults(perfect(truth), 1), truth)
    assert (s.faults["bent-knees"].missed, s.faults["bent-knees"].unassessed) == (1, 0)
    assert (s.all_faults.recall, s.all_faults.precision, s.clean.reps) == (0.5, 1, 1)


def test_not_assessable_is_a_miss_told_apart(truth: Truth) -> None:
    clip = compare(with_faults(perfect(truth), 1, unsure=("bent-knees", "bent-elbows")), truth)
    s = pool([clip]).whole.pooled
    assert (s.faults["bent-knees"].missed, s.faults["bent-knees"].unassessed) == (1, 1)
    assert (s.faults["bent-elbows"].missed, s.faults["bent-elbows"].not_assessable) == (0, 1)
    assert (s.all_faults.recall, s.all_faults.not_assessable) == (0.5, 2)
    assert "not assessable: bent-knees" in to_text(pool([clip]))


def test_borderline_is_right_both_ways(truth: Truth) -> None:
    for names, allowed in ((("bent-knees",), 0), (("bent-knees", "toe-touch"), 1)):
        s = summary(with_faults(perfect(truth), 1, *names), truth)
        assert (s.all_faults.precision, s.all_faults.recall) == (1, 1)
        assert (s.faults["toe-touch"].allowed, s.faults["toe-touch"].borderline) == (allowed, 1)


def test_reps_nobody_judged_give_no_alarm(tmp_path: Path) -> None:
    data = truth_dict()
    for rep in data["reps"]:
        del rep["faults"]
    truth = read(tmp_path, data)
    result = with_faults(perfect(truth), 0, "swinging")
    extra = replace(moved(result.reps[0], 25.5), faults=(finding("swinging"),))
    s = summary(replace(result, reps=(*result.reps, extra)), truth)
    assert (s.all_faults.false, s.clean.reps, s.faults) == (0, 0, {})


def test_any_rep_of_a_clip_without_reps_is_extra(tmp_path: Path) -> None:
    truth = read(tmp_path, {"reps": []})
    base = perfect(truth)
    assert summary(base, truth).counts.exact == 1
    rep = Rep(1, 1, {"lift_start_s": 1.0, "end_s": 5.0}, {}, (finding("swinging"),), (), 50)
    s = summary(replace(base, reps=(rep,)), truth)
    assert (s.counts.extra, s.counts.exact, s.all_faults.false) == (1, 0, 1)


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


# --- other grids and less truth


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


def test_missing_optional_keys(tmp_path: Path) -> None:
    data = truth_dict()
    for key in ("schema", "side", "facing", "camera"):
        del data[key]
    data["frames"] = {k: data["frames"][k] for k in ("time_s", "knee_flexion_deg")}
    for rep in data["reps"]:
        del rep["peak_thigh_elevation_deg"], rep["borderline"]
    truth = read(tmp_path, data)
    evaluation = pool([compare(perfect(truth), truth)])
    s = evaluation.whole.pooled
    assert s.angles["knee_flexion_deg"].n == 701
    assert s.angles["thigh_elevation_deg"].n == 0
    assert math.isnan(s.known["thigh_elevation_deg"])
    assert (s.peak.n, s.roll.n, s.counts.exact) == (0, 0, 1)
    assert list(evaluation.whole.by_yaw) == ["unknown"]
    assert "thigh elevation" not in to_text(evaluation).split("REPS")[0]
    assert "CAMERA" not in to_text(evaluation)


def test_a_clip_is_named_by_its_stem(tmp_path: Path) -> None:
    assert read(tmp_path, truth_dict(), "a.b").name == "a.b"


def test_durations_follow_from_boundaries(tmp_path: Path) -> None:
    numbers = read(tmp_path, truth_dict()).reps[0].numbers
    assert [numbers[name] for name in ("lift_s", "hold_s", "lower_s")] == [1, 3, 3]


def test_left_and_right_columns_stand_in(tmp_path: Path) -> None:
    frames = {
        "time_s": [0, 0.1],
        "left_knee_flexion_deg": [2, 4],
        "right_knee_flexion_deg": [4, None],
        "right_elbow_flexion_deg": [7, 8],
    }
    truth = read(tmp_path, {"reps": [], "frames": frames})
    np.testing.assert_array_equal(truth.angles["knee_flexion_deg"], [3, math.nan])
    np.testing.assert_array_equal(truth.angles["elbow_flexion_deg"], [7, 8])
    assert set(truth.angles) == {"knee_flexion_deg", "elbow_flexion_deg"}


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


def test_documented_sidecars_load(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "truth-format.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 2
    first, second = (read(tmp_path, block) for block in blocks)
    assert (len(first.reps), first.angles, first.reps[0].faults) == (2, {}, None)
    assert second.reps[0].numbers["hold_s"] == pytest.approx(2.95)
    assert (second.yaw_deg, second.reps[0].faults) == (10.5, {"bent-knees"})


# --- broken sidecars


def change(path: str, value: Any) -> dict[str, Any]:
    data = copy.deepcopy(truth_dict())
    *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    place: Any = data
    for key in way:
        place = place[key]
    if value is KeyError:
        del place[last]
    else:
        place[last] = value
    return data


BROKEN: list[tuple[str, Any, str]] = [
    ("reps", KeyError, "reps is missing"),
    ("reps", None, "reps is missing"),
    ("reps", {}, "reps is an object, expected a list"),
    ("reps.1", 3, "reps[1] is a number"),
    ("reps.2.lift_start_s", KeyError, "reps[2].lift_start_s is missing"),
    ("reps.0.end_s", "late", "reps[0].end_s is a text"),
    ("reps.0.end_s", True, "reps[0].end_s is a yes or no"),
    ("reps.0.end_s", math.nan, "reps[0].lift_start_s to end_s"),
    ("reps.0.end_s", math.inf, "reps[0].end_s is a number beyond all bounds"),
    ("reps.0.end_s", 0.5, "reps[0].lift_start_s to end_s do not follow"),
    ("reps.0.hold_start_s", 6.0, "reps[0].lift_start_s to end_s do not follow"),
    ("reps.1.faults", "bent-knees", "reps[1].faults is a text"),
    ("reps.1.faults", [1], "reps[1].faults holds a number"),
    ("reps.1.borderline", ["bent-knees"], "both hold bent-knees"),
    ("frames.time_s", KeyError, "frames.time_s is missing"),
    ("frames.time_s.5", 0.0, "frames.time_s must rise"),
    ("frames.time_s.5", None, "frames.time_s must rise"),
    ("frames.knee_flexion_deg", [1.0], "frames.knee_flexion_deg has 1 values, time_s has 701"),
    ("frames.knee_flexion_deg.7", "x", "frames.knee_flexion_deg[7] is a text"),
    ("frames", [], "frames is a list, expected an object"),
    ("camera.yaw_deg", "30", "camera.yaw_deg is a text"),
    ("side", "front", "side is 'front'"),
    ("schema", 2, "schema is 2"),
]


@pytest.mark.parametrize(("path", "value", "message"), BROKEN)
def test_broken_sidecar_says_what_and_where(tmp_path: Path, path: str, value: Any, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        read(tmp_path, change(path, value))
    assert "a.truth.json" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', "null", "[" * 100_000, "\ud800"])
def test_no_json(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.truth.json"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(InputError, match=r"a\.truth\.json"):
        load(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load(tmp_path / "b.truth.json")
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path)


# --- slow oracles


def slow_statistics(errors: list[float]) -> list[float]:
    n = len(errors)
    bias = sum(errors) / n
    size = sorted(abs(e) for e in errors)
    place = 0.95 * (n - 1)
    below = math.floor(place)
    above = min(below + 1, n - 1)
    p95 = size[below] + (place - below) * (size[above] - size[below])
    spread = 1.96 * math.sqrt(sum((e - bias) ** 2 for e in errors) / (n - 1)) if n > 1 else math.nan
    mean_square = sum(e * e for e in errors) / n
    return [n, bias, sum(size) / n, math.sqrt(mean_square), p95, size[-1], bias - spread, bias + spread]


@given(st.lists(st.floats(-90, 90), min_size=1, max_size=40))
def test_statistics_against_oracle(errors: list[float]) -> None:
    s = describe(np.array(errors))
    found = [s.n, s.bias, s.mae, s.rmse, s.p95, s.worst, s.low, s.high]
    assert found == pytest.approx(slow_statistics(errors), abs=1e-9, nan_ok=True)


def test_statistics_by_hand() -> None:
    s = describe(np.array([1.0, -1.0, 3.0, math.nan]))
    assert (s.n, s.bias, s.mae, s.rmse) == (3, 1, pytest.approx(5 / 3), pytest.approx(math.sqrt(11 / 3)))
    assert (s.low, s.high, s.worst, s.p95) == (
        pytest.approx(-2.92),
        pytest.approx(4.92),
        3,
        pytest.approx(2.8),
    )
    assert describe(np.zeros(0)).n == 0


spans = st.lists(st.tuples(st.floats(0, 20), st.floats(0.1, 8)).map(lambda p: (p[0], p[0] + p[1])), max_size=4)


def slow_best(found: list[Any], true: list[Any]) -> float:
    """Largest overlap over every way to pair."""

    def shared(a: tuple[float, float], b: tuple[float, float]) -> float:
        both = min(a[1], b[1]) - max(a[0], b[0])
        return both if both > 0 and both >= MIN_OVERLAP * (max(a[1], b[1]) - min(a[0], b[0])) else 0.0

    few, many = sorted((found, true), key=len)
    ways = itertools.permutations(many, len(few))
    return max(sum(shared(a, b) for a, b in zip(few, way, strict=True)) for way in ways)


@given(spans, spans)
def test_match_against_every_pairing(found: list[Any], true: list[Any]) -> None:
    pairs = match(found, true)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    seconds = overlap(found, true)
    assert sum(seconds[i, j] for i, j in pairs) == pytest.approx(slow_best(found, true))
    assert all(seconds[i, j] > 0 for i, j in pairs)


def test_match_is_not_greedy() -> None:
    # the largest single overlap (the first with the first) would leave the second true rep alone
    assert match([(0, 10), (-6, 4.5)], [(0, 9), (5, 14)]) == [(0, 1), (1, 0)]
    assert match([(math.nan, math.nan)], [(0, 9)]) == []
    assert match([], [(0, 9)]) == []


@given(st.data())
def test_interpolation_against_oracle(data: st.DataObject) -> None:
    steps = data.draw(st.lists(st.sampled_from([0.05, 0.1, 0.15, 0.5]), min_size=1, max_size=12))
    time_s = np.cumsum(steps)
    value = st.one_of(st.just(math.nan), st.floats(-90, 90))
    values = np.array(data.draw(st.lists(value, min_size=len(steps), max_size=len(steps))))
    middles = (time_s[1:] + time_s[:-1]) / 2
    at_s = np.array([*data.draw(st.lists(st.floats(-1, 7), max_size=8)), *time_s, *middles])
    wanted = [slow_value(list(time_s), list(values), at) for at in at_s]
    assert interpolate(time_s, values, at_s).tolist() == pytest.approx(wanted, abs=1e-9, nan_ok=True)


def slow_value(time_s: list[float], values: list[float], at: float) -> float:
    for t, v in zip(time_s, values, strict=True):
        if t == at:
            return v
    for (t0, v0), (t1, v1) in itertools.pairwise(zip(time_s, values, strict=True)):
        if t0 < at < t1 and t1 - t0 <= 0.2:
            return v0 + (v1 - v0) * (at - t0) / (t1 - t0)
    return math.nan


def test_interpolation_by_hand() -> None:
    values = interpolate(
        np.array([0.0, 0.1, 0.2, 0.9, 1.0]),
        np.array([0.0, 10.0, 20.0, 90.0, math.nan]),
        np.array([-0.1, 0.0, 0.05, 0.2, 0.5, 0.9, 0.95, 1.0, 1.1]),
    )
    nan = math.nan
    assert values.tolist() == pytest.approx([nan, 0, 5, 20, nan, 90, nan, nan, nan], nan_ok=True)


def test_order_of_reps_does_not_matter(truth: Truth) -> None:
    result = with_faults(perfect(truth), 0, "swinging")
    for way in itertools.permutations(result.reps):
        assert repr(summary(replace(result, reps=way), truth)) == repr(summary(result, truth))


# --- several clips


@pytest.mark.parametrize(
    ("yaw", "group"),
    [
        (None, "unknown"),
        (0, "under 5°"),
        (-4.9, "under 5°"),
        (15, "5-20°"),
        (-30, "20-35°"),
        (35, "from 35°"),
        (60, "from 35°"),
    ],
)
def test_yaw_groups(yaw: float | None, group: str) -> None:
    assert yaw_group(yaw) == group


def several(truth: Truth) -> list[ClipEvaluation]:
    side_on = replace(truth, name="a-name-that-is-far-longer-than-others", yaw_deg=0.0)
    good, bad = perfect(truth), with_faults(perfect(truth, model="lite"), 0, "swinging")
    bad = replace(bad, reps=bad.reps[:2])
    angles = {name: values + 12.345 for name, values in bad.frames.angles.items()}
    bad = replace(bad, frames=replace(bad.frames, angles=angles))
    return [
        compare(good, truth),
        compare(good, side_on),
        compare(replace(bad), truth),
        compare(replace(bad), side_on),
    ]


def test_pooled_by_model_and_yaw(truth: Truth) -> None:
    evaluation = pool(several(truth), [Failure("z", "broken", "lite")])
    heavy, lite = evaluation.models["heavy"], evaluation.models["lite"]
    assert list(heavy.by_yaw) == ["under 5°", "20-35°"]
    assert (heavy.pooled.clips, heavy.pooled.counts.exact, lite.pooled.counts.exact) == (2, 2, 0)
    assert heavy.pooled.angles["knee_flexion_deg"].n == 1402
    assert lite.pooled.angles["knee_flexion_deg"].mae == pytest.approx(12.345)
    assert evaluation.whole.pooled.angles["knee_flexion_deg"].mae == pytest.approx(12.345 / 2)
    assert (lite.pooled.clean.reps, lite.pooled.clean.alarms) == (2, 2)
    assert repr(lite.by_yaw["20-35°"]) == repr(summarise([several(truth)[2]]))


def test_text_fits_and_leads_with_the_pooled_results(truth: Truth) -> None:
    text = to_text(pool(several(truth), [Failure("z", "a long reason, " * 20, "lite")]))
    assert max(map(len, text.split("\n"))) <= 100
    for word in ("count exact on 2 of 2 clips", "count exact on 0 of 2 clips", "MODELS", "BY YAW", "!2/3"):
        assert word in text
    assert "1 could not be evaluated" in text.split("\n", maxsplit=1)[0]
    assert text.index("ANGLES") < text.index("CLIPS")
    assert not re.search(r"nan|-0\.00?\b", text)


def test_markdown_tables_are_whole(truth: Truth) -> None:
    truth = replace(truth, name="a|b<c>")
    text = to_markdown(pool([compare(perfect(truth), truth)]))
    assert "a\\|b&lt;c>" in text
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(tables) == 6
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.strip().split("\n")}) == 1


def test_json_is_json(truth: Truth) -> None:
    evaluation = pool(several(truth), [Failure("z", "broken", "lite")])
    plain = json.loads(json.dumps(to_json(evaluation), allow_nan=False))
    assert plain["models"]["heavy"]["pooled"]["angles"]["knee_flexion_deg"]["mae"] == 0
    assert plain["models"]["lite"]["clips"][0]["counts"]["missed"] == 1
    assert plain["models"]["lite"]["clips"][0]["roll"]["true"] == 5
    assert plain["pooled"]["all_faults"]["precision"] == pytest.approx(6 / 8)
    assert plain["pooled"]["counts"]["clips"] == 4
    assert plain["failed"] == [{"name": "z", "error": "broken", "model": "lite"}]
    reps = plain["models"]["lite"]["clips"][0]["reps"]
    assert [rep["found"] for rep in reps] == [1, 2, None]
    assert reps[0]["faults"]["false"] == ["swinging"]


def test_nothing_at_all_can_be_shown() -> None:
    evaluation = pool([], [Failure("z", "broken")])
    assert "broken" in to_text(evaluation)
    assert "broken" in to_markdown(evaluation)
    json.dumps(to_json(evaluation), allow_nan=False)
    assert to_text(pool([])).startswith("0 clips")


# --- Bland-Altman


def test_bland_altman(truth: Truth) -> None:
    clips = several(truth)
    points = bland_altman(clips, "knee_flexion_deg", every=10)
    assert len(points.mean) == len(points.difference) == len(points.clip) == 4 * 71
    assert points.stats.n == 4 * 701
    assert points.stats.bias == pytest.approx(12.345 / 2)
    np.testing.assert_allclose(points.difference[points.clip >= 2], 12.345)
    np.testing.assert_allclose(points.mean[points.clip == 3], truth.angles["knee_flexion_deg"][::10] + 12.345 / 2)
    reps = bland_altman(clips, "peak_thigh_elevation_deg")
    assert (reps.mean.tolist(), reps.difference.tolist()) == ([1.0] * 10, [0.0] * 10)
    assert bland_altman([], "lift_s").stats.n == 0
    with pytest.raises(ValueError, match="every"):
        bland_altman(clips, "lift_s", every=0)


# --- a folder


def test_folder(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        read(tmp_path, truth_dict(), name)
    for name in ("a.mp4", "b.MOV", "c.mp4", "other.mp4", "a.txt"):
        (tmp_path / name).touch()
    (tmp_path / "c.truth.json").write_text("{}")
    seen: list[str] = []

    def analyse(video: Path) -> Result:
        if video.stem == "b":
            raise VideoError(f"{video}: broken\nvideo")
        return perfect(load(video.with_suffix(".truth.json")))

    evaluation = evaluate_folder(
        tmp_path, analyse, model="heavy", progress=lambda i, n, video: seen.append(f"{i}/{n} {video.name}")
    )
    assert seen == ["0/3 a.mp4", "1/3 b.MOV", "2/3 c.mp4"]
    assert [clip.name for clip in evaluation.whole.clips] == ["a"]
    failed = {failure.name: failure.error for failure in evaluation.failures}
    assert failed["b"].endswith("broken video")
    assert "reps is missing" in failed["c"]
    assert "no video" in failed["d"]
    both = merge([evaluation, evaluation])
    assert (len(both.whole.clips), len(both.failures)) == (2, 6)


def test_unexpected_error_of_one_clip_is_listed(tmp_path: Path) -> None:
    read(tmp_path, truth_dict())
    (tmp_path / "a.mp4").touch()
    evaluation = evaluate_folder(tmp_path, lambda _: 1 / 0)  # type: ignore[arg-type,return-value]
    assert evaluation.failures == (Failure("a", "unexpected ZeroDivisionError: division by zero"),)


def test_two_videos_of_one_stem_are_told_apart(tmp_path: Path) -> None:
    truth = read(tmp_path, truth_dict())
    for name in ("a.mp4", "a.avi"):
        (tmp_path / name).touch()
    evaluation = evaluate_folder(tmp_path, lambda _: perfect(truth))
    assert [clip.name for clip in evaluation.whole.clips] == ["a.avi", "a.mp4"]


def test_folder_without_clips(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no video with"):
        evaluate_folder(tmp_path, lambda _: None)  # type: ignore[arg-type,return-value]
    with pytest.raises(InputError, match="no folder"):
        evaluate_folder(tmp_path / "gone", lambda _: None)  # type: ignore[arg-type,return-value]
