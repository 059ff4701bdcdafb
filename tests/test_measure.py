"""The numbers of one rep, from signals that are known; and the quick median against numpy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from movements import Rep, movement
from numpy.typing import NDArray

from formcheck.core import angles
from formcheck.core.boundaries import UNKNOWN, Boundaries
from formcheck.core.grid import RATE_HZ
from formcheck.core.measure import measure
from formcheck.core.numbers import median
from formcheck.core.posemodel import HEAVY, LAG_S
from formcheck.core.posemodel import UNKNOWN as ANY_MODEL
from formcheck.data.result import REP_NUMBERS
from formcheck.rules import columns_needed

Floats = NDArray[np.float64]
START_S = 12.0
LEG_M = 0.8
CURVE, (TRUE,), STOP = movement([Rep(top_deg=4.0)])
MARKS = Boundaries(*((t + LAG_S) * RATE_HZ for t in TRUE))
AT = np.arange(int((STOP + 0.5) * RATE_HZ)) / RATE_HZ


def table(**columns: float | Floats) -> Floats:
    """Signals of one rep: the legs as in `CURVE`, everything else 0 or as given."""
    out = np.zeros((len(AT), len(angles.SIGNALS)))
    out[:, angles.THIGH] = out[:, angles.LEG] = CURVE(AT)
    out[:, angles.FEET] = 0.2
    for name, values in columns.items():
        out[:, angles.SIGNALS.index(name)] = values
    return out


def bump(at_s: float, height: float, width_s: float = 0.2) -> Floats:
    return height * np.exp(-(((AT - at_s) / width_s) ** 2))


def numbers(marks: Boundaries = MARKS, **columns: float | Floats) -> dict[str, float]:
    """`MARKS` are when things are seen: a little late."""
    return measure(table(**columns), marks, START_S, HEAVY, LEG_M)


def test_every_column_that_anybody_asks_for_is_there() -> None:
    found = numbers()
    assert set(REP_NUMBERS) <= set(found)
    assert set(columns_needed()) <= set(found)
    assert all(isinstance(value, float) for value in found.values())


def test_times_and_durations() -> None:
    found = numbers()
    for name, true in TRUE._asdict().items():
        assert found[name] == pytest.approx(START_S + true)
    assert found["lift_s"] == pytest.approx(1.0)
    assert found["hold_s"] == pytest.approx(3.0)
    assert found["lower_s"] == pytest.approx(3.5)


def test_heights() -> None:
    found = numbers(thigh_elevation_deg=CURVE(AT) + bump(4.0, 5.0))
    assert found["peak_thigh_elevation_deg"] == pytest.approx(9.0, abs=0.1)
    assert found["peak_s"] == pytest.approx(START_S + 4.0, abs=0.05)
    assert found["hold_thigh_elevation_deg"] == pytest.approx(4.0, abs=0.2)
    assert found["min_thigh_elevation_deg"] == pytest.approx(-25.0, abs=0.1)
    assert found["range_deg"] == pytest.approx(34.0, abs=0.2)
    assert found["peak_leg_elevation_deg"] == pytest.approx(4.0, abs=0.1)


def test_what_lies_outside_the_rep_does_not_count() -> None:
    outside = bump(0.0, 50.0, 0.1) + bump(STOP + 0.5, 50.0, 0.1)
    found = numbers(
        thigh_elevation_deg=CURVE(AT) + outside,
        knee_flexion_deg=outside,
        elbow_flexion_deg=outside,
    )
    assert found["peak_thigh_elevation_deg"] == pytest.approx(4.0, abs=0.1)
    assert found["max_knee_flexion_deg"] < 1.0
    assert found["max_elbow_flexion_deg"] < 1.0


@pytest.mark.parametrize("joint", ["knee", "elbow"])
@pytest.mark.parametrize("at_s", [1.5, 3.0, 6.0])
def test_the_most_bent_knee_and_elbow_and_when(joint: str, at_s: float) -> None:
    found = numbers(**{f"{joint}_flexion_deg": bump(at_s, 24.0, width_s=0.8)})
    exceeded_for_a_third = 24.0 * np.exp(-((1 / 6 / 0.8) ** 2))
    assert found[f"max_{joint}_flexion_deg"] == pytest.approx(exceeded_for_a_third, abs=0.3)
    assert found[f"{joint}_s"] == pytest.approx(START_S + at_s, abs=0.1)


@pytest.mark.parametrize("joint", ["knee", "elbow"])
def test_a_joint_is_as_bent_as_it_is_for_a_third_of_a_second(joint: str) -> None:
    """A landmark that jumps for a quarter of a second bends nothing; what lasts for a half second does."""
    bent = {seconds: np.where(abs(AT - 3.0) < seconds / 2, 40.0, 6.0) for seconds in (0.25, 0.5)}
    most = {s: numbers(**{f"{joint}_flexion_deg": v})[f"max_{joint}_flexion_deg"] for s, v in bent.items()}
    assert most == {0.25: 6.0, 0.5: 40.0}


def test_a_knee_bent_the_wrong_way_is_straight() -> None:
    assert numbers(knee_flexion_deg=-8.0)["max_knee_flexion_deg"] == 0.0


@pytest.mark.parametrize("difference", [-9.0, 9.0])
def test_legs_that_differ_while_held(difference: float) -> None:
    found = numbers(leg_difference_deg=difference)
    assert found["leg_difference_deg"] == pytest.approx(9.0)


def test_feet_apart_beyond_touching() -> None:
    gaps = [numbers(feet_apart_m=apart)["feet_gap_m"] for apart in (0.1, 0.2, 0.4, 0.6)]
    assert gaps[:2] == [0.0, 0.0]
    assert gaps[2] > 0.1
    assert gaps[3] - gaps[2] > 0.15


def test_who_cannot_tell_does_not_tell() -> None:
    for model, leg_m in ((ANY_MODEL, LEG_M), (HEAVY, 0.0)):
        assert np.isnan(measure(table(feet_apart_m=0.6), MARKS, START_S, model, leg_m)["feet_gap_m"])


def test_overshoot_and_oscillation_at_the_top() -> None:
    steady = numbers()
    assert steady["overshoot_deg"] < 0.1
    assert steady["oscillation_deg"] < 0.1
    over = numbers(leg_elevation_deg=CURVE(AT) + bump(2.3, 6.0))
    assert over["overshoot_deg"] == pytest.approx(6.0, abs=0.3)
    swing = numbers(leg_elevation_deg=CURVE(AT) + 3.0 * np.cos(2 * np.pi * (AT - 3.5) / 0.8))
    assert swing["oscillation_deg"] == pytest.approx(6.0, abs=0.2)


def test_a_slow_drift_at_the_top_is_no_oscillation() -> None:
    sagging = CURVE(AT) - np.clip(AT - TRUE.hold_start_s, 0.0, 3.0)
    assert numbers(leg_elevation_deg=sagging)["oscillation_deg"] < 0.2


def test_without_boundaries_no_times_but_heights() -> None:
    found = numbers(marks=UNKNOWN)
    for name in ("lift_start_s", "hold_start_s", "lower_start_s", "end_s", "lift_s", "hold_s", "lower_s"):
        assert np.isnan(found[name])
    for name in (
        "hold_thigh_elevation_deg",
        "leg_difference_deg",
        "feet_gap_m",
        "overshoot_deg",
        "oscillation_deg",
    ):
        assert np.isnan(found[name])
    assert found["peak_thigh_elevation_deg"] == pytest.approx(4.0, abs=0.1)


def test_of_unknown_signals_everything_is_unknown_without_a_warning() -> None:
    found = measure(np.full((200, len(angles.SIGNALS)), np.nan), UNKNOWN, 0.0, HEAVY, LEG_M)
    assert all(np.isnan(value) for value in found.values())


@given(arrays(np.float64, st.integers(1, 40), elements=st.floats(-1e6, 1e6)))
def test_the_median_is_numpy_s(values: Floats) -> None:
    assert median(values) == np.median(values)


def test_the_median_of_something_unknown_is_unknown() -> None:
    assert np.isnan(median(np.array([1.0, np.nan, 3.0])))
    assert np.isnan(median(np.array([np.nan])))
