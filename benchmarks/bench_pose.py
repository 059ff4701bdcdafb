"""The pose net as formcheck has it against MediaPipe's as published, and what `PoseModel` adds to the bare net.

It turns colours, puts landmarks into arrays and follows the right person.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import pytest
from material import SAMPLE, cut
from references import bare_net
from timing import Benchmark, Figure, in_turn, ratio, tell

from formcheck.inputs import models
from formcheck.inputs.pose import PoseModel
from formcheck.inputs.video import Picture, Video

MODEL = "lite"  # the quickest: beside it, what is added shows most
FRAMES, ROUNDS = 10, 18

Show = Callable[[float, Picture], object]


@pytest.mark.benchmark(timer=time.process_time)
def test_added(benchmark: Benchmark, tmp_path: Path) -> None:
    """The same net, with the same frames in each round."""
    _measure(benchmark, "pose.detect", tmp_path, bare(pruned=True))


@pytest.mark.benchmark(timer=time.process_time)
def test_published(benchmark: Benchmark, tmp_path: Path) -> None:
    _measure(benchmark, "pose.published", tmp_path, bare(pruned=False))


@contextmanager
def bare(*, pruned: bool) -> Iterator[Show]:
    with bare_net(models.find(MODEL), pruned=pruned) as detect:
        yield lambda time_s, picture: detect(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), round(1000 * time_s))


def _measure(benchmark: Benchmark, name: str, folder: Path, other: Any) -> None:
    with Video(cut(SAMPLE, folder / "clip.mp4", FRAMES * (ROUNDS + 1))) as video:
        frames = list(video)
    with other as show, PoseModel(models.find(MODEL)) as pose:
        work = _looked(frames, lambda time_s, picture: pose.detect(picture, time_s))
        times, base = in_turn(benchmark, work, _looked(frames, show), ROUNDS)
    one, two = median(times) / FRAMES, median(base) / FRAMES
    note = f"{abs(one - two) * 1e3:.2f} ms {'more' if one > two else 'less'} a frame"
    tell(benchmark, Figure(name, ratio(times, base), one, two, note))


def _looked(frames: list[tuple[float, Picture]], show: Show) -> Callable[[], None]:
    """Shows the next frames each time it is called."""
    rest = iter(frames)

    def work() -> None:
        for time_s, picture in itertools.islice(rest, FRAMES):
            show(time_s, picture)

    return work
