"""Phases told where no rep is under way: known stretches must give the seconds worked out by hand."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from truths import perfect, read, summary, truth_dict

from formcheck.data.result import PHASES, Result
from formcheck.errors import InputError
from formcheck.evaluate import FalsePhases, Truth, compare, pool, to_json, to_markdown, to_text
from formcheck.evaluate.falsephases import minus

STEP = 1 / 25
REPS = ((1, 8), (10, 17), (19, 26))  # those of truth_dict, which lasts 28 s


def with_position(folder: Path, *out: tuple[float, float], **changes: Any) -> Truth:
    """The small truth, in position all the time but from here to there."""
    data = truth_dict()
    data["frames"]["in_position"] = [not any(a <= t < b for a, b in out) for t in data["frames"]["time_s"]]
    data["frames"] |= changes
    return read(folder, data)


def telling(truth: Truth, *spans: tuple[float, float], phase: str = "lift") -> Result:
    """A result that says this phase from here to there (whole frames) and rest elsewhere."""
    result = perfect(truth)
    told = np.zeros(len(truth.time_s), np.int8)
    for start, end in spans:
        told[(truth.time_s >= start - 1e-9) & (truth.time_s < end - 1e-9)] = PHASES.index(phase)
    return replace(result, frames=replace(result.frames, phase=told))


def found(truth: Truth, *spans: tuple[float, float], phase: str = "lift") -> FalsePhases:
    phases = compare(telling(truth, *spans, phase=phase), truth).false_phases
    assert phases is not None
    return phases


def test_true_reps_told_as_they_are_cost_nothing(tmp_path: Path) -> None:
    phases = found(with_position(tmp_path), *REPS)
    assert (phases.seconds, phases.longest_s, phases.per_minute_s) == (0, 0, 0)
    assert math.isnan(phases.longest_at_s)


@pytest.mark.parametrize("phase", PHASES[1:])
def test_a_stretch_far_from_reps_counts_whole(tmp_path: Path, phase: str) -> None:
    phases = found(with_position(tmp_path), *REPS, (8.4, 9.2), (27, 27.2), phase=phase)
    assert phases.seconds == pytest.approx(1.0)
    assert phases.longest_s == pytest.approx(0.8)
    assert phases.longest_at_s == pytest.approx(8.4)
    assert phases.clip_s == 28
    assert phases.per_minute_s == pytest.approx(60 / 28)


def test_rest_and_unknown_are_no_phase(tmp_path: Path) -> None:
    truth = with_position(tmp_path)
    assert found(truth, (8.4, 9.2), phase="rest").seconds == 0
    result = telling(truth, (8.4, 9.2))
    unknown = np.where(result.frames.phase > 0, -1, 0).astype(np.int8)
    clip = compare(replace(result, frames=replace(result.frames, phase=unknown)), truth)
    assert clip.false_phases is not None
    assert clip.false_phases.seconds == 0


@pytest.mark.parametrize(
    ("span", "seconds"),
    [((0.72, 8.28), 0), ((0.6, 8), 0.1), ((1, 8.4), 0.1), ((8.2, 8.4), 0.1), ((0.6, 8.4), 0.2), ((4, 14), 1.4)],
)
def test_three_tenths_around_a_rep_are_let_pass(tmp_path: Path, span: tuple[float, float], seconds: float) -> None:
    assert found(with_position(tmp_path), span).seconds == pytest.approx(seconds)


def test_a_stretch_across_a_rep_is_two(tmp_path: Path) -> None:
    phases = found(with_position(tmp_path), (9.0, 18.6))  # 0.7 s before, 1.3 s after
    assert (phases.seconds, phases.longest_s) == (pytest.approx(2.0), pytest.approx(1.3))
    assert phases.longest_at_s == pytest.approx(17.3)


def test_nobody_in_position_is_false_whatever_the_reps_say(tmp_path: Path) -> None:
    truth = with_position(tmp_path, (12, 13))
    assert found(truth, *REPS).seconds == pytest.approx(1.0)
    # beside a rep the tolerance holds, in position or not
    assert found(with_position(tmp_path, (8, 10)), (1, 8.28)).seconds == 0


def test_what_is_not_known_is_not_false(tmp_path: Path) -> None:
    data = truth_dict()
    data["frames"]["in_position"] = [None if 8 <= t < 9 else True for t in data["frames"]["time_s"]]
    assert found(read(tmp_path, data), (8.4, 9.2)).seconds == pytest.approx(0.2)


def test_without_the_column_nothing_is_said(tmp_path: Path) -> None:
    truth = read(tmp_path, truth_dict())
    result = telling(truth, (8.4, 9.2))
    assert compare(result, truth).false_phases is None
    assert summary(result, truth).false_phases is None
    evaluation = pool([compare(result, truth)])
    assert "FALSE PHASES" not in to_text(evaluation)
    assert "no rep is under way" not in to_text(evaluation)
    assert to_json(evaluation)["pooled"]["false_phases"] is None


def test_no_frames_at_all_tell_no_phase(tmp_path: Path) -> None:
    truth = with_position(tmp_path)
    result = perfect(truth)
    nothing = {name: values[:0] for name, values in result.frames.angles.items()}
    empty = replace(
        result.frames,
        time_s=np.zeros(0),
        visible=np.zeros(0, bool),
        angles=nothing,
        phase=np.zeros(0, np.int8),
        rep=np.zeros(0, np.int32),
    )
    clip = compare(replace(result, frames=empty), truth)
    assert clip.false_phases is not None
    assert clip.false_phases.seconds == 0


def test_pooled_over_the_clips_that_know(tmp_path: Path) -> None:
    truth, old = with_position(tmp_path), read(tmp_path, truth_dict(), "old")
    clips = [
        compare(telling(truth, (8.4, 9.2)), truth),
        compare(telling(truth, (17.6, 18.6)), replace(truth, name="b")),
        compare(telling(old, (8.4, 9.2)), old),
    ]
    phases = pool(clips).whole.pooled.false_phases
    assert phases is not None
    assert (phases.seconds, phases.longest_s) == (pytest.approx(1.8), pytest.approx(1.0))
    assert phases.per_minute_s == pytest.approx(60 * 1.8 / 56)


def test_told_in_text_markdown_and_json(tmp_path: Path) -> None:
    truth = with_position(tmp_path)
    evaluation = pool([compare(telling(truth, (8.4, 9.2)), truth)])
    text = to_text(evaluation)
    assert "Phases where no rep is under way: 1.71 s a minute, at longest 0.80 s." in text
    assert re.search(r"FALSE PHASES\n(.*\n)+?a +1\.71 +0\.80 +8\.4\n", text)
    assert max(map(len, text.split("\n"))) <= 100
    assert "### False phases" in to_markdown(evaluation)
    plain = json.loads(json.dumps(to_json(evaluation), allow_nan=False))
    for place in (plain["pooled"], plain["models"]["heavy"]["clips"][0]):
        assert place["false_phases"]["per_minute_s"] == pytest.approx(60 * 0.8 / 28)
        assert place["false_phases"]["longest_s"] == pytest.approx(0.8)
    clean = to_json(pool([compare(telling(truth), truth)]))
    assert clean["pooled"]["false_phases"]["longest_at_s"] is None


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ([True], "frames.in_position has 1 values, time_s has 701"),
        ([1] * 701, "frames.in_position[0] is a number, expected true, false or null"),
        (True, "frames.in_position is a yes or no, expected a list"),
    ],
)
def test_a_broken_column_says_what_and_where(tmp_path: Path, column: Any, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        with_position(tmp_path, in_position=column)


@pytest.mark.parametrize(
    ("others", "left"),
    [
        ([], [(0, 10)]),
        ([(-1, 11)], []),
        ([(2, 3), (5, 6)], [(0, 2), (3, 5), (6, 10)]),
        ([(5, 8), (2, 6)], [(0, 2), (8, 10)]),
        ([(2, 8), (3, 4)], [(0, 2), (8, 10)]),
        ([(10, 12), (-2, 0)], [(0, 10)]),
    ],
)
def test_minus(others: list[tuple[float, float]], left: list[tuple[float, float]]) -> None:
    assert minus([(0, 10)], others) == left
