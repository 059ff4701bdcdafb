"""Sessions as they are lived: what is counted, shown and said from getting onto the ball to leaving it."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from played import Played, play
from truths import ROOT

from formcheck.data.recording import Recording
from formcheck.data.result import TIMES, Result
from formcheck.evaluate import Truth, load
from formcheck.evaluate.falsephases import false_phases
from formcheck.live.coach import Coach
from formcheck.outputs.voice.sounds import Say, Tick
from formcheck.rules.limits import Limits
from formcheck.session import judge_recording

RECORDINGS = ROOT / "validation" / "sessions"
ROCKED, LOST = ("session5", "heavy full lite"), ("session6", "lite")
"""Somebody rocks on the ball with straight legs, which counts; `lite` loses the legs: docs/exercise.md."""
SEEN = [
    (f"session{number}", model)
    for number in range(1, 7)
    for model in ("heavy", "full", "lite")
    if model not in (dict([ROCKED, LOST]).get(f"session{number}") or "")
]
OFF_S = 0.4
SPOKEN_S = 1.5
"""A rep's number is said within so much of its end."""


class Shown(NamedTuple):
    """A session, its truth, and what the program makes of it."""

    recording: Recording
    truth: Truth
    result: Result


@cache
def shown(name: str, model: str) -> Shown:
    recording = Recording.load(RECORDINGS / f"{name}_{model}.npz")
    return Shown(recording, load(ROOT / "samples" / f"{name}.truth.json"), judge_recording(recording))


@cache
def heard(name: str) -> Played:
    return play(shown(name, "full").recording, Coach(Limits()))


@pytest.mark.parametrize(("name", "model"), SEEN)
def test_every_rep_is_counted_and_nothing_else(name: str, model: str) -> None:
    _, truth, result = shown(name, model)
    assert len(result.reps) == len(truth.reps)
    for found, true in zip(result.reps, truth.reps, strict=True):
        for moment in TIMES:
            if np.isfinite(found.numbers[moment]):
                assert found.numbers[moment] == pytest.approx(true.numbers[moment], abs=OFF_S), (true, moment)
    assert result.activity.kind == "ball"


@pytest.mark.parametrize(("name", "model"), SEEN)
def test_no_phase_is_shown_outside_of_the_reps(name: str, model: str) -> None:
    recording, truth, result = shown(name, model)
    found = false_phases(result.frames, truth, float(recording.observations.time_s[-1]))
    assert found is not None
    assert found.longest_s <= 0.3
    assert ((result.frames.phase > 0) == (result.frames.rep > 0))[result.frames.visible].all()


@pytest.mark.parametrize(("name", "model"), SEEN)
def test_who_is_not_in_position_has_no_angles(name: str, model: str) -> None:
    """Kneeling, standing and leaving: nothing of it is told, and most of lying still is."""
    _, truth, result = shown(name, model)
    frames = result.frames
    told = np.isfinite(frames.angles["leg_elevation_deg"])
    upright = np.interp(frames.time_s, truth.time_s, truth.angles["trunk_elevation_deg"]) > 60.0
    lying = np.interp(frames.time_s, truth.time_s, truth.in_position == 1) > 0.99  # type: ignore[arg-type]
    assert not told[upright].any()
    assert told[lying & frames.visible].mean() > 0.99


@pytest.mark.parametrize("name", ["session1", "session2", "session3", "session4"])
def test_live_counts_the_same_and_speaks_in_time(name: str) -> None:
    """The label track: ticks only in holds, each number after its rep, none while somebody gets on or off."""
    _, truth, result = shown(name, "full")
    live = heard(name)
    assert len(live.reps) == len(result.reps)
    times = [[rep.numbers[moment] for moment in TIMES] for rep in truth.reps]
    for time_s, what in live.heard:
        for sound in what.sounds:
            if isinstance(sound, Tick) and sound.kind == "hold":
                assert any(hold < sound.at_s < lower + 0.3 for _, hold, lower, _ in times), sound
            if isinstance(sound, Say) and (number := re.fullmatch(r"n-(\d+)", sound.keys[0])):
                assert any(abs(time_s - end) < SPOKEN_S for *_, end in times), (time_s, number)
    assert "another-exercise" not in {
        key for _, what in live.heard for say in what.sounds if isinstance(say, Say) for key in say.keys
    }


@pytest.mark.parametrize("name", [f"session{number}" for number in range(1, 7)])
def test_nobody_is_warned_while_getting_on_or_off(name: str) -> None:
    """What has to be said at once is said within a rep, true or counted, never of a body on its way."""
    _, truth, result = shown(name, "full")
    reps = [*truth.reps, *result.reps]
    times = [(rep.numbers["lift_start_s"], rep.numbers["end_s"]) for rep in reps]
    warned = [
        (time_s, say.keys[0])
        for time_s, what in heard(name).heard
        for say in what.sounds
        if isinstance(say, Say) and say.keys[0] in {"slower", "floor", "stop"}
    ]
    assert all(any(start < time_s < end for start, end in times) for time_s, _ in warned), warned
