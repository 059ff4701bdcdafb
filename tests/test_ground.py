"""What a rep tells of floor, hands and ball, from signals that are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.core import angles
from formcheck.core.grid import RATE_HZ
from formcheck.core.ground import HOVER_M, LEG_M, SOLE_SD_M, SOLE_ZERO_M, TOUCH_M, ground
from formcheck.core.posemodel import FULL, HEAVY, LITE, UNKNOWN, PoseModel

Floats = NDArray[np.float64]
N, FIRST, LOWERING = 240, 30, 150.0
LAST = N - 1


def table(**columns: float | Floats) -> Floats:
    """Signals of one rep on a ball right under the hips, the toes 0.4 legs up; or as given."""
    out = np.zeros((N, len(angles.SIGNALS)))
    out[:, angles.TOE], out[:, angles.SUPPORT], out[:, angles.SOLE] = 0.4, -0.9, np.nan
    for name, values in columns.items():
        out[:, angles.SIGNALS.index(name)] = values
    return out


def numbers(model: PoseModel = HEAVY, lowering: float = LOWERING, **columns: float | Floats) -> dict[str, float]:
    return ground(table(**columns), slice(FIRST, None), lowering, model)


def towards_toes(lowest: float) -> Floats:
    """Toes at 0.4 legs, coming down from `LOWERING` on to `lowest` for the last second."""
    return np.interp(np.arange(N), [LOWERING, LAST - 30], [0.4, lowest])


def legs(model: PoseModel, clearance_m: float) -> float:
    """Where the toes' landmarks are when the soles are so far above the floor."""
    return (clearance_m + model.toe_zero_m) / LEG_M


@pytest.mark.parametrize("model", [HEAVY, FULL, LITE, UNKNOWN])
@pytest.mark.parametrize("clearance_m", [-0.01, 0.0, 0.03, 0.12])
def test_clearance_is_that_of_the_soles(model: PoseModel, clearance_m: float) -> None:
    found = numbers(model, toe_height_legs=towards_toes(legs(model, clearance_m)))
    assert found["toe_clearance_m"] == pytest.approx(clearance_m, abs=1e-9)


@pytest.mark.parametrize("model", [HEAVY, FULL, LITE, UNKNOWN])
def test_only_toes_that_are_surely_clear_are_said_not_to_touch(model: PoseModel) -> None:
    """Two standard deviations of the landmark above what counts as touching; below it nothing is said."""
    line = TOUCH_M + 2 * model.toe_sd_m
    clear = numbers(model, toe_height_legs=towards_toes(legs(model, line + 0.002)))
    unsure = numbers(model, toe_height_legs=towards_toes(legs(model, line - 0.002)))
    down = numbers(model, toe_height_legs=towards_toes(legs(model, 0.0)))
    assert clear["touch_s"] == 0.0
    assert np.isnan(unsure["touch_s"])
    assert np.isnan(down["touch_s"])


def test_a_live_session_is_not_sure_of_its_floor() -> None:
    """Landmarks alone never clear the toes there; feet that were seen do."""
    line = TOUCH_M + 2 * HEAVY.toe_sd_m
    for clearance_m in (line + 0.002, 0.3):
        signals = table(toe_height_legs=towards_toes(legs(HEAVY, clearance_m)))
        assert ground(signals, slice(FIRST, None), LOWERING, HEAVY)["touch_s"] == 0.0
        assert np.isnan(ground(signals, slice(FIRST, None), LOWERING, HEAVY, live=True)["touch_s"])
    high = towards_toes(legs(HEAVY, 0.1))
    seen = table(toe_height_legs=high, sole_height_legs=high + SOLE_ZERO_M / LEG_M)
    assert ground(seen, slice(FIRST, None), LOWERING, HEAVY, live=True)["touch_s"] == 0.0


def test_toes_count_only_from_the_lowering_on() -> None:
    before = np.where(np.arange(N) < LOWERING - 5, 0.0, 0.4)
    found = numbers(toe_height_legs=before)
    assert found["toe_clearance_m"] == pytest.approx(0.4 * LEG_M - HEAVY.toe_zero_m)
    assert found["touch_s"] == 0.0


def test_one_wild_frame_is_no_touch() -> None:
    toes = np.full(N, 0.4)
    toes[200:202] = -0.5
    assert numbers(toe_height_legs=toes)["touch_s"] == 0.0
    toes[200:210] = -0.5
    assert np.isnan(numbers(toe_height_legs=toes)["touch_s"])


