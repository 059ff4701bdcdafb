"""A whole analysis over a bare loop with the same net: decode each frame, show it to MediaPipe's landmarker.

What formcheck gains by pruning the net is `bench_pose.py`'s and `whole.py`'s; it differs from processor to processor.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median

from material import SAMPLE, cut
from references import bare_loop
from timing import Benchmark, Figure, in_turn, ratio, tell

from formcheck.analyze import analyze, write
from formcheck.inputs import models

MODEL = "full"
FRAMES, ROUNDS = 180, 3
FIRST = 10
"""So many frames before, untimed: whatever is loaded once is loaded then."""


def test_added(benchmark: Benchmark, tmp_path: Path) -> None:
    """What formcheck does besides: the same net is on both sides."""
    _measure(benchmark, "analyze.added", tmp_path, lambda clip: write(analyze(clip, model=MODEL), tmp_path))


def test_overlay(benchmark: Benchmark, tmp_path: Path) -> None:
    _measure(
        benchmark, "analyze.overlay", tmp_path, lambda clip: write(analyze(clip, model=MODEL), tmp_path, video=clip)
    )


def _measure(benchmark: Benchmark, name: str, folder: Path, work: Callable[[Path], object]) -> None:
    first, clip = (cut(SAMPLE, folder / f"{frames}.mp4", frames) for frames in (FIRST, FRAMES))

    def bare(clip: Path) -> None:
        bare_loop(clip, models.find(MODEL), pruned=True)

    work(first)
    bare(first)
    times, base = in_turn(benchmark, lambda: work(clip), lambda: bare(clip), ROUNDS, warm=False)
    note = f"{FRAMES / median(times):.0f} frames/s"
    tell(benchmark, Figure(name, ratio(times, base), median(times), median(base), note))
