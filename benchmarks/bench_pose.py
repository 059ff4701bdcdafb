"""What `PoseModel` adds to MediaPipe: turning colours, landmarks to arrays, and following the right person."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from statistics import median

import cv2
import pytest
from material import SAMPLE, cut
from references import bare_net
from timing import Benchmark, Figure, in_turn, ratio, tell

from formcheck.inputs import models
from formcheck.inputs.pose import PoseModel
from formcheck.inputs.video import Video

MODEL = "lite"  # the quickest: beside it, what is added shows most
FRAMES, ROUNDS = 10, 18


@pytest.mark.benchmark(timer=time.process_time)
def test_pose(benchmark: Benchmark, tmp_path: Path) -> None:
    """Both see the same frames, some of them in each round."""
    path = models.find(MODEL)
    with Video(cut(SAMPLE, tmp_path / "clip.mp4", FRAMES * (ROUNDS + 1))) as video:
        frames = list(video)
    ours, theirs = iter(frames), iter(frames)
    with bare_net(path) as detect, PoseModel(path) as pose:

        def work() -> None:
            for time_s, picture in itertools.islice(ours, FRAMES):
                pose.detect(picture, time_s)

        def bare() -> None:
            for time_s, picture in itertools.islice(theirs, FRAMES):
                detect(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), round(1000 * time_s))

        times, base = in_turn(benchmark, work, bare, ROUNDS)
    one, other = median(times) / FRAMES, median(base) / FRAMES
    note = f"{(one - other) * 1e3:.2f} ms more a frame"
    tell(benchmark, Figure("pose.detect", ratio(times, base), one, other, note))
