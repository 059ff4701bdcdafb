"""A live session of a sample played as if it were a camera: how long verdicts take, and everything but the net.

The model is the one that `--model auto` takes here, and where none keeps up with 30 frames a second the sample is
played slower: pictures that queue for the net say something of the processor, not of formcheck.
"""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import live
from references import varied_calls
from timing import Benchmark, Figure, tell

from formcheck.inputs.video import USUAL_FPS
from formcheck.live import pace
from formcheck.live.run import Live

SECONDS = live.SHORT_S
SLOWER = (1, 2, 4)
DROPPED = 0.02
"""A session that loses more of its frames has not been followed."""


class Timed(Live):
    """A session that notes the processor time of each frame on its thread, but for the net's, and of a reference.

    That comes just after the frame, so that caches are as cold for it.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.rest_s: list[float] = []
        self.calls_s: list[float] = []

    def _step(self, look: Any, shot: Any) -> Any:
        seen = _Clocked(look.watcher.look)
        look.watcher.look = seen
        began = time.thread_time()
        try:
            judged = super()._step(look, shot)
        finally:
            look.watcher.look = seen.work
        done = time.thread_time()
        varied_calls(1)
        self.rest_s.append(done - began - seen.took_s)
        self.calls_s.append(time.thread_time() - done)
        return judged


class _Clocked:
    """A function, and the processor time of its last call."""

    def __init__(self, work: Any) -> None:
        self.work, self.took_s = work, 0.0

    def __call__(self, *given: Any) -> Any:
        began = time.thread_time()
        found = self.work(*given)
        self.took_s = time.thread_time() - began
        return found


def test_live(benchmark: Benchmark) -> None:
    """The session times its own frames; the library only keeps the figures."""
    tell(benchmark, *benchmark.pedantic(measure))


def measure() -> list[Figure]:
    """Medians of a session that the machine can follow: over the net's own, and over varied calls of numpy."""
    model, first = followed()
    for slower in SLOWER[first:]:
        sessions: list[Timed] = []
        found = live.played(model, SECONDS, slower=slower, kind=_kept(sessions))
        if found.dropped <= DROPPED * (found.dropped + found.stats.frames):
            break
    verdict, pose = (found.stats.spread(part).p50 / 1000 for part in ("verdict", "pose"))
    rest, calls = median(sessions[0].rest_s), median(sessions[0].calls_s)
    fps = USUAL_FPS / slower
    note = f"{model} at {fps:g} frames/s, {found.dropped} of {found.dropped + found.stats.frames} dropped"
    return [
        Figure("live.verdict", verdict / pose, verdict, pose, note),
        Figure("live.rest", rest / calls, rest, calls, "everything but the net"),
    ]


def followed() -> tuple[str, int]:
    """The model that `auto` takes here, and which of `SLOWER` it needs to keep up."""
    model, found = pace.best()
    fit = (number for number, slower in enumerate(SLOWER) if pace.fits(found[model], USUAL_FPS / slower))
    return model, next(fit, len(SLOWER) - 1)


def _kept(sessions: list[Timed]) -> Any:
    def made(*given: Any, **named: Any) -> Timed:
        sessions.append(Timed(*given, **named))
        return sessions[-1]

    return made
