"""What a whole session showed, counted as it goes: enough to say in the end which exercise it was and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from formcheck.core import angles, exercise
from formcheck.core.automaton import Turn
from formcheck.core.grid import LONGEST_GAP_S

Floats = NDArray[np.float64]


@dataclass
class Tally:
    """Counts; the order and the size of the blocks that are added change nothing.

    frames, seen       pictures, and those in which somebody was found
    first_s, last_s    times of the first and the last picture
    asleep_s           so much of the time between the two went by in long gaps without any picture
    postures           samples in each posture of `exercise`
    legs, trunk        their lowest and highest elevations in position, degrees
    others             movements of the legs that were no rep, by what spoke against them
    """

    frames: int = 0
    seen: int = 0
    first_s: float = np.nan
    last_s: float = np.nan
    asleep_s: float = 0.0
    postures: list[int] = field(default_factory=lambda: [0] * exercise.POSTURES)
    legs: tuple[float, float] = (np.inf, -np.inf)
    trunk: tuple[float, float] = (np.inf, -np.inf)
    others: dict[str, int] = field(default_factory=dict)

    def copy(self) -> Tally:
        """One more, to count on."""
        return replace(self, postures=[*self.postures], others=dict(self.others))

    def add_frames(self, time_s: Floats, found: NDArray[np.bool_]) -> None:
        """Count pictures: their times (n,) and whether somebody was found in them."""
        if len(time_s) == 0:
            return
        self.first_s = float(time_s[0]) if self.frames == 0 else self.first_s
        gaps = np.diff(time_s, prepend=self.last_s if self.frames else time_s[:1])
        for gap in gaps[gaps > LONGEST_GAP_S].tolist():
            self.asleep_s += gap
        self.last_s = float(time_s[-1])
        self.frames += len(time_s)
        self.seen += int(found.sum())

    def add_samples(self, signals: Floats, postures: Floats) -> None:
        """Count smoothed signals (n, S) with their postures (n, 1)."""
        kinds = postures[:, 0]
        for kind in set(kinds.tolist()):
            self.postures[int(kind)] += int((kinds == kind).sum())
        ready = (kinds >= exercise.IN_POSITION[0]) & (kinds <= exercise.IN_POSITION[-1])
        if ready.any():
            self.legs = _widened(self.legs, signals[:, angles.LEG][ready])
            self.trunk = _widened(self.trunk, signals[:, angles.TRUNK][ready])

    def add_turns(self, turns: Iterable[Turn]) -> None:
        """Count movements that were no rep."""
        for turn in turns:
            if turn.why:
                self.others[turn.why] = self.others.get(turn.why, 0) + 1


def _widened(span: tuple[float, float], values: Floats) -> tuple[float, float]:
    return min(span[0], float(values.min())), max(span[1], float(values.max()))
