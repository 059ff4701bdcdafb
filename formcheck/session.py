"""A session: observations in, reps with their verdicts out, in blocks of any size.

The one mutable object of the core. Push a whole recording at once or a webcam frame by frame: what comes
out is the same, bit for bit.

    session = Session(recording.calibration, recording.source, recording.model)
    reps = session.push(recording.observations) + session.finish()
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from formcheck.core import across, angles, automaton, boundaries, edges, exercise, grid, measure, screen, smooth, turns
from formcheck.core.calibrate import stage
from formcheck.core.frames import frames
from formcheck.core.posemodel import named
from formcheck.core.stretches import looked_after
from formcheck.core.table import Tail
from formcheck.core.tally import Tally
from formcheck.core.uncertainty import half_bands
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration, Move, Recording, Source
from formcheck.data.result import Activity, Rep, Result
from formcheck.rules import score, sets
from formcheck.rules.activity import activity
from formcheck.rules.limits import Limits
from formcheck.rules.verdicts import Measured, judged

Floats = NDArray[np.float64]

PIECE = 1024
"""So many frames at once stay in the processor's cache; by the law the cut changes nothing."""
BEFORE = int(1.5 * grid.RATE_HZ)
"""So many instants before its low belong to the slice of a rep."""
AGAIN = automaton.LONGEST + automaton.STOP + 2 * BEFORE
"""So many instants are seen anew with a better calibration, at most: an open rep is no longer."""
NOTHING = np.zeros((0, len(angles.SIGNALS)))
FULL = 2 * AGAIN
"""From so many kept rows on those that are not needed any more go."""


