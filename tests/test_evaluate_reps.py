"""Evaluation of reps and their faults: missed, extra, false, allowed, not assessable."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path

import pytest
from truths import finding, moved, perfect, read, summary, truth_dict, with_faults, with_rep

from formcheck.data.result import REP_NUMBERS, Checks, Rep
from formcheck.evaluate import Truth, compare, pool, to_text


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
    rep = Rep(1, 1, {"lift_start_s": 1.0, "end_s": 5.0}, {}, (finding("swinging"),), (), 50, Checks(13, 13))
    s = summary(replace(base, reps=(rep,)), truth)
    assert (s.counts.extra, s.counts.exact, s.all_faults.false) == (1, 0, 1)


def test_order_of_reps_does_not_matter(truth: Truth) -> None:
    result = with_faults(perfect(truth), 0, "swinging")
    for way in itertools.permutations(result.reps):
        assert repr(summary(replace(result, reps=way), truth)) == repr(summary(result, truth))
