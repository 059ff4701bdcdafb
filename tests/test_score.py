"""From measures to verdicts and scores: laws, a slow oracle, true numbers of clips, the three sentences."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verdicts import GOOD, NAMES, band_of, names

from formcheck.data.result import SEVERITIES, Finding
from formcheck.rules import EXPLANATION, Limits, catalogue, judge, of_rep, of_set, seen
from formcheck.rules.score import POINTS
from formcheck.rules.wording import check_of

ROOT = Path(__file__).parent.parent
WORSE = {
    "lift_s": -1, "hold_s": -1, "lower_s": -1, "peak_thigh_elevation_deg": 1, "hold_thigh_elevation_deg": -1,
    "max_knee_flexion_deg": 1, "max_elbow_flexion_deg": 1, "leg_difference_deg": 1, "feet_gap_m": 1,
    "touch_s": 1, "toe_clearance_m": 1, "overshoot_deg": 1, "oscillation_deg": 1, "support_shift_m": 1,
}  # fmt: skip

FAULTS = st.lists(st.sampled_from(SEVERITIES), max_size=14)


def findings(severities: list[str]) -> tuple[Finding, ...]:
    return tuple(Finding("bent-knees", s, 20.0, 15.0, 2.0, "deg", 1.0, "Straighten your knees") for s in severities)


@pytest.mark.parametrize(
    ("severities", "score"),
    [
        ([], 100),
        (["minor"], 90),
        (["major"], 75),
        (["severe"], 60),
        (["minor", "major"], 65),
        (["severe"] * 3, 0),
    ],
)
def test_score_of_a_rep(severities, score):
    assert of_rep(findings(severities)) == score


@given(FAULTS, FAULTS)
def test_more_faults_never_score_higher(some, more):
    assert 0 <= of_rep(findings(some + more)) <= of_rep(findings(some)) <= 100


@given(FAULTS.filter(bool))
def test_order_does_not_matter(severities):
    assert of_rep(findings(severities)) == of_rep(findings(severities[::-1]))


def test_worse_severities_cost_more():
    costs = [POINTS[severity] for severity in SEVERITIES]
    assert costs == sorted(set(costs))


@pytest.mark.parametrize(("scores", "mean"), [([100], 100), ([90, 75], 83), ([0, 1], 1), ([100, 100, 0], 67)])
def test_score_of_a_set(scores, mean):
    assert of_set(scores) == mean


@given(st.lists(st.integers(0, 100), min_size=1, max_size=60))
def test_a_set_lies_between_its_reps(scores):
    assert min(scores) <= of_set(scores) <= max(scores)


def test_no_reps_no_score():
    assert of_set([]) is None


def test_what_has_no_score_is_left_out_of_the_mean():
    assert of_set([100, None, 50]) == 75
    assert of_set([None]) is None


def test_explanation_is_three_sentences_with_the_true_numbers():
    assert EXPLANATION.count(". ") == 2
    assert EXPLANATION.endswith(".")
    for points in (100, *POINTS.values()):
        assert f" {points}" in EXPLANATION
    assert "not be assessed takes nothing away" in EXPLANATION
    assert "fewer than half were seen there is no score" in EXPLANATION


# --- laws ---


def near_limits(seed: int, count: int):
    """Measures of reps around the limits, with unknown values and wide bands among them."""
    rng = np.random.default_rng(seed)
    columns, uncertainty = {}, {}
    for name in GOOD:
        scale = 20.0 if name.endswith("_deg") else 3.0 if name in ("hold_s", "lower_s") else 1.0
        scale = 0.3 if name.endswith("_m") else scale
        columns[name] = rng.normal(GOOD[name] if GOOD[name] == GOOD[name] else 0.0, scale, count)
        uncertainty[name] = rng.uniform(0, scale, count) * rng.choice([0.0, 0.1, 0.3, 2.0], count)
        columns[name][rng.random(count) < 0.1] = rng.choice([math.nan, math.inf])
        uncertainty[name][rng.random(count) < 0.1] = rng.choice([math.nan, math.inf, -1.0])
    return columns, uncertainty


SEEDS = st.integers(0, 2**32 - 1)
TABLES = st.builds(near_limits, SEEDS, st.integers(1, 5))
SINGLE = st.builds(near_limits, SEEDS, st.just(1))


def same(one_verdict, other) -> bool:
    """Equal, where two times that are not-a-number are equal too."""
    return repr(one_verdict) == repr(other)


@given(TABLES)
@settings(max_examples=60, deadline=None)
def test_law_reps_at_once_are_reps_one_by_one(rows):
    columns, uncertainty = rows
    limits = Limits()
    whole = judge(columns, uncertainty, limits)
    for number, verdict in enumerate(whole):
        part = slice(number, number + 1)
        (alone,) = judge(
            {name: array[part] for name, array in columns.items()},
            {name: array[part] for name, array in uncertainty.items()},
            limits,
        )
        assert same(alone, verdict)


def rank(verdict, name: str) -> int:
    """How bad a verdict is on one rule: 0 fine, 1 not assessable, 2 to 4 a fault."""
    faults, unknown = verdict
    grades = [2 + SEVERITIES.index(fault.severity) for fault in faults if fault.name == name]
    return grades[0] if grades else int(name in unknown)


@given(SINGLE, st.sampled_from(sorted(WORSE)), st.floats(0, 30))
@settings(max_examples=200, deadline=None)
def test_law_worse_values_never_give_a_milder_verdict(rows, column, change):
    columns, uncertainty = rows
    if not np.isfinite(columns[column][0]):
        return
    before = judge(columns, uncertainty, Limits())[0]
    after = judge(columns | {column: columns[column] + WORSE[column] * change}, uncertainty, Limits())[0]
    for rule in catalogue():
        uses = column in rule.columns or f"{column}_uncertainty" in rule.bands
        exempt = rule.name == "incomplete-lift" and column in (
            "leg_difference_deg",
            "peak_thigh_elevation_deg",
        )
        if uses and not exempt:
            silenced = any(rank(after, other) > 1 for other in rule.unless)
            assert rank(after, rule.name) >= rank(before, rule.name) or silenced


@given(SINGLE, st.floats(0, 0.5), st.sampled_from([-1.0, 1.0]))
@settings(max_examples=50, deadline=None)
def test_law_a_ball_further_off_is_never_milder(rows, change, side):
    columns, uncertainty = rows
    near = columns | {"ball_offset_m": np.array([side * 0.05])}
    far = columns | {"ball_offset_m": np.array([side * (0.05 + change)])}
    ranks = [rank(judge(each, uncertainty, Limits())[0], "ball-misplaced") for each in (near, far)]
    assert ranks == sorted(ranks)


# --- the oracle: every rule in plain words, one rep at a time, with numbers of its own ---


def known(band):
    return math.isfinite(band) and band >= 0


def graded(value, band, line, worse_above, major, severe):  # noqa: PLR0917
    excess = value - line if worse_above else line - value
    if not (math.isfinite(value) and known(band)):
        return "unknown"
    if excess > band:
        return "severe" if excess >= severe else "major" if excess >= major else "minor"
    return "unknown" if band > major and -band <= excess else "fine"


def oracle_swing(c, u):
    peak, sway = (c["overshoot_deg"], u["overshoot_deg"]), (c["oscillation_deg"], u["oscillation_deg"])
    swung = graded(*peak, 2.0, True, 4.0, 8.0)
    if math.isfinite(sway[0]) and known(sway[1]):
        if sway[0] + sway[1] <= 2.5:
            return "fine"
        if sway[0] - sway[1] > 2.5:
            return swung
        if sway[1] <= 2.5:  # neither still nor swaying for sure, but known well: no fault
            return graded(min(peak[0], 2.0), peak[1], 2.0, True, 4.0, 8.0)
    return "unknown" if peak[0] > 2.0 else swung


def oracle(c, u):
    c = {name: value if math.isfinite(value) else math.nan for name, value in c.items()}
    single_rules = {
        "hyperextension": ("peak_thigh_elevation_deg", 5.0, True, 5.0, 10.0),
        "fast-descent": ("lower_s", 2.5, False, 0.75, 1.5),
        "unstable-support": ("support_shift_m", 0.06, True, 0.06, 0.14),
        "bent-elbows": ("max_elbow_flexion_deg", 15.0, True, 15.0, 30.0),
        "bent-knees": ("max_knee_flexion_deg", 15.0, True, 15.0, 30.0),
        "short-hold": ("hold_s", 2.5, False, 1.0, 2.0),
        "toe-touch": ("touch_s", 0.1, True, 0.4, 0.9),
        "uneven-legs": ("leg_difference_deg", 6.0, True, 6.0, 12.0),
        "legs-apart": ("feet_gap_m", 0.15, True, 0.15, 0.30),
        "incomplete-lowering": ("toe_clearance_m", 0.10, True, 0.10, 0.20),
    }
    verdicts = {name: graded(c[key], u[key], *rest) for name, (key, *rest) in single_rules.items()}
    order = ["fine", "unknown", "minor", "major", "severe"]
    lift = graded(c["lift_s"], u["lift_s"], 0.7, False, 0.25, 0.45)
    verdicts["swinging"] = max(lift, oracle_swing(c, u), key=order.index)
    ball = c["ball_offset_m"], u["ball_offset_m"]
    sides = (graded(*ball, 0.12, True, 0.06, 0.12), graded(*ball, -0.12, False, 0.06, 0.12))
    verdicts["ball-misplaced"] = max(sides, key=order.index)
    level, lead = c["hold_thigh_elevation_deg"], c["leg_difference_deg"]
    if math.isfinite(lead) and known(u["leg_difference_deg"]) and lead - u["leg_difference_deg"] > 6.0:
        level += lead / 2
    low = graded(level, u["hold_thigh_elevation_deg"], -5.0, False, 8.0, 16.0)
    verdicts["incomplete-lift"] = "fine" if verdicts["hyperextension"] in SEVERITIES else low
    faults = [(name, verdicts[name]) for name in NAMES if verdicts[name] in SEVERITIES]
    return faults, tuple(name for name in NAMES if verdicts[name] == "unknown")


@given(TABLES)
@settings(max_examples=150, deadline=None)
def test_oracle_agrees(rows):
    columns, uncertainty = rows
    for number, (faults, unknown) in enumerate(judge(columns, uncertainty, Limits())):
        c = {name: float(array[number]) for name, array in columns.items()}
        u = {name: float(array[number]) for name, array in uncertainty.items()}
        assert ([(f.name, f.severity) for f in faults], unknown) == oracle(c, u)


@given(TABLES)
@settings(max_examples=60, deadline=None)
def test_findings_are_consistent(rows):
    for faults, unknown in judge(*rows, Limits()):
        assert not set(names(faults)) & set(unknown)
        for fault in faults:
            beyond = abs(fault.value - fault.limit)
            assert beyond > fault.uncertainty - 1e-5
            assert fault.limit == pytest.approx(check_of(fault).factor * Limits().values()[check_of(fault).limit])
            assert "\n" not in seen(fault)


# --- true numbers of the samples ---


def truth_columns(rep: dict, frames: dict) -> dict[str, float]:
    """The measures of one rep from the exact angles of a rendered clip."""
    time_s, thigh = (np.array(frames[name]) for name in ("time_s", "thigh_elevation_deg"))
    start, end = rep["hold_start_s"], rep["lower_start_s"]
    held = (time_s >= start) & (time_s <= end)
    early, settled = held & (time_s <= start + 1.0), held & (time_s >= min(start + 1.0, (start + end) / 2))
    trend = np.polynomial.Polynomial.fit(time_s[held], thigh[held], 1)(time_s[held])
    return {name: float(rep[name]) for name in GOOD if name in rep} | {
        "hold_thigh_elevation_deg": float(np.median(thigh[held])),
        "toe_clearance_m": rep["min_toe_height_m"],
        "overshoot_deg": float(thigh[early].max() - np.median(thigh[settled])),
        "oscillation_deg": float(np.ptp(thigh[held] - trend)),
    }


@pytest.mark.parametrize("path", sorted((ROOT / "samples").glob("clip*.truth.json")), ids=lambda p: p.name[:6])
def test_true_numbers_give_the_true_faults(path):
    truth = json.loads(path.read_text(encoding="utf-8"))
    for rep in truth["reps"]:
        given_there = truth_columns(rep, truth["frames"])
        columns = {name: np.array([value]) for name, value in given_there.items()}
        (faults, unknown) = judge(columns, {n: np.array([band_of(n)]) for n in columns}, Limits())[0]
        assert set(rep["faults"]) <= set(names(faults)) <= set(rep["faults"]) | set(rep["borderline"])
        assert set(unknown) == {"unstable-support", "ball-misplaced"}
