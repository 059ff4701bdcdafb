"""Recordings judged: their reps, the names of their faults, and whether times are the true ones."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from movements import Times

from formcheck.data.recording import Recording
from formcheck.data.result import TIMES
from formcheck.data.result import Rep as Found
from formcheck.session import judge_recording

LIFT_S, LOWER_S = 0.05, 0.12
"""How far times may be off without noise."""


def reps_of(made: Recording) -> tuple[Found, ...]:
    return judge_recording(made).reps


def check_times(
    found: Sequence[Found], times: Sequence[Times], lift_s: float = LIFT_S, lower_s: float = LOWER_S
) -> None:
    assert [rep.rep for rep in found] == list(range(1, len(times) + 1))
    for rep, true in zip(found, times, strict=True):
        for name, bound in zip(TIMES, (lift_s, lift_s, lower_s, lower_s), strict=True):
            assert rep.numbers[name] == pytest.approx(getattr(true, name), abs=bound), f"rep {rep.rep}: {name}"


def names(rep: Found) -> list[str]:
    return [fault.name for fault in rep.faults]
