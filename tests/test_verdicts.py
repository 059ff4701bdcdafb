"""One verdict after the other: bad measures, doubt, exclusions, words; the laws of grading: `test_score.py`."""

from __future__ import annotations

import math
import time
from itertools import pairwise

import numpy as np
import pytest
from verdicts import FAULTS, GOOD, NAMES, band_of, names, one

from formcheck.rules import Limits, judge, seen
from formcheck.rules.wording import check_of

BAD = [
    ("hyperextension", {"peak_thigh_elevation_deg": 12.0}, "major", 12.0, 5.0, 3.2),
    ("incomplete-lift", {"hold_thigh_elevation_deg": -16.7}, "major", -16.7, -5, 3.0),
    ("bent-knees", {"max_knee_flexion_deg": 50.0}, "severe", 50.0, 15.0, 4.0),
    ("bent-elbows", {"max_elbow_flexion_deg": 40.0}, "major", 40.0, 15.0, 4.1),
    ("swinging", {"lift_s": 0.5}, "minor", 0.5, 0.7, 2.0),
    ("swinging", {"overshoot_deg": 6.5, "oscillation_deg": 8.0}, "major", 6.5, 2.0, 3.2),
    ("fast-descent", {"lower_s": 1.2}, "major", 1.2, 2.5, 6.0),
    ("short-hold", {"hold_s": 0.4}, "severe", 0.4, 2.5, 3.0),
    ("toe-touch", {"touch_s": 0.3, "touch_start_s": 9.0}, "minor", 0.3, 0.1, 9.0),
    ("incomplete-lowering", {"toe_clearance_m": 0.32}, "severe", 0.32, 0.10, 9.5),
    ("uneven-legs", {"leg_difference_deg": 14.6}, "major", 14.6, 6.0, 4.2),
    ("legs-apart", {"feet_gap_m": 0.35}, "major", 0.35, 0.15, 3.0),
    ("unstable-support", {"support_shift_m": 0.09}, "minor", 0.09, 0.06, 2.0),
    ("ball-misplaced", {"ball_offset_m": 0.15}, "minor", 0.15, 0.12, 2.0),
    ("ball-misplaced", {"ball_offset_m": -0.25}, "severe", -0.25, -0.12, 2.0),
]  # fmt: skip


def test_a_good_rep_has_nothing():
    assert one() == ((), ())


@pytest.mark.parametrize(("name", "changes", "severity", "value", "limit", "time_s"), BAD)
def test_one_bad_measure_raises_one_fault(name, changes, severity, value, limit, time_s):  # noqa: PLR0917
    faults, unknown = one(changes)
    assert names(faults) == [name]
    assert unknown == ()
    (fault,) = faults
    assert (fault.severity, fault.value, fault.limit, fault.time_s) == (severity, value, limit, time_s)
    check = check_of(fault)
    assert fault.uncertainty == band_of(check.column)
    assert (fault.unit, fault.cue) == (check.unit, check.cue)


def test_every_rule_is_among_the_bad_examples():
    assert {row[0] for row in BAD} == FAULTS


def test_fault_only_beyond_the_uncertainty():
    assert names(one({"max_knee_flexion_deg": 20.0}, {"max_knee_flexion_deg": 5.0})[0]) == []
    assert names(one({"max_knee_flexion_deg": 20.001}, {"max_knee_flexion_deg": 5.0})[0]) == ["bent-knees"]


def test_wide_band_is_fine_or_fault_only_on_one_side_of_the_limit():
    for value, verdict in ((-6.0, "fine"), (-4.0, "doubt"), (30.0, "doubt"), (36.0, "fault")):
        faults, unknown = one({"max_knee_flexion_deg": value}, {"max_knee_flexion_deg": 20.0})
        assert ("bent-knees" in names(faults), "bent-knees" in unknown) == (
            verdict == "fault",
            verdict == "doubt",
        )


@pytest.mark.parametrize("band", [math.nan, math.inf, -1.0])
@pytest.mark.parametrize("value", [math.nan, 50.0])
def test_unknown_is_not_assessable(value, band):
    faults, unknown = one({"max_knee_flexion_deg": value}, {"max_knee_flexion_deg": band})
    assert (faults, unknown) == ((), ("bent-knees",))


def test_missing_columns_are_unknown_and_rules_are_never_fine_without_them():
    blank = judge({"lift_s": np.array([1.0, 1.0])}, {}, Limits())
    assert blank == [((), tuple(NAMES))] * 2
    assert judge({}, {}, Limits()) == []


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="lengths"):
        judge({"lift_s": np.zeros(2)}, {"lift_s": np.zeros(3)}, Limits())


def test_faults_come_in_the_order_of_importance():
    everything: dict[str, float] = {}
    for _, changes, *_ in BAD:
        everything |= changes
    faults, unknown = one(everything | {"peak_thigh_elevation_deg": 20.0})
    assert unknown == ()
    assert names(faults) == [name for name in NAMES if name != "incomplete-lift"]


def test_too_high_and_too_low_exclude_each_other():
    both = {"peak_thigh_elevation_deg": 12.0, "hold_thigh_elevation_deg": -12.0}
    assert names(one(both)[0]) == ["hyperextension"]
    assert one(both | {"hold_thigh_elevation_deg": math.nan})[1] == ()
    assert names(one(both, limits=Limits(off=("hyperextension",)))[0]) == ["incomplete-lift"]


