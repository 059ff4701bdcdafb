"""The catalogue of rules, its table and its manual pages."""

from __future__ import annotations

import doctest
import sys

import numpy as np
import pytest
from verdicts import FAULTS, GOOD, NAMES

from formcheck.errors import UsageError
from formcheck.rules import Limits, columns_needed, find, manual, render, table
from formcheck.rules.limits import SPECS
from formcheck.rules.rule import HEADINGS

VOCABULARY = {
    "lift_s", "hold_s", "lower_s", "peak_thigh_elevation_deg", "hold_thigh_elevation_deg",
    "peak_leg_elevation_deg", "hold_leg_elevation_deg", "min_thigh_elevation_deg", "range_deg",
    "max_knee_flexion_deg", "max_elbow_flexion_deg", "leg_difference_deg", "feet_gap_m", "touch_s",
    "toe_clearance_m", "overshoot_deg", "oscillation_deg", "support_shift_m", "ball_offset_m",
    "lift_start_s", "hold_start_s", "lower_start_s", "end_s", "peak_s",
    "knee_s", "elbow_s", "difference_s", "touch_start_s",
}  # fmt: skip


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
    assert all(line.split()[-1] in {*SPECS, "plan", "-" * max(map(len, SPECS))} for line in lines)
    rows = {row.name: row for row in table(Limits(hold_min_s=1.2, off=("legs-apart",)))}
    assert rows["short-hold"][2:5] == ("< 1.2 s", "0.2 s", "never")
    assert rows["legs-apart"].limit == "off"
    assert rows["hyperextension"][2:5] == ("> 5°", "10°", "15°")
