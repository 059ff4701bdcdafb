"""Which movements are reps of this exercise: none of another one, all of this one however badly done."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from bodies import Body, recorded, seen
from exercises import OTHERS, REPS, TRIPLES, bad
from figure import LEVEL, Camera
from synthetic import mirrored, resampled

from formcheck.core import exercise
from formcheck.data.observations import Observations
from formcheck.data.result import Result
from formcheck.session import judge_recording

OBLIQUE = Camera(facing="right", yaw_deg=-20.0, pitch_deg=6.0)


def judged(observations: Observations, camera: Camera = LEVEL) -> Result:
    return judge_recording(recorded(observations, camera))


def at_rate(observations: Observations, fps: float) -> Observations:
    return resampled(observations, np.arange(0.0, float(observations.time_s[-1]), 1.0 / fps))


@pytest.mark.parametrize("fps", [8.0, 15.0, 30.0])
@pytest.mark.parametrize("other", OTHERS, ids=lambda other: other.__name__)
def test_another_exercise_has_no_rep_and_a_reason(other: Callable[[float], Body], fps: float) -> None:
    """As it is, slower and quicker, from the other side, in a mirror."""
    for pace, camera, turn in ((1.0, LEVEL, False), (1.6, OBLIQUE, False), (0.7, LEVEL, True)):
        what = at_rate(seen(other(pace), camera=camera), fps)
        found = judged(mirrored(what, camera.width) if turn else what, camera)
        assert found.reps == (), (pace, turn)
        assert found.activity.kind in {"other", "nothing"}
        assert found.activity.sentence
        assert not (found.frames.phase > 0).any(), "no phase outside a rep"


@pytest.mark.parametrize("flaws", TRIPLES, ids="-".join)
def test_the_worst_performers_are_counted(flaws: tuple[str, ...]) -> None:
    for camera in (LEVEL, OBLIQUE):
        found = judged(at_rate(seen(bad(flaws), camera=camera), 15.0), camera)
        assert len(found.reps) == REPS, (camera.facing, found.activity)
        assert found.activity.kind == "ball"


def test_the_definition_speaks_its_strongest_reason() -> None:
    low = exercise.Place(0, -25.0, -25.0, 1.0, -26.0, 0.0, 0.0, 0.4, -0.6, -0.5, -0.9)
    top = low._replace(leg=0.0, far_leg=0.0, thigh=-1.0)
    assert exercise.why_not(low, top) == ""
    against = {
        "on-back": (low._replace(foot_turn=0.9), top._replace(foot_turn=0.9)),
        "one-leg": (low, top._replace(far_leg=-24.0)),
        "trunk": (low, top._replace(trunk=12.0)),
        "feet": (low, top._replace(hip_up=0.15)),
        "pelvis": (low, top._replace(hip_tail=0.5)),
        "hands": (low, top._replace(hand_up=-0.25)),
        "knees": (low, top._replace(thigh=-22.0)),
    }
    for reason, (start, end) in against.items():
        assert exercise.why_not(start, end) == reason
    unknown = exercise.Place(0, *[np.nan] * 10)
    assert exercise.why_not(unknown, unknown) == ""
