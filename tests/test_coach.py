"""The coach through whole sessions, acted: setting up, counting in, sets, rests, pauses, standing up, early starts."""

from __future__ import annotations

import pytest
from coached import act, listen, said, ticks, when
from movements import Curve, Rep, Times, movement

from formcheck.live.coach import Coach
from formcheck.outputs.voice.sounds import COUNT, Hush, Say, Tick
from formcheck.rules.limits import Limits, Plan

QUICK = Rep(lift_s=0.9, hold_s=1.6, lower_s=3.0, rest_s=0.6)


def limits(reps: int = 15, sets: int = 1, rest_s: float = 30.0) -> Limits:
    return Limits(plan=Plan(reps, sets, rest_s))


def reps(count: int, before_s: float = 1.0) -> tuple[Curve, list[Times], float]:
    curve, times, end = movement([QUICK] * count, before_s)
    return curve, times, end


def two_sets(each: int, pause_s: float) -> tuple[Curve, list[Times], float]:
    """So many reps, a pause with the legs down, and as many again."""
    first = [QUICK] * (each - 1) + [QUICK._replace(rest_s=pause_s)]
    return movement([*first, *[QUICK] * each], 1.0)


def test_one_instruction_at_a_time() -> None:
    """A new one at once, cutting the old one short; the same one again after six seconds; "no ball" a single time."""

    def advice(t: float) -> str:
        return "whole-body" if t < 7.5 else "turn-camera-left" if t < 9.0 else "no-ball" if t < 25.0 else ""

    coach = Coach(limits())
    lines, guides = listen(coach, act(reps(0)[0], 30.0, advice=advice))
    assert said(lines) == [("whole-body",), ("whole-body",), ("turn-camera-left",), ("no-ball",)]
    assert when(lines, "whole-body") == pytest.approx([0.0, 6.0], abs=0.05)
    assert when(lines, "turn-camera-left") == pytest.approx([7.5], abs=0.05)
    assert sum(isinstance(line.sound, Hush) for line in lines) == 2
    assert {guide for _, guide in guides} == {None}
    assert coach.stage == "setup"


def test_the_note_comes_first_and_is_let_finish() -> None:
    lines, _ = listen(Coach(limits(), first_time=True), act(reps(0)[0], 16.0, advice=lambda t: "lie-down" * (t < 12)))
    assert said(lines) == [("back-note",), ("lie-down",)]
    assert when(lines, "lie-down")[0] >= 8.0


def test_ready_count_in_go() -> None:
    coach = Coach(limits())
    lines, guides = listen(coach, act(reps(0)[0], 9.0, still=lambda t: t > 2.0))
    assert said(lines) == [("ready",), ("go",)]
    ready = when(lines, "ready")[0]
    assert ticks(lines, "count") == pytest.approx([ready + 1, ready + 2, ready + 3])
    assert ticks(lines, "go") == pytest.approx([ready + 4])
    assert when(lines, "go") == pytest.approx([ready + 4], abs=0.05)
    assert coach.stage == "set"
    assert all(guide is not None for at, guide in guides if at > ready + 4.1)


def test_getting_up_during_the_count_in() -> None:
    coach = Coach(limits())
    lines, _ = listen(coach, act(reps(0)[0], 9.0, still=lambda t: t > 2.0, away=lambda t: t > 3.5))
    assert said(lines) == [("ready",)]
    assert len(ticks(lines, "count")) <= 3
    assert ticks(lines, "go") == []
    assert coach.stage == "setup"


@pytest.mark.parametrize("before_s", [1.0, 4.3])
def test_an_early_start_skips_what_is_left(before_s: float) -> None:
    """With or without a count-in under way, the first rep counts, and no "go" comes into it."""
    curve, times, end = reps(2, before_s)
    coach = Coach(limits())
    lines, _ = listen(coach, act(curve, end + 1, still=lambda t: 2.0 < t < before_s))
    assert when(lines, "go") == []
    assert ticks(lines, "go") == []
    assert all(at < times[0].lift_start_s + 0.6 for at in ticks(lines, "count"))
    assert coach.reps == 2
    assert when(lines, "n-1") == pytest.approx([times[0].end_s], abs=0.5)
    assert ticks(lines, "hold")[0] == pytest.approx(times[0].hold_start_s + 1.0, abs=0.1)


