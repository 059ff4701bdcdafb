"""Pictures turned by quarters, clockwise as seen, and what lies in them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

TURNS = (0, 90, 180, 270)
_HOW = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def rotated(picture: Picture, turn_deg: int) -> Picture:
    """The picture (height, width, 3) turned clockwise by one of `TURNS`; itself for 0."""
    if turn_deg == 0:
        return picture
    turned: Picture = cv2.rotate(picture, _HOW[turn_deg])
    return turned


def rotated_size(size: tuple[int, int], turn_deg: int) -> tuple[int, int]:
    """(width, height) of a turned picture."""
    return size if turn_deg % 180 == 0 else (size[1], size[0])


def rotated_points(points: NDArray[np.floating], size: tuple[int, int], turn_deg: int) -> NDArray[np.float64]:
    """Points (..., 2) of a picture of `size` (width, height), pixels, where they are once it is turned."""
    x, y = points[..., 0].astype(np.float64), points[..., 1].astype(np.float64)
    width, height = size
    places = {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}
    return np.stack(places[turn_deg], axis=-1)
