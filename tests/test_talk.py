"""What is said about reps, and the words for it."""

from __future__ import annotations

import tomllib

import pytest
from coached import ROOT, act, listen, said, verdict
from movements import Rep, movement

from formcheck.live import words
from formcheck.live.coach import Coach
from formcheck.live.talk import Talk
from formcheck.outputs.voice.phrases import slug
from formcheck.outputs.voice.sounds import COUNT, CUE, WARNING, Say
from formcheck.rules.catalogue import NAMES, RULES
from formcheck.rules.limits import Limits

KNEES, FEET, SLOWLY = ("straighten-your-knees",), ("keep-your-feet-together",), ("lower-slowly-count-to-four",)


def course(
    talk: Talk, *judged: tuple[str, ...], unsure: dict[int, tuple[str, ...]] | None = None
) -> list[tuple[str, ...]]:
    """One rep after the other without a pause: each is judged while the next is lifted."""
    heard = []
    for n in range(1, len(judged) + 1):
        talk.lift(n)
        if n > 1:
            heard += talk.judged(
                n - 1, verdict(n - 1, judged[n - 2], unsure=(unsure or {}).get(n - 1, ())), lifting=True
            )
        heard += talk.down(n)
    return [say.keys for say in heard]


def test_a_correction_replaces_the_number() -> None:
    assert course(Talk(15), ("bent-knees",), (), ()) == [("n-1",), KNEES, ("better-straight",)]


def test_the_same_cue_at_most_every_third_rep() -> None:
    assert course(Talk(15), *[("bent-knees",)] * 7) == [("n-1",), KNEES, ("n-3",), ("n-4",), KNEES, ("n-6",), ("n-7",)]


def test_the_worst_fault_first_then_the_next() -> None:
    both = ("bent-knees", "legs-apart!")
    assert course(Talk(15), both, both, both, both) == [("n-1",), FEET, KNEES, ("n-4",)]


def test_of_equal_faults_the_first() -> None:
    assert course(Talk(15), ("bent-knees", "legs-apart"), ()) == [("n-1",), KNEES]


def test_praise_once_and_only_for_what_was_corrected() -> None:
    assert course(Talk(15), (), (), ()) == [("n-1",), ("n-2",), ("n-3",)]
    assert course(Talk(15), ("legs-apart",), (), (), ()) == [("n-1",), FEET, ("better-legs",), ("n-4",)]


def test_no_praise_for_what_could_not_be_seen() -> None:
    unsure = {2: ("legs-apart",)}
    assert course(Talk(15), ("legs-apart",), (), (), (), unsure=unsure) == [("n-1",), FEET, ("n-3",), ("better-legs",)]


def test_only_a_severe_fault_takes_the_place_of_last_two() -> None:
    assert course(Talk(4), ("bent-knees",), ("bent-knees",), ()) == [("n-1",), ("n-2", "last-two"), ("n-3", "last-one")]
    assert course(Talk(4), ("bent-knees!",), (), ()) == [("n-1",), KNEES, ("n-3", "last-one")]


def test_the_last_number_is_the_summarys() -> None:
    assert course(Talk(2), (), ()) == [("n-1", "last-one")]


def test_a_warning_takes_the_turn_and_the_place_of_the_cue() -> None:
    talk = Talk(15)
    talk.lift(1)
    assert talk.warn("slower") == [Say(("slower",), WARNING)]
    assert talk.warn("slower") == []
    assert talk.down(1) == []
    talk.lift(2)
    assert talk.judged(1, verdict(1, ("fast-descent",)), lifting=True) == []
    assert talk.down(2) == [Say(("n-2",), COUNT)]
    talk.lift(3)
    assert talk.judged(2, verdict(2, ()), lifting=True) == [Say(("better-tempo",), CUE)]


def test_another_fault_is_mentioned_although_one_was_warned_of() -> None:
    talk = Talk(15)
    talk.lift(1)
    talk.warn("slower")
    talk.lift(2)
    assert talk.judged(1, verdict(1, ("fast-descent!", "legs-apart")), lifting=True) == [Say(FEET, CUE)]


