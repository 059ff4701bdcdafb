"""One angle from several cues, against values calculated by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.core.level import fuse


def test_nothing_is_known_without_cues():
    assert fuse([]) is None
    assert fuse([(float("nan"), 1.0), (2.0, float("nan"))]) is None


def test_one_cue_is_the_result():
    assert fuse([(3.0, 0.7)]) == pytest.approx((3.0, 0.7))


def test_equal_cues_give_their_mean_and_less_spread():
    # weights 1 and 1: mean 1, sd 1/sqrt(2); chi² = (0.5² + 0.5²) / 1 = 0.5 is no disagreement
    assert fuse([(0.5, 1.0), (1.5, 1.0)]) == pytest.approx((1.0, np.sqrt(0.5)))


def test_cues_weigh_by_their_inverse_variance():
    # weights 1 and 1/4: mean (1·1 + 2·0.25) / 1.25 = 1.2, sd sqrt(1 / 1.25)
    assert fuse([(1.0, 1.0), (2.0, 2.0)]) == pytest.approx((1.2, np.sqrt(0.8)))


def test_disagreement_widens_the_result():
    # weights 4 and 4: mean 0; each is 2 sd off, so chi² = 4 + 4 on 1 degree of freedom: sd grows by sqrt(8)
    assert fuse([(-1.0, 0.5), (1.0, 0.5)]) == pytest.approx((0.0, np.sqrt(1 / 8) * np.sqrt(8)), abs=1e-5)


def test_one_wrong_cue_does_not_carry_the_others_away():
    found = fuse([(2.0, 0.5), (2.2, 0.5), (1.8, 0.5), (15.0, 0.5)])
    # Huber: the far cue pulls with 2 sd only, so the mean m solves 3 (m - 2) = 2 · 0.5: m = 2 + 1/3
    assert found is not None
    assert found[0] == pytest.approx(2 + 1 / 3, abs=0.01)
    assert found[1] > 0.5


def test_a_standard_deviation_of_nothing_is_refused():
    with pytest.raises(ValueError, match="above 0"):
        fuse([(1.0, 0.0)])


@given(st.lists(st.tuples(st.floats(-30, 30), st.floats(0.1, 10)), min_size=1, max_size=6), st.floats(-20, 20))
def test_turning_all_cues_turns_the_result(cues, turn):
    deg, sd = fuse(cues)
    turned, same = fuse([(d + turn, s) for d, s in cues])
    assert turned == pytest.approx(deg + turn, abs=1e-3)
    assert same == pytest.approx(sd, rel=1e-2)
    assert min(d for d, _ in cues) - 1e-9 <= deg <= max(d for d, _ in cues) + 1e-9
