"""A camera measured with a printed chessboard: how wide it sees, and how it bends straight lines.

The corners between the squares are found in pictures from several sides, and one camera is fitted to all of them
(Zhang, A flexible new technique for camera calibration, PAMI 2000; OpenCV's `calibrateCamera`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.data.lens import Profile
from formcheck.errors import InputError
from formcheck.inputs.video import Picture, Video, shrunk

Floats = NDArray[np.float32]

LEAST, MOST = 6, 24
"""Boards that are needed, and that are looked at: more only cost time."""
MOVED = 0.03
"""A board is another one where its corners have moved by this share of the picture's width."""
EVERY_S = 0.3
WORST_PX = 1.0
"""Boards that fit no better than this, root mean square in pictures 1000 wide, were bent, blurred or miscounted."""
TILTED = 0.1
"""Boards of which all sides look alike tell no angle of view: some must be this much shorter on one side."""


def pictures(paths: Iterable[Path]) -> Iterator[tuple[Path, Picture]]:
    """Pictures as they are, of videos a few each second; raises `InputError` for what is neither."""
    for path in paths:
        picture = cv2.imread(str(path)) if path.is_file() else None
        if picture is not None:
            yield path, picture.astype(np.uint8, copy=False)
            continue
        with Video(path, rate_hz=1 / EVERY_S) as video:
            yield from ((path, each) for _, each in video)


def measured(shown: Iterable[tuple[Path, Picture]], corners: tuple[int, int], name: str, camera: str = "") -> Profile:
    """The profile of the camera that took these pictures of a board with so many inner corners along and across.

    Raises `InputError` where the pictures do not tell it, in words that say what to do.
    """
    found: list[Floats] = []
    size: tuple[int, int] | None = None
    for path, picture in shown:
        now = (picture.shape[1], picture.shape[0])
        if size is not None and now != size:
            sizes = f"{now[0]} x {now[1]} pixels, others {size[0]} x {size[1]}"
            raise InputError(f"{path}: {sizes}; give pictures of one size")
        size = now
        board = _corners(picture, corners)
        if board is not None and all(_moved(board, other, now[0]) for other in found):
            found.append(board)
        if len(found) == MOST:
            break
    if size is None or len(found) < LEAST:
        raise InputError(
            f"{len(found)} different views of a board with {corners[0]} x {corners[1]} inner corners were found, "
            f"{LEAST} are needed; show it flat, sharp, tilted in several ways, and in all corners of the picture"
        )
    return _fitted(found, corners, size, name, camera)


def _corners(picture: Picture, corners: tuple[int, int]) -> Floats | None:
    """The inner corners (n, 1, 2) of the board in a picture, pixels; `None` without it."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    small = shrunk(grey)
    if not cv2.findChessboardCorners(small, corners, flags=cv2.CALIB_CB_FAST_CHECK | cv2.CALIB_CB_ADAPTIVE_THRESH)[0]:
        return None
    good, board = cv2.findChessboardCornersSB(grey, corners)
    return np.asarray(board, np.float32) if good else None


def _moved(board: Floats, other: Floats, width: int) -> bool:
    return float(np.abs(board - other).mean()) > MOVED * width


def _fitted(found: list[Floats], corners: tuple[int, int], size: tuple[int, int], name: str, camera: str) -> Profile:
    flat = np.zeros((corners[0] * corners[1], 3), np.float32)
    flat[:, :2] = np.mgrid[: corners[0], : corners[1]].T.reshape(-1, 2)
    if max(map(_tilt, (board.reshape(corners[1], corners[0], 2) for board in found))) < TILTED:
        raise InputError("the board was always shown from the front; tilt it, in some views by 30 degrees or more")
    error, matrix, bent, _, _ = cv2.calibrateCamera(
        [flat] * len(found), found, size, None, None, flags=cv2.CALIB_FIX_K3
    )
    if not np.isfinite(error) or error > WORST_PX * max(1.0, size[0] / 1000):
        raise InputError(
            f"the board fits no lens (off by {error:.1f} pixels); keep it flat and sharp, and count its corners"
        )
    (fx, _, cx), (_, fy, cy), _ = np.asarray(matrix).tolist()
    return Profile(name, *size, (fx, fy, cx, cy), tuple(np.ravel(bent)[:5].tolist()), camera, float(error))


def _tilt(board: Floats) -> float:
    """By what share opposite sides of a board (rows, columns, 2) differ in length."""
    ends = board[[0, 0, -1, -1], [0, -1, -1, 0]]
    top, right, bottom, left = np.hypot(*(np.roll(ends, -1, axis=0) - ends).T)
    return float(max(abs(np.log(top / bottom)), abs(np.log(left / right))))
