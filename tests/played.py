"""Stored recordings played as live sessions, as fast as they go: the same judge and coach, no camera, net or clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypeVar

from coached import load

from formcheck.data.journal import Journal
from formcheck.data.recording import Move, Recording
from formcheck.data.result import Rep
from formcheck.live.coach import Coach
from formcheck.live.judge import Judge
from formcheck.live.moment import Moment
from formcheck.outputs.voice.sounds import Heard
from formcheck.rules.limits import Limits

Answer = TypeVar("Answer")
LATE = 3
"""A job is done so many frames after it was asked for."""


class Played(NamedTuple):
    """A session: what was judged and heard at each moment, and what its journal holds."""

    truth: dict[str, Any]
    reps: list[Rep]
    moments: list[Moment]
    heard: list[tuple[float, Heard]]
    last: Heard
    kept: Recording
    coach: Coach


class Beside:
    """Jobs are done some frames later, in their order."""

    def __init__(self) -> None:
        self._jobs: deque[tuple[int, Callable[[], None]]] = deque()

    def later(self, job: Callable[[], Answer], /) -> Future[Answer]:
        future: Future[Answer] = Future()
        self._jobs.append((LATE, lambda: future.set_result(job())))
        return future

    def step(self) -> None:
        """One more frame has passed."""
        waiting = [(left - 1, job) for left, job in self._jobs]
        self._jobs = deque(item for item in waiting if item[0] > 0)
        for left, job in waiting:
            if left <= 0:
                job()


def play(
    recording: Recording,
    coach: Coach,
    *,
    then: tuple[int, Recording] | None = None,
    camera: Callable[[float], tuple[list[Move], float | None]] = lambda _: ([], None),
) -> Played:
    """A recording from its first frame to its last; from frame `then` on as another model has seen the same clip.

    `camera` tells at each time what is known of its moves.
    """
    seen, source = recording.observations, recording.source
    with TemporaryDirectory() as folder, Journal(Path(folder) / "recording.journal") as journal:
        journal.begin(source, recording.model, {})
        beside = Beside()
        clock = [0.0]
        judge = Judge(
            source,
            recording.model,
            Limits(),
            coach,
            journal,
            beside.later,
            lambda: recording.room,
            camera=lambda: camera(clock[0]),
        )
        reps, moments, heard = [], [], []
        for k in range(len(seen)):
            if then and k == then[0]:
                reps += judge.exchange(then[1].model)
                seen = then[1].observations
            clock[0] = float(seen.time_s[k])
            moment, sounds = judge.step(seen[k : k + 1], people=1)
            beside.step()
            reps += moment.reps
            moments.append(moment)
            heard.append((moment.time_s, sounds))
        late, last = judge.finish()
        journal.close()
        kept = Recording.load(Path(folder) / "recording.journal")
    return Played({}, [*reps, *late], moments, heard, last, kept, coach)


@cache
def played(name: str) -> Played:
    """A stored recording, such as "clip08_full"."""
    recording, truth = load(name)
    return play(recording, Coach(Limits()))._replace(truth=truth)
