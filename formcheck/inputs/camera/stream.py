"""Streams of phones and network cameras, through PyAV: HTTP (mostly Motion JPEG) and RTSP.

RTSP goes over TCP: lost packets would tear the picture apart. Only formats that are live by nature are taken;
playlists are refused, because they name further addresses, and redirects of HTTP are not followed.
"""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import av
from av.codec.context import Flags
from av.video.reformatter import VideoReformatter

from formcheck.errors import CameraError
from formcheck.inputs.camera.source import BACKLOG_S, Frame, Kind
from formcheck.inputs.square import Square

OPEN_S, READ_S = 8.0, 2.5
TIMELESS = ("mpjpeg", "mjpeg", "h264", "hevc")  # FFmpeg makes their times up
OPTIONS = {
    "rtsp_transport": "tcp",
    "format_whitelist": "rtsp,mpegts,flv,mpjpeg,mjpeg,h264,hevc",
    "probesize": "1000000",
    "analyzeduration": "500000",  # microseconds; 5 s usually
    "fpsprobesize": "0",  # or half a second passes with counting frames
    "max_redirects": "0",
    "http_proxy": "",
}
BROKEN = (av.error.FFmpegError, OSError, ValueError)
ALONE = {"threads": 1} if int(av.__version__.split(".")[0]) >= 17 else {}  # before, it has one thread anyway
CATCH_UP_S = 3.0


class Stream:
    """One connection to a stream.

    What came in before anybody asked is decoded, because later pictures build upon it, but not handed out.
    """

    kind: Kind = "stream"

    def __init__(self, address: str) -> None:
        self.name = name_of(address)
        self.warnings: list[str] = []
        try:
            self._container: Any = av.open(
                address, metadata_errors="replace", timeout=(OPEN_S, READ_S), options=dict(OPTIONS)
            )
        except BROKEN as error:
            raise CameraError(f"{self.name}: {_reason(error)}") from error
        video = self._container.streams.video
        if not video:
            self.close()
            raise CameraError(f"{self.name}: sends no video; give the address of the video itself")
        self._stream = video[0]
        self._stream.codec_context.flags |= Flags.low_delay
        self._timeless = self._container.format.name in TIMELESS
        self._bgr, self._square = VideoReformatter(), Square(float(self._stream.sample_aspect_ratio or 0))
        context = self._stream.codec_context
        self.width, self.height = self._square.size(context.width, context.height)
        self.fps = 0.0 if self._timeless else float(self._stream.average_rate or 0)

    def frames(self, over: threading.Event) -> Iterator[Frame]:
        """Frames with the stream's own times where it has any."""
        late, patience = True, time.perf_counter() + CATCH_UP_S
        try:
            began = time.perf_counter()
            for packet in self._container.demux(self._stream):
                arrived = time.perf_counter()
                late = late and arrived - began < BACKLOG_S and arrived < patience
                if over.is_set():
                    return
                for frame in _decoded(packet):
                    if not late:
                        yield self._frame(frame, arrived)
                began = time.perf_counter()
        except BROKEN as error:
            raise CameraError(f"{self.name}: {_reason(error)}") from error
        raise CameraError(f"{self.name}: the stream ended; check that it still runs")

    def _frame(self, frame: Any, arrived: float) -> Frame:
        # waiting for several threads costs more than the work
        width, height = self._square.size(frame.width, frame.height)
        picture: Any = self._bgr.reformat(frame, width, height, "bgr24", **ALONE).to_ndarray()
        return Frame(picture, arrived, None if self._timeless else frame.time)

    def close(self) -> None:
        """Hang up."""
        self._container.close()


def name_of(address: str) -> str:
    """The address without user, password and query, which may hold secrets."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, f":{parts.port}" if parts.port else ""
    except ValueError:
        host = None
    if not host:
        raise CameraError(f"{address.partition(':')[0]}://...: not an address that can be read; check it")
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}{parts.path}"


def _decoded(packet: Any) -> list[Any]:
    """The pictures of a packet, none where it is damaged."""
    try:
        return list(packet.decode())
    except av.error.InvalidDataError:
        return []


def _reason(error: BaseException) -> str:
    """Why a stream cannot be read, and what to do."""
    if isinstance(error, av.error.ExitError | TimeoutError):
        return "does not answer; check that it is switched on and in the same network"
    if isinstance(error, av.error.InvalidDataError) or getattr(error, "errno", 0) == errno.EINVAL:  # a refused format
        return "sends no live video that can be read; give the address of the video itself, as its app shows it"
    if isinstance(error, av.error.HTTPUnauthorizedError):
        return "asks for a password; give it in the address, as http://user:password@host"
    if getattr(error, "errno", 0) == errno.EIO:  # all that FFmpeg says of names it cannot find, and of redirects
        return "cannot be reached; check the address, it must be that of the video itself and not send elsewhere"
    reason = getattr(error, "strerror", None) or "no reason was given"
    return f"cannot be reached ({reason}); check the address, and that it runs in the same network"
