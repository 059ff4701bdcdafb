"""Fifth stage: where a rep begins and ends, roughly; counts forgivingly, judges nothing.

The rules of counting are those of `automaton`; here are the stage's steps from block to block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from formcheck.core.automaton import STRIDE, Places, State, Turn, Walk

Floats = NDArray[np.float64]
Block = tuple[Floats, NDArray[Any], Floats]

__all__ = ["Block", "State", "Turn", "against", "finish", "forgetful", "seen_anew", "step"]


def step(state: State, block: Block) -> tuple[State, list[Turn]]:
    """Leg elevations (n,) in degrees, postures (n,) and places (n, numbers of a `Place`)."""
    first = -state.at % STRIDE
    if first >= len(block[0]):
        return replace(state, at=state.at + len(block[0])), []
    legs, postures, places = (column[first::STRIDE] for column in block)
    walk = Walk(state, state.at + first, places)
    walk.through(legs.tolist(), postures.tolist())
    walk.at = state.at + len(block[0])
    return walk.freeze(), walk.turns


def against(state: State) -> str:
    """What speaks against the rise that has been seen being one of this exercise; empty where nothing does."""
    return Walk(state).against()


def seen_anew(state: State, first: int, places: Sequence[Sequence[float]]) -> State:
    """The state with its places as a better calibration shows them: `places` are those from instant `first` on."""

    def anew(old: Places) -> Places:
        return tuple((each[0], *places[int(each[0]) - first]) if each[0] >= first else each for each in old)

    return replace(
        state,
        recent=anew(state.recent),
        bottom_at=anew(state.bottom_at),
        low_at=anew(state.low_at),
        top_at=anew(state.top_at),
    )


def forgetful(state: State) -> State:
    """The state with no place known: what was seen cannot be compared with what comes."""
    return replace(state, recent=(), bottom_at=(), low_at=(), top_at=())


def finish(state: State) -> list[Turn]:
    """The rep that had come down when the input ended."""
    walk = Walk(state)
    if not walk.rising:
        walk.close(state.at)
    return walk.turns
