"""A whole video to observations: decoding on its own thread, the pose net on the caller's."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from formcheck.data.handover import Handover
from formcheck.data.landmarks import COUNT
from formcheck.data.lens import USUAL, Optics
from formcheck.data.observations import Observations
from formcheck.data.recording import Move, Room, Source
from formcheck.inputs import models, spoilt
from formcheck.inputs.ahead import ahead
from formcheck.inputs.coarse import bits
from formcheck.inputs.frozen import Still
from formcheck.inputs.frozen import told as stood_still
from formcheck.inputs.lens import lens_of, straight
from formcheck.inputs.pose import PIXEL_STEP, Pose, PoseModel, Scout, rounded
from formcheck.inputs.scene import Scene
from formcheck.inputs.threads import one_thread
from formcheck.inputs.turn import Turning, told
from formcheck.inputs.video import Picture, Video, shrunk, to_rgb

Number = TypeVar("Number", np.float32, np.float64)
Progress = Callable[[int, int | None], None]

Look = tuple[Picture, float, NDArray[np.float32], tuple[int, int]]
"""What the scene looks at: a picture, its time, the landmarks in it, the original's width and height."""
AHEAD = 4  # pictures that wait for the scene; shrunk ones, so that 8K costs no more than 720p
BLOCK = 1024
SURELY_S = 8.0  # a body that lies the other way up for so long ends a pass early
SPREAD = 4  # pictures tried where nobody was found
EVERY = 8  # brightness from every eighth pixel each way


class _Frame(NamedTuple):
    """A shrunk picture, for the scene and (`rgb`) for the net: whatever the net's thread need not do is done before."""

    time_s: float
    picture: Picture
    rgb: Picture
    size: tuple[int, int]
    brightness: float


class Seen(NamedTuple):
    """What one pass over a video gives; warnings are in words.

    `moves` are those of the camera, `None` where the room does not tell; `rooms` has the room of each stretch between
    two of them, in their order, `room` the last.
    """

    observations: Observations
    source: Source
    room: Room
    warnings: list[str]
    moves: tuple[Move, ...] | None = ()
    rooms: tuple[Room, ...] = ()


def observe(  # noqa: PLR0913 - what may be told of a video
    path: Path | str,
    model: str = "heavy",
    *,
    rate_hz: float = math.inf,
    speed: float | None = None,
    turn_deg: int | None = None,
    optics: Optics = USUAL,
    progress: Progress | None = None,
) -> Seen:
    """Look through a whole video, at no more than `rate_hz` frames a second; `speed` as for `Video`.

    Pictures are turned clockwise by `turn_deg`; `None`: as the body shows that they must be, which takes another pass.
    Pictures that repeat the one before have no row, as if they were missing. `optics` is what is told of the lens; the
    source has what is known of it. `progress` is called after each frame with the frames done and their number, `None`
    where unknown.
    Raises `VideoError` and `ModelError`.
    """
    turning = Turning() if turn_deg is None else None
    seen = _pass(Video(path, rate_hz, speed, turn_deg or 0), model, turning, optics, progress)
    if turning is None:
        return seen
    if turning.hardly_seen:
        _try_all(turning, path, seen.source)
    turn, doubt = turning.turn(), turning.doubt()
    if turn == 0:
        return seen._replace(warnings=[*seen.warnings, doubt]) if doubt else seen
    del seen
    seen = _pass(Video(path, rate_hz, speed, turn), model, None, optics, progress)
    return seen._replace(warnings=[told(turn), *seen.warnings])


def _pass(opened: Video, model: str, turning: Turning | None, optics: Optics, progress: Progress | None) -> Seen:
    """What one pass over a video sees; it ends early where `turning` tells surely that another is needed."""
    feet = model not in {"lite", "full"}  # which place the legs at their low too loosely for it
    table, scene, still = _Table(), Scene(feet=feet), Still()
    with (
        one_thread(),
        opened as video,
        PoseModel(models.find(model)) as pose,
        ahead(_frames(_straight(video, optics, scene), still)) as frames,
        _aside(scene) as look,
        spoilt.aside(video.path) as damage,
    ):
        total = video.promised or None
        for done, frame in enumerate(frames, 1):
            found = pose.detect_rgb(frame.rgb, frame.time_s, frame.size)
            look((frame.picture, frame.time_s, found.pixels, frame.size))
            table.add(frame.time_s, found, frame.brightness)
            if progress is not None:
                progress(done, total)
            if turning is not None and _way_up(turning, frame, found):
                break
        else:
            video.warnings += spoilt.remarks(damage(), video.speed)
    seen, rooms = table.observations(scene), scene.rooms()
    repeated = still.repeats(seen.time_s)
    warnings = [*video.warnings, *stood_still(seen.time_s, repeated)]
    kept = seen[~repeated] if repeated.any() else seen
    source = replace(video.source, lens=scene.lens, bits=bits(video.path, video.source))
    return Seen(kept, source, rooms[-1], warnings, scene.moves(), rooms)