def test_stop_and_slower_but_not_floor_in_one_rep() -> None:
    talk = Talk(15)
    talk.lift(1)
    assert [bool(talk.warn(key)) for key in ("stop", "stop", "slower", "floor")] == [True, False, True, False]
    talk.lift(2)
    assert [bool(talk.warn(key)) for key in ("floor", "floor")] == [True, False]


def test_a_cue_in_a_pause_takes_the_next_turn() -> None:
    talk = Talk(15)
    talk.lift(1)
    assert talk.down(1) == [Say(("n-1",), COUNT)]
    assert talk.judged(1, verdict(1, ("bent-knees",)), lifting=False) == [Say(KNEES, CUE)]
    talk.lift(2)
    assert talk.down(2) == []


def test_numbers_never_go_back() -> None:
    talk = Talk(15)
    assert [len(talk.down(n)) for n in (1, 1)] == [1, 0]
    talk.lift(2)
    assert [len(talk.down(n)) for n in (2, 1, 2)] == [1, 0, 0]


def test_a_whole_set_with_faults() -> None:
    """Acted: verdicts come as a session gives them."""
    curve, _, end = movement([Rep(lift_s=0.9, hold_s=1.6, lower_s=3.0, rest_s=0.6)] * 5, 1.0)
    faults = {1: ("fast-descent",), 2: ("fast-descent",), 4: ("legs-apart",)}
    lines, _ = listen(Coach(Limits()), act(curve, end + 4, faults=faults))
    assert said(lines) == [("n-1",), SLOWLY, ("n-3",), ("better-tempo",), FEET, ("better-legs",)]


@pytest.mark.parametrize("fault", [(), ("bent-knees",)])
def test_the_summary(fault: tuple[str, ...]) -> None:
    found = [verdict(n, fault) for n in range(1, 4)]
    assert words.summary(found) == (
        ("n-3", "reps", "mostly", *KNEES) if fault else ("n-3", "reps", "n-3", "without-fault")
    )
    assert words.summary(found[:1])[:2] == ("n-1", "rep")
    assert words.summary([]) == ()


def test_the_summary_names_the_commonest_fault() -> None:
    found = [verdict(1, ("bent-knees", "legs-apart")), verdict(2, ("legs-apart",)), verdict(3, ())]
    assert words.summary(found) == ("n-3", "reps", "n-1", "without-fault", "mostly", *FEET)
    rare = [verdict(1, ("bent-knees",)), *(verdict(n, ()) for n in range(2, 7))]
    assert words.summary(rare) == ("n-6", "reps", "n-5", "without-fault")


def test_what_was_hardly_seen_is_not_called_without_fault() -> None:
    hardly = verdict(2, (), unsure=NAMES[6:])
    assert hardly.score is None
    assert words.summary([verdict(1, ()), hardly]) == ("n-2", "reps")
    assert words.summary([verdict(1, ()), verdict(2, ("bent-knees",), unsure=NAMES[6:])])[:4] == (
        *("n-2", "reps", "n-1", "without-fault"),
    )


def test_more_reps_than_there_are_numbers() -> None:
    assert words.counted(61, 100) == ()
    assert Talk(100).down(61) == []


def test_there_is_a_phrase_for_everything() -> None:
    path = ROOT / "formcheck" / "outputs" / "voice" / "phrases" / "phrases.toml"
    phrases = tomllib.loads(path.read_text(encoding="utf-8"))["phrases"]
    keys = {slug(check.cue) for rule in RULES for check in rule.checks}
    keys |= {key for rule in RULES for key in words.better(rule.name)} | set(words.WARNED)
    keys |= {f"n-{n}" for n in range(1, words.MOST + 1)} | {"rep", "reps", "without-fault", "mostly", "last-one"}
    keys |= {"last-two", "set-done", "all-done", "rest", "stretch", "rest-10", "get-ready", "ready", "go", "paused"}
    keys |= {"welcome-back", "back-note"}
    assert keys <= set(phrases)
    assert set(words.WARNED.values()) <= {rule.name for rule in RULES}
