"""What a camera that stands, moves or draws otherwise does to a clip."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np
from transforming import Clip, Made, each

from formcheck.data.landmarks import INDEX
from formcheck.inputs.video import Picture


def squeezed(clip: Clip, aspect: float) -> Made:
    """Pixels that are not square, as the file says."""
    width, height = clip.size
    narrow = (2 * round(width / aspect / 2), height)
    shape = Fraction(width, narrow[0])
    return each(lambda p, *_: cv2.resize(p, narrow, interpolation=cv2.INTER_AREA), aspect=shape)(clip)


def turned(clip: Clip, degrees: float) -> Made:
    """A camera on its side or upside down; nothing in the file says so. Other angles: askew besides."""
    quarter = 90 * round(degrees / 90)
    code = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}[quarter]
    return each(lambda p, *_: cv2.rotate(_warped(p, degrees - quarter), code))(clip)


def rolled(clip: Clip, degrees: float) -> Made:
    """A camera askew."""
    return each(lambda p, *_: _warped(p, degrees))(clip)


def knocked(clip: Clip, degrees: float) -> Made:
    """Askew, and somewhere else, from two thirds of the clip on."""
    at = clip.length_s * 2 / 3
    return each(lambda p, t, _: _warped(p, degrees, shift=(0.02, -0.02)) if t >= at else p)(clip)


def zoomed(clip: Clip, scale: float) -> Made:
    """Framing that draws nearer within two seconds in the middle of the clip."""
    start = clip.length_s / 2
    return each(lambda p, t, _: _warped(p, 0.0, scale ** float(np.clip((t - start) / 2, 0, 1))))(clip)


def sinking(clip: Clip, share: float) -> Made:
    """A camera that sinks forward by that share of the picture's height over the clip."""
    return each(lambda p, t, _: _warped(p, 0.0, shift=(0.0, -share * t / clip.length_s)))(clip)


def shaken(clip: Clip, pixels: float) -> Made:
    """A floor that trembles."""
    rng = np.random.default_rng(3)

    def tremble(picture: Picture, _time_s: float, _number: int) -> Picture:
        x, y = rng.normal(0.0, pixels / 2, 2)
        return _warped(picture, 0.0, shift=(x / picture.shape[1], y / picture.shape[0]))

    return each(tremble)(clip)


def _warped(picture: Picture, degrees: float, scale: float = 1.0, shift: tuple[float, float] = (0.0, 0.0)) -> Picture:
    """Turned against the clock, enlarged, moved by shares of its size; beyond the edge comes its mirror image."""
    height, width = picture.shape[:2]
    way = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    way[:, 2] += (shift[0] * width, shift[1] * height)
    flags, border = cv2.INTER_LINEAR, cv2.BORDER_REFLECT
    moved: Picture = cv2.warpAffine(picture, way, (width, height), flags=flags, borderMode=border)
    return moved


def distorted(clip: Clip, share: float) -> Made:
    """A lens that draws the corners in by that share (barrel), or out where it is negative (cushion)."""
    width, height = clip.size
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    u, v = x - width / 2, y - height / 2
    grown = 1 + share * (u * u + v * v) / (width * width / 4 + height * height / 4)
    maps = (width / 2 + u * grown).astype(np.float32), (height / 2 + v * grown).astype(np.float32)
    return each(lambda p, *_: cv2.remap(p, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT))(clip)


def cropped(clip: Clip, share: float) -> Made:
    """Feet outside the picture: cut between toes (0) and knee (1) at the feet's lowest place."""
    recording = clip.result.recording
    side, width = recording.calibration.side, clip.size[0]
    seen = recording.observations.pixels[:, :, 0].astype(np.float64)
    toe, knee = (np.nanmedian(seen[:, INDEX[f"{side}_{name}"]]) for name in ("foot_index", "knee"))
    edge = int(np.clip(toe + share * (knee - toe), 64, width - 64)) // 2 * 2
    part = slice(edge, None) if toe < knee else slice(0, edge)
    return each(lambda p, *_: p[:, part])(clip)
