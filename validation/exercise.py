"""What reps of this exercise look like, against the bounds of what counts as one: the figures of docs/exercise.md.

    python validation/exercise.py

Of every movement of the legs in the stored recordings: how trunk, pelvis, hands, feet and knees went along from the low
to the top; reps first, then what was not counted while somebody got on or off, fidgeted or corrected the ball.
"""

from __future__ import annotations

import sys
from math import hypot, radians, sin
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from stored import HELD_OUT, MODELS, RECORDINGS, SESSIONS

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from formcheck.core import angles, exercise, grid, screen, smooth, turns
from formcheck.core.calibrate import stage
from formcheck.core.exercise import Place
from formcheck.core.posemodel import named
from formcheck.data.recording import Recording

NUMBERS = (
    ("other leg's rise, share of the leg's", exercise.OTHER_LEG, "at least"),
    ("trunk's turn up, share of the leg's", exercise.TRUNK_RISES, "at most"),
    ("share of the turn that comes from rising feet", exercise.FEET_RISE, "at least"),
    ("pelvis up or down, leg lengths", exercise.PELVIS_UP, "at most"),
    ("pelvis along, leg lengths", exercise.PELVIS_ALONG, "at most"),
    ("hands, leg lengths", exercise.HANDS, "at most"),
    ("thighs' rise, share of the legs'", exercise.THIGHS, "at least"),
    ("foot's turn at the low (sine)", exercise.ON_BACK, "at most"),
)


def main() -> None:
    """Print the table."""
    reps: list[list[float]] = []
    others: list[list[float]] = []
    for path in sorted([*RECORDINGS.glob("*.npz"), *HELD_OUT.glob("*.npz"), *SESSIONS.glob("*.npz")]):
        if path.stem.rpartition("_")[2] in {*MODELS, path.stem}:
            for low, top, why in movements(Recording.load(path)):
                (others if why else reps).append(numbers(low, top))
    heads = (
        "number",
        "bound",
        f"{len(reps)} reps: least, 5 %, middle, 95 %, most",
        f"{len(others)} not counted: range",
    )
    print(f"| {' | '.join(heads)} |")
    print("|---|---:|---:|---:|")
    for (name, bound, word), ours, theirs in zip(
        NUMBERS, zip(*reps, strict=True), zip(*others, strict=True), strict=True
    ):
        spread = " ".join(f"{value:.2f}" for value in np.nanpercentile(ours, (0, 5, 50, 95, 100)))
        print(f"| {name} | {word} {bound:g} | {spread} | {np.nanmin(theirs):.2f} {np.nanmax(theirs):.2f} |")


def movements(recording: Recording) -> list[tuple[Place, Place, str]]:
    """Low and top of each movement of the legs, and what spoke against it."""
    _, (time_s, rows) = screen.step(screen.State(recording.calibration), recording.observations)
    steady, rows = grid.step(grid.start(screen.COLUMNS), (time_s, rows))
    rows = np.concatenate([rows, grid.finish(steady)])
    _, raw = angles.step(stage(recording.calibration, recording.source, named(recording.model)), rows)
    tail, signals = smooth.step(smooth.State(), raw[:, : angles.SMOOTHED])
    signals = angles.both_legs(np.concatenate([signals, smooth.finish(tail)]))
    before = np.full((exercise.TRAVEL, angles.SMOOTHED), np.nan)
    postures = exercise.postures(np.concatenate([before, signals]))
    places = raw.take(exercise.COLUMNS, axis=1)
    walked, found = turns.step(turns.State(), (signals[:, angles.LEG], postures, places))
    return [(_place(places, turn.low), _place(places, turn.top), turn.why) for turn in found + turns.finish(walked)]


def _place(places: NDArray[np.float64], at: int) -> Place:
    return Place(at, *np.nanmedian(places[max(0, at - 4) : at + 5], axis=0).tolist())


def numbers(low: Place, top: Place) -> list[float]:
    """In the order of `NUMBERS`; not-a-number where the far leg was not found."""
    rise = top.leg - low.leg
    turn, up = sin(radians(top.leg)) - sin(radians(low.leg)), top.hip_up - low.hip_up
    found = all(exercise.SEEN_SIZE[0] < place.far_size < exercise.SEEN_SIZE[1] for place in (low, top))
    return [
        (top.far_leg - low.far_leg) / rise if found else np.nan,
        (top.trunk - low.trunk) / rise,
        (turn + up) / turn,
        abs(up),
        abs(top.hip_tail - low.hip_tail),
        hypot(top.hand_tail - low.hand_tail, top.hand_up - low.hand_up),
        (top.thigh - low.thigh) / rise,
        low.foot_turn,
    ]


if __name__ == "__main__":
    main()