class Session:
    """Judges observations as they come; `reps` holds the reps closed so far.

    With `endless` it needs no more memory for hours than for minutes; its `result` has the last frames only.
    """

    def __init__(
        self,
        calibration: Calibration,
        source: Source,
        model: str = "heavy",
        limits: Limits | None = None,
        *,
        endless: bool = False,
    ) -> None:
        self.calibration = calibration
        self.model = named(model)
        self.limits = limits or Limits()
        self.reps: list[Rep] = []
        self._source = source
        self.guessed_s = source.guessed_s  # grows live, while a file is played
        self._screen = screen.State(calibration)
        self._grid = grid.start(screen.COLUMNS)
        self._angles = stage(calibration, source, self.model)
        self._smooth = smooth.State()
        self._turns = turns.State()
        self._rows = Tail(screen.COLUMNS)
        self._signals = Tail(angles.SMOOTHED)
        self._waiting = np.zeros((0, len(exercise.COLUMNS)))  # places whose signals are not smoothed yet
        self._postures = Tail(1)
        self._endless = endless
        self._tally, self._tallied = Tally(), 0  # samples before that number are counted
        self._previous = 0
        self._known_from = 0  # instants before were seen from another side
        self._moves: list[across.Span] = []
        self._moved_at, self._former = 0, calibration  # instants before were seen otherwise, with that calibration
        self._news = NOTHING
        self._named = model

    def recalibrate(self, calibration: Calibration) -> None:
        """From the next frame on another calibration holds; of the rep that is open, all is seen anew with it.

        What was judged stays. Where another side or way is faced, or the camera moved, what was seen before stays too.
        """
        moved = bool(self._moves) and self._moves[-1][1] == np.inf
        if moved:
            self._moves[-1] = (self._moves[-1][0], calibration.from_s)
            self._moved_at, self._former = self._grid.next, self.calibration
            self._turns = turns.forgetful(self._turns)
        turned = (calibration.side, calibration.facing) != (self.calibration.side, self.calibration.facing)
        self.calibration = calibration
        self.model = named(calibration.model or self._named)
        self._screen = screen.State(calibration)
        self._angles = stage(calibration, self._source, self.model)
        if turned:
            self._known_from = self._grid.next + smooth.LAG
        elif not moved:
            self._see_again()

    def camera_moved(self, from_s: float) -> None:
        """The camera moves since then, until the calibration of another place is taken up (`recalibrate`).

        Of reps that are open and reach across nothing will be known but when they began; what was judged stays.
        """
        if not self._moves or self._moves[-1][1] < np.inf:
            self._moves.append((from_s, np.inf))

    @property
    def news(self) -> tuple[int, Floats]:
        """What the last frame brought: number of the first instant and signals (m, S), not smoothed yet."""
        return self._grid.next - len(self._news), self._news

    @property
    def late_s(self) -> float:
        """So much later than their numbers say the newest instants were: long gaps have fewer."""
        return self._grid.skipped[-1][1] / grid.RATE_HZ if self._grid.skipped else 0.0

    def push(self, block: Observations) -> list[Rep]:
        """Take in the next frames; the reps that close with them."""
        pieces = [block] if len(block) <= PIECE else [block[i : i + PIECE] for i in range(0, len(block), PIECE)]
        return self._judge([rep for piece in pieces for rep in self._seen(piece)])

    def finish(self) -> list[Rep]:
        """No more frames come: the reps that were still open."""
        measured = self._on_grid(grid.finish(self._grid))
        measured += self._smoothed(smooth.finish(self._smooth))
        closed = turns.finish(self._turns)
        self._tally.add_turns(closed)
        measured += [self._measure(turn) for turn in closed if not turn.why]
        return self._judge(measured)

    def result(self, recording: Recording, warnings: Sequence[str] = ()) -> Result:
        """All that was found, as one value; call it after `finish`."""
        on = score.switched_on(self.limits)
        checks, whole = score.whole(self.reps, on)
        time_s = grid.all_seconds(self._grid, self._signals.first, len(self._signals))
        signals = across.signals(self._moves, self._signals.rows, time_s)
        return Result(
            recording=recording,
            frames=frames(signals, self._postures.rows[:, 0], time_s, self.reps),
            reps=tuple(self.reps),
            sets=sets.summaries(self.reps, on),
            score=whole,
            checks=checks,
            limits=self.limits.values(),
            warnings=tuple(warnings),
            activity=self.activity,
        )

    @property
    def activity(self) -> Activity:
        """Which exercise was seen so far."""
        tally = self._tally.copy()
        tally.add_samples(self._signals.since(self._tallied), self._postures.since(self._tallied))
        return activity(tally, self.calibration, len(self.reps), rising=self._turns.rising)

    def _seen(self, block: Observations) -> list[Measured]:
        self._tally.add_frames(block.time_s, np.isfinite(block.pixels[:, 0, 0]))
        self._screen, rows = screen.step(self._screen, block)
        self._grid, steady = grid.step(self._grid, rows)
        return self._on_grid(steady)

    def _on_grid(self, rows: Floats) -> list[Measured]:
        if len(rows) == 0:
            self._news = NOTHING
            return []
        self._rows.append(rows)
        if len(self._rows) > FULL:
            self._rows.forget(self._seen_again_from())
        self._angles, signals = angles.step(self._angles, rows)
        self._news = signals
        self._waiting = np.concatenate([self._waiting, signals.take(exercise.COLUMNS, axis=1)])
        self._smooth, signals = smooth.step(self._smooth, signals[:, : angles.SMOOTHED])
        return self._smoothed(signals)

    def _see_again(self) -> None:
        """Compute anew the signals since the last rep, from their rows on the grid."""
        first = max(self._seen_again_from(), self._moved_at)
        if self._grid.next - first <= 4 * smooth.LAG:
            return  # too little was seen since the camera moved
        raw = angles.step(self._angles, self._rows.since(first))[1]
        places, raw = raw.take(exercise.COLUMNS, axis=1), raw[:, : angles.SMOOTHED]
        before = None if first == 0 else raw[: 2 * smooth.LAG]
        self._smooth, signals = smooth.step(smooth.State(before), raw[0 if first == 0 else 2 * smooth.LAG :])
        self._turns = turns.seen_anew(self._turns, first, places.tolist())
        self._waiting = places[len(places) - len(self._waiting) :]
        self._signals.replace_end(angles.both_legs(signals))
        self._postures.replace_end(self._postured(len(signals)))

    def _seen_again_from(self) -> int:
        """The first instant that a better calibration may still change."""
        return max(0, self._previous - 2 * smooth.LAG, self._grid.next - AGAIN)

    def _smoothed(self, signals: Floats) -> list[Measured]:
        if len(signals) == 0:
            return []
        self._signals.append(angles.both_legs(signals))
        closed = self._turned(signals)
        measured = [self._measure(turn) for turn in closed if not turn.why]
        if self._endless and len(self._signals) > FULL:
            self._forget(self._seen_again_from() - BEFORE)
        return measured

    def _forget(self, before: int) -> None:
        """Samples before this number are counted and go: nothing will change them any more."""
        if before > self._tallied:
            signals, postures = (kept.since(self._tallied) for kept in (self._signals, self._postures))
            count = before - self._tallied
            self._tally.add_samples(signals[:count], postures[:count])
            self._tallied = before
        self._signals.forget(before)
        self._postures.forget(before)

    def _turned(self, signals: Floats) -> list[turns.Turn]:
        """What the legs have done by these signals, the newest."""
        postures = self._postured(len(signals))
        self._postures.append(postures)
        places, self._waiting = self._waiting[: len(signals)], self._waiting[len(signals) :]
        self._turns, closed = turns.step(self._turns, (signals[:, angles.LEG], postures[:, 0], places))
        self._tally.add_turns(closed)
        return closed

    def _postured(self, count: int) -> Floats:
        """The posture (count, 1) at so many of the newest signals: of nobody before body and camera are known.

        It is told at every third sample, as the legs' turns are, and holds for the next two.
        """
        rows, every = self._signals.rows, automaton.STRIDE
        first = self._signals.first + len(rows) - count
        held = first - self._signals.first - 1
        found = np.full(count, self._postures.rows[held, 0] if held >= 0 else exercise.UNSEEN)
        start = -first % every
        if start < count:
            begin = held + 1 + start - exercise.TRAVEL
            missing = np.full((max(0, -begin) // every, angles.SMOOTHED), np.nan)
            seen = rows[max(0, begin) :: every]
            old = self._moved_at - self._signals.first - max(0, begin)
            if old > 0:  # not to be compared with what comes after a move of the camera
                seen = np.concatenate([np.full_like(seen[: -(-old // every)], np.nan), seen[-(-old // every) :]])
            told = exercise.postures(np.concatenate([missing, seen]) if len(missing) else seen, every)
            found[start:] = np.repeat(told, every)[: count - start]
        found[: max(0, self._known_from - first)] = exercise.UNSEEN
        return found[:, None]

    def _measure(self, turn: turns.Turn) -> Measured:
        """The numbers of one rep, from its slice of the signals."""
        first = max(self._previous, turn.low - BEFORE)
        part = self._signals.since(first)[: turn.close + 1 - first]
        low, top = turn.low - first, turn.top - first
        known = self.calibration if turn.low >= self._moved_at else self._former
        lost = edges.gone(self._rows.since(first)[: len(part)], self._source, known.leg_px)
        legs = angles.THIGH if edges.feet_gone(lost, low, top) else angles.LEG
        before = self._signals.since(max(0, first - 1))[: min(first, 1)]
        begun = boundaries.seen_to_begin(part[:, legs], low, top, before[:, legs])
        up = boundaries.until_up(part[:, legs], low, top) if begun else len(part)
        gets_up, part = up < len(part), part[:up]
        curve = boundaries.timed_by(part[:, legs], part[:, angles.THIGH], part[:, angles.KNEE], low, top)
        marks = boundaries.boundaries(curve, low, top, gets_up=gets_up, begun=begun)
        end = first + marks.end
        down = boundaries.down_from(part[:, angles.LEG], top, turn.bottom - first)
        self._previous = min(turn.bottom, int(end) if np.isfinite(end) else first + down)
        start_s, live = grid.seconds(self._grid, first), self._source.kind != "video"
        part = across.signals(self._moves, part, start_s + np.arange(len(part)) / grid.RATE_HZ)
        over = turn.close - first if np.isfinite(end) else down  # what comes later may be the next rep's
        part = part[: over + 1]
        numbers = measure.measure(part, marks, start_s, self.model, known.world_leg_m, live=live)
        numbers |= measure.untimed(numbers, self.guessed_s) | edges.unknown(lost[:up], marks)
        numbers = across.numbers(self._moves, numbers, start_s, (low, over))
        return Measured(numbers, half_bands(numbers, known, self.model, self._source))

    def _judge(self, measured: list[Measured]) -> list[Rep]:
        self.reps += (found := judged(measured, self.limits, self.reps))
        return found


def judge_recording(recording: Recording, limits: Limits | None = None, warnings: Sequence[str] = ()) -> Result:
    """The findings of a whole recording; where nobody looked whether the camera moved, landmarks and ball tell."""
    recording = looked_after(recording)
    session = Session(recording.calibrations[0], recording.source, recording.model, limits)
    rest = recording.observations
    for at_s, change in recording.changes:
        held = int(np.searchsorted(rest.time_s, at_s))
        session.push(rest[:held])
        rest = rest[held:]
        if isinstance(change, Move):
            session.camera_moved(change.from_s)
        else:
            session.recalibrate(change)
    session.push(rest)
    session.finish()
    return session.result(recording, warnings)
