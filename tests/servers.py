"""Streams on loopback that a phone might send: MJPEG over HTTP, and H.264 over RTSP (`rtsp_server.py`).

    with Served("mjpeg", SAMPLES / "clip10.mp4") as server:
        open_camera(server.address)
        server.kill()  # hard, as when the phone's battery is empty
        server.start()  # again, at the same address

The server is a process of its own and sends the clip's pictures at their own times, over and over, from its
beginning for whoever connects. With `stamped=True` each picture shows when it was sent: `sent_at(picture)`.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from formcheck.inputs.video import Picture, Video, cv2

CELL, BITS = 16, 20  # a stamp: so many squares of so many pixels, black or white; milliseconds modulo 2**BITS
START_S = 20.0
WAIT_S = 0.02
BOUNDARY = "formcheck"
HEAD = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: "


def pictures(clip: Path, *, stamped: bool = False, loop: bool = True) -> Iterator[tuple[float, Picture]]:
    """The clip's pictures when they are due, with their times, which go on rising when it begins again."""
    start, offset, step = time.perf_counter(), 0.0, 1 / 30
    for _ in cycle([0]) if loop else [0]:
        last = 0.0
        with Video(clip) as video:
            for time_s, picture in video:
                step, last = (time_s - last) or step, time_s
                time.sleep(max(0.0, start + offset + time_s - time.perf_counter()))
                yield offset + time_s, stamp(picture) if stamped else picture
        offset += last + step


def stamp(picture: Picture) -> Picture:
    """The picture with the time of now drawn into its upper left corner."""
    bits = (int(time.perf_counter() * 1000) >> np.arange(BITS)) & 1
    row = np.repeat((bits * 255).astype(np.uint8), CELL)
    picture[:CELL, : len(row)] = row[None, :, None]
    return picture


def sent_at(picture: Picture) -> float:
    """The time on a stamped picture, seconds modulo 2**BITS milliseconds."""
    middle = picture[CELL // 2, CELL // 2 : CELL * BITS : CELL].mean(axis=-1)
    return float((1 << np.arange(BITS))[middle > 127].sum()) / 1000


def delay_s(picture: Picture, at: float) -> float:
    """How long before `at` (`time.perf_counter`, the same clock in both processes) it was sent."""
    return float((at - sent_at(picture)) % (2**BITS / 1000))


class Served:
    """A server on loopback, of kind "mjpeg" or "rtsp"."""

    def __init__(self, kind: str, clip: Path, *, stamped: bool = False) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        script = Path(__file__).with_name("servers.py" if kind == "mjpeg" else "rtsp_server.py")
        self._line = [sys.executable, str(script), str(clip), str(self.port), *(["--stamped"] if stamped else [])]
        self.address = f"{'http' if kind == 'mjpeg' else 'rtsp'}://127.0.0.1:{self.port}/video"
        self._process: subprocess.Popen[bytes] | None = None
        self._next = self._loaded()

    def __enter__(self) -> Served:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        end(self._next)

    def _loaded(self) -> subprocess.Popen[bytes]:
        """A process that loads its modules and then waits for a word: a start takes no time then."""
        root = str(Path(__file__).resolve().parents[1])
        return subprocess.Popen(self._line, env={**os.environ, "PYTHONPATH": root}, stdin=subprocess.PIPE)

    def start(self) -> None:
        """Start, and wait until it can be connected to."""
        self._process, self._next = self._next, self._loaded()
        assert self._process.stdin
        self._process.stdin.write(b"go\n")
        self._process.stdin.flush()
        deadline = time.monotonic() + START_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert self._process.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(WAIT_S)
            else:
                return

    def kill(self) -> None:
        """End it at once, without a word to whoever is connected."""
        if self._process:
            end(self._process)
            self._process = None

    @property
    def pid(self) -> int:
        """For signals: SIGSTOP freezes a stream without closing it."""
        assert self._process
        return self._process.pid


def end(process: subprocess.Popen[bytes]) -> None:
    """End a server at once."""
    process.kill()
    process.wait()
    if process.stdin:
        process.stdin.close()


class _Handler(BaseHTTPRequestHandler):
    clip: Path
    stamped: bool

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
        self.end_headers()
        try:
            for _, picture in pictures(self.clip, stamped=self.stamped):
                jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
                self.wfile.write(f"{HEAD}{len(jpeg)}\r\n\r\n".encode() + jpeg + b"\r\n")
        except OSError:
            return  # the other side has gone

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""


def arguments() -> argparse.Namespace:
    """What both servers are started with, once they are told to begin."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--stamped", action="store_true")
    given = parser.parse_args()
    sys.stdin.readline()
    return given


def main() -> None:
    """Serve MJPEG until killed."""
    given = arguments()
    _Handler.clip, _Handler.stamped = given.clip, given.stamped
    ThreadingHTTPServer(("127.0.0.1", given.port), _Handler).serve_forever()


if __name__ == "__main__":
    main()
