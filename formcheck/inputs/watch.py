"""Frames to observations while they come: the pose net on the caller's thread, all that may wait on another.

That other thread looks at ball and room, and does whatever else it is asked to (`later`), one thing after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from formcheck.data.observations import Observations
from formcheck.inputs.observe import brightness
from formcheck.inputs.pose import PIXEL_STEP, Pose, PoseModel, rounded
from formcheck.inputs.scene import Scene
from formcheck.inputs.video import Picture, shrunk

Answer = TypeVar("Answer")
NO_BALL = np.full((1, 3), np.nan, np.float32)


class Watcher:
    """Looks at frames one by one; use as a context manager. The pose net may be exchanged in between.

    Raises what `PoseModel` raises, and what went wrong beside, at the next frame.
    """

    def __init__(self, pose: PoseModel) -> None:
        self.pose = pose
        self.scene = Scene()
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="formcheck-scene")
        self._look: Future[None] | None = None
        self._ball = NO_BALL

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._beside.shutdown(wait=True, cancel_futures=True)
        self.pose.close()

    def look(self, picture: Picture, time_s: float) -> Observations:
        """One row for a picture (height, width, 3)."""
        size = (picture.shape[1], picture.shape[0])
        small = shrunk(picture)
        found = self.pose.detect(small, time_s, size)
        self._look_around(small, time_s, found, size)
        return _row(time_s, found, brightness(small), self._ball)

    def begin_anew(self) -> None:
        """The pictures stand another way up from the next one on: ball and room are forgotten."""
        if self._look is not None:
            self._look.result()
        self._look, self._ball, self.scene = None, NO_BALL, Scene()

    def later(self, job: Callable[[], Answer]) -> Future[Answer]:
        """Do this beside, after what has been asked for already; jobs may use `scene`."""
        return self._beside.submit(job)

    def exchange(self, pose: PoseModel) -> None:
        """Another net looks from the next frame on."""
        self.pose.close()
        self.pose = pose

    def _look_around(self, picture: Picture, time_s: float, pose: Pose, size: tuple[int, int]) -> None:
        """Let the scene look, if it wants to and is not still at it."""
        if self._look is not None and self._look.done():
            self._look.result()
            self._look = None
            ball = self.scene.places(np.array([time_s]))
            self._ball = rounded(ball, PIXEL_STEP)
        if self._look is None and self.scene.due(time_s):
            self._look = self.later(lambda: self.scene.look(picture, time_s, pose.pixels, size))


def _row(time_s: float, pose: Pose, light: float, ball: NDArray[np.float32]) -> Observations:
    return Observations(
        np.array([time_s]),
        pose.pixels[None],
        pose.world[None],
        pose.visibility[None],
        np.array([light], np.float32),
        ball,
    )