def _way_up(turning: Turning, frame: _Frame, found: Pose) -> bool:
    """Show a frame to `turning`; whether it surely is the wrong way up."""
    if turning.sure:
        return False
    if turn := turning.see(frame.time_s, found.pixels):
        turning.look(frame.picture, found.pixels * (frame.picture.shape[1] / frame.size[0]), turn)
    return turning.turn(SURELY_S) != 0


def _try_all(turning: Turning, path: Path | str, source: Source) -> None:
    """Show a few pictures, spread over a video in which hardly anybody was found, to `turning`."""
    scout = Scout(models.find("lite"))
    try:
        with one_thread(), Video(path, SPREAD / max(source.duration_s, 1e-3), source.speed) as video:
            for _, picture in video:
                turning.try_all(shrunk(picture), scout)
    finally:
        scout.close()


def _straight(video: Video, optics: Optics, scene: Scene) -> Iterator[tuple[float, Picture]]:
    """The video's frames as a lens without distortion would show them; the scene knows the lens."""
    lens = lens_of(optics, video.source.width, video.source.height, video.path, video.source.turn_deg)
    return straight(video, scene.seen_through(lens, video.source.width))


@contextmanager
def _aside(scene: Scene) -> Iterator[Callable[[Look], None]]:
    """Let the scene look at pictures on a thread of its own, in order; what went wrong there is raised at the end."""
    line: Handover[Look | None] = Handover(AHEAD)
    errors: list[Exception] = []
    thread = threading.Thread(target=_look, args=(scene, line, errors), name="formcheck-scene", daemon=True)
    thread.start()
    try:
        yield line.put
    finally:
        line.put(None)
        thread.join()
    if errors:
        raise errors[0]


def _look(scene: Scene, line: Handover[Look | None], errors: list[Exception]) -> None:
    while (look := line.get()) is not None:
        if errors:
            continue  # so that nobody waits for room in the line
        try:
            scene.look(*look)
        except Exception as error:  # noqa: BLE001 - raised again where the scene is used
            errors.append(error)


def brightness(picture: Picture) -> float:
    """Mean of a picture, 0 (black) to 255, from every eighth pixel."""
    return float(picture[::EVERY, ::EVERY].mean())


class _Table:
    """Rows gathered in blocks of plain arrays: about 0.9 kB a frame and no objects."""

    def __init__(self) -> None:
        self._time_s = _Column(np.float64)
        self._pixels = _Column(np.float32, COUNT, 3)
        self._world = _Column(np.float32, COUNT, 3)
        self._visibility = _Column(np.float32, COUNT)
        self._brightness = _Column(np.float32)

    def add(self, time_s: float, pose: Pose, light: float) -> None:
        self._time_s.put(time_s)
        self._pixels.put(pose.pixels)
        self._world.put(pose.world)
        self._visibility.put(pose.visibility)
        self._brightness.put(light)

    def observations(self, scene: Scene) -> Observations:
        """All rows, with the ball and the feet that `scene` saw; the table is empty after it."""
        time_s = self._time_s.take()
        return Observations(
            time_s,
            self._pixels.take(),
            self._world.take(),
            self._visibility.take(),
            self._brightness.take(),
            rounded(scene.places(time_s), PIXEL_STEP),
            rounded(scene.soles(time_s), PIXEL_STEP),
        )


class _Column(Generic[Number]):
    """One array that grows by blocks."""

    def __init__(self, kind: type[Number], *shape: int) -> None:
        self._kind: type[Number] = kind
        self._shape = shape
        self._blocks: list[NDArray[Number]] = []
        self._rows = 0

    def put(self, value: float | NDArray[Number]) -> None:
        at = self._rows % BLOCK
        if at == 0:
            self._blocks.append(np.empty((BLOCK, *self._shape), self._kind))
        self._blocks[-1][at] = value
        self._rows += 1

    def take(self) -> NDArray[Number]:
        """The whole array; the blocks are let go, so that little is held twice."""
        nothing = np.empty((0, *self._shape), self._kind)
        whole = np.concatenate([nothing, *self._blocks])[: self._rows]
        self._blocks.clear()
        return whole


def _frames(video: Iterable[tuple[float, Picture]], still: Still) -> Iterator[_Frame]:
    """What the net and the scene need of every picture."""
    for time_s, picture in video:
        small = shrunk(picture)
        still.look(small)
        yield _Frame(time_s, small, to_rgb(small), (picture.shape[1], picture.shape[0]), brightness(small))
