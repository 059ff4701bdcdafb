"""The report says what its scores cover, and praises nothing that was not seen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from outputs_fixture import SAMPLES, covering, result_from_truth
from test_report import Page

from formcheck.data.result import Result
from formcheck.outputs.report import render
from formcheck.outputs.report_text import praise
from formcheck.rules.catalogue import NAMES


@pytest.fixture(scope="module")
def faulty() -> Result:
    return result_from_truth(SAMPLES / "clip10.truth.json")


@pytest.fixture(scope="module")
def clean() -> Result:
    return result_from_truth(SAMPLES / "clip09.truth.json")


def page_of(result: Result) -> Page:
    return Page(render(result, video=None))


def labels(page: Page) -> list[str]:
    """What is said to who hears the page: of the ring, and of each rep in the chart."""
    (ring,) = page.of("ring")
    return [ring["aria-label"], *(each["aria-label"].partition("s, ")[2] for each in page.of("rep-link"))]


def test_where_nearly_all_was_seen_the_score_stands_alone(faulty: Result) -> None:
    page = page_of(covering(faulty, 13, 12, 9))
    assert not page.of("covered")
    assert labels(page) == [f"score {points} of 100" for points in (58, 100, 37, 37)]


def test_a_partial_score_is_told_everywhere(faulty: Result) -> None:
    page = page_of(covering(faulty, 8, 7, 9))
    assert page.of("covered")
    assert "3 reps in 1 set 8 of 13 checks seen" in page.text
    assert "100 8 of 13 checks seen" in page.text
    assert "37 7 of 13 checks seen" in page.text
    assert labels(page) == [
        "score 58 of 100, 8 of 13 checks seen",
        "score 100 of 100, 8 of 13 checks seen",
        "score 37 of 100, 7 of 13 checks seen",
        "score 37 of 100",
    ]


def test_no_score_says_why(faulty: Result) -> None:
    result = covering(faulty, 6, 5, 0)
    page = page_of(result)
    assert "– no score" in page.text
    assert "Only 3 of 13 checks seen" in page.text
    assert "– only 5 of 13 checks seen" in page.text
    assert labels(page)[:2] == ["no score: only 3 of 13 checks seen", "no score: only 6 of 13 checks seen"]


def test_sets_say_what_they_cover(faulty: Result) -> None:
    result = covering(faulty, 8, 8, 8)
    first, *others = result.reps
    other = replace(result.sets[0], set=2, reps=2, score=None, checks=replace(result.checks, seen=6))
    two = replace(result, reps=(first, *(replace(rep, set=2) for rep in others)), sets=(*result.sets, other))
    assert "Set 1: 1 rep, score 58 of 100, 8 of 13 checks seen" in page_of(two).text
    assert "Set 2: 2 reps, no score: only 6 of 13 checks seen" in page_of(two).text


def test_without_fault_no_more_is_said_than_was_seen(clean: Result) -> None:
    for seen, heading, row in (
        (13, "Nothing to correct", "none found"),
        (12, "No fault seen", "none, 12 of 13 checks seen"),
    ):
        text = page_of(covering(clean, seen, seen, seen)).text
        assert heading in text
        assert row in text
        assert ("Nothing to correct" in text) == (seen == 13)
        assert ("none found" in text) == (seen == 13)
    assert "12 of 13 checks seen; what was not seen may hide faults." in text


def test_praise_is_for_what_was_seen_in_every_rep(clean: Result) -> None:
    assert praise(covering(clean, 13, 13, 13)) != []
    seen = NAMES.index("bent-knees")
    assert "Knees straight" in praise(covering(clean, seen + 1, 13, 13))
    assert "Knees straight" not in praise(covering(clean, seen, 13, 13))
    assert praise(covering(clean, 13, 0, 13)) == []


def test_a_rule_that_is_off_gets_no_praise_for_a_doubtful_measure(clean: Result) -> None:
    """What is switched off is never not assessable; its measure may be in doubt all the same."""
    reps = tuple(replace(rep, uncertainty=rep.uncertainty | {"max_knee_flexion_deg": 40.0}) for rep in clean.reps)
    assert "Knees straight" in praise(clean)
    assert "Knees straight" not in praise(replace(clean, reps=reps))
