"""How many people are in view.

The pose net follows one of them. A quick net looks over the same picture with that one greyed: whoever else is
there then stands out, even beside somebody larger. On a greyed single body it finds nobody.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from formcheck.inputs import models
from formcheck.inputs.pose import Scout
from formcheck.inputs.video import Picture, shrunk

LEAST = 0.4
"""Who seems smaller than this share of the one who is followed is in the background, or on a poster."""
HIDDEN = 0.1
"""Room around the body that is greyed, as a share of its length: feet move until the look is done."""


class People:
    """Counts people in single pictures; the net is loaded at the first look. Close it at the end.

    Raises `ModelError` where the net cannot be loaded.
    """

    def __init__(self, model: Path | None = None) -> None:
        self._model = model
        self._scout: Scout | None = None

    def close(self) -> None:
        """Free the net."""
        if self._scout is not None:
            self._scout.close()

    def load(self) -> None:
        """Have the net ready, which takes a tenth of a second."""
        if self._scout is None:
            self._scout = Scout(self._model or models.find("lite"))

    @property
    def scout(self) -> Scout:
        """The net that looks over whole pictures."""
        self.load()
        assert self._scout is not None
        return self._scout

    def count(self, picture: Picture, pixels: NDArray[np.floating], size: tuple[int, int] | None = None) -> int:
        """How many there are in a BGR picture, in which `pixels` (33, 2 or more) is who is followed.

        `size` is the original's (width, height) where `picture` is a smaller copy; `pixels` are those of the
        original, not-a-number where nobody is followed. About 20 ms.
        """
        small = shrunk(picture)
        scale = small.shape[1] / (size[0] if size else picture.shape[1])
        own = np.asarray(pixels[:, :2], np.float64) * scale
        if not np.isfinite(own).all():
            return self._all(small)
        others = self.scout.look(small, hidden=_around(own))
        return 1 + sum(_length(other) >= LEAST * _length(own) for other in others)

    def _all(self, picture: Picture) -> int:
        """With nobody followed: those seen at once, and who else is there when the first is hidden."""
        found = self.scout.look(picture)
        if len(found) != 1:
            return len(found)
        others = self.scout.look(picture, hidden=_around(found[0]))
        return 1 + sum(_length(other) >= LEAST * _length(found[0]) for other in others)


def _around(body: NDArray[np.float64]) -> NDArray[np.float64]:
    corners = np.stack([body.min(axis=0), body.max(axis=0)])
    room = HIDDEN * _length(body)
    return np.asarray(np.add(corners, [[-room], [room]]))


def _length(body: NDArray[np.float64]) -> float:
    """The diagonal of the box around a body (33, 2)."""
    return float(np.hypot(*np.ptp(body, axis=0)))