def test_numbers_last_two_and_the_end_of_the_set() -> None:
    curve, times, end = reps(5)
    coach = Coach(limits(reps=5))
    lines, _ = listen(coach, act(curve, end + 5, faults={4: ("bent-knees",), 5: ("bent-knees",)}))
    assert said(lines) == [
        ("n-1",),
        ("n-2",),
        ("n-3", "last-two"),
        ("n-4", "last-one"),
        ("straighten-your-knees",),
        ("all-done", "n-5", "reps", "n-3", "without-fault", "mostly", "straighten-your-knees"),
    ]
    assert ticks(lines, "end") == pytest.approx([times[4].end_s], abs=0.5)
    assert coach.stage == "done"
    assert coach.finish().sounds == ()


def test_the_summary_comes_without_a_verdict_too() -> None:
    """A last rep that was never judged does not hold it back for long."""
    curve, times, end = reps(3)
    given = [m._replace(reps=()) if m.time_s > times[2].end_s else m for m in act(curve, end + 9)]
    lines, _ = listen(Coach(limits(reps=3)), given)
    assert said(lines)[-1] == ("all-done", "n-2", "reps", "n-2", "without-fault")
    assert when(lines, "all-done")[0] < times[2].end_s + 5.0


def test_sets_and_rests() -> None:
    """The rest is told, timed and counted down; walking about in it is nobody's business."""
    curve, times, end = two_sets(3, pause_s=42.0)
    coach = Coach(limits(reps=3, sets=2))
    over = times[2].end_s
    given = act(curve, end + 5, away=lambda t: over + 4 < t < over + 24, still=lambda t: over + 34 < t < over + 35)
    lines, guides = listen(coach, given)
    ended = ticks(lines, "end")
    assert said(lines) == [
        ("n-1", "last-two"),
        ("n-2", "last-one"),
        ("set-done", "n-3", "reps", "n-3", "without-fault", "rest", "stretch"),
        ("rest-10",),
        ("get-ready",),
        ("ready",),
        ("go",),
        ("n-1", "last-two"),
        ("n-2", "last-one"),
        ("all-done", "n-3", "reps", "n-3", "without-fault"),
    ]
    assert when(lines, "rest-10")[0] == pytest.approx(ended[0] + 20.0, abs=0.1)
    assert when(lines, "get-ready")[0] == pytest.approx(ended[0] + 30.0, abs=0.1)
    assert [at for at in ticks(lines, "count") if at < ended[0] + 30] == pytest.approx(
        [ended[0] + k for k in (27, 28, 29)]
    )
    assert all(guide is None for at, guide in guides if ended[0] < at < when(lines, "go")[0])
    assert (coach.stage, coach.set) == ("done", 2)


def test_a_set_begun_before_the_rest_is_over() -> None:
    curve, _, end = two_sets(3, pause_s=24.0)
    coach = Coach(limits(reps=3, sets=2, rest_s=60.0))
    lines, _ = listen(coach, act(curve, end + 5))
    assert coach.set == 2
    assert when(lines, "get-ready", "rest-10") == []
    assert said(lines)[-1][0] == "all-done"


def test_going_on_after_the_last_rep_is_the_same_set() -> None:
    curve, _, end = reps(5)
    coach = Coach(limits(reps=3))
    lines, _ = listen(coach, act(curve, end + 3))
    assert said(lines) == [("n-1", "last-two"), ("n-2", "last-one"), ("n-4",), ("n-5",)]
    assert (coach.stage, coach.set, coach.reps) == ("set", 1, 5)
    assert coach.finish().sounds[-1] == Say(("set-done", "n-5", "reps", "n-5", "without-fault"), COUNT)


def test_a_long_rest_ends_the_set() -> None:
    curve, times, end = two_sets(4, pause_s=32.0)
    coach = Coach(limits(reps=10, sets=3, rest_s=15.0))
    lines, _ = listen(coach, act(curve, end + 3))
    assert ticks(lines, "end") == pytest.approx([times[3].end_s + 20.0], abs=1.0)
    assert when(lines, "set-done")[0] == pytest.approx(times[3].end_s + 20.0, abs=1.0)
    assert coach.set == 2
    assert [keys for keys in said(lines) if keys == ("n-1",)] == [("n-1",)] * 2


def test_a_rest_shorter_than_a_verdict() -> None:
    """The summary is still given, and what follows is the next set."""
    curve, times, end = two_sets(3, pause_s=8.0)
    coach = Coach(limits(reps=3, sets=2, rest_s=1.0))
    lines, _ = listen(coach, act(curve, end + 5))
    assert [keys[0] for keys in said(lines)] == ["n-1", "n-2", "set-done", "get-ready", "n-1", "n-2", "all-done"]
    assert when(lines, "get-ready")[0] < times[2].end_s + 5.0
    assert coach.set == 2


