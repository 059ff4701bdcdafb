"""Counting reps: what is one and what is none, on curves whose reps are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from movements import Curve, Piece, Rep, Times, curve_of, minimum_jerk, movement
from numpy.typing import NDArray

from formcheck.core import grid, turns
from formcheck.core.exercise import COLUMNS, READY, UNSEEN

Floats = NDArray[np.float64]
RATE = grid.RATE_HZ
NUMBERS = len(COLUMNS)


def legs(curve: Curve, seconds: float, noise_deg: float = 0.25, seed: int = 0) -> Floats:
    """Leg elevations on the grid with the noise that smoothing leaves: slow, not white."""
    t = np.arange(int(seconds * RATE)) / RATE
    white = np.random.default_rng(seed).normal(0.0, 1.0, len(t) + 8)
    slow = np.convolve(white, np.hanning(11)[1:-1], "valid")
    return curve(t) + slow * noise_deg / slow.std()


def found(leg: Floats, ready: NDArray[np.bool_] | None = None) -> list[turns.Turn]:
    ready = np.isfinite(leg) if ready is None else ready
    postures = np.where(ready, READY, UNSEEN)
    state, closed = turns.step(turns.State(), (leg, postures, np.full((len(leg), NUMBERS), np.nan)))
    return closed + turns.finish(state)


def turns_of(reps: Sequence[Rep], before_s: float = 1.0, after_s: float = 1.0) -> tuple[list[turns.Turn], list[Times]]:
    curve, times, stop = movement(reps, before_s)
    return found(legs(curve, stop + after_s)), times


def check(reps: Sequence[Rep], before_s: float = 1.0) -> None:
    """As many turns as reps, each over its own rep: low before it, top at the top, bottom near its end."""
    closed, times = turns_of(reps, before_s)
    assert len(closed) == len(reps)
    for rep, turn, true in zip(reps, closed, times, strict=True):
        assert turn.low / RATE <= true.lift_start_s + 0.35 * max(1.0, rep.lift_s)
        assert true.lift_start_s + 0.4 < turn.top / RATE < true.lower_start_s + 0.6
        assert turn.top < turn.bottom <= turn.close
        assert turn.bottom / RATE >= true.lower_start_s + 0.5 * (true.end_s - true.lower_start_s)


def test_reps_of_even_height() -> None:
    check([Rep() for _ in range(10)])


def test_one_rep_alone() -> None:
    check([Rep()])


def test_reps_of_uneven_height() -> None:
    tops = [0.0, -8.0, 6.0, -12.0, 3.0, 12.0, -5.0]
    check([Rep(top_deg=top) for top in tops])


@pytest.mark.parametrize("place", [0, 2, 4])
def test_incomplete_lifts_of_40_percent_count(place: int) -> None:
    reps = [Rep() for _ in range(5)]
    reps[place] = Rep(top_deg=-15.0, lift_s=0.8)
    check(reps)


def test_only_incomplete_lifts_count_too() -> None:
    check([Rep(top_deg=-15.0) for _ in range(4)])


def test_quick_reps_without_rest_count() -> None:
    check([Rep(lift_s=0.6, hold_s=0.2, lower_s=0.8, corner_s=0.3, rest_s=0.1) for _ in range(8)])


def test_slow_reps_count_once() -> None:
    check([Rep(lift_s=3.0, hold_s=6.0, lower_s=8.0, rest_s=2.0) for _ in range(3)])


@pytest.mark.parametrize("drift", [-2.0, 2.0])
def test_rests_that_drift(drift: float) -> None:
    check([Rep(low_deg=-25 + drift * k, end_deg=-25 + drift * (k + 1), top_deg=0.0) for k in range(6)])


@pytest.mark.parametrize("rest_s", [0.0, 0.3, 5.0, 40.0])
def test_rests_of_any_length(rest_s: float) -> None:
    check([Rep(rest_s=rest_s) for _ in range(3)])


def test_a_long_wait_before_the_first_rep() -> None:
    check([Rep(), Rep()], before_s=60.0)


@pytest.mark.parametrize("left", [0.3, 0.4])
def test_lowering_only_in_part_still_parts_two_reps(left: float) -> None:
    """Down by more than half of the way and up again: two reps, the first lowered incompletely."""
    half = -25.0 * (1 - left)
    check([Rep(end_deg=half, rest_s=0.5), Rep(low_deg=half, end_deg=-25.0), Rep()])


def test_a_sag_at_the_top_does_not_part_a_rep() -> None:
    pieces = [
        Piece(1.0, 1.0, 25.0, minimum_jerk),
        Piece(2.5, 0.8, -8.0, minimum_jerk),
        Piece(3.6, 0.8, 8.0, minimum_jerk),
        Piece(5.5, 3.0, -25.0, minimum_jerk),
    ]
    assert len(found(legs(curve_of(pieces, -25.0), 10.0))) == 1


def test_overshoot_of_six_degrees_swings_no_extra_rep() -> None:
    def ringing(u: Floats) -> Floats:
        t = np.maximum(u, 0.0)
        return np.where(u > 0, np.exp(-t / 0.6) * np.sin(2 * np.pi * t / 0.8), 0.0)

    pieces = []
    for start in (1.0, 8.0, 15.0):
        pieces += [
            Piece(start, 0.6, 25.0, minimum_jerk),
            Piece(start + 0.45, 1.0, 8.0, ringing),
            Piece(start + 3.0, 2.5, -25.0, minimum_jerk),
        ]
    curve = curve_of(pieces, -25.0)
    assert 5.0 < curve(np.linspace(1.0, 4.0, 500)).max() < 7.0
    assert len(found(legs(curve, 22.0))) == 3


@pytest.mark.parametrize("period_s", [0.7, 2.0, 6.0])
def test_a_wobble_of_four_degrees_at_rest_is_no_rep(period_s: float) -> None:
    def wobble(t: Floats) -> Floats:
        return -25.0 + 2.0 * np.sin(2 * np.pi * t / period_s)

    assert found(legs(wobble, 60.0)) == []


def test_a_wobble_between_reps_is_no_rep_either() -> None:
    curve, _, stop = movement([Rep(rest_s=6.0) for _ in range(3)])

    def wobbling(t: Floats) -> Floats:
        return curve(t) + np.where(curve(t) < -24.0, 2.0 * np.sin(2 * np.pi * t / 1.5), 0.0)

    assert len(found(legs(wobbling, stop))) == 3


def test_noise_alone_is_no_rep() -> None:
    for seed in range(5):
        assert found(legs(lambda t: np.full(t.shape, -20.0), 60.0, noise_deg=0.8, seed=seed)) == []


def test_lying_still_and_nothing_at_all() -> None:
    assert found(np.full(900, -22.0)) == []
    assert found(np.full(900, np.nan)) == []
    assert found(np.zeros(0)) == []


def hidden(gone: Sequence[tuple[float, float]], reps: int = 3) -> list[turns.Turn]:
    curve, _, stop = movement([Rep()] * reps)
    leg = legs(curve, stop + 1.0)
    t = np.arange(len(leg)) / RATE
    for start, seconds in gone:
        leg[(t >= start) & (t < start + seconds)] = np.nan
    return found(leg)


@pytest.mark.parametrize("start", [1.2, 3.0, 5.0, 6.5, 8.6])
def test_gone_for_a_second_costs_no_rep(start: float) -> None:
    assert len(hidden([(start, 1.0)])) == 3


def test_gone_for_five_seconds_costs_the_rep_that_was_open_only() -> None:
    assert len(hidden([(10.5, 5.0)])) == 2


def test_gone_for_five_seconds_at_rest_costs_nothing() -> None:
    curve, _, stop = movement([Rep(rest_s=7.0)] * 3)
    leg = legs(curve, stop)
    t = np.arange(len(leg)) / RATE
    leg[(t > 9.5) & (t < 14.5)] = np.nan
    assert len(found(leg)) == 3


@pytest.mark.parametrize("after_s", [0.5, 3.0])
@pytest.mark.parametrize("from_deg", [-80.0, -60.0, -40.0, 30.0])
def test_climbing_on_and_standing_up_are_no_reps(from_deg: float, after_s: float) -> None:
    """Legs go from any place to the low and from it up: in and out of position, before and after the reps."""
    curve, times, stop = movement([Rep(), Rep()], before_s=6.0)

    def all_of_it(t: Floats) -> Floats:
        on = (-25.0 - from_deg) * (1 - minimum_jerk((t - 2.0) / 2.0))
        off = 60.0 * minimum_jerk((t - stop - after_s) / 2.0)
        return curve(t) - off - on

    leg = legs(all_of_it, stop + after_s + 6.0)
    t = np.arange(len(leg)) / RATE
    ready = (leg > -65.0) & (t > 2.5) & (t < stop + after_s + 1.5)
    assert len(found(leg, ready)) == len(times)


def test_legs_that_go_up_and_stay_up_out_of_position_are_no_rep() -> None:
    pieces = [Piece(3.0, 1.0, 30.0, minimum_jerk)]
    leg = legs(curve_of(pieces, -25.0), 10.0)
    ready = np.arange(len(leg)) / RATE < 5.0
    assert found(leg, ready) == []


def test_more_than_thirty_seconds_open_is_no_rep() -> None:
    closed, times = turns_of([Rep(), Rep(hold_s=33.0), Rep(), Rep()])
    assert len(closed) == 3
    assert closed[1].low / RATE > times[1].lift_start_s + 10.0


def test_a_long_hold_below_the_cap_counts() -> None:
    check([Rep(), Rep(hold_s=20.0), Rep()])


def test_a_rep_that_is_not_lowered_is_not_counted() -> None:
    curve, times, _ = movement([Rep(), Rep()])
    assert len(found(legs(curve, times[1].lower_start_s))) == 1


def test_a_rep_closes_soon_after_its_end_live() -> None:
    """At rest within two and a half seconds; with the next lift at once."""
    for rest_s, latest_s in ((10.0, 2.6), (0.5, 1.5)):
        closed, times = turns_of([Rep(rest_s=rest_s)] * 3)
        for turn, true in zip(closed[:-1], times[:-1], strict=True):
            assert turn.close / RATE - true.end_s < latest_s
