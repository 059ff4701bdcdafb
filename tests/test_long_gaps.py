"""A camera that slept: a gap costs the same for a minute and a year, and times told stay true."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import check_law, cuts

from formcheck.analyze import write
from formcheck.core import grid, quick
from formcheck.core.angles import SIGNALS
from formcheck.data.journal import Journal
from formcheck.data.recording import Recording
from formcheck.data.result import TIMES, Result
from formcheck.outputs.along import along
from formcheck.outputs.chart import chart
from formcheck.session import judge_recording

STORED = Path(__file__).parents[1] / "validation" / "recordings"
MINUTE, YEAR = 60.0, 365 * 86_400.0
AT_S = 8.2  # between the first and the second rep


def asleep(gap_s: float, at_s: float = AT_S) -> Recording:
    made = Recording.load(STORED / "clip02_heavy.npz")
    t = made.observations.time_s
    return replace(made, observations=replace(made.observations, time_s=t + gap_s * (t >= at_s)))


@pytest.mark.parametrize("gap_s", [MINUTE, 86_400.0, YEAR])
def test_reps_after_the_gap_have_their_true_times(gap_s: float) -> None:
    before, after = judge_recording(asleep(0.0, 17.0)).reps, judge_recording(asleep(gap_s, 17.0)).reps
    assert len(before) == len(after) == 3
    late = [0.0, 0.0, gap_s]
    for one, two, later in zip(before, after, late, strict=True):
        for name in TIMES if one.rep != 2 else TIMES[:2]:  # the gap begins within what tells its end
            assert two.numbers[name] == pytest.approx(one.numbers[name] + later, abs=0.04)
    assert [rep.set for rep in after] == [1, 1, 2]


def test_a_set_ends_with_the_gap_even_where_the_end_of_its_last_rep_is_unknown() -> None:
    found = judge_recording(asleep(MINUTE, 7.0))
    assert np.isnan(found.reps[0].numbers["end_s"])
    assert found.reps[-1].set == 2


def test_a_gap_costs_the_same_however_long() -> None:
    sizes = [len(judge_recording(asleep(gap_s)).frames) for gap_s in (MINUTE, YEAR, 1e12)]
    assert max(sizes) - min(sizes) <= 1
    assert sizes[0] < len(judge_recording(asleep(0.0)).frames) + 1 + grid.LONGEST_GAP_S * grid.RATE_HZ


@pytest.mark.parametrize("first_s", [0.0, YEAR])
def test_the_table_of_frames_keeps_to_the_true_times(first_s: float) -> None:
    found = judge_recording(asleep(YEAR, first_s))
    assert found.frames.time_s[-1] == pytest.approx(found.recording.observations.time_s[-1], abs=0.04)
    assert (np.diff(found.frames.time_s) > 0).all()
    assert len(found.reps) == 3


def test_many_gaps_cost_no_more_than_their_frames() -> None:
    time_s = np.arange(200) * YEAR
    state, rows = grid.step(grid.start(1), (time_s, np.ones((200, 1))))
    assert len(rows) + len(grid.finish(state)) <= 200 * (grid.LONGEST_GAP_S * grid.RATE_HZ + 2)
    assert grid.seconds(state, state.next - 1) == pytest.approx(time_s[-1], abs=0.1)


STEPS = st.lists(st.sampled_from([1 / 60, 1 / 30, 0.2, 0.4, 9.9, 10.1, 60.0, YEAR]), min_size=2, max_size=40)


@settings(deadline=None, max_examples=60)
@given(STEPS, st.data())
def test_the_law_holds_across_gaps(steps: list[float], data: st.DataObject) -> None:
    time_s = np.cumsum([0.0, *steps])
    rows = np.random.default_rng(1).normal(size=(len(time_s), 2))
    rows[::5] = np.nan
    stage = (lambda: grid.start(2), grid.step, grid.finish)
    check_law(stage, (time_s, rows), data.draw(cuts(len(time_s))))
    whole, _ = grid.step(grid.start(2), (time_s, rows))
    found = grid.all_seconds(whole, 0, whole.next)
    assert found.tolist() == [grid.seconds(whole, k) for k in range(whole.next)]
    assert (np.diff(found) > 0).all()
    assert found[-1] == pytest.approx(time_s[-1], abs=grid.BRIDGE_S + 0.1)


def test_files_of_a_long_gap_are_small(tmp_path: Path) -> None:
    sizes = []
    for gap_s in (MINUTE, YEAR):
        tracemalloc.start()
        folder = write(judge_recording(asleep(gap_s)), tmp_path, stem=f"{gap_s:.0f}")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 60e6
        sizes.append(sum(file.stat().st_size for file in folder.iterdir()))
    assert sizes[1] < 1.1 * sizes[0]


def test_the_picture_of_a_long_gap_is_no_wider() -> None:
    def drawn(result: Result) -> tuple[int, float]:
        found = chart(result)
        assert found is not None
        for span in found.reps:
            assert 0 <= span.start < span.start + span.width <= 100
        assert [label for _, label in found.x_ticks]
        return found.min_width, found.reps[-1].start

    assert drawn(judge_recording(asleep(MINUTE))) == pytest.approx(drawn(judge_recording(asleep(YEAR))), rel=0.01)


def test_places_along_the_picture_and_back() -> None:
    time_s = np.concatenate([np.arange(90), 90 + np.arange(60) + YEAR * 30]) / 30
    scale = along(time_s, float(time_s[-1]))
    assert scale.length_s == pytest.approx(149 / 30)
    np.testing.assert_allclose(scale.shown(time_s), np.arange(150) / 30, atol=1e-6)
    back = np.interp(scale.shown(time_s), scale.shown_s, scale.true_s)
    np.testing.assert_allclose(back, time_s, rtol=1e-12)
    ticks = list(scale.multiples(0.5))
    assert ticks[:3] == [0.0, 0.5, 1.0]
    assert ticks == sorted(set(ticks))
    assert YEAR + 4.0 in ticks
    assert len(ticks) < 12


def test_a_journal_across_a_gap(tmp_path: Path) -> None:
    made = asleep(YEAR)
    with Journal(tmp_path / "recording.journal") as journal:
        journal.begin(replace(made.source, kind="camera", fps=0.0, frames=0, duration_s=0.0), made.model, {})
        journal.calibration(made.calibration)
        journal.frames(made.observations)
    again = Recording.load(tmp_path / "recording.journal")
    assert again.source.fps == pytest.approx(30, abs=0.1)
    found, expected = judge_recording(again), judge_recording(made)
    assert len(found.frames) == len(expected.frames)
    assert [rep.numbers["lift_start_s"] for rep in found.reps] == [r.numbers["lift_start_s"] for r in expected.reps]


def test_quick_estimates_are_in_true_time() -> None:
    rows = np.zeros((60, len(SIGNALS)))
    state, early = quick.step(quick.State(), rows)
    _, late = quick.step(quick.late(state, YEAR), rows)
    assert early[-1].time_s == pytest.approx(59 / 30)
    assert late[-1].time_s == pytest.approx(YEAR + 119 / 30)


def test_a_sleep_does_not_count_as_few_pictures_a_second() -> None:
    made = asleep(86_400.0)
    still = replace(
        made.observations, pixels=np.broadcast_to(made.observations.pixels[:1], (len(made.observations), 33, 3))
    )
    sentence = judge_recording(replace(made, observations=still)).activity.sentence
    assert "pictures a second" not in sentence
