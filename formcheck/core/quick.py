"""A quick estimate beside the judged one: what the legs do now, told within a tenth of a second.

It drives sounds and warnings; verdicts never come from it. Causal and from unsmoothed signals: a median of three
throws out single wild values, and a line through the last medians gives level and speed. What it costs: levels are
`LEVEL_LAG_S` behind, speeds twice that and more; in return they are noisier than those of the judged path.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.core import angles, exercise, onset, phases
from formcheck.core.automaton import FIRST_RISE_DEG, RISE_SHARE, SHORTEST
from formcheck.core.automaton import State as Turns
from formcheck.core.grid import RATE_HZ
from formcheck.core.posemodel import LAG_S
from formcheck.core.turns import against, forgetful
from formcheck.core.turns import step as turn

Floats = NDArray[np.float64]

MEDIAN = 3
LEVEL = 5
"""The level is that of a line through so many medians, at its end."""
SPEED = 5
"""The speed is the slope of a line through so many medians (0.17 s): 0.1 degrees of noise, as the pose models' video
mode leaves, make 1 degree a second."""
STRAIGHT, EVERY = 5, 3
"""Thigh and leg keep the same angle between them for half a second, more or less: of so many medians, every third."""
TAIL = max(MEDIAN - 1 + (STRAIGHT - 1) * EVERY, onset.TAIL, exercise.TRAVEL)
TOLD_DEG = 8.0
"""Another exercise is told from a rise of more than this; before that it is noise beside the noise."""
LEVEL_LAG_S = 1 / RATE_HZ + LAG_S
"""The median's delay and the pose model's."""


class Estimate(NamedTuple):
    """What is thought at one instant; degrees and seconds, not-a-number where unknown.

    Elevations are the thighs', by which the rules judge, taken from the steadier movement of the whole leg.

    time_s         of the instant
    elevation_deg  of the thighs, now
    speed_deg_s    of the legs, + upwards
    phase          one of `PHASES`, empty where nobody lies still enough over the ball
    lift_s, hold_s, lower_s   when these phases of the present rep truly began; `hold_s` is known some 0.4 s later
    stop_deg       where the thighs will stop if the lift goes on as it does; known in its second half
    lasts_s        how long the lowering will last if it goes on as it began
    onset_s        the same by its first frames, while these are seen; known before the lowering is
    low_deg, top_deg   the levels from which this rep was lifted and at which it is held
    toe_legs       toes above the floor on which the ball lies, lengths of the leg
    floor_legs     the lowest that the toes were so far
    reps           reps counted so far, with one that has come down by half
    others         movements of the legs so far that were none of this exercise
    arranges       the body is still being put in its place: hips or knees are on their way
    """

    time_s: float
    elevation_deg: float
    speed_deg_s: float
    phase: str
    lift_s: float
    hold_s: float
    lower_s: float
    stop_deg: float
    lasts_s: float
    onset_s: float
    low_deg: float
    top_deg: float
    toe_legs: float
    floor_legs: float
    reps: int
    others: int = 0
    arranges: bool = False


@dataclass(frozen=True)
class State:
    """The last rows, what the phases and the count remember, and how much later than their numbers say instants are."""

    tail: Floats = field(default_factory=lambda: np.full((TAIL, len(angles.SIGNALS)), np.nan))
    phases: phases.State = field(default_factory=phases.State)
    turns: Turns = field(default_factory=Turns)
    closed: int = 0
    others: int = 0
    late_s: float = 0.0


def step(state: State, rows: Floats) -> tuple[State, list[Estimate]]:
    """Rows (m, len(SIGNALS)) as the angles stage gives them; one estimate an instant."""
    if len(rows) == 0:
        return state, []
    seen = np.concatenate([state.tail, rows])
    middle = angles.both_legs(median_of_three(seen))
    now = np.hstack([_levels(middle, len(rows)), onset.onsets(seen[-len(rows) - onset.TAIL :])])
    postures = exercise.postures(seen[-len(rows) - exercise.TRAVEL :])
    postures[~np.isfinite(now[:, :3]).all(axis=1)] = exercise.UNSEEN
    places = rows.take(exercise.COLUMNS, axis=1)
    out = []
    walk, counted, closed, others = state.phases, state.turns, state.closed, state.others
    for k, (values, posture) in enumerate(zip(now.tolist(), postures.tolist(), strict=True)):
        counted, turns = turn(counted, (now[k : k + 1, 0], postures[k : k + 1], places[k : k + 1]))
        closed += sum(not each.why for each in turns)
        others += sum(bool(each.why) for each in turns)
        lies = posture in (exercise.READY, exercise.SETTLES) and not _otherwise(counted)
        instant = phases.Instant(lies, least_rise(counted), *values)
        walk, seen_now = phases.step(walk, instant)
        told = _estimate(seen_now, instant, closed + pending(counted), state.late_s)
        out.append(told._replace(others=others, arranges=posture != exercise.READY))
    return State(seen[-TAIL:], walk, counted, closed, others, state.late_s), out


def late(state: State, late_s: float) -> State:
    """The state where instants that come are so much later than their numbers say, seconds."""
    return state if late_s == state.late_s else replace(state, late_s=late_s)


def anew(state: State) -> State:
    """The state where another calibration holds from now on: places do not compare with those of before."""
    tail = state.tail.copy()
    tail[:, [angles.HIP_TAIL, angles.SUPPORT]] = np.nan
    return replace(state, tail=tail, turns=forgetful(state.turns))


def finish(state: State) -> list[Estimate]:
    """Nothing is held back."""
    return []


def pending(turns: Turns) -> bool:
    """Whether a rise of this exercise that was long enough has come down by half and waits to be closed."""
    return not turns.rising and turns.top >= 0 and turns.at - turns.low >= SHORTEST and not against(turns)


def _otherwise(turns: Turns) -> bool:
    """Whether the legs surely rise in another way than in this exercise."""
    return turns.rising and turns.top_deg - turns.low_deg > TOLD_DEG and against(turns) != ""


def least_rise(turns: Turns) -> float:
    """The least rise (deg) that can be a rep of this person."""
    return max(FIRST_RISE_DEG, RISE_SHARE * median(turns.ranges)) if turns.ranges else FIRST_RISE_DEG


def median_of_three(rows: Floats) -> Floats:
    """The running median (n - 2, S) of each row and the two before it; not-a-number spreads."""
    a, b, c = rows[:-2], rows[1:-1], rows[2:]
    return np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c))


def _levels(middle: Floats, m: int) -> Floats:
    """Columns of `phases.Instant` (m, 7) but the last, from medians (TAIL - 2 + m, len(SIGNALS))."""
    leg, thigh, toe = middle[:, angles.LEG], middle[:, angles.THIGH], middle[:, angles.TOE]
    out = np.empty((m, 7))
    out[:, 0] = leg[-m:]
    out[:, 1] = thigh[-m:]
    out[:, 2] = _weighted(leg, _END, m)
    out[:, 3] = _weighted(leg, _SLOPE, m)
    out[:, 4] = _mean_known(thigh - leg, m)
    out[:, 5] = toe[-m:]
    out[:, 6] = _weighted(thigh, _SLOPE, m)
    return out


def _line_end(n: int) -> Floats:
    """Weights of the newest n values, the last first, that give the end of their line."""
    back = np.arange(n)
    middle = (n - 1) / 2
    return np.asarray(1.0 / n + middle * (middle - back) / float(((back - middle) ** 2).sum()))


def _slope(n: int) -> Floats:
    """The same, giving the slope per second."""
    away = (n - 1) / 2 - np.arange(n)
    return np.asarray(away / float((away**2).sum()) * RATE_HZ)


_END, _SLOPE, _ONES = _line_end(LEVEL), _slope(SPEED), np.ones(STRAIGHT)


def _weighted(values: Floats, weights: Floats, m: int, every: int = 1) -> Floats:
    """Sums (m,) over each of the last m values and those before it; term by term, so that no bit depends on m."""
    n = len(values)
    total: Floats = values[n - m :] * weights[0]
    for k in range(1, len(weights)):
        total += values[n - m - k * every : n - k * every] * weights[k]
    return total


def _mean_known(values: Floats, m: int) -> Floats:
    """Means (m,) of what is known of the last half second, not-a-number where nothing is."""
    known = np.isfinite(values)
    total = _weighted(np.where(known, values, 0.0), _ONES, m, EVERY)
    count = _weighted(known.astype(np.float64), _ONES, m, EVERY)
    return np.asarray(total / np.where(count > 0, count, np.nan))


def _estimate(seen: phases.Seen, now: phases.Instant, reps: int, late_s: float) -> Estimate:
    """In session time, thighs instead of legs."""
    return Estimate(
        time_s=seen.at / RATE_HZ + late_s,
        elevation_deg=now.level + now.bend,
        speed_deg_s=now.speed,
        phase=seen.phase,
        lift_s=seen.lift / RATE_HZ - LAG_S + late_s,
        hold_s=seen.hold / RATE_HZ - LAG_S + late_s,
        lower_s=seen.lower / RATE_HZ - LAG_S + late_s,
        stop_deg=seen.stop,
        lasts_s=seen.lasts_s,
        onset_s=seen.onset_s,
        low_deg=seen.low + now.bend,
        top_deg=seen.top + now.bend,
        toe_legs=now.toe,
        floor_legs=seen.floor,
        reps=reps,
    )
