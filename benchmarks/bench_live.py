"""A live session of a sample played as if it were a camera: how long verdicts take, and everything but the net."""

from __future__ import annotations

import live
from timing import Benchmark, tell

MODEL, SECONDS = "full", live.SHORT_S


def test_live(benchmark: Benchmark) -> None:
    """The session times its own frames; the library only keeps the figures."""
    tell(benchmark, *benchmark.pedantic(lambda: live.measure(MODEL, SECONDS)))
