"""The pose net: from a picture to the 33 landmarks of the person on the ball. MediaPipe lives here alone.

One person is tracked, with MediaPipe's own smoothing (which it drops for two or more). While the tracked
body stands upright, a quick net looks over the whole picture once a second for somebody who lies prone; if
there is one, the rest of the picture is greyed until the tracker has taken hold of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.data.landmarks import COUNT, INDEX
from formcheck.errors import ModelError
from formcheck.inputs import hushed, models
from formcheck.inputs.memory import tidy
from formcheck.inputs.prune import without_mask
from formcheck.inputs.video import Picture, shrunk, to_rgb

PIXEL_STEP = 1 / 64  # far below the net's noise; rounded numbers compress, and replay bit for bit
WORLD_STEP = 1 / 4096
VISIBILITY_STEP = 1 / 1024
STEEP_DEG = 50.0  # prone on a ball is within 35° of level, camera roll and all; standing beyond 70°
PRONE_DEG = 40.0
LOOK_EVERY_S = 1.0  # a look costs 20 ms: 2 % of a heavy net's time, and only while somebody is upright
CHECK_EVERY_S = 0.25
LOOK_POSES = 4
HOLD_FRAMES = 15  # how long the picture stays greyed, at most
GREY = 128


class Pose(NamedTuple):
    """One body in one picture; not-a-number and visibility 0 where nobody is seen.

    pixels      (33, 3) float32  x right, y down in pixels of the original picture; z in the same scale
    world       (33, 3) float32  metres from the middle of the hips
    visibility  (33,)   float32  0 to 1
    """

    pixels: NDArray[np.float32]
    world: NDArray[np.float32]
    visibility: NDArray[np.float32]


NOBODY = Pose(
    np.full((COUNT, 3), np.nan, np.float32),
    np.full((COUNT, 3), np.nan, np.float32),
    np.zeros(COUNT, np.float32),
)


class _Body(NamedTuple):
    """Landmarks as the net gives them: x, y as fractions of the picture, z as a fraction of its width."""

    picture: NDArray[np.float64]
    world: NDArray[np.float64]
    visibility: NDArray[np.float64]


class PoseModel:
    """A pose net that follows one person through a video; use as a context manager.

    Raises `ModelError` where the model or MediaPipe cannot be loaded.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._net = _Net(self.path, video=True, poses=1)
        self._scout: _Net | None = None
        self._last_ms = -1
        self._look_s = -math.inf
        self._focus: NDArray[np.int_] | None = None
        self._held = 0
        self._looks = 0

    def __enter__(self) -> PoseModel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the nets."""
        for net in (self._net, self._scout):
            if net is not None:
                net.close()

    def detect(self, frame_bgr: Picture, time_s: float, size: tuple[int, int] | None = None) -> Pose:
        """The person in a picture (height, width, 3) at a time that rises from call to call.

        `size` is the (width, height) of the original where `frame_bgr` has been shrunk already.
        """
        return self.detect_rgb(to_rgb(shrunk(frame_bgr)), time_s, size or (frame_bgr.shape[1], frame_bgr.shape[0]))

    def detect_rgb(self, picture: Picture, time_s: float, size: tuple[int, int]) -> Pose:
        """The same for a picture that was shrunk and put in the order red, green, blue elsewhere."""
        width, height = size
        self._last_ms = max(round(time_s * 1000), self._last_ms + 1)
        bodies = self._net.bodies(_greyed(picture, self._focus), self._last_ms)
        body = self._follow(bodies[0] if bodies else None, picture, time_s)
        return NOBODY if body is None else _pose(body, width, height)

    def _follow(self, body: _Body | None, picture: Picture, time_s: float) -> _Body | None:
        """The body if it is the right one; otherwise see to it that the next is."""
        shape = (picture.shape[1], picture.shape[0])
        if self._focus is not None:
            return self._take_hold(body, shape)
        if body is None or time_s < self._look_s:
            return body
        steep = steepness_deg(body.picture, shape) >= STEEP_DEG
        self._look_s = time_s + (LOOK_EVERY_S if steep else CHECK_EVERY_S)
        if not steep:
            return body
        prone = _prone_elsewhere(self._look(picture, body), body, shape)
        if prone is None:
            return body
        self._focus, self._held = _box(prone, shape, 0.15), 0
        return None

    def _take_hold(self, body: _Body | None, shape: tuple[int, int]) -> _Body | None:
        self._held += 1
        right = body is not None and steepness_deg(body.picture, shape) < STEEP_DEG
        if right or self._held >= HOLD_FRAMES:
            self._focus = None
        return body if right else None

    def _look(self, picture: Picture, body: _Body) -> list[_Body]:
        """Bodies in the picture; every other time with the upright one greyed, who outshines the rest."""
        if self._scout is None:
            self._scout = _Net(_quickest(self.path), video=False, poses=LOOK_POSES)
        self._looks += 1
        if self._looks % 2:
            box = _box(body, (picture.shape[1], picture.shape[0]), 0.02)
            picture = _greyed(picture, box, inside=True)
        return self._scout.bodies(picture, 0)


class Scout:
    """Finds bodies in single pictures, up to four, without following anybody. Close it at the end.

    Raises `ModelError` where the model or MediaPipe cannot be loaded.
    """

    def __init__(self, path: Path | str) -> None:
        self._net = _Net(Path(path), video=False, poses=LOOK_POSES)

    def look(self, frame_bgr: Picture, hidden: NDArray[np.float64] | None = None) -> list[NDArray[np.float64]]:
        """Landmarks (33, 2) of each, pixels; `hidden` are corners [[left, top], [right, bottom]] to be greyed."""
        picture = to_rgb(frame_bgr)
        size = (picture.shape[1], picture.shape[0])
        if hidden is not None:
            picture = _greyed(picture, np.clip(hidden, 0, size).astype(int), inside=True)
        return [body.picture[:, :2] * size for body in self._net.bodies(picture, 0)]

    def close(self) -> None:
        """Free the net."""
        self._net.close()


class _Net:
    """MediaPipe's landmarker, silent and with formcheck's errors."""

    def __init__(self, path: Path, *, video: bool, poses: int) -> None:
        with hushed():
            try:
                self._image, landmarker = _create(path, video=video, poses=poses)
            except (ImportError, OSError) as error:
                raise ModelError(f"mediapipe: cannot be loaded ({_line(error)}); run formcheck doctor") from error
            except (RuntimeError, ValueError) as error:
                raise ModelError(f"{path}: mediapipe refuses this model ({_line(error)}); give another") from error
        self._close = landmarker.close
        self._detect: Callable[[Any, int], Any] = (
            landmarker.detect_for_video if video else lambda image, _: landmarker.detect(image)
        )
        self._seen = False

    def bodies(self, picture: Picture, time_ms: int) -> list[_Body]:
        image = self._image(picture)
        if self._seen:
            return _bodies(self._detect(image, time_ms))
        with hushed():  # each part of the net may speak up once, the last when the first body is seen
            found = _bodies(self._detect(image, time_ms))
        self._seen = bool(found)
        return found

    def close(self) -> None:
        with hushed():
            self._close()


def steepness_deg(picture: NDArray[np.float64], size: tuple[int, int]) -> float:
    """How far a body is from lying level in the picture: the steeper of trunk and shoulder-to-ankle, 0-90."""
    xy = picture[:, :2] * size
    shoulder, hip, ankle = (_middle(xy, name) for name in ("shoulder", "hip", "ankle"))
    lines = np.abs([hip - shoulder, ankle - shoulder])
    return float(np.degrees(np.arctan2(lines[:, 1], lines[:, 0])).max())


def _prone_elsewhere(others: list[_Body], body: _Body, size: tuple[int, int]) -> _Body | None:
    """The largest body that lies prone and is not `body`."""
    own = _middle(body.picture[:, :2] * size, "hip")
    best, best_extent = None, 0.0
    for other in others:
        xy = other.picture[:, :2] * size
        extent = float(np.linalg.norm(np.ptp(xy, axis=0)))
        apart = float(np.linalg.norm(_middle(xy, "hip") - own))
        if steepness_deg(other.picture, size) < PRONE_DEG and apart > extent / 4 and extent > best_extent:
            best, best_extent = other, extent
    return best


def _middle(xy: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    middle: NDArray[np.float64] = (xy[INDEX[f"left_{name}"]] + xy[INDEX[f"right_{name}"]]) / 2
    return middle


def _box(body: _Body, size: tuple[int, int], room: float) -> NDArray[np.int_]:
    """Corners [[left, top], [right, bottom]] around a body in pixels, with room as a share of its length."""
    xy = body.picture[:, :2] * size
    corners = np.stack([xy.min(axis=0), xy.max(axis=0)])
    edge = room * np.ptp(corners, axis=0).max()
    box: NDArray[np.int_] = np.clip(np.add(corners, [[-edge], [edge]]), 0, size).astype(int)
    return box


def _greyed(picture: Picture, box: NDArray[np.int_] | None, *, inside: bool = False) -> Picture:
    """The picture with all outside the box grey, or all inside it."""
    if box is None:
        return picture
    (left, top), (right, bottom) = box
    part = (slice(top, bottom), slice(left, right))
    front, back = (np.full_like(picture, GREY), picture) if inside else (picture, np.full_like(picture, GREY))
    mixed = back.copy()
    mixed[part] = front[part]
    return mixed


def _pose(body: _Body, width: int, height: int) -> Pose:
    return Pose(
        rounded(body.picture * (width, height, width), PIXEL_STEP),
        rounded(body.world, WORLD_STEP),
        rounded(body.visibility, VISIBILITY_STEP),
    )


def rounded(values: NDArray[np.float64], step: float) -> NDArray[np.float32]:
    """Values to the nearest multiple of `step`, which compress well and replay bit for bit."""
    return (np.round(values / step) * step).astype(np.float32)


def _bodies(result: Any) -> list[_Body]:
    return [
        _Body(
            np.array([(p.x, p.y, p.z) for p in picture]),
            np.array([(p.x, p.y, p.z) for p in world]),
            np.array([p.visibility or 0.0 for p in picture]),
        )
        for picture, world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
    ]


def _create(path: Path, *, video: bool, poses: int) -> tuple[Callable[[Picture], Any], Any]:
    """A maker of MediaPipe images and a landmarker."""
    import mediapipe  # noqa: PLC0415 - slow to load, and loud: under `hushed`
    from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415

    mode = vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE
    rgb = mediapipe.ImageFormat.SRGB
    image = type("Image", (mediapipe.Image,), {"_image_ptr": None})  # else Ctrl-C in its making has its end complain

    def created(**asset: Any) -> Any:
        options = vision.PoseLandmarkerOptions(BaseOptions(**asset), running_mode=mode, num_poses=poses)
        return vision.PoseLandmarker.create_from_options(options)

    net = None
    if (lean := without_mask(path)) is not None:
        with suppress(RuntimeError, ValueError):  # a net of another build: as it is, or MediaPipe says what is wrong
            net = created(model_asset_buffer=lean)
        del lean
        tidy()  # the file was in memory several times
    return lambda picture: image(image_format=rgb, data=picture), net or created(model_asset_path=str(path))


def _quickest(path: Path) -> Path:
    try:
        return models.find("lite")
    except ModelError:
        return path


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]
