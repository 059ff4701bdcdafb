"""One picture after the other, from the camera to what is heard and shown: the thread that judges."""

from __future__ import annotations

import time
from concurrent.futures import Future
from typing import NamedTuple

import numpy as np

from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration, Source
from formcheck.data.result import Rep
from formcheck.inputs.camera import Shot
from formcheck.inputs.memory import tidy
from formcheck.inputs.people import People
from formcheck.inputs.pose import PoseModel
from formcheck.inputs.video import Picture
from formcheck.inputs.watch import Watcher
from formcheck.live.judge import Judge
from formcheck.live.moment import Moment
from formcheck.live.wayup import WayUp
from formcheck.outputs.voice.sounds import Heard

PEOPLE_S = {True: 1.0, False: 4.0}
"""How often people are counted before a set, and in it."""
TIDY_S = 60.0
"""So often memory is given back, so that a long session needs no more than a short one."""


class Judged(NamedTuple):
    """What one frame brought; `pose_ms` of it were the pose net's."""

    frame: Observations
    moment: Moment
    heard: Heard
    pose_ms: float


class View(NamedTuple):
    """The newest frame, what was found in it, and how body and camera stand: for the window."""

    shot: Shot
    judged: Judged
    calibration: Calibration
    source: Source


class Look:
    """Shows pictures to the watcher, what is seen in them to the judge, and now and then counts people.

    `way_up` watches which way up they are, where nobody has said it.
    Raises what `Watcher` does.
    """

    def __init__(self, watcher: Watcher, people: People, judge: Judge, way_up: WayUp | None = None) -> None:
        self.watcher, self.judge = watcher, judge
        self._people = people
        self._counting: Future[int] | None = None
        self._count: int | None = None
        self._count_s = -np.inf
        self._tidied_s = 0.0
        self._way_up = way_up

    def step(self, picture: Picture, time_s: float) -> Judged:
        """All that one picture (height, width, 3) brings."""
        began = time.perf_counter()
        frame = self.watcher.look(picture, time_s)
        pose_ms = 1000 * (time.perf_counter() - began)
        self._look_for_people(picture, frame, time_s)
        if self._way_up is not None:
            self._way_up.step(picture, frame)
        if time_s - self._tidied_s >= TIDY_S:
            self._tidied_s = time_s
            self.watcher.later(tidy)
        return Judged(frame, *self.judge.step(frame, self._count), pose_ms)

    def exchange(self, pose: PoseModel, model: str) -> list[Rep]:
        """Another model looks from the next frame on; the reps that close with it."""
        self.watcher.exchange(pose)
        return self.judge.exchange(model)

    def _look_for_people(self, picture: Picture, frame: Observations, time_s: float) -> None:
        """Count them now and then, beside."""
        if self._counting is not None and self._counting.done():
            self._count, self._counting = self._counting.result(), None
        if self._counting is None and time_s - self._count_s >= PEOPLE_S[self.judge.coach.stage == "setup"]:
            self._count_s = time_s
            self._counting = self.watcher.later(lambda: self._people.count(picture, frame.pixels[0]))