def seen(height_m: float, *, instants: int = 20, astray_m: float = 0.0, toes: Floats | None = None) -> dict[str, float]:
    """A rep whose feet turn so high above the floor, as the picture shows but not the landmarks."""
    toes = towards_toes(legs(HEAVY, 0.02)) if toes is None else toes
    sole = np.full(N, np.nan)
    sole[N - instants :] = (height_m + SOLE_ZERO_M) / LEG_M + toes[N - instants :] - toes[LAST]
    sole[N - instants : N - instants // 2] += astray_m / LEG_M
    return numbers(toe_height_legs=toes, sole_height_legs=sole)


def test_feet_seen_on_the_floor_stand_on_it_as_long_as_they_keep_low() -> None:
    found = seen(0.0)
    assert found["touch_s"] == pytest.approx(1.0, abs=0.2)
    assert found["touch_start_s"] == pytest.approx((LAST - 30) / RATE_HZ, abs=0.2)


def test_feet_seen_well_above_the_floor_do_not_touch_it() -> None:
    found = seen(TOUCH_M + 2.1 * SOLE_SD_M)
    assert found["touch_s"] == 0.0
    assert np.isnan(found["touch_start_s"])


def test_between_the_two_nothing_is_said() -> None:
    line = HOVER_M - 2 * SOLE_SD_M
    assert seen(line - 0.001)["touch_s"] > 0
    assert np.isnan(seen(line + 0.001)["touch_s"])


@pytest.mark.parametrize("broken", [{"instants": 2}, {"astray_m": 0.03}])
def test_a_glance_and_looks_that_disagree_say_nothing(broken: dict[str, float]) -> None:
    assert np.isnan(seen(0.0, **broken)["touch_s"])  # type: ignore[arg-type]


def test_feet_that_landmarks_show_far_above_the_floor_do_not_stand_on_it_whatever_the_picture_says() -> None:
    assert np.isnan(seen(0.0, toes=towards_toes(legs(HEAVY, 0.1)))["touch_s"])


def test_feet_that_leave_the_floor_stood_on_it_until_then() -> None:
    toes = towards_toes(legs(HEAVY, 0.02))
    toes[LAST - 10 :] += 0.03 / LEG_M
    assert seen(0.03, toes=toes)["touch_s"] == pytest.approx(0.7, abs=0.2)


@pytest.mark.parametrize("unknown", ["lowering", "toes"])
def test_toes_that_cannot_be_seen_say_nothing(unknown: str) -> None:
    found = numbers(lowering=np.nan) if unknown == "lowering" else numbers(toe_height_legs=np.nan)
    assert np.isnan(found["toe_clearance_m"])
    assert np.isnan(found["touch_s"])


def test_still_hands_and_ball_did_not_move() -> None:
    noise = 0.002 * np.random.default_rng(0).normal(size=N)
    found = numbers(support_tail_legs=-0.9 + noise, ball_tail_legs=noise[::-1])
    assert found["support_shift_m"] < 0.01


@pytest.mark.parametrize("what", ["support", "ball"])
@pytest.mark.parametrize("shift_m", [-0.2, 0.08])
def test_how_far_hands_or_ball_moved(what: str, shift_m: float) -> None:
    moved = np.where(np.arange(N) < 120, 0.0, shift_m / LEG_M)
    assert numbers(**{f"{what}_tail_legs": moved})["support_shift_m"] == pytest.approx(abs(shift_m))


def test_what_moved_before_the_rep_or_for_an_instant_does_not_count() -> None:
    early = np.where(np.arange(N) < FIRST, 0.5, 0.0)
    jump = np.zeros(N)
    jump[100:104] = 0.5
    assert numbers(support_tail_legs=early, ball_tail_legs=jump)["support_shift_m"] == 0.0


def test_a_ball_that_is_not_found_leaves_the_hands() -> None:
    moved = np.where(np.arange(N) < 120, 0.0, 0.1)
    found = numbers(ball_tail_legs=np.nan, support_tail_legs=moved)
    assert found["support_shift_m"] == pytest.approx(0.1 * LEG_M)
    assert np.isnan(found["ball_offset_m"])
    unseen = numbers(ball_tail_legs=np.nan, support_tail_legs=np.nan)
    assert np.isnan(unseen["support_shift_m"])


@pytest.mark.parametrize("tail", [-0.25, 0.0, 0.1])
def test_the_ball_s_place_is_positive_towards_the_head(tail: float) -> None:
    """Tailward is towards the feet: a ball tailwards of the hips lies too low, which is negative."""
    assert numbers(hip_tail_legs=0.3, ball_tail_legs=0.3 + tail)["ball_offset_m"] == pytest.approx(-tail * LEG_M)


def test_the_ball_s_place_is_that_of_most_instants() -> None:
    looks = np.where(np.arange(N) % 3 == 0, 0.9, 0.05)
    looks[60:70] = np.nan
    assert numbers(ball_tail_legs=looks)["ball_offset_m"] == pytest.approx(-0.05 * LEG_M)
