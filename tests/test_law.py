"""The law over every stage, and once over the chain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import SIZES, blocks, by_size, check_law, cuts, same
from movements import Rep
from numpy.typing import NDArray
from synthetic import recording, source, swapped, without

from formcheck.core import angles, exercise, grid, screen, smooth, turns
from formcheck.core.calibrate import calibrate, stage
from formcheck.core.posemodel import named
from formcheck.data.observations import Observations
from formcheck.data.recording import Recording
from formcheck.data.result import Rep as Found
from formcheck.session import Session

DATA = Path(__file__).parent / "data"
Floats = NDArray[np.float64]


def troubled(seed: int) -> Recording:
    """Three reps with all that goes wrong: uneven times, gaps, nobody, swapped sides, broken frames."""
    random = np.random.default_rng(seed)
    reps = [Rep(top_deg=random.uniform(-8, 8), hold_s=random.uniform(0.5, 3), lower_s=2.0) for _ in range(3)]
    made, _ = recording(reps, noise_px=1.0, seed=seed)
    seen = made.observations
    n = len(seen)
    gaps = random.choice([0.005, 0.02, 1 / 30, 1 / 24, 0.05, 0.31, 0.7], n, p=[0.05, 0.2, 0.4, 0.2, 0.13, 0.01, 0.01])
    seen = replace(seen, time_s=np.cumsum(gaps) - gaps[0])
    gone = np.zeros(n, bool)
    for start in random.integers(0, n, 4):
        gone[start : start + random.integers(1, 60)] = True
    seen = without(swapped(seen, random.random(n) < 0.1), gone)
    pixels = seen.pixels.copy()
    broken = random.random(n) < 0.02
    pixels[broken, :, :2] *= 0.4
    seen = replace(seen, pixels=pixels)
    return replace(made, observations=seen, calibration=calibrate(seen, made.source, made.model))


TROUBLED = [troubled(seed) for seed in range(4)]
WHOLE = TROUBLED[0]


def rows_of(made: Recording) -> tuple[Floats, Floats]:
    return screen.step(screen.State(made.calibration), made.observations)[1]


def steady_of(made: Recording) -> Floats:
    state, rows = grid.step(grid.start(screen.COLUMNS), rows_of(made))
    return np.concatenate([rows, grid.finish(state)])


def stage_of(made: Recording) -> angles.State:
    return stage(made.calibration, made.source, named(made.model))


def signals_of(made: Recording) -> Floats:
    return angles.step(stage_of(made), steady_of(made))[1]


def smoothed_of(made: Recording) -> Floats:
    state, rows = smooth.step(smooth.State(), signals_of(made))
    return np.concatenate([rows, smooth.finish(state)])


def legs_of(made: Recording) -> turns.Block:
    raw = signals_of(made)
    leg = smoothed_of(made)[:, angles.LEG]
    postures = np.where(np.isfinite(leg), exercise.READY, exercise.UNSEEN)
    return leg, postures, raw.take(exercise.COLUMNS, axis=1)


def stages(made: Recording) -> dict[str, tuple[Any, Any]]:
    """Each stage as (start, step, finish), and what it gets from this recording."""
    return {
        "screen": ((lambda: screen.State(made.calibration), screen.step, screen.finish), made.observations),
        "grid": ((lambda: grid.start(screen.COLUMNS), grid.step, grid.finish), rows_of(made)),
        "angles": ((lambda: stage_of(made), angles.step, angles.finish), steady_of(made)),
        "smooth": ((smooth.State, smooth.step, smooth.finish), signals_of(made)),
        "turns": ((turns.State, turns.step, turns.finish), legs_of(made)),
    }


STAGES = [stages(made) for made in TROUBLED]
NAMES = list(STAGES[0])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", range(len(TROUBLED)))
def test_blocks_of_any_size_give_the_same_bits(name: str, which: int) -> None:
    stage, whole = STAGES[which][name]
    check_law(stage, whole)


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_random_cuts_give_the_same_bits(name: str, data: st.DataObject) -> None:
    stage, whole = STAGES[data.draw(st.integers(0, len(TROUBLED) - 1))][name]
    length = len(whole[0]) if isinstance(whole, tuple) else len(whole)
    check_law(stage, whole, data.draw(cuts(length)))


def test_the_checker_finds_a_stage_that_breaks_the_law() -> None:
    def mean_of_block(state: None, block: Floats) -> tuple[None, Floats]:
        return state, block - block.mean() if len(block) else block

    def forgets_the_end(state: int, block: Floats) -> tuple[int, Floats]:
        return state + len(block), block[: len(block) // 2 * 2]

    values = np.linspace(0.0, 1.0, 31)
    for start, step in ((lambda: None, mean_of_block), (lambda: 0, forgets_the_end)):
        with pytest.raises(AssertionError, match="cut at"):
            check_law((start, step, lambda _: values[:0]), values)


def test_the_checker_tells_bits_apart() -> None:
    assert same(np.array([np.nan, 1.0]), np.array([np.nan, 1.0]))
    assert not same(np.array([0.0]), np.array([-0.0]))
    assert not same(np.array([1.0]), np.array([np.nextafter(1.0, 2.0)]))
    assert not same({"a": (1.0, np.nan)}, {"a": (1.0, 2.0)})


# ---------------------------------------------------------------- the chain


def findings(made: Recording, places: list[int]) -> tuple[list[Found], Any]:
    """The reps as they came, and the frames, of a session that got these blocks."""
    session = Session(made.calibration, made.source, made.model)
    came = [rep for block in blocks(made.observations, places) for rep in session.push(block)]
    came += session.finish()
    assert same(came, session.reps)
    return came, session.result(made)


def check_chain(made: Recording, places: list[int], expected: tuple[list[Found], Any] | None = None) -> None:
    expected = expected or findings(made, [])
    reps, result = findings(made, places)
    assert same(reps, expected[0])
    assert same(result.frames, expected[1].frames)
    assert same((result.sets, result.score), (expected[1].sets, expected[1].score))


RECORDINGS: dict[str, Callable[[], Recording]] = {
    "two_reps": lambda: Recording.load(DATA / "two_reps.npz"),
    "other_way": lambda: Recording.load(DATA / "other_way.npz"),
    **{f"troubled{k}": (lambda k=k: TROUBLED[k]) for k in range(len(TROUBLED))},
}


@pytest.mark.parametrize("name", RECORDINGS)
@pytest.mark.parametrize("size", SIZES[:-1])
def test_a_session_in_blocks_finds_the_same(name: str, size: int) -> None:
    made = RECORDINGS[name]()
    check_chain(made, by_size(len(made.observations), size))


KNOWN = {name: (make(), findings(make(), [])) for name, make in RECORDINGS.items()}


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_session_cut_anywhere_finds_the_same(data: st.DataObject) -> None:
    made, expected = KNOWN[data.draw(st.sampled_from(list(KNOWN)))]
    check_chain(made, data.draw(cuts(len(made.observations))), expected)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(10, 10_000), data=st.data())
def test_any_troubled_session_cut_anywhere_finds_the_same(seed: int, data: st.DataObject) -> None:
    made = troubled(seed)
    check_chain(made, data.draw(cuts(len(made.observations))))


def test_a_rep_whose_way_down_is_all_gaps() -> None:
    check_chain(troubled(3579), [])


def test_the_recordings_here_are_worth_it() -> None:
    """A law over sessions without reps or faults would prove little."""
    assert len(KNOWN["two_reps"][1][0]) == 2
    assert sum(len(reps) for _, (reps, _) in KNOWN.values()) >= 8
    assert any(rep.faults for _, (reps, _) in KNOWN.values() for rep in reps)
    assert np.isnan(steady_of(WHOLE)).any()


def test_nothing_at_all_is_a_session_too() -> None:
    session = Session(WHOLE.calibration, source())
    assert session.push(Observations.empty()) == []
    assert session.finish() == []
    result = session.result(replace(WHOLE, observations=Observations.empty()))
    assert len(result.frames) == 0
    assert result.reps == ()
    assert result.score is None
