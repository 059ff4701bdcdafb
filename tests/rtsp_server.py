"""A small RTSP server for tests: H.264 in RTP within the RTSP connection, at a clip's own speed.

RTSP 1.0 (RFC 2326) as far as a player needs it, RTP (RFC 3550) interleaved over TCP, and H.264 in single NAL
units and FU-A fragments (RFC 6184). Started by `servers.Served("rtsp", ...)`.
"""

from __future__ import annotations

import re
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import av
from servers import arguments, pictures

from formcheck.inputs.video import Video

LARGEST = 1400  # bytes in one RTP packet
CLOCK = 90_000  # ticks a second
TYPE = 96
SSRC = 0x466F726D
FU_A = 28
KEY_FRAMES = 15  # from one key frame to the next
METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=clip\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
    f"m=video 0 RTP/AVP {TYPE}\r\na=rtpmap:{TYPE} H264/{CLOCK}\r\na=fmtp:{TYPE} packetization-mode=1\r\n"
    "a=control:track\r\n"
)


class Player(socketserver.StreamRequestHandler):
    """One client."""

    clip: Path
    stamped: bool
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.lock, self.gone = threading.Lock(), threading.Event()
        try:
            while not self.gone.is_set() and (request := self._request()):
                self._answer(*request)
        except OSError:
            pass
        finally:
            self.gone.set()

    def _request(self) -> tuple[str, dict[str, str]] | None:
        """Method and headers of the next request; what the client sends as RTCP is passed over."""
        while first := self.rfile.read(1):
            if first == b"$":
                self.rfile.read(struct.unpack(">BH", self.rfile.read(3))[1])
                continue
            method = (first + self.rfile.readline()).decode().split()[0]
            headers = {}
            while line := self.rfile.readline().decode().strip():
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            return method, headers
        return None

    def _answer(self, method: str, headers: dict[str, str]) -> None:
        more, body = "", ""
        if method == "OPTIONS":
            more = f"Public: {METHODS}\r\n"
        elif method == "DESCRIBE":
            more, body = "Content-Type: application/sdp\r\n", SDP
        elif method == "SETUP":
            more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        good = method != "SETUP" or "/TCP" in headers.get("transport", "")
        self._send(
            f"RTSP/1.0 {'200 OK' if good else '461 Unsupported Transport'}\r\nCSeq: {headers.get('cseq', '0')}\r\n"
            f"Session: 1\r\n{more}Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        if method == "PLAY":
            threading.Thread(target=self._play, daemon=True).start()
        elif method == "TEARDOWN":
            self.gone.set()

    def _play(self) -> None:
        sequence = 0
        try:
            for ticks, unit in encoded(self.clip, self.stamped):
                for last, payload in packets(unit):
                    mark = 0x80 if last else 0
                    head = struct.pack(">BBHII", 0x80, mark | TYPE, sequence, ticks & 0xFFFFFFFF, SSRC)
                    sequence = (sequence + 1) & 0xFFFF
                    self._send(struct.pack(">cBH", b"$", 0, len(head + payload)) + head + payload)
                if self.gone.is_set():
                    return
        except OSError:
            self.gone.set()

    def _send(self, data: bytes) -> None:
        with self.lock:
            self.wfile.write(data)


def encoded(clip: Path, stamped: bool) -> Iterator[tuple[int, bytes]]:
    """The clip's pictures in H.264 when they are due: RTP time and access unit (Annex B)."""
    with Video(clip) as video:
        width, height = video.source.width, video.source.height
    coder = av.CodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt, coder.framerate = width, height, "yuv420p", 30
    coder.gop_size = KEY_FRAMES
    coder.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "20"}
    for time_s, picture in pictures(clip, stamped=stamped):
        frame = av.VideoFrame.from_ndarray(picture, "bgr24")
        for packet in coder.encode(frame):
            yield round(time_s * CLOCK), bytes(packet)


def packets(unit: bytes) -> Iterator[tuple[bool, bytes]]:
    """RTP payloads of one access unit, and whether each is its last."""
    units = [nal for nal in re.split(rb"\x00\x00\x00?\x01", unit) if nal]
    for number, nal in enumerate(units):
        final = number == len(units) - 1
        if len(nal) <= LARGEST:
            yield final, nal
            continue
        first, body = nal[0], nal[1:]
        parts = [body[at : at + LARGEST - 2] for at in range(0, len(body), LARGEST - 2)]
        for place, part in enumerate(parts):
            edge = 0x80 if place == 0 else 0x40 if place == len(parts) - 1 else 0
            header = bytes([first & 0xE0 | FU_A, edge | first & 0x1F])
            yield final and place == len(parts) - 1, header + part


class Server(socketserver.ThreadingTCPServer):
    """Takes its address back at once after it was killed."""

    allow_reuse_address = True
    daemon_threads = True
    address_family = socket.AF_INET


def main() -> None:
    """Serve until killed."""
    given = arguments()
    Player.clip, Player.stamped = given.clip, given.stamped
    Server(("127.0.0.1", given.port), Player).serve_forever()


if __name__ == "__main__":
    main()
