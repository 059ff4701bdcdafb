"""Recordings judged again under other limits, as `formcheck batch --from-recordings` does it, everything counted.

Held against `numpy.load` of such a recording: what it takes to read its landmarks at all.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import many
import numpy as np
import pytest
from material import RECORDING
from timing import Benchmark, Figure, in_turn, processor_s, ratio_of_best, tell

from formcheck import Recording
from formcheck.batch import Options, batch

RECORDINGS, READ, ROUNDS = 1000, 100, 5


@pytest.mark.benchmark(timer=processor_s)
def test_rescoring(benchmark: Benchmark, tmp_path: Path) -> None:
    many.kept(tmp_path / "kept", RECORDINGS)
    number = itertools.count()

    def work() -> None:
        out = tmp_path / f"scores{next(number)}.parquet"
        batch(Options([tmp_path / "kept"], out=out, from_recordings=True, jobs=1), quiet=True)

    times, base = in_turn(benchmark, work, lambda: read(READ), ROUNDS)
    one, other = [each / RECORDINGS for each in times], [each / READ for each in base]
    exercise_s = Recording.load(RECORDING).source.duration_s
    note = f"{exercise_s / min(one):,.0f} s of exercise a second and core"
    tell(benchmark, Figure("batch.rescoring", ratio_of_best(one, other), min(one), min(other), note))


def read(times: int) -> None:
    """All arrays of a recording, so many times."""
    for _ in range(times):
        with np.load(RECORDING) as arrays:
            for name in arrays.files:
                arrays[name]
