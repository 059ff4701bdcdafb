"""The plain values of an evaluation of one clip."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formcheck.data.observations import Floats

ROUNDING = 1e-9
"""What the subtraction of two written numbers may add to an error."""


@dataclass(frozen=True)
class Compared:
    """One number, found and true, in the same unit; `uncertainty` is half the stated 95 % band.

    Not-a-number where unknown.
    """

    found: float
    true: float
    uncertainty: float = math.nan

    @property
    def error(self) -> float:
        """Found minus true."""
        return self.found - self.true

    @property
    def inside(self) -> bool | None:
        """Whether the truth lies inside the band; `None` where there is no error or no finite band."""
        if not (math.isfinite(self.error) and math.isfinite(self.uncertainty)):
            return None
        return abs(self.error) <= self.uncertainty + ROUNDING


@dataclass(frozen=True)
class Series:
    """One angle over the instants at which it was found and is true, degrees; arrays of length n.

    asked, known  true instants of the clip, and those of them at which the angle was found
    """

    time_s: Floats
    found: Floats
    true: Floats
    asked: int
    known: int

    @property
    def error(self) -> Floats:
        """Found minus true."""
        return self.found - self.true


@dataclass(frozen=True)
class FaultOutcome:
    """What became of the faults of one rep, by their names; `judged` is false where no truth is known.

    hit         must be raised, and were
    missed      must be raised, and were not; `unassessed` are those of them called not assessable
    false       raised, though neither in `faults` nor in `borderline` of the truth
    allowed     raised, and in `borderline`
    """

    judged: bool = True
    hit: frozenset[str] = frozenset()
    missed: frozenset[str] = frozenset()
    unassessed: frozenset[str] = frozenset()
    false: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    borderline: frozenset[str] = frozenset()
    not_assessable: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RepComparison:
    """A pair of a found and a true rep, or one of them alone.

    `found` is the rep's number in the result and `true` its place in the truth, both from 1;
    `None` in `found` is a missed rep, `None` in `true` an extra one.
    """

    found: int | None
    true: int | None
    time_s: float
    numbers: dict[str, Compared]
    faults: FaultOutcome

    @property
    def clean(self) -> bool:
        """A true rep without any fault that must be raised."""
        return self.true is not None and self.faults.judged and not (self.faults.hit | self.faults.missed)


@dataclass(frozen=True)
class FalsePhases:
    """Time told as lift, hold or lowering although no rep was under way.

    seconds     all of it
    longest_s   the longest stretch of it, which begins at `longest_at_s`: not-a-number where there is none
    clip_s      out of so many seconds
    """

    seconds: float
    longest_s: float
    longest_at_s: float
    clip_s: float

    @property
    def per_minute_s(self) -> float:
        """Seconds of it in a minute of clip."""
        return 60 * self.seconds / self.clip_s if self.clip_s > 0 else math.nan


@dataclass(frozen=True)
class ClipEvaluation:
    """One clip against its truth.

    asked, seen  instants of the truth, and those of them at which somebody was seen
    roll, yaw    `None` where the truth does not say; not-a-number in `found` where it was not found
    side_right, facing_right  `None` where the truth does not say
    false_phases              `None` where the truth has no `in_position`
    """

    name: str
    model: str
    duration_s: float
    yaw_deg: float | None
    roll_deg: float | None
    asked: int
    seen: int
    angles: dict[str, Series]
    reps: tuple[RepComparison, ...]
    roll: Compared | None = None
    yaw: Compared | None = None
    side_right: bool | None = None
    facing_right: bool | None = None
    false_phases: FalsePhases | None = None

    @property
    def missed(self) -> int:
        """True reps that were not found."""
        return sum(rep.found is None for rep in self.reps)

    @property
    def extra(self) -> int:
        """Found reps that are none."""
        return sum(rep.true is None for rep in self.reps)

    @property
    def matched(self) -> tuple[RepComparison, ...]:
        """The pairs of found and true reps."""
        return tuple(rep for rep in self.reps if rep.found is not None and rep.true is not None)

    def errors(self, *names: str) -> NDArray[np.float64]:
        """Known errors of the named numbers over the matched reps, one after the other."""
        values = (rep.numbers[name].error for rep in self.matched for name in names if name in rep.numbers)
        return np.array([value for value in values if math.isfinite(value)], dtype=np.float64)


@dataclass(frozen=True)
class Failure:
    """A clip that could not be evaluated, and why in one line."""

    name: str
    error: str
    model: str = ""
