"""The report says which exercise was seen, why there is no rep, and each of it once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from outputs_fixture import SAMPLES, empty_result, result_from_truth
from test_remarks import filmed, oblique
from test_report_coverage import page_of

from formcheck.core.uncertainty import OBLIQUE_DEG
from formcheck.data.result import Activity, Result
from formcheck.outputs import report_text
from formcheck.outputs.report_text import FILMING, praise
from formcheck.rules.remarks import remarked

SENTENCE = "the trunk moves with the legs: this looks like another exercise"
TOLD = "The trunk moves with the legs: this looks like another exercise."


@pytest.fixture(scope="module")
def clean() -> Result:
    return result_from_truth(SAMPLES / "clip09.truth.json")


def without_reps(result: Result, activity: Activity) -> Result:
    """The same pictures, in which no rep was found."""
    return replace(result, reps=(), sets=(), score=None, checks=replace(result.checks, seen=0), activity=activity)


@pytest.mark.parametrize("kind", ["other", "nothing"])
def test_without_reps_the_reason_is_given_once_and_nothing_is_praised(clean: Result, kind: str) -> None:
    result = without_reps(clean, Activity(kind, SENTENCE))
    page = page_of(result)
    assert page.text.count(TOLD) == 1
    for words in ("never lifted", "Nothing to correct", "No fault", "none found", "Good in"):
        assert words not in page.text
    assert not page.of("good")
    assert ("In a rep the legs are low" in page.text) == (kind == "nothing")
    assert ("One exercise is judged here" in page.text) == (kind == "other")
    assert all(page.text.count(words) == 1 for words in FILMING)
    assert praise(result) == []


def test_without_a_sentence_the_page_is_whole(clean: Result) -> None:
    text = page_of(without_reps(clean, Activity("nothing"))).text
    assert "No reps found In a rep the legs are low" in text


def test_with_reps_the_sentence_stands_at_the_top(clean: Result) -> None:
    text = page_of(replace(clean, activity=Activity("no-ball", "no ball was seen: <b> & more"))).text
    assert text.count("No ball was seen: <b> & more.") == 1
    assert text.index("No ball was seen") < text.index("Safety.")
    assert not page_of(clean).of("exercise")


def test_a_ball_that_was_not_seen_is_not_praised(clean: Result) -> None:
    assert "Hands and ball still" not in praise(replace(clean, activity=Activity("no-ball", "no ball was seen")))
    reps = tuple(
        replace(
            rep,
            numbers=rep.numbers | {"support_shift_m": 0.01},
            uncertainty=rep.uncertainty | {"support_shift_m": 0.01},
        )
        for rep in clean.reps
    )
    steady = replace(clean, reps=reps)
    assert "Hands and ball still" in praise(steady)
    assert "Hands still" in praise(replace(steady, activity=Activity("no-ball", "no ball was seen")))


@pytest.mark.parametrize(
    ("yaw_deg", "told"),
    [(OBLIQUE_DEG - 4, "allowed for"), (-OBLIQUE_DEG + 1, "allowed for"), (OBLIQUE_DEG + 1, "too far to judge")],
)
def test_the_camera_is_too_far_off_where_the_verdicts_say_so(clean: Result, yaw_deg: float, told: str) -> None:
    facts = dict(report_text.camera(replace(clean, recording=filmed(clean, yaw_deg=yaw_deg))))
    assert facts["Off the side view"].endswith(f", {told}")


def test_what_is_wrong_with_the_filming_is_told_once(clean: Result) -> None:
    worse = filmed(clean, yaw_deg=50.0, share=0.8, brightness=20.0)
    worse = worse.with_calibration(replace(worse.calibration, roll_deg=None, roll_sd_deg=None))
    result = remarked(replace(clean, recording=worse, warnings=("no picture for 2.0 s after 3.0 s",)))
    assert len(result.warnings) == 5
    assert report_text.warnings(result) == ["no picture for 2.0 s after 3.0 s"]
    text = page_of(result).text
    for words in ("towards your feet", "whole body in the picture", "more light", "--roll"):
        assert text.count(words) == 1, words


def test_without_reps_too(clean: Result) -> None:
    worse = filmed(clean, yaw_deg=75.0, share=0.8)
    result = remarked(without_reps(replace(clean, recording=worse), oblique()))
    text = page_of(result).text
    assert report_text.warnings(result) == []
    for words in ("about 75°", "towards your feet", "whole body in the picture", "exactly from the side"):
        assert text.count(words) == 1, words


def test_nobody_is_told_once() -> None:
    assert page_of(remarked(empty_result())).text.lower().count("nobody") == 1
