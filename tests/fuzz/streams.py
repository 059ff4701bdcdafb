"""Videos written with PyAV that are odd inside: streams, packets, stamps, sizes, turns, codes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from . import clips, damage

ENDINGS = ("mp4", "mov", "mkv", "avi", "ts")
REFUSED = (av.FFmpegError, ValueError, OSError, OverflowError, TypeError)
"""What PyAV raises where a container does not take what it is given."""
CODES = (  # no AV1: its encoder gives this process the highest priority in real time, and all others wait
    *(("mpeg4", "yuv420p"), ("mpeg2video", "yuv420p"), ("mpeg1video", "yuv420p"), ("msmpeg4", "yuv420p")),
    *(("wmv2", "yuv420p"), ("flv", "yuv420p"), ("h263p", "yuv420p"), ("mjpeg", "yuvj444p"), ("ffv1", "gray")),
    *(("ffv1", "yuv420p16le"), ("huffyuv", "rgb24"), ("ffvhuff", "yuv422p"), ("utvideo", "gbrp")),
    *(("rawvideo", "gray"), ("rawvideo", "rgb565le"), ("rawvideo", "yuyv422"), ("png", "rgb48be"), ("png", "pal8")),
    *(("qtrle", "argb"), ("dvvideo", "yuv420p"), ("prores_ks", "yuva444p10le"), ("libx264", "yuv444p10le")),
    *(("libx264", "gray"), ("libx265", "yuv420p10le"), ("libvpx-vp9", "yuva420p")),
    *(("cinepak", "rgb24"), ("snow", "yuv420p"), ("asv2", "yuv420p"), ("svq1", "yuv410p"), ("zmbv", "bgr0")),
    *(("tiff", "rgb24"), ("bmp", "bgr24"), ("targa", "bgr24"), ("jpeg2000", "yuv420p"), ("ljpeg", "bgr24")),
)
SIZES = ((2, 2), (16, 16), (16, 2000), (2000, 16), (318, 242), (640, 360), (64, 48), (720, 576))
TURNS = (90, 180, 270, 45, 1, 359, 720)


def remuxed(kind: clips.Kind, dice: random.Random, folder: Path) -> tuple[str, Path]:
    """The packets of a whole clip written again, with something done to them or to their streams."""
    way = dice.choice(("order", "left out", "stamps", "stamps", "stamps", "payload", "payload", "doubled", "shuffled"))
    ending = dice.choice((kind.ending, kind.ending, *ENDINGS))
    path = folder / f"v.{ending}"
    with suppress(*REFUSED), av.open(str(clips.whole(kind))) as whole, av.open(str(path), "w") as file:
        _copy(whole, file, way, dice)
    if not path.exists():
        path.write_bytes(b"")
    return way, path


def _copy(whole: Any, file: Any, way: str, dice: random.Random) -> None:
    given = list(whole.streams)
    if way == "order":
        given = [*reversed(given), *(given if dice.random() < 0.5 else [])][: dice.randrange(1, 5)]
    made: dict[int, list[Any]] = {}
    for each in given:
        with suppress(*REFUSED):
            made.setdefault(each.index, []).append(file.add_stream_from_template(each))
    packets = [packet for packet in whole.demux() if packet.size]
    for packet in _DONE.get(way, _as_they_are)(packets, dice):
        for target in made.get(packet.stream.index, []):
            copy = av.Packet(bytes(packet))
            copy.pts, copy.dts, copy.time_base = packet.pts, packet.dts, packet.time_base
            copy.is_keyframe, copy.stream = packet.is_keyframe, target
            with suppress(*REFUSED):
                file.mux(copy)


def _as_they_are(packets: list[Any], _: random.Random) -> Iterator[Any]:
    yield from packets


def _left_out(packets: list[Any], dice: random.Random) -> Iterator[Any]:
    """Some are missing, or those that need no other, or all from a place on."""
    share, keys = dice.choice((0.02, 0.1, 0.5)), dice.random() < 0.3
    for packet in packets:
        if not (packet.is_keyframe and packet.stream.type == "video" if keys else dice.random() < share):
            yield packet


def _doubled(packets: list[Any], dice: random.Random) -> Iterator[Any]:
    for packet in packets:
        yield packet
        if dice.random() < 0.1:
            yield packet


def _shuffled(packets: list[Any], dice: random.Random) -> Iterator[Any]:
    moved = list(packets)
    for _ in range(dice.choice((1, 5, 40))):
        one, two = dice.randrange(len(moved)), dice.randrange(len(moved))
        moved[one], moved[two] = moved[two], moved[one]
    yield from moved


def _stamps(packets: list[Any], dice: random.Random) -> Iterator[Any]:
    """Stamps that stand still, jump, go back, are gone, or are anything."""
    way, at = dice.randrange(8), dice.randrange(1, len(packets))
    jump = dice.choice((0.4, 1.0, 60.0, 86_400.0, 1e7, -0.5, -3600.0))
    for number, packet in enumerate(packets):
        if number >= at:
            _STAMPED[way](packet, jump, dice)
        yield packet


def _moved(packet: Any, jump: float, _: random.Random) -> None:
    ticks = int(jump / packet.time_base)
    packet.pts = None if packet.pts is None else packet.pts + ticks
    packet.dts = None if packet.dts is None else packet.dts + ticks


def _gone(packet: Any, _: float, __: random.Random) -> None:
    packet.pts = packet.dts = None


def _unshown(packet: Any, _: float, __: random.Random) -> None:
    packet.pts = None


def _still(packet: Any, _: float, __: random.Random) -> None:
    packet.pts = packet.dts = 0


def _rough(packet: Any, _: float, dice: random.Random) -> None:
    if packet.pts is not None:
        packet.pts += dice.randrange(-5000, 5000)


def _huge(packet: Any, _: float, dice: random.Random) -> None:
    packet.pts = packet.dts = dice.choice((2**62, -(2**62), 2**33, 2**31, -1))


def _slow(packet: Any, _: float, __: random.Random) -> None:
    for name in ("pts", "dts"):
        if (value := getattr(packet, name)) is not None:
            setattr(packet, name, 3 * value)


def _once(packet: Any, jump: float, dice: random.Random) -> None:
    if dice.random() < 0.1:
        _moved(packet, jump, dice)


_STAMPED = (_moved, _gone, _unshown, _still, _rough, _huge, _slow, _once)


def _payload(packets: list[Any], dice: random.Random) -> Iterator[Any]:
    """What some packets hold is spoilt, cut short or nothing at all."""
    share = dice.choice((0.03, 0.2, 1.0))
    for packet in packets:
        if dice.random() >= share:
            yield packet
            continue
        held = dice.choice((damage.spoilt(bytes(packet), dice), b"", bytes(packet)[: packet.size // 2], b"\0"))
        spoilt = av.Packet(held)
        spoilt.pts, spoilt.dts, spoilt.time_base = packet.pts, packet.dts, packet.time_base
        spoilt.is_keyframe, spoilt.stream = packet.is_keyframe, packet.stream
        yield spoilt


_DONE = {"left out": _left_out, "stamps": _stamps, "payload": _payload, "doubled": _doubled, "shuffled": _shuffled}


def odd(_: clips.Kind, dice: random.Random, folder: Path) -> tuple[str, Path]:
    """A video of an odd code, size or turn, or whose size changes on the way."""
    way = dice.choice(("code", "code", "size", "turn", "changes"))
    code, form = dice.choice(CODES) if way == "code" else ("libx264", "yuv420p")
    size = dice.choice(SIZES) if way == "size" else clips.SIZE
    ending = dice.choice(("mkv", "mov", "avi", "mkv")) if way == "code" else dice.choice(ENDINGS)
    path = folder / f"v.{ending}"
    with suppress(*REFUSED), av.open(str(path), "w") as file:
        _write(file, way, code, (size, form), dice)
    if not path.exists():
        path.write_bytes(b"")
    return f"{way} {code} {form} {size}", path


def _write(file: Any, way: str, code: str, look: tuple[tuple[int, int], str], dice: random.Random) -> None:
    size, form = look
    stream = clips.stream(file, code, size, form)
    if way == "turn":
        stream.set_display_rotation(dice.choice(TURNS))
    if way != "changes":
        for frame in clips.pictures(size, form):
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
        return
    other = dice.choice(SIZES[3:])
    for number, packet in enumerate((*_coded(code, size, form), *_coded(code, other, form))):
        packet.pts = packet.dts = number
        packet.time_base, packet.stream = Fraction(1, clips.RATE), stream
        file.mux(packet)


def _coded(code: str, size: tuple[int, int], form: str) -> list[Any]:
    """Twenty pictures as packets that carry their own head."""
    coder = av.CodecContext.create(code, "w")
    coder.width, coder.height, coder.pix_fmt, coder.time_base = *size, form, Fraction(1, clips.RATE)
    coder.options = {"bf": "0"}
    coder.framerate = Fraction(clips.RATE)
    return [*(p for frame in clips.pictures(size, form, 20) for p in coder.encode(frame)), *coder.encode(None)]
