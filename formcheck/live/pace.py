"""How fast each pose model is on this machine, and which of them keeps up with a camera."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from formcheck.inputs import models, sample
from formcheck.inputs.pose import PoseModel
from formcheck.inputs.video import Picture
from formcheck.live.stats import Spread, spread

PICTURES = 40
WARM_UP = 5
"""The first pictures, before the net follows a body, say little."""
USUAL_FPS = 30.0
SLOW_FRAMES = 150
"""A model is given up when over so many frames (five seconds) the 95th percentile is beyond the frame time."""


def measure(model: str, pictures: Sequence[tuple[float, Picture]] | None = None) -> Spread:
    """Milliseconds that a model takes for a picture with a body in it. Raises `ModelError`."""
    pictures = pictures or sample.pictures(PICTURES)
    took = []
    with PoseModel(models.find(model)) as pose:
        for time_s, picture in pictures:
            began = time.perf_counter()
            pose.detect(picture, time_s)
            took.append(1000 * (time.perf_counter() - began))
    return spread(np.array(took[WARM_UP:], np.float32))


def best(fps: float = USUAL_FPS) -> tuple[str, dict[str, Spread]]:
    """The best model whose 95th percentile stays within the frame time, and what was measured on the way."""
    pictures, found = sample.pictures(PICTURES), {}
    for name in reversed(models.NAMES):
        found[name] = measure(name, pictures)
        if found[name].p95 <= 1000 / fps:
            return name, found
    return models.NAMES[0], found


def lesser(model: str) -> str | None:
    """The next quicker model; `None` where there is none."""
    at = models.NAMES.index(model) if model in models.NAMES else 0
    return models.NAMES[at - 1] if at else None
