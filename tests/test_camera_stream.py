"""Streams over HTTP and RTSP from servers on loopback, which are killed, frozen and wrong."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import LINUX
from servers import Served, delay_s
from waits import until

from formcheck.errors import CameraError
from formcheck.inputs.camera import Capture, Shot, capture, open_camera, reader, source
from formcheck.inputs.camera.stream import name_of

pytestmark = pytest.mark.alone

STARTS = 3


def take(camera: Capture, frames: int, limit_s: float = 10.0) -> list[Shot]:
    shots: list[Shot] = []
    deadline = time.perf_counter() + limit_s
    while len(shots) < frames:
        assert time.perf_counter() < deadline, f"{camera.state}: {camera.trouble}"
        if shot := camera.next(0.2):
            shots.append(shot)
    return shots


@pytest.mark.parametrize("kind", ["mjpeg", "rtsp"])
def test_a_stream_comes_soon_and_goes_on_after_its_server_was_killed(
    sample: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(capture, "PAUSES_S", (0.1, 0.2))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # must not be asked
    with Served(kind, sample, stamped=True) as server:
        camera = open_camera(server.address)
        assert (camera.kind, camera.width, camera.height, camera.name) == ("stream", 640, 480, server.address)
        with Capture(camera) as live:
            shots = take(live, 12)
            for number in range(STARTS):
                server.kill()
                until(lambda: live.state == "lost")
                assert live.losses == number + 1
                assert server.address in live.trouble
                server.start()
                shots += take(live, 8)
                assert live.state == "running"
    times = np.array([shot.time_s for shot in shots])
    arrived = np.array([shot.captured_at for shot in shots]) - live.started_at
    assert (np.diff(times) > 0).all()
    assert abs(times - arrived).max() < 0.5, "gaps are kept"
    delays = np.array([delay_s(shot.picture, shot.captured_at) for shot in shots])
    assert np.median(delays) < 0.12


@LINUX
def test_a_frozen_stream_is_lost_and_comes_back(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "PAUSES_S", (0.1, 0.2))
    monkeypatch.setattr(reader, "FROZEN_S", 0.4)
    with Served("mjpeg", sample) as server, Capture(open_camera(server.address)) as live:
        take(live, 5)
        os.kill(server.pid, signal.SIGSTOP)
        until(lambda: live.state == "lost")
        os.kill(server.pid, signal.SIGCONT)
        take(live, 5)
        os.kill(server.pid, signal.SIGSTOP)
        time.sleep(0.1)
        began = time.perf_counter()
        live.close()
        assert time.perf_counter() - began < 1


class Answer(BaseHTTPRequestHandler):
    """What a test wants to be said; `asked` is every path that was asked for."""

    status: int
    headers_: dict[str, str]
    body: bytes
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(self.status)
        for name, value in self.headers_.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""


@contextmanager
def answering(status: int = 200, body: bytes = b"", **headers: str) -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = type("It", (Answer,), {"status": status, "headers_": named, "body": body, "asked": asked})
    with HTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def refusal(address: str) -> str:
    with pytest.raises(CameraError) as caught:
        open_camera(address)
    assert "\n" not in str(caught.value)
    assert name_of(address) in str(caught.value)
    return str(caught.value)


def test_a_redirect_is_not_followed() -> None:
    with answering() as (elsewhere, asked), answering(302, Location=f"{elsewhere}/video") as (here, _):
        assert "not send elsewhere" in refusal(f"{here}/video")
    assert asked == []


def test_a_playlist_is_refused_and_nothing_in_it_is_asked_for() -> None:
    with answering() as (elsewhere, asked):
        playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n{elsewhere}/part.ts\n".encode()
        with answering(body=playlist, Content_Type="application/vnd.apple.mpegurl") as (here, _):
            assert "no live video" in refusal(f"{here}/live.m3u8")
    assert asked == []


def test_a_page_is_no_video() -> None:
    with answering(body=b"<html>watch me</html>" * 50, Content_Type="text/html") as (here, _):
        assert "give the address of the video itself" in refusal(f"{here}/")


def test_what_the_server_says_is_passed_on() -> None:
    with answering(404) as (here, _):
        assert "404" in refusal(f"{here}/nothing")
    with answering(401) as (here, _):
        assert "asks for a password" in refusal(f"{here}/video")


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_nobody_there(scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "refused" in refusal(f"{scheme}://127.0.0.1:{port}/video").lower()


def test_somebody_who_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "OPEN_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        began = time.perf_counter()
        assert "does not answer" in refusal(f"rtsp://127.0.0.1:{mute.getsockname()[1]}/video")
        assert time.perf_counter() - began < 1


def test_secrets_of_an_address_are_not_shown() -> None:
    assert name_of("rtsp://me:secret@10.0.0.7:554/live?token=secret") == "rtsp://10.0.0.7:554/live"
    assert name_of("http://[::1]:80/live") == "http://[::1]:80/live"
    assert "secret" not in refusal("http://me:secret@127.0.0.1:9/video?token=secret")
    for wrong in ("http://host:port/video", "http://", "rtsp://me:secret@/live"):
        with pytest.raises(CameraError, match="not an address") as caught:
            open_camera(wrong)
        assert "secret" not in str(caught.value)
