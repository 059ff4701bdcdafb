"""The lens of a camera or file, and pictures as a lens without distortion would show them.

All that looks at pictures, and all that draws on them, gets the straightened ones; so landmarks, ball and the room's
edges need no correction of their own. The picture's left and right border stay in it; corners of a bent one are lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import hypot, isfinite
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.data.lens import FILE_SD, MEASURED_SD, Lens, Optics, Profile, focal_of
from formcheck.errors import UsageError

Picture = NDArray[np.uint8]

FILM_MM = hypot(36.0, 24.0)
"""Diagonal of the film that equivalents of focal lengths refer to (CIPA DCG-001)."""
EQUIVALENT = "focal_length.35mm_equivalent"
FILM = (8.0, 300.0)
"""Equivalents outside of these (mm) are no lens that people film themselves with."""
SAME_SHAPE = 0.01
"""A profile holds for pictures of another size where width to height agree to this share."""


def lens_of(optics: Optics, width: int, height: int, path: Path | None = None, turn_deg: int = 0) -> Lens | None:
    """The lens of pictures of such a size: as measured, as given, as the file at `path` says; `None` where unknown.

    They were turned clockwise by `turn_deg` since the camera gave them. Raises `UsageError` where the profile is of
    pictures of another shape.
    """
    if optics.profile is not None:
        return _measured(_turned(optics.profile, turn_deg), width, height)
    if optics.fov_deg is not None:
        return Lens(focal_of(optics.fov_deg, width if turn_deg % 180 == 0 else height))
    film = 0.0 if path is None else equivalent_mm(path)
    return Lens(film / FILM_MM * hypot(width, height), FILE_SD, "file") if film else None


def equivalent_mm(path: Path) -> float:
    """The focal length that a film camera would need to see as much, mm; 0 where the file does not say (QuickTime)."""
    import av  # noqa: PLC0415 - OpenCV comes first: whose X11 libraries are loaded first decides if windows open

    try:
        with av.open(str(path.resolve()), metadata_errors="replace") as container:
            tables = [container.metadata, *(stream.metadata for stream in container.streams)]
    except (av.FFmpegError, OSError, ValueError):
        return 0.0
    texts = [text for table in tables for key, text in table.items() if key.lower().endswith(EQUIVALENT)]
    return next((mm for mm in map(_number, texts) if FILM[0] <= mm <= FILM[1]), 0.0)


def straight(frames: Iterable[tuple[float, Picture]], lens: Lens | None) -> Iterator[tuple[float, Picture]]:
    """The same frames, seconds and pictures, with straight lines straight."""
    change = Straightener(lens)
    for time_s, picture in frames:
        yield time_s, change(picture)


class Straightener:
    """Makes pictures of one size straight; gives those of other sizes, and those of an unknown lens, as they are."""

    def __init__(self, lens: Lens | None) -> None:
        self._lens = lens if lens is not None and lens.matrix else None
        self._maps: tuple[tuple[int, ...], NDArray[np.int16], NDArray[np.uint16]] | None = None

    def __call__(self, picture: Picture) -> Picture:
        """The picture as a lens without distortion would show it."""
        if self._lens is None:
            return picture
        if self._maps is None or self._maps[0] != picture.shape[:2]:
            self._maps = _maps(self._lens, picture.shape[1], picture.shape[0])
        changed: Picture = cv2.remap(picture, *self._maps[1:], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return changed


def _maps(lens: Lens, width: int, height: int) -> tuple[tuple[int, ...], NDArray[np.int16], NDArray[np.uint16]]:
    """Where each pixel of the straight picture comes from."""
    new = np.array([[lens.focal_px, 0, width / 2], [0, lens.focal_px, height / 2], [0, 0, 1]])
    bent, size = np.array(lens.distortion or (0.0,) * 5), (width, height)
    maps = cv2.initUndistortRectifyMap(_matrix(lens.matrix or ()), bent, np.eye(3), new, size, cv2.CV_16SC2)
    return (height, width), *maps


def _matrix(values: tuple[float, ...]) -> NDArray[np.float64]:
    fx, fy, cx, cy = values
    return np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])


def _turned(profile: Profile, turn_deg: int) -> Profile:
    """The profile of the same camera whose pictures are turned clockwise, quarter by quarter."""
    for _ in range(turn_deg % 360 // 90):
        fx, fy, cx, cy = profile.matrix
        k1, k2, p1, p2, k3 = profile.distortion
        turned = replace(profile, width=profile.height, height=profile.width)
        profile = replace(turned, matrix=(fy, fx, profile.height - cy, cx), distortion=(k1, k2, p2, -p1, k3))
    return profile


def _measured(profile: Profile, width: int, height: int) -> Lens:
    scale = width / profile.width
    if abs(height / (profile.height * scale) - 1) > SAME_SHAPE:
        raise UsageError(
            f"camera profile {profile.name}: for {profile.width} x {profile.height}, not {width} x {height}; "
            "calibrate the camera again in the shape it films in, or leave --camera-profile away"
        )
    fx, fy, cx, cy = profile.matrix
    matrix = (fx * scale, fy * scale, cx * scale, cy * scale)
    sides = np.array([[[0.0, matrix[3]]], [[float(width), matrix[3]]]])
    seen = cv2.undistortPoints(sides, _matrix(matrix), np.array(profile.distortion))[:, 0, 0]
    focal = width / 2 / float(np.abs(seen).max())
    return Lens(focal, MEASURED_SD, f"profile {profile.name}", matrix, profile.distortion)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if isfinite(value) else 0.0
