"""Square pixels: pictures as they are meant to be shown, whatever shape the stored pixels have.

Camcorders (HDV, AVCHD, DV) and video recorders ("1080N") store fewer pixels a line than are shown, and beside them how
wide a pixel is for its height: the sample aspect ratio (ITU-T H.264, E.2.1; `pasp` of ISO/IEC 14496-12). Angles are
wrong until it is applied: at 4:3 a leg 28 degrees below the level reads 39.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

SQUARE = 0.005
"""Ratios that differ from 1 by less are roundings of a container; they turn no line by more than 0.2 degrees."""
MOST = 4.0
"""No camera has pixels wider or narrower than this; 2 is the most in use."""


class Square:
    """Makes the pixels of one video square; `ratio` is the width of a stored pixel for its height, 1 where unknown.

    `warning` says in words that a ratio cannot be true; the pixels are left as they are then.
    """

    def __init__(self, ratio: float) -> None:
        known = math.isfinite(ratio) and ratio > 0
        odd = known and not 1 / MOST <= ratio <= MOST
        self.warning = _odd(ratio) if odd else ""
        self.ratio = ratio if known and not odd and abs(ratio - 1) > SQUARE else 1.0

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height with square pixels: the side that is stored too short grows, so that nothing is lost."""
        return round(width * max(self.ratio, 1.0)), round(height / min(self.ratio, 1.0))

    def __call__(self, picture: Picture) -> Picture:
        """A picture (height, width, 3) in that size; itself where its pixels are square."""
        height, width = picture.shape[:2]
        if self.ratio == 1.0:
            return picture
        squared: Picture = cv2.resize(picture, self.size(width, height), interpolation=cv2.INTER_LINEAR)
        return squared


def of_file(capture: cv2.VideoCapture) -> Square:
    """What an opened file says of its pixels; where its pictures are turned by a quarter, so are they."""
    wide, high = (capture.get(each) for each in (cv2.CAP_PROP_SAR_NUM, cv2.CAP_PROP_SAR_DEN))
    if not (wide > 0 and high > 0):
        return Square(1.0)
    quarter = capture.get(cv2.CAP_PROP_ORIENTATION_META) % 180 == 90
    return Square(high / wide if quarter and capture.get(cv2.CAP_PROP_ORIENTATION_AUTO) else wide / high)


def _odd(ratio: float) -> str:
    how = f"{ratio:.3g} times as wide as high" if ratio > 1 else f"{1 / ratio:.3g} times as high as wide"
    return f"the file says that its pixels are {how}, which no camera has; they are taken as square"
