"""What a score covers: where it is told, where there is none, and that everybody says it alike."""

from __future__ import annotations

import math

import pytest
from coached import verdict
from hypothesis import given
from hypothesis import strategies as st

from formcheck import Limits
from formcheck.data.result import Checks, Rep
from formcheck.rules import score
from formcheck.rules.catalogue import NAMES

OF = len(NAMES)


def rep(seen: int, points: int | None = 90, of: int = OF) -> Rep:
    return Rep(1, 1, {}, {}, (), NAMES[seen:], points, Checks(seen, of))


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (13, "score 90 of 100"),
        (9, "score 90 of 100"),
        (8, "score 90 of 100, 8 of 13 checks seen"),
        (7, "score 90 of 100, 7 of 13 checks seen"),
        (6, "no score: only 6 of 13 checks seen"),
        (0, "no score: only 0 of 13 checks seen"),
    ],
)
def test_what_is_told_of_a_rep(seen: int, words: str) -> None:
    found = verdict(1, ["bent-knees"])
    checks, points = score.rep(found.faults, NAMES[seen:], OF)
    assert score.told(points, checks) == words
    assert score.figure(points) == ("-" if seen < 7 else "90")
    assert score.note(points, checks) == words.removeprefix("score 90 of 100").removeprefix(", ").removeprefix(
        "no score: "
    )


@pytest.mark.parametrize(
    ("seen", "of", "kind"),
    [(6, 12, "partial"), (5, 12, "none"), (8, 12, "partial"), (9, 12, "whole"), (1, 1, "whole"), (0, 1, "none")],
)
def test_half_is_enough_and_a_third_is_told(seen: int, of: int, kind: str) -> None:
    checks, points = score.rep((), NAMES[: of - seen], of)
    assert (points is None) == (kind == "none")
    assert score.partial(checks) == (kind != "whole")


def test_rules_that_are_off_are_no_checks() -> None:
    assert score.switched_on(Limits()) == OF
    assert score.switched_on(Limits(off=("legs-apart", "bent-knees", "bent-knees"))) == OF - 2


def test_with_every_rule_off_there_is_no_score() -> None:
    checks, points = score.rep((), (), score.switched_on(Limits(off=NAMES)))
    assert (points, score.told(points, checks)) == (None, "no score: no check is switched on")


def test_a_set_covers_the_mean_of_its_reps_rounded_down() -> None:
    assert score.whole([rep(13, 100), rep(8, 80), rep(8, 60)], OF) == (Checks(9, OF), 80)
    assert score.whole([rep(8), rep(9)], OF).checks.seen == 8


def test_a_set_has_the_mean_of_those_reps_that_have_a_score() -> None:
    assert score.whole([rep(13, 100), rep(13, 50), rep(2, None)], OF) == (Checks(9, OF), 75)
    assert score.whole([rep(9, 100), rep(4, None)], OF) == (Checks(6, OF), None), "what is shown is below half"
    assert score.whole([], OF) == (Checks(0, OF), None)


@given(st.lists(st.integers(0, OF), min_size=1, max_size=20))
def test_a_set_has_a_score_only_where_it_says_half_or_more(seen: list[int]) -> None:
    reps = [rep(n, 70 if score.enough(Checks(n, OF)) else None) for n in seen]
    checks, points = score.whole(reps, OF)
    assert checks.seen == math.floor(sum(seen) / len(seen))
    assert points == (70 if 2 * checks.seen >= OF else None)
    assert ("checks seen" in score.told(points, checks)) == (3 * checks.seen <= 2 * OF)
