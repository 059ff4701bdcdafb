"""When pictures were taken: a stream's own stamps where they are sane, else their arrival."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.inputs.camera.source import Frame
from formcheck.inputs.camera.times import AGREE_S, Times

PICTURE = np.zeros((1, 1, 3), np.uint8)
ZERO = 1000.0  # of the monotonic clock
RNG = np.random.default_rng(5)


def times(arrived: np.ndarray, stamps: np.ndarray | None = None) -> np.ndarray:
    """Session times of frames that arrived at `arrived` seconds after the first."""
    clock = Times()
    given = [None] * len(arrived) if stamps is None else stamps
    return np.array([clock.of(Frame(PICTURE, ZERO + a, s)) for a, s in zip(arrived, given, strict=True)])


def network(seconds: float, jitter_s: float = 0.02) -> tuple[np.ndarray, np.ndarray]:
    """Arrival and true times of 30 frames a second."""
    true = np.arange(0, seconds, 1 / 30)
    arrived = np.maximum.accumulate(true + RNG.gamma(1.0, jitter_s, len(true)))
    return arrived - arrived[0], true


def test_without_stamps_it_is_the_arrival() -> None:
    arrived, _ = network(10)
    found = times(arrived)
    assert found[0] == 0
    assert found == pytest.approx(arrived, abs=0.005)


@pytest.mark.parametrize("drift", [0.0, 2e-4, -2e-4])
def test_stamps_take_the_jitter_out_whatever_their_zero_and_drift(drift: float) -> None:
    arrived, true = network(120)
    found = times(arrived, 77.0 + true * (1 + drift))[60:]
    late = found - true[60:]
    assert np.diff(found).std() < 0.2 * np.diff(arrived[60:]).std()
    assert late.max() - late.min() < 0.03, "it drifts off"


def test_a_backlog_at_the_beginning_does_not_stay_in_the_times() -> None:
    true = np.arange(0, 10, 1 / 30)
    arrived = np.maximum(true, 1.0) - 1.0  # the first second came at once
    found = times(arrived, true)
    assert found[-1] == pytest.approx(arrived[-1], abs=0.03)


def test_stamps_of_a_made_up_rate_are_not_believed_for_long() -> None:
    arrived = np.arange(0, 60, 1 / 20)
    found = times(arrived, np.arange(len(arrived)) / 25)
    assert abs(found - arrived).max() <= AGREE_S
    assert found[600:] == pytest.approx(arrived[600:])


def test_stamps_that_stand_still_are_not_believed() -> None:
    arrived, _ = network(5)
    assert times(arrived, np.full(len(arrived), 3.0)) == pytest.approx(arrived, abs=0.005)


def test_a_new_connection_keeps_the_gap() -> None:
    clock = Times()
    first = [clock.of(Frame(PICTURE, ZERO + n / 30, n / 30)) for n in range(30)]
    clock.connected()
    second = [clock.of(Frame(PICTURE, ZERO + 5 + n / 30, n / 30)) for n in range(30)]
    assert first[-1] == pytest.approx(29 / 30)
    assert second == pytest.approx([5 + n / 30 for n in range(30)], abs=1e-6)


@given(
    st.lists(
        st.tuples(st.floats(0.002, 3.0), st.floats(-5.0, 5.0), st.booleans(), st.booleans()), min_size=1, max_size=60
    )
)
def test_times_rise_and_stay_near_the_arrival_whatever_the_stamps(
    steps: list[tuple[float, float, bool, bool]],
) -> None:
    clock, arrived, stamp, last = Times(), ZERO, 0.0, -1.0
    for step, stamp_step, stamped, again in steps:
        arrived, stamp = arrived + step, stamp + stamp_step
        if again:
            clock.connected()
        found = clock.of(Frame(PICTURE, arrived, stamp if stamped else None))
        assert found > last
        assert -1e-6 <= arrived - clock.start - found <= AGREE_S + 1e-6
        last = found
