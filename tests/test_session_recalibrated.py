"""A calibration that gets better while the session goes on, as it does live."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import cuts, same
from movements import Rep
from synthetic import recording

from formcheck.core.table import Tail
from formcheck.data.recording import Calibration, Recording
from formcheck.session import Session, judge_recording

MADE, TIMES = recording([Rep(top_deg=t) for t in (1.0, 9.0, -2.0)], noise_px=0.5)
RIGHT = MADE.calibration
WRONG = replace(RIGHT, roll_deg=6.0, yaw_deg=20.0, knee_bias_deg=2.0)
TURNED = replace(RIGHT, facing="right" if RIGHT.facing == "left" else "left")


def settled(*steps: tuple[float, Calibration]) -> Recording:
    """The recording with calibrations that hold from these times on; the first from the beginning."""
    track = [replace(calibration, from_s=at) for at, calibration in steps]
    return replace(MADE, earlier=tuple(track[:-1]), calibration=track[-1])


def live(made: Recording, places: list[int]) -> Session:
    """Frames in blocks, the calibrations exchanged as soon as their first frame is there."""
    first, *others = made.calibrations
    session = Session(first, made.source, made.model)
    changes = [int(np.searchsorted(made.observations.time_s, each.from_s)) for each in others]
    for a, b in pairwise(sorted({0, *places, *changes, len(made.observations)})):
        for at, calibration in zip(changes, others, strict=True):
            if at == a:
                session.recalibrate(calibration)
        session.push(made.observations[a:b])
    session.finish()
    return session


@settings(max_examples=25, deadline=None)
@given(cuts(len(MADE.observations)), st.lists(st.floats(0.1, 26.0), max_size=4, unique=True).map(sorted))
def test_the_law_holds_with_changes_at_any_time(places: list[int], times: list[float]) -> None:
    calibrations = [WRONG, RIGHT, replace(WRONG, roll_deg=-3.0), TURNED]
    made = settled((0.0, RIGHT), *zip(times, calibrations, strict=False))
    found, expected = live(made, places), judge_recording(made)
    assert same(found.reps, list(expected.reps))
    assert same(found.result(made).frames, expected.frames)


@given(st.lists(st.floats(0.0, 26.0), max_size=6, unique=True).map(sorted))
@settings(max_examples=25, deadline=None)
def test_the_same_calibration_again_changes_nothing(times: list[float]) -> None:
    made = settled((0.0, RIGHT), *((at, RIGHT) for at in times))
    assert same(judge_recording(made).reps, judge_recording(MADE).reps)
    assert same(judge_recording(made).frames, judge_recording(MADE).frames)


def test_an_open_rep_is_judged_by_what_is_known_when_it_closes() -> None:
    """The first rep as though the right calibration had held from the beginning, though it came on the way down."""
    late = TIMES[0][2] + 1.0
    found, expected = judge_recording(settled((0.0, WRONG), (late, RIGHT))), judge_recording(MADE)
    assert same(found.reps, expected.reps)
    assert found.reps[0].numbers != judge_recording(MADE.with_calibration(WRONG)).reps[0].numbers


def test_what_was_judged_stays() -> None:
    late = TIMES[1][2]
    found = judge_recording(settled((0.0, WRONG), (late, RIGHT))).reps
    assert same(found[0], judge_recording(MADE.with_calibration(WRONG)).reps[0])
    assert found[2].numbers["peak_thigh_elevation_deg"] == pytest.approx(
        judge_recording(MADE).reps[2].numbers["peak_thigh_elevation_deg"], abs=1e-9
    )


def test_another_model_from_a_time_on() -> None:
    """Its constants hold for what it looked at; the whole rep in which it came is measured with them."""
    lite = replace(RIGHT, model="lite")
    found = judge_recording(settled((0.0, RIGHT), (TIMES[1][1], lite))).reps
    by_heavy, by_lite = judge_recording(MADE).reps, judge_recording(replace(MADE, model="lite")).reps
    assert same(found[0], by_heavy[0])
    assert same(found[2].numbers, by_lite[2].numbers)
    assert not same(by_lite[2].numbers, by_heavy[2].numbers)


def test_news_are_the_instants_of_the_last_frame() -> None:
    session = Session(RIGHT, MADE.source, MADE.model)
    seen: list[int] = []
    for k in range(90):
        session.push(MADE.observations[k : k + 1])
        first, rows = session.news
        seen += range(first, first + len(rows))
    assert seen == list(range(90))


def test_calibrations_survive_the_file(tmp_path: Path) -> None:
    made = settled((0.0, Calibration()), (0.5, WRONG), (7.0, replace(RIGHT, model="lite")))
    made.save(tmp_path / "recording.npz")
    assert same(judge_recording(Recording.load(tmp_path / "recording.npz")).reps, judge_recording(made).reps)
    assert Recording.load(tmp_path / "recording.npz").calibrations == made.calibrations


def test_a_tail_keeps_what_may_be_asked_for_and_no_more() -> None:
    tail = Tail(2)
    for k in range(20_000):
        tail.append(np.full((1, 2), float(k)))
        tail.forget(k - 100)
    assert tail.since(19_950)[:, 0].tolist() == [float(k) for k in range(19_950, 20_000)]
    assert len(tail.rows) < 2500
