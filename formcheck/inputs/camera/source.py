"""What pictures come from: a number, a device, an address or a file, opened and refused alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from formcheck.data.lens import USUAL, Lens, Optics
from formcheck.errors import CameraError
from formcheck.inputs.camera.devices import cameras, number_of
from formcheck.inputs.camera.patient import in_time

Kind = Literal["camera", "stream", "file"]
Picture = NDArray[np.uint8]
SCHEMES = ("http://", "https://", "rtsp://")
OPEN_S = 10.0
BACKLOG_S = 0.004  # a frame that comes sooner after it was asked for has waited for us


class Frame(NamedTuple):
    """A picture (height, width, 3) in blue, green, red as it came in at `arrived` (`time.perf_counter`).

    `stamp_s` is the source's own time of it, seconds from any zero, `None` where it says nothing; `guessed_s` are
    stretches (from, to) of these times that had to be guessed so far.
    """

    picture: Picture
    arrived: float
    stamp_s: float | None = None
    guessed_s: tuple[tuple[float, float], ...] = ()


class Source(Protocol):
    """One connection to a camera, stream or file; used by one thread.

    `fps`, `width` and `height` are 0 where unknown.
    """

    name: str
    kind: Kind
    width: int
    height: int
    fps: float
    warnings: list[str]

    def frames(self, over: threading.Event) -> Iterator[Frame]:
        """Frames as they come, until `over` is set; ends with a file, raises `CameraError` when lost."""

    def close(self) -> None:
        """Let go of it."""


class Camera:
    """Something that has been opened once and can be opened again.

    `name` has neither password nor folder in it; `kind` is "camera", "stream" or "file"; `width`, `height`
    and `fps` are those of the first connection, 0 where unknown.
    """

    def __init__(self, connect: Callable[[], Source], optics: Optics = USUAL) -> None:
        self._connect, self._optics = connect, optics
        self._source: Source | None = connect()
        self.name, self.kind = self._source.name, self._source.kind
        self.width, self.height, self.fps = self._source.width, self._source.height, self._source.fps
        self.warnings = self._source.warnings

    def connect(self) -> Source:
        """The connection that is open already, or else a new one; raises `InputError`."""
        source, self._source = self._source, None
        return Straight(source or self._connect(), self.lens)

    def lens(self, width: int, height: int) -> Lens | None:
        """What is known of the lens for pictures of that size: told, or measured with this camera earlier.

        Raises `UsageError` where a profile does not fit.
        """
        from formcheck.inputs import profiles  # noqa: PLC0415 - rarely needed
        from formcheck.inputs.lens import lens_of  # noqa: PLC0415 - loads OpenCV

        told = self._optics
        if told == USUAL and self.kind == "camera":
            told = Optics(profile=profiles.of_camera(self.name, width, height))
        return lens_of(told, width, height)

    def close(self) -> None:
        """Let go of a connection that nobody has asked for."""
        if self._source:
            self._source.close()
            self._source = None


class Straight:
    """A connection whose pictures are straightened."""

    def __init__(self, source: Source, lens: Callable[[int, int], Lens | None]) -> None:
        self._source, self._lens = source, lens
        self.name, self.kind, self.warnings = source.name, source.kind, source.warnings
        self.width, self.height, self.fps = source.width, source.height, source.fps

    def frames(self, over: threading.Event) -> Iterator[Frame]:
        """As the connection's own."""
        from formcheck.inputs.lens import Straightener  # noqa: PLC0415 - loads OpenCV

        change: Straightener | None = None
        for frame in self._source.frames(over):
            if change is None:
                change = Straightener(self._lens(frame.picture.shape[1], frame.picture.shape[0]))
            yield frame._replace(picture=change(frame.picture))

    def close(self) -> None:
        """Let go of it."""
        self._source.close()


def open_camera(where: str, *, loop: bool = False, optics: Optics = USUAL) -> Camera:
    """A camera by number ("0") or device path, a stream by address, or a video file.

    A file plays at its own speed; with `loop` it begins again at its end, and times go on rising. `optics` is
    what is told of the lens. Raises
    `CameraError`, or `VideoError` for a file that cannot be read; waits ten seconds at most.
    """
    connect, name = _meant(where, loop)
    try:
        return in_time(lambda: Camera(connect, optics), OPEN_S, undo=Camera.close)
    except TimeoutError as error:
        raise CameraError(f"{name}: does not answer; check that it is switched on and that you may use it") from error


def _meant(where: str, loop: bool) -> tuple[Callable[[], Source], str]:
    """How to connect to what a user wrote, and its name until it is open."""
    if where.isdecimal() and where.isascii():
        return _usb(int(where)), f"camera {int(where)}"
    if where.lower().startswith(SCHEMES):
        from formcheck.inputs.camera import stream  # noqa: PLC0415 - loads PyAV

        return lambda: stream.Stream(where), stream.name_of(where)
    if "://" in where:
        raise CameraError(f"{where.partition(':')[0]}://...: not understood; give an http, https or rtsp address")
    path = Path(where)
    if path.parts[:2] == ("/", "dev"):
        number = number_of(path)
        if number is None:
            raise CameraError(f"{where}: no camera; {there()}")
        return _usb(number), f"camera {number}"
    if not where or not path.exists():
        raise CameraError(f"{where}: no such video file, nor a camera's number or address; {there()}")
    from formcheck.inputs.camera import file  # noqa: PLC0415 - loads OpenCV

    return lambda: file.File(path, loop=loop), path.name


def _usb(number: int) -> Callable[[], Source]:
    from formcheck.inputs.camera import usb  # noqa: PLC0415 - loads OpenCV

    return usb.Plugged(number)


def there() -> str:
    """What cameras there are, as the end of a refusal."""
    found = cameras()
    if not found:
        return "this computer has none, plug one in or give a stream's address"
    return f"there {'is' if len(found) == 1 else 'are'} {', '.join(found)}"
