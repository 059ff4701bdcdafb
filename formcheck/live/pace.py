"""How fast each pose model is on this machine, and which of them keeps up with a camera."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from formcheck.inputs import models, sample
from formcheck.inputs.pose import PoseModel
from formcheck.inputs.video import USUAL_FPS, Picture
from formcheck.live.stats import Spread, spread

PICTURES = 40
WARM_UP = 5
"""The first pictures, before the net follows a body, say little."""
BESIDE_MS = 4.0
"""What a frame needs beside the net, with some room: frames queue where a net takes all of the time."""
SLOW_FRAMES = 150
"""A model is given up when over so many frames (five seconds) the 95th percentile is beyond the frame time."""


def measure(
    model: str, pictures: Sequence[tuple[float, Picture]] | None = None, limit_s: float = float("inf")
) -> Spread:
    """Milliseconds that a model takes for a picture with a body in it. Raises `ModelError`.

    After `limit_s` no more pictures are looked at, once a few have been.
    """
    pictures = pictures or sample.pictures(PICTURES)
    took: list[float] = []
    with PoseModel(models.find(model)) as pose:
        for time_s, picture in pictures:
            if len(took) > 3 * WARM_UP and sum(took) > 1000 * limit_s:
                break
            began = time.perf_counter()
            pose.detect(picture, time_s)
            took.append(1000 * (time.perf_counter() - began))
    return spread(np.array(took[WARM_UP:], np.float32))


def best(fps: float = USUAL_FPS) -> tuple[str, dict[str, Spread]]:
    """The best model that keeps up by its 95th percentile, and what was measured on the way."""
    pictures, found = sample.pictures(PICTURES), {}
    for name in reversed(models.NAMES):
        found[name] = measure(name, pictures)
        if fits(found[name], fps):
            break
    return choice(found, fps), found


def choice(found: Mapping[str, Spread], fps: float = USUAL_FPS) -> str:
    """The best of the measured models that keeps up; the quickest of all where none does."""
    quick = [name for name in models.NAMES if name in found and fits(found[name], fps)]
    return quick[-1] if quick else models.NAMES[0]


def fits(ms: Spread, fps: float = USUAL_FPS) -> bool:
    """Whether a model keeps up with a camera."""
    return ms.p95 + BESIDE_MS <= 1000 / fps


class Steps:
    """Watches how long the net takes; where it does not keep up for seconds, makes the next quicker one ready.

    `coming` is the model that is being loaded, on a thread of its own.
    """

    def __init__(self, allowed: bool, fps: float) -> None:
        self.coming = ""
        self._allowed, self._frame_ms = allowed, 1000 / (fps or USUAL_FPS)
        self._ms: deque[float] = deque(maxlen=SLOW_FRAMES)
        self._loading: Future[PoseModel] | None = None

    def step(self, pose_ms: float, model: str) -> bool:
        """One more frame looked at by `model`; whether a quicker one has been asked for with it."""
        self._ms.append(pose_ms)
        quicker = lesser(model)
        if not self._allowed or self._loading is not None or quicker is None or len(self._ms) < SLOW_FRAMES:
            return False
        if len(self._ms) < SLOW_FRAMES or np.percentile(self._ms, 95) <= self._frame_ms:
            return False
        self.coming = quicker
        pool = ThreadPoolExecutor(1, thread_name_prefix="formcheck-model")
        self._loading = pool.submit(lambda: PoseModel(models.find(quicker)))
        pool.shutdown(wait=False)
        return True

    def ready(self) -> tuple[PoseModel, str] | None:
        """The quicker net with its name, once it is loaded; `None` otherwise."""
        if self._loading is None or not self._loading.done():
            return None
        pose, self._loading = self._loading.result(), None
        self._ms.clear()
        return pose, self.coming


def lesser(model: str) -> str | None:
    """The next quicker model; `None` where there is none."""
    at = models.NAMES.index(model) if model in models.NAMES else 0
    return models.NAMES[at - 1] if at else None


def chosen(model: str, fps: float, tell: Callable[[str], None]) -> str:
    """The model that is named, or for "auto" the best that keeps up with `fps` here, which is measured and told."""
    if model != "auto":
        return model
    tell("measuring how fast this machine is ...")
    name, found = best(fps)
    figures = ", ".join(f"{each} {spread.p95:.0f} ms" for each, spread in found.items())
    tell(f"model {name} (95 of 100 pictures within: {figures})")
    return name
