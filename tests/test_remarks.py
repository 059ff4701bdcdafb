"""Each thing is said once: what the sentence on the exercise tells, no warning tells again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from outputs_fixture import NOBODY, SAMPLES, empty_result, result_from_truth

from formcheck.core.tally import Tally
from formcheck.data.recording import Recording
from formcheck.data.result import Activity, Result
from formcheck.outputs.tables import rep_table
from formcheck.rules import activity
from formcheck.rules.remarks import advice, remarked


@pytest.fixture(scope="module")
def seen() -> Result:
    return result_from_truth(SAMPLES / "clip10.truth.json")


def filmed(result: Result, *, yaw_deg: float = 0.0, share: float = 1.0, brightness: float = 120.0) -> Recording:
    """The recording, filmed less well."""
    whole = result.recording
    n = len(whole.observations)
    lost = np.arange(n) >= share * n
    worse = replace(
        whole.observations,
        visibility=np.where(lost[:, None], 0, whole.observations.visibility).astype(np.float32),
        brightness=np.full(n, brightness, np.float32),
    )
    return replace(whole, observations=worse).with_calibration(replace(whole.calibration, yaw_deg=yaw_deg))


def hardly_seen() -> Activity:
    """What `rules.activity` says where the body was seen in 15 % of the pictures."""
    postures = [0] * activity.exercise.POSTURES
    postures[activity.exercise.UNSEEN] = 100
    tally = Tally(frames=1000, seen=150, first_s=0.0, last_s=40.0, postures=postures)
    return activity.activity(tally, replace(empty_result().recording.calibration), 0)


def oblique() -> Activity:
    """What it says of a camera that is too far off the side view."""
    postures = [0] * activity.exercise.POSTURES
    postures[activity.exercise.READY] = 100
    tally = Tally(frames=1000, seen=1000, first_s=0.0, last_s=40.0, postures=postures)
    return activity.activity(tally, replace(empty_result().recording.calibration, yaw_deg=75.0), 0)


def test_a_body_hardly_seen_is_told_once(seen: Result) -> None:
    recording, sentence = filmed(seen, share=0.15), hardly_seen().sentence
    assert "15%" in sentence
    assert advice(recording) == ["the body was found in 15% of the frames only; keep it whole in the picture"]
    assert advice(recording, sentence) == ["keep the whole body in the picture"]


def test_an_oblique_camera_is_told_once(seen: Result) -> None:
    recording, sentence = filmed(seen, yaw_deg=75.0), oblique().sentence
    assert "75°" in sentence
    assert advice(recording) == [
        "the camera stands about 75° off the side view, too far for angles; move it towards the feet"
    ]
    assert advice(recording, sentence) == ["move the camera towards the feet"]
    assert advice(filmed(seen, yaw_deg=-75.0), sentence) == ["move the camera towards the head"]


def test_that_nobody_was_seen_is_told_once() -> None:
    result = remarked(replace(empty_result(), warnings=()))
    assert result.warnings == ()
    assert rep_table(result) == "No reps found: nobody was seen in the picture.\n"


def test_where_it_is_dark_and_nobody_is_seen_the_dark_may_be_why() -> None:
    result = replace(empty_result(), warnings=("first",))
    dark = replace(result, recording=filmed(result, brightness=20.0))
    assert remarked(dark).warnings == ("first", "the picture is dark; more light makes the joints easier to find")
    assert remarked(empty_result(seconds=0.0)).warnings == ("a warning",)
    assert dark.activity == NOBODY


def test_where_all_is_well_nothing_is_said(seen: Result) -> None:
    assert remarked(seen) == seen
