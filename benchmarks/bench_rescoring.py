"""Recordings judged again under other limits, as `formcheck batch --from-recordings` does it, everything counted.

Held against varied calls of plain numpy, which is what judging is made of.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from statistics import median

import many
import pytest
from material import RECORDING
from references import varied_calls
from timing import Benchmark, Figure, in_turn, processor_s, ratio, tell

from formcheck import Recording
from formcheck.batch import Options, batch

RECORDINGS, ROUNDS = 1000, 5


@pytest.mark.benchmark(timer=processor_s)
def test_rescoring(benchmark: Benchmark, tmp_path: Path) -> None:
    many.kept(tmp_path / "kept", RECORDINGS)
    number = itertools.count()

    def work() -> None:
        out = tmp_path / f"scores{next(number)}.parquet"
        batch(Options([tmp_path / "kept"], out=out, from_recordings=True, jobs=1), quiet=True)

    times, base = in_turn(benchmark, work, lambda: varied_calls(RECORDINGS), ROUNDS)
    one, other = median(times) / RECORDINGS, median(base) / RECORDINGS
    exercise_s = Recording.load(RECORDING).source.duration_s
    note = f"{exercise_s / one:,.0f} s of exercise a second and core"
    tell(benchmark, Figure("batch.rescoring", ratio(times, base), one, other, note))
