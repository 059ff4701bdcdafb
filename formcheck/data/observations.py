"""What is seen in pictures, and nothing of the pictures themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from formcheck.data.landmarks import COUNT

Floats = NDArray[np.float64]
LATER = ("sole",)
"""What earlier versions did not write."""


def _nobody_looked() -> NDArray[np.float32]:
    return np.zeros((0, 3), np.float32)


@dataclass(frozen=True)
class Observations:
    """One row a frame; not-a-number where nobody was seen.

    time_s      (T,)        seconds from the first frame, strictly rising
    pixels      (T, 33, 3)  x to the right, y down, in pixels; z towards the scene, in the same scale
    world       (T, 33, 3)  metres from the middle of the hips, axes as `pixels`
    visibility  (T, 33)     0 to 1, as the pose model gives it
    brightness  (T,)        mean of the picture, 0 (black) to 255
    ball        (T, 3)      x, y and radius in pixels as last looked at; not-a-number while none was found
    sole        (T, 3)      lowest place x, y of the feet, and how far below it their shadow on the floor ends,
                            pixels, as last looked at; not-a-number while the feet are up, or it is not clearly
                            seen. May be left out: then nobody looked
    """

    time_s: Floats
    pixels: NDArray[np.float32]
    world: NDArray[np.float32]
    visibility: NDArray[np.float32]
    brightness: NDArray[np.float32]
    ball: NDArray[np.float32]
    sole: NDArray[np.float32] = field(default_factory=_nobody_looked)

    def __post_init__(self) -> None:
        n = len(self.time_s)
        if len(self.sole) == 0:
            object.__setattr__(self, "sole", np.full((n, 3), np.nan, np.float32))
        shapes = {
            "pixels": (n, COUNT, 3),
            "world": (n, COUNT, 3),
            "visibility": (n, COUNT),
            "brightness": (n,),
            "ball": (n, 3),
            "sole": (n, 3),
        }
        for name, shape in shapes.items():
            found = getattr(self, name).shape
            if found != shape:
                raise ValueError(f"observations: {name} has shape {found}, expected {shape}")

    def __len__(self) -> int:
        return len(self.time_s)

    def __getitem__(self, part: slice | NDArray[np.bool_]) -> Observations:
        return Observations(*(getattr(self, f.name)[part] for f in fields(self)))

    @classmethod
    def join(cls, blocks: Sequence[Observations]) -> Observations:
        """Blocks one after the other."""
        if not blocks:
            return cls.empty()
        return cls(*(np.concatenate([getattr(b, f.name) for b in blocks]) for f in fields(cls)))

    @classmethod
    def empty(cls) -> Observations:
        """No frames at all."""
        return cls(
            np.zeros(0),
            np.zeros((0, COUNT, 3), np.float32),
            np.zeros((0, COUNT, 3), np.float32),
            np.zeros((0, COUNT), np.float32),
            np.zeros(0, np.float32),
            np.zeros((0, 3), np.float32),
        )
