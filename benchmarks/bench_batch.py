"""A batch of clips against as many processes of the bare loop side by side, with the same net on the same frames.

Clips are short, so that much of it is beginning: processes, nets, tables. `many.py` takes longer ones.
"""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from statistics import median

import many
import pytest
from timing import Benchmark, Figure, in_turn, processor_s, ratio, tell

from formcheck.batch import Options, batch

MODEL, JOBS = "lite", 2
CLIPS, FRAMES, ROUNDS = 4, 60, 2


@pytest.mark.benchmark(timer=processor_s)
def test_batch(benchmark: Benchmark, tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    clips = many.copies(tmp_path / "clips", CLIPS, FRAMES)
    number, wall_s = itertools.count(), []

    def work() -> None:
        began = time.perf_counter()
        out = tmp_path / f"scores{next(number)}.csv"
        batch(Options([tmp_path / "clips"], out=out, model=MODEL, jobs=JOBS), quiet=True)
        wall_s.append(time.perf_counter() - began)

    times, base = in_turn(benchmark, work, lambda: many.bare(clips, MODEL, JOBS), ROUNDS, warm=False)
    frames = CLIPS * FRAMES
    note = f"{frames / median(wall_s):.0f} frames/s with {JOBS} processes"
    tell(benchmark, Figure("batch.clips", ratio(times, base), median(times) / frames, median(base) / frames, note))
