"""Several clips together: pooled, by how far the camera was turned, and by model."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from formcheck.data.result import ANGLES, REP_NUMBERS, TIMES
from formcheck.evaluate.stats import Stats, describe, share
from formcheck.evaluate.truth import DURATIONS
from formcheck.evaluate.values import ClipEvaluation, Compared, Failure, FalsePhases, FaultOutcome

YAW_EDGES = (5.0, 20.0, 35.0)
"""Upper edges of the groups by yaw, degrees: square, slightly turned, the most that is corrected, beyond."""
UNKNOWN = "unknown"

Clips = Sequence[ClipEvaluation]


@dataclass(frozen=True)
class FaultScore:
    """Counts of one fault, or of all, over judged reps; names as in `FaultOutcome`.

    A fault of a missed rep is missed, and one raised in an extra rep is false.
    """

    hit: int
    missed: int
    unassessed: int
    false: int
    allowed: int
    borderline: int
    not_assessable: int

    @property
    def precision(self) -> float:
        """Right ones among those raised, without those that are right either way."""
        return share(self.hit, self.hit + self.false)

    @property
    def recall(self) -> float:
        """Raised ones among those that must be; not assessable counts as missed."""
        return share(self.hit, self.hit + self.missed)


@dataclass(frozen=True)
class Coverage:
    """How many truths lie inside the stated 95 % band, of how many; `without` had no finite band."""

    inside: int
    of: int
    without: int

    @property
    def share(self) -> float:
        """Part of 1; it ought to be near 0.95."""
        return share(self.inside, self.of)


@dataclass(frozen=True)
class Counts:
    """Reps; a clip is `exact` if each true rep was found and no other."""

    clips: int
    exact: int
    true: int
    found: int
    missed: int
    extra: int


@dataclass(frozen=True)
class Clean:
    """True reps without any fault that must be raised: how many, those with a false alarm, and the alarms."""

    reps: int
    alarmed: int
    alarms: int


@dataclass(frozen=True)
class Summary:
    """Several clips as one; `numbers` and `coverage` are of matched reps, by name.

    known    by angle: share of the true instants at which it was found
    peak, boundaries, durations  errors of peak elevation, of the four boundaries, of the three phases
    covered  over the numbers of the contract (`REP_NUMBERS`)
    false_phases  of the clips whose truth has `in_position`; `None` where none has
    """

    clips: int
    duration_s: float
    seen: float
    known: dict[str, float]
    angles: dict[str, Stats]
    numbers: dict[str, Stats]
    peak: Stats
    boundaries: Stats
    durations: Stats
    counts: Counts
    faults: dict[str, FaultScore]
    all_faults: FaultScore
    clean: Clean
    coverage: dict[str, Coverage]
    covered: Coverage
    roll: Stats
    yaw: Stats
    side_wrong: int
    facing_wrong: int
    false_phases: FalsePhases | None


@dataclass(frozen=True)
class Part:
    """Clips with their summaries; groups of `by_yaw` in the order of the angle, empty ones left out."""

    clips: tuple[ClipEvaluation, ...]
    pooled: Summary
    by_yaw: dict[str, Summary]


@dataclass(frozen=True)
class Evaluation:
    """Everything: `whole` over all clips, `models` the same for each model apart."""

    whole: Part
    models: dict[str, Part]
    failures: tuple[Failure, ...]


def pool(evaluations: Iterable[ClipEvaluation], failures: Iterable[Failure] = ()) -> Evaluation:
    """Join evaluated clips, also of several models; `failures` are only carried along."""
    clips = tuple(evaluations)
    names = dict.fromkeys(clip.model for clip in clips)
    models = {name: _part([clip for clip in clips if clip.model == name]) for name in names}
    return Evaluation(_part(clips), models, tuple(failures))


def yaw_group(yaw_deg: float | None) -> str:
    """Name of the group for a true yaw in degrees, by its size."""
    if yaw_deg is None:
        return UNKNOWN
    return _GROUPS[int(np.searchsorted(YAW_EDGES, abs(yaw_deg), side="right"))]


_GROUPS = (
    f"under {YAW_EDGES[0]:.0f}°",
    *(f"{low:.0f}-{high:.0f}°" for low, high in pairwise(YAW_EDGES)),
    f"from {YAW_EDGES[-1]:.0f}°",
)


def _part(clips: Clips) -> Part:
    groups = {name: [c for c in clips if yaw_group(c.yaw_deg) == name] for name in (*_GROUPS, UNKNOWN)}
    by_yaw = {name: summarise(group) for name, group in groups.items() if group}
    return Part(tuple(clips), summarise(clips), by_yaw)


def summarise(clips: Clips) -> Summary:
    """One summary of some clips, in which every frame and every rep counts alike."""
    names = [*REP_NUMBERS, *sorted(_numbers(clips) - set(REP_NUMBERS))]
    coverage = {name: _coverage(clips, [name]) for name in names}
    outcomes = [rep.faults for clip in clips for rep in clip.reps if rep.faults.judged]
    return Summary(
        clips=len(clips),
        duration_s=sum(clip.duration_s for clip in clips),
        seen=share(sum(clip.seen for clip in clips), sum(clip.asked for clip in clips)),
        known={name: _known(clips, name) for name in ANGLES},
        angles={name: _angle(clips, name) for name in ANGLES},
        numbers={name: _errors(clips, name) for name in names},
        peak=_errors(clips, "peak_thigh_elevation_deg"),
        boundaries=_errors(clips, *TIMES),
        durations=_errors(clips, *DURATIONS),
        counts=_counts(clips),
        faults={name: _score(outcomes, {name}.__contains__) for name in _fault_names(outcomes)},
        all_faults=_score(outcomes, lambda _: True),
        clean=_clean(clips),
        coverage=coverage,
        covered=_coverage(clips, REP_NUMBERS),
        roll=_camera([clip.roll for clip in clips]),
        yaw=_camera([clip.yaw for clip in clips]),
        side_wrong=sum(clip.side_right is False for clip in clips),
        facing_wrong=sum(clip.facing_right is False for clip in clips),
        false_phases=_false_phases([clip.false_phases for clip in clips if clip.false_phases is not None]),
    )


def _numbers(clips: Clips) -> set[str]:
    return {name for clip in clips for rep in clip.reps for name in rep.numbers}


def _known(clips: Clips, name: str) -> float:
    series = [clip.angles[name] for clip in clips if name in clip.angles]
    return share(sum(one.known for one in series), sum(one.asked for one in series))


def _angle(clips: Clips, name: str) -> Stats:
    errors = [clip.angles[name].error for clip in clips if name in clip.angles]
    return describe(np.concatenate([np.zeros(0), *errors]))


def _errors(clips: Clips, *names: str) -> Stats:
    return describe(np.concatenate([np.zeros(0), *(clip.errors(*names) for clip in clips)]))


def _camera(values: Iterable[Compared | None]) -> Stats:
    return describe(np.array([value.error for value in values if value is not None], dtype=np.float64))


def _false_phases(found: Sequence[FalsePhases]) -> FalsePhases | None:
    if not found:
        return None
    longest = max(found, key=lambda one: one.longest_s)
    return replace(longest, seconds=sum(one.seconds for one in found), clip_s=sum(one.clip_s for one in found))


def _counts(clips: Clips) -> Counts:
    return Counts(
        clips=len(clips),
        exact=sum(clip.missed == 0 and clip.extra == 0 for clip in clips),
        true=sum(len(clip.reps) - clip.extra for clip in clips),
        found=sum(len(clip.reps) - clip.missed for clip in clips),
        missed=sum(clip.missed for clip in clips),
        extra=sum(clip.extra for clip in clips),
    )


def _clean(clips: Clips) -> Clean:
    alarms = [len(rep.faults.false) for clip in clips for rep in clip.reps if rep.clean]
    return Clean(len(alarms), sum(n > 0 for n in alarms), sum(alarms))


def _fault_names(outcomes: Iterable[FaultOutcome]) -> list[str]:
    return sorted({name for o in outcomes for name in o.hit | o.missed | o.false | o.borderline | o.not_assessable})


def _score(outcomes: Iterable[FaultOutcome], wanted: Callable[[str], bool]) -> FaultScore:
    counts = dict.fromkeys(FaultScore.__dataclass_fields__, 0)
    for outcome in outcomes:
        for kind in counts:
            counts[kind] += sum(map(wanted, getattr(outcome, kind)))
    return FaultScore(**counts)


def _coverage(clips: Clips, names: Sequence[str]) -> Coverage:
    pairs = [rep.numbers[name] for clip in clips for rep in clip.matched for name in names if name in rep.numbers]
    known = [pair.inside for pair in pairs if math.isfinite(pair.error)]
    banded = [inside for inside in known if inside is not None]
    return Coverage(sum(banded), len(banded), len(known) - len(banded))