def test_finish_between_two_sets_repeats_nothing() -> None:
    curve, _, end = reps(3)
    coach = Coach(limits(reps=3, sets=2, rest_s=1.0))
    lines, _ = listen(coach, act(curve, end + 8))
    assert when(lines, "set-done")
    assert coach.stage == "setup"
    assert coach.finish().sounds == ()


def test_standing_up_pauses() -> None:
    curve, times, end = two_sets(2, pause_s=12.0)
    coach = Coach(limits())
    up = times[1].end_s + 2.0
    given = act(curve, end, away=lambda t: up < t < up + 6, still=lambda t: up + 7 < t < up + 9)
    lines, guides = listen(coach, given)
    assert said(lines) == [("n-1",), ("n-2",), ("paused",), ("welcome-back",), ("n-3",), ("n-4",)]
    assert when(lines, "paused")[0] == pytest.approx(up + 2.0, abs=0.1)
    assert when(lines, "welcome-back")[0] == pytest.approx(up + 7.0, abs=0.1)
    assert all(guide is None for at, guide in guides if up + 0.5 < at < up + 6.9)
    assert ticks(lines, "end") == []


def test_back_from_a_pause_and_lifting_at_once() -> None:
    curve, times, end = two_sets(2, pause_s=12.0)
    coach = Coach(limits())
    up = times[1].end_s + 2.0
    lines, _ = listen(coach, act(curve, end, away=lambda t: up < t < up + 6))
    assert said(lines) == [("n-1",), ("n-2",), ("paused",), ("n-3",), ("n-4",)]


def test_leaving_for_good_ends_the_set() -> None:
    curve, times, end = reps(3)
    coach = Coach(limits())
    lines, _ = listen(coach, act(curve, end + 40, away=lambda t: t > times[2].end_s + 1.0))
    assert said(lines)[-2:] == [("paused",), ("all-done", "n-3", "reps", "n-3", "without-fault")]
    assert coach.stage == "done"


def test_breathing_ticks_are_a_choice() -> None:
    curve, times, end = reps(3)
    silent, _ = listen(Coach(limits()), act(curve, end))
    assert ticks(silent, "out") == ticks(silent, "in") == []
    heard, _ = listen(Coach(limits(), breathing=True), act(curve, end))
    assert len(ticks(heard, "out")) == len(ticks(heard, "in")) == 3
    assert ticks(heard, "out") == pytest.approx([t.lift_start_s for t in times], abs=0.5)
    assert ticks(heard, "in") == pytest.approx([t.lower_start_s for t in times], abs=0.6)


def test_a_slow_camera_is_coached_too() -> None:
    """Frames for every third instant: ten a second."""
    curve, times, end = reps(3)
    coach = Coach(limits())
    lines, _ = listen(coach, act(curve, end + 3, every=3))
    assert said(lines) == [("n-1",), ("n-2",), ("n-3",)]
    assert ticks(lines, "hold")[0] == pytest.approx(times[0].hold_start_s + 1.0, abs=0.1)


def test_movements_that_are_no_reps_are_not_counted() -> None:
    """A twitch of the legs, and the number stays right afterwards."""
    twitch = QUICK._replace(top_deg=-21.5, lift_s=0.3, hold_s=0.0, lower_s=0.6, corner_s=0.3)
    curve, _, end = movement([QUICK, QUICK, twitch, QUICK], 1.0)
    lines, _ = listen(Coach(limits()), act(curve, end + 4))
    assert [keys for keys in said(lines) if keys[0].startswith("n-")] == [("n-1",), ("n-2",), ("n-3",)]


def test_the_same_moments_give_the_same_sounds() -> None:
    curve, _, end = reps(3)
    given = act(curve, end, noise_deg=0.2, faults={1: ("short-hold",)})
    assert listen(Coach(limits()), given) == listen(Coach(limits()), given)


def test_finish_with_nothing_done() -> None:
    coach = Coach(limits())
    listen(coach, act(reps(0)[0], 2.0))
    assert coach.finish().sounds == ()
    assert Coach(limits()).finish().sounds == ()


def test_ticks_never_come_from_the_past() -> None:
    curve, _, end = reps(4)
    lines, _ = listen(Coach(limits(), breathing=True), act(curve, end, noise_deg=0.3))
    assert all(line.sound.at_s >= line.at_s - 0.1 for line in lines if isinstance(line.sound, Tick))