def test_a_lagging_leg_is_no_incomplete_lift():
    low = {"hold_thigh_elevation_deg": -7.5, "peak_thigh_elevation_deg": -7.0}
    assert names(one(low)[0]) == ["incomplete-lift"]
    assert names(one(low | {"leg_difference_deg": 14.6})[0]) == ["uneven-legs"]
    assert names(one(low | {"hold_thigh_elevation_deg": -20.0, "leg_difference_deg": 14.6})[0]) == [
        "incomplete-lift",
        "uneven-legs",
    ]
    faults, unknown = one(low | {"leg_difference_deg": math.nan})
    assert (names(faults), unknown) == (["incomplete-lift"], ("uneven-legs",))


def test_swinging_takes_two_signs_at_the_top_or_one_at_the_start():
    assert one({"overshoot_deg": 9.0}) == ((), ())
    assert one({"oscillation_deg": 9.0}) == ((), ())
    assert one({"oscillation_deg": math.nan}) == ((), ())  # no peak, so no swing
    assert one({"overshoot_deg": math.nan}) == ((), ())  # held still, so no swing
    for vague in (
        {"overshoot_deg": 9.0, "oscillation_deg": math.nan},
        {"overshoot_deg": math.nan, "oscillation_deg": 9},
    ):
        assert one(vague) == ((), ("swinging",))
        assert names(one(vague | {"lift_s": 0.4})[0]) == ["swinging"]
    assert one({"overshoot_deg": 9.0, "oscillation_deg": 5.0}, {"oscillation_deg": 20.0}) == (
        (),
        ("swinging",),
    )


def test_swinging_reports_the_worse_sign():
    swing = {"overshoot_deg": 5.0, "oscillation_deg": 9.0}
    (fault,) = one(swing | {"lift_s": 0.4})[0]
    assert (fault.unit, fault.severity) == ("s", "major")
    (fault,) = one(swing | {"lift_s": 0.6})[0]
    assert (fault.unit, fault.severity) == ("deg", "minor")


def test_slow_is_never_a_fault():
    assert one({"lift_s": 20.0, "hold_s": 20.0, "lower_s": 20.0}) == ((), ())


def test_rules_can_be_switched_off_and_limits_moved():
    bent = {"max_knee_flexion_deg": 50.0}
    assert one(bent, limits=Limits(off=("bent-knees",))) == ((), ())
    assert one(bent, {"max_knee_flexion_deg": math.nan}, Limits(off=("bent-knees",))) == ((), ())
    assert one(bent, limits=Limits(knee_flexion_max_deg=60)) == ((), ())


def test_time_falls_back_to_a_known_one():
    (fault,) = one({"max_knee_flexion_deg": 50.0, "knee_s": math.nan, "lift_start_s": math.nan})[0]
    assert fault.time_s == 3.0


def test_inputs_stay_as_they_were():
    columns = {name: np.array([value]) for name, value in GOOD.items()}
    before = {name: array.copy() for name, array in columns.items()}
    judge(columns, {name: np.array([math.inf]) for name in columns}, Limits())
    assert all(np.array_equal(columns[name], before[name], equal_nan=True) for name in columns)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"peak_thigh_elevation_deg": 15.2}, "thighs 15° above parallel (limit 5°, ±1°)"),
        ({"hold_thigh_elevation_deg": -16.7}, "thighs 17° below parallel (limit 5°, ±1°)"),
        ({"hold_s": 0.52}, "held for 0.5 s (at least 2.5 s, ±0.05 s)"),
        ({"lift_s": 0.4}, "lifted in 0.4 s (at least 0.7 s, ±0.05 s)"),
        ({"touch_s": 0.3}, "toes on the floor for 0.3 s (limit 0.1 s, ±0.05 s)"),
        ({"feet_gap_m": 0.35}, "feet 35 cm apart (limit 15 cm, ±1 cm)"),
        (
            {"ball_offset_m": -0.2},
            "middle of the ball 20 cm from under the hips, towards the feet (limit 12 cm, ±1 cm)",
        ),
    ],
)
def test_what_was_seen_in_words(changes, sentence):
    (fault,) = one(changes)[0]
    assert seen(fault) == sentence


def test_value_and_limit_never_look_the_same():
    (fault,) = one({"peak_thigh_elevation_deg": 5.3}, {"peak_thigh_elevation_deg": 0.1})[0]
    assert seen(fault) == "thighs 5.3° above parallel (limit 5°, ±0.1°)"
    (fault,) = one({"peak_thigh_elevation_deg": 5.04}, {"peak_thigh_elevation_deg": 0.0})[0]
    assert seen(fault) == "thighs 5.04° above parallel (limit 5°, ±0°)"


def test_many_reps_cost_far_less_at_once():
    one_row = {name: np.array([value]) for name, value in GOOD.items()}
    many = {name: np.repeat(array, 1000) for name, array in one_row.items()}
    times = []
    for columns in (one_row, many):
        bands = {name: np.full(len(array), band_of(name)) for name, array in columns.items()}
        laps = [time.perf_counter()]
        for _ in range(15):
            judge(columns, bands, Limits())
            laps.append(time.perf_counter())
        times.append(min(b - a for a, b in pairwise(laps)))
    assert times[1] < 50 * times[0]
