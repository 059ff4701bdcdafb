"""The catalogue, its manual pages, and one verdict after the other; the laws of grading: `test_score.py`."""

from __future__ import annotations

import doctest
import math
import sys
import time
from itertools import pairwise

import numpy as np
import pytest

from formcheck.data.result import Finding
from formcheck.errors import UsageError
from formcheck.rules import Limits, catalogue, columns_needed, find, judge, manual, render, seen, table
from formcheck.rules.rule import HEADINGS
from formcheck.rules.wording import check_of

NAMES = [each.name for each in catalogue()]
FAULTS = {
    "hyperextension", "incomplete-lift", "bent-knees", "swinging", "fast-descent", "short-hold", "toe-touch",
    "incomplete-lowering", "uneven-legs", "legs-apart", "bent-elbows", "unstable-support", "ball-misplaced",
}  # fmt: skip
VOCABULARY = {
    "lift_s", "hold_s", "lower_s", "peak_thigh_elevation_deg", "hold_thigh_elevation_deg",
    "peak_leg_elevation_deg", "hold_leg_elevation_deg", "min_thigh_elevation_deg", "range_deg",
    "max_knee_flexion_deg", "max_elbow_flexion_deg", "leg_difference_deg", "feet_gap_m", "touch_s",
    "toe_clearance_m", "overshoot_deg", "oscillation_deg", "support_shift_m", "ball_offset_m",
    "lift_start_s", "hold_start_s", "lower_start_s", "end_s", "peak_s",
    "knee_s", "elbow_s", "difference_s", "touch_start_s",
}  # fmt: skip
GOOD = {
    "lift_s": 1.0, "hold_s": 3.0, "lower_s": 3.5, "peak_thigh_elevation_deg": 1.0,
    "hold_thigh_elevation_deg": 0.0, "max_knee_flexion_deg": 6.0, "max_elbow_flexion_deg": 8.0,
    "leg_difference_deg": 1.0, "feet_gap_m": 0.02, "touch_s": 0.0, "toe_clearance_m": 0.03,
    "overshoot_deg": 0.5, "oscillation_deg": 0.8, "support_shift_m": 0.01, "ball_offset_m": 0.0,
    "lift_start_s": 2.0, "hold_start_s": 3.0, "lower_start_s": 6.0, "end_s": 9.5, "peak_s": 3.2,
    "knee_s": 4.0, "elbow_s": 4.1, "difference_s": 4.2, "touch_start_s": math.nan,
}  # fmt: skip


def band_of(name: str) -> float:
    return 1.0 if name.endswith("_deg") else 0.05 if name.endswith("_s") else 0.01


def one(
    changes: dict[str, float] | None = None,
    bands: dict[str, float] | None = None,
    limits: Limits | None = None,
):
    columns = {name: np.array([value]) for name, value in (GOOD | (changes or {})).items()}
    uncertainty = {name: np.array([band_of(name)]) for name in columns}
    uncertainty.update({name: np.array([value]) for name, value in (bands or {}).items()})
    return judge(columns, uncertainty, limits or Limits())[0]


def names(faults: tuple[Finding, ...]) -> list[str]:
    return [fault.name for fault in faults]


# --- the catalogue and its manual ---


def test_catalogue_holds_every_fault_once():
    assert len(NAMES) == len(FAULTS)
    assert set(NAMES) == FAULTS
    assert NAMES[0] == "hyperextension"


def test_rules_use_only_columns_that_exist():
    assert set(columns_needed()) <= VOCABULARY
    assert set(columns_needed()) == set(GOOD)


@pytest.mark.parametrize("name", NAMES)
def test_facts_of_a_rule(name):
    rule = find(name)
    assert len({check.cue for check in rule.checks}) == len(rule.checks)
    for check in rule.checks:
        assert 1 <= len(check.cue.split()) <= 6
        assert 0 < check.steps[0] < check.steps[1]
        assert check.side in ("above", "below")
        assert "{value}" in check.says
        assert check.column in rule.columns
        assert check.limit in rule.limits
    for other in rule.unless:
        assert NAMES.index(other) < NAMES.index(name), "exclusion is decided in the order of importance"


@pytest.mark.parametrize("name", NAMES)
def test_manual_page_has_its_headings_in_order(name):
    page = manual(name)
    lines = page.splitlines()
    places = [lines.index(heading) for heading in HEADINGS]
    assert places == sorted(places)
    assert all(lines[place + 1] == "-" * len(lines[place]) for place in places)
    assert all(len(line) <= 88 for line in lines)
    assert lines[:2] == [name, "=" * len(name)]
    assert lines[2].endswith(".")
    assert "{" not in page
    assert "formcheck" not in page.split("Example")[0]


@pytest.mark.parametrize("name", NAMES)
def test_manual_page_names_each_limit_with_its_default(name):
    rule = find(name)
    values = Limits().values()
    for key in rule.limits:
        assert f"{key} = {values[key]:g}" in manual(name)


@pytest.mark.parametrize("name", NAMES)
def test_examples_of_the_manual_run(name):
    rule = find(name)
    names_there = {"np": np, rule.excess.__name__: rule}
    example = doctest.DocTestParser().get_doctest(rule.manual, names_there, name, None, 0)
    result = doctest.DocTestRunner(verbose=False).run(example, out=lambda text: print(text, file=sys.stderr))
    assert result.attempted >= 1
    assert result.failed == 0


@pytest.mark.parametrize("name", NAMES)
def test_why_and_do_come_from_the_manual(name):
    rule = find(name)
    page = " ".join(rule.manual.split())
    for text in (rule.why, rule.do):
        assert len(text) > 60
        assert "\n" not in text
        assert "--" not in text
        assert text in page


def test_unknown_rule_names_the_nearest():
    with pytest.raises(UsageError, match="no rule is called 'bend-knees'; the nearest is bent-knees"):
        find("bend-knees")
    with pytest.raises(UsageError):
        manual("\n" * 1000)


def test_table_fits_a_screen_and_shows_limits_in_force():
    text = render(Limits(hold_min_s=1.2, off=("legs-apart",)))
    lines = text.splitlines()
    assert len(lines) <= 22
    assert max(map(len, lines)) <= 116
    rows = {row.name: row for row in table(Limits(hold_min_s=1.2, off=("legs-apart",)))}
    assert rows["short-hold"][2:5] == ("< 1.2 s", "0.2 s", "never")
    assert rows["legs-apart"].limit == "off"
    assert rows["hyperextension"][2:5] == ("> 5°", "10°", "15°")


# --- verdicts ---

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


# --- words and speed ---


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
