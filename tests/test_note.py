"""The note on earlier back injuries: said until it was heard to its end, remembered only then."""

from __future__ import annotations

from pathlib import Path

import pytest
from coached import act, listen, said, when
from conftest import SAMPLES, cut
from lively import Session, led_in
from movements import Rep, Times, movement

from formcheck.live.coach import Coach
from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.mixer import Mixer
from formcheck.outputs.voice.offline import render_all
from formcheck.outputs.voice.phrases import Pack
from formcheck.outputs.voice.sounds import TROUBLE, Heard, Hush, Say
from formcheck.rules.limits import Limits, Plan

NOTE = Heard(None, (Say(("back-note",), TROUBLE),))
STOP = Heard(None, (Hush(),))
QUICK = Rep(lift_s=0.9, hold_s=1.6, lower_s=3.0, rest_s=0.6)
PACK = Pack.load(None)
HEARD = ("--sound-to", "heard.wav")


def coach(sets: int = 1) -> Coach:
    return Coach(Limits(plan=Plan(2, sets, 30.0)), first_time=True)


def noted(before_s: float, sets: int = 1, after_s: float = 25.0) -> tuple[list[float], list[Times]]:
    """When the note is asked for in a set of two reps that begins after so long."""
    curve, times, end = movement([QUICK] * 2, before_s)
    lines, _ = listen(coach(sets), act(curve, end + after_s))
    return when(lines, "back-note"), times


def test_heard_to_its_end_it_comes_once() -> None:
    asked, _ = noted(before_s=8.0)
    assert asked == pytest.approx([0.0], abs=0.05)


@pytest.mark.parametrize("sets", [1, 2])
def test_cut_short_by_a_lift_it_comes_again_in_the_rest(sets: int) -> None:
    """When the summary is over and nobody lifts, and once only; walking about then does not hold it back."""
    asked, times = noted(before_s=3.0, sets=sets)
    assert len(asked) == 2
    assert times[-1].end_s + 12.0 <= asked[1] <= times[-1].end_s + 14.0
    curve, _, end = movement([QUICK] * 2, 3.0)
    walking = act(curve, end + 25.0, advice=lambda t: "nobody" if t > end + 3 else "")
    assert len(when(listen(coach(sets), walking)[0], "back-note")) == 2


def test_it_is_not_said_into_the_end_of_a_rest() -> None:
    curve, _, end = movement([QUICK] * 2, 3.0)
    short = Coach(Limits(plan=Plan(2, 2, 18.0)), first_time=True)
    lines, _ = listen(short, act(curve, end + 17.0))
    assert len(when(lines, "back-note")) == 1


def test_a_lift_cuts_it_in_a_pause_too() -> None:
    """It may not keep the voice from a rep."""
    curve, times, end = movement([QUICK, QUICK._replace(rest_s=10.0), QUICK], 2.0)
    up = times[1].end_s + 1.0
    given = act(curve, end + 1.0, away=lambda t: up < t < up + 5.5)
    lines, _ = listen(Coach(Limits(), first_time=True), given)
    again = when(lines, "back-note")[1]
    assert up + 4.5 < again < times[2].lift_start_s
    hushed = [line.at_s for line in lines if isinstance(line.sound, Hush)]
    assert times[2].lift_start_s < hushed[-1] < times[2].lift_start_s + 1.0
    assert said(lines)[-1] == ("n-3",)


@pytest.mark.parametrize(("stopped_s", "heard"), [(3.0, False), (6.4, True), (9.0, True)])
def test_the_mixer_knows_what_was_heard_to_its_end(stopped_s: float, heard: bool) -> None:
    mixer = Mixer(PACK)
    length = len(PACK.samples("back-note")) / RATE
    assert 6.2 < length < 6.9
    render_all(mixer, [(0.1, NOTE), (stopped_s, STOP)], 10.0)
    assert mixer.heard("back-note") is heard
    assert not mixer.heard("ready")


def test_what_is_muted_was_not_heard() -> None:
    mixer = Mixer(PACK, mode="tones")
    render_all(mixer, [(0.1, NOTE)], 10.0)
    assert not mixer.heard("back-note")


@pytest.mark.slow
def test_a_session_remembers_only_what_was_heard(tmp_path: Path) -> None:
    """One whose rep begins after ten seconds, one that begins at once, and one without a voice."""
    early, homes = cut(SAMPLES / "clip01.mp4", tmp_path / "early.mp4", 90), {}
    late = led_in(early, tmp_path / "late.mp4", 9.0)
    for name, clip, *more in (("late", late, *HEARD), ("early", early, *HEARD), ("mute", early, "--sound", "tones")):
        (home := tmp_path / name).mkdir()
        homes[name] = Session(home, "--camera", clip, "--model", "lite", *more, first=True)
    remembered = {}
    for name, session in homes.items():
        assert session.ended().code == 0
        remembered[name] = (session.home / "state" / "formcheck" / "note-heard").exists()
    assert remembered == {"late": True, "early": False, "mute": True}
