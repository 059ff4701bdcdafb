"""Which exercise a session showed, and that there is always a reason where no rep was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from bodies import RATE, Body, recorded, seen
from exercises import bad, bird_dog, superman, wave
from synthetic import blanks, resampled

from formcheck.data.observations import Observations
from formcheck.data.result import Activity
from formcheck.session import Session, judge_recording


def still(thigh: float = -25.0, seconds: float = 8.0, **others: float) -> Body:
    return Body(np.full(int(seconds * RATE), thigh), **others)  # type: ignore[arg-type]


def activity(body: Body, change: Callable[[Observations], Observations] = lambda seen: seen) -> Activity:
    result = judge_recording(recorded(change(seen(body))))
    assert result.reps == ()
    return result.activity


def test_this_exercise_on_a_ball_needs_no_words() -> None:
    assert judge_recording(recorded(seen(bad(("ball",))))).activity == Activity("ball")


def test_without_a_ball_it_is_judged_and_said() -> None:
    result = judge_recording(recorded(seen(replace(bad(("swing",)), ball=None))))
    assert len(result.reps) == 4
    assert result.activity.kind == "no-ball"
    assert result.activity.sentence.startswith("no ball was seen: ")


def test_movements_that_were_not_counted_are_told_beside_those_that_were() -> None:
    """Four reps, then two with one leg only."""
    good, one = bad(("ball",)), wave(2)
    thigh = np.concatenate([good.thigh, -25.0 + 25.0 * one])
    far = np.concatenate([good.thigh, np.full(len(one), -25.0)])
    hip = (np.zeros(len(thigh)), np.full(len(thigh), 0.45))
    result = judge_recording(recorded(seen(Body(thigh, far, hip=hip))))
    assert len(result.reps) == 4
    assert result.activity.sentence == "2 other movements were not counted: only one leg was seen to move at a time"


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (superman(1.0), "other", "the trunk moves with the legs"),
        (still(trunk=80.0, thigh=-88.0), "other", "upright nearly all the time; if it was lying, the picture lies on"),
        (still(trunk=55.0), "other", "steeper than 45° nearly all the time"),
        (still(-88.0, knee=88.0), "other", "knees were bent by more than 80°"),
        (still(), "nothing", "the legs moved by"),
        (bird_dog(1.0), "nothing", "never lifted from lying still"),
        (Body(np.append(np.full(90, -25.0), -25.0 + 25.0 * wave(1)[: int(3.0 * RATE)])), "nothing", "it ends before"),
        (still(seconds=1.0), "nothing", "it is only 1.0 s long"),
    ],
    ids=["trunk", "upright", "steep", "kneeling", "still", "not-lying-still", "cut-short", "short"],
)
def test_no_reps_always_have_a_reason(body: Body, kind: str, words: str) -> None:
    found = activity(body)
    assert found.kind == kind
    assert words in found.sentence


def test_nobody_and_no_picture_at_all() -> None:
    assert judge_recording(recorded(blanks(200))).activity.sentence == "nobody was seen in the picture"
    assert judge_recording(replace(recorded(blanks(2)), observations=blanks(0))).activity.kind == "nothing"


def test_too_few_pictures_a_second() -> None:
    few = activity(still(seconds=20.0), lambda shown: resampled(shown, np.arange(0.0, 19.0, 0.4)))
    assert "2.5 pictures a second" in few.sentence


def test_the_number_of_degrees_is_what_was_seen() -> None:
    body = Body(-25.0 + 4.0 * wave(3))
    assert "the legs moved by 4° only" in activity(body).sentence


def test_seen_from_the_front() -> None:
    recording = recorded(seen(still()))
    turned = recording.with_calibration(replace(recording.calibration, yaw_deg=52.0))
    assert "about 52° off the side view" in judge_recording(turned).activity.sentence


def test_frame_by_frame_the_same_is_said() -> None:
    recording = recorded(seen(superman(1.0)))
    session = Session(recording.calibration, recording.source, recording.model)
    for frame in range(len(recording.observations)):
        session.push(recording.observations[frame : frame + 1])
    session.finish()
    assert session.activity == judge_recording(recording).activity
