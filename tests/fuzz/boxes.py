"""The pieces that containers are made of (boxes, EBML elements, RIFF chunks, packets), and what is done to them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

INNER_BOXES = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta", b"dinf", b"mvex", b"moof", b"traf"}
INNER_ELEMENTS = {
    *(b"\x18\x53\x80\x67", b"\x16\x54\xae\x6b", b"\xae", b"\xe0", b"\xe1", b"\x1f\x43\xb6\x75", b"\xa0"),
    *(
        b"\x15\x49\xa9\x66",
        b"\x1c\x53\xbb\x6b",
        b"\xbb",
        b"\xb7",
        b"\x11\x4d\x9b\x74",
        b"\x55\xb0",
        b"\x1a\x45\xdf\xa3",
    ),
}
"""Segment, tracks, entry, picture, sound, cluster, group, info, cues, cue point, positions, seek head, colour, head."""
PACKET = 188
WORDS = (0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFF, 0x10000, 90_000, 1_000_000, 0x00010000, 0xFFFF0000, 45)


class Piece(NamedTuple):
    """A piece of a file: where it begins, where its name and its size are written, its body, its end."""

    start: int
    name: slice
    size: slice
    body: int
    end: int


def pieces(data: bytes, ending: str) -> list[Piece]:
    """All pieces of a file, those inside others too."""
    if ending in {"mp4", "mov"}:
        return list(_boxes(data, 0, len(data)))
    if ending in {"mkv", "webm"}:
        return list(_elements(data, 0, len(data)))
    if ending == "avi":
        return list(_chunks(data, 0, len(data)))
    return [
        Piece(at, slice(at + 1, at + 3), slice(at + 4, at + 5), at + 4, at + PACKET)
        for at in range(0, len(data) - PACKET + 1, PACKET)
    ]


def heads(data: bytes, ending: str) -> list[Piece]:
    """The pieces that hold no pictures, or little."""
    return [piece for piece in pieces(data, ending) if piece.end - piece.body < 400]


def _boxes(data: bytes, at: int, end: int) -> Iterator[Piece]:
    while at + 8 <= end:
        length = int.from_bytes(data[at : at + 4], "big")
        if not 8 <= length <= end - at:
            return
        yield Piece(at, slice(at + 4, at + 8), slice(at, at + 4), at + 8, at + length)
        if data[at + 4 : at + 8] in INNER_BOXES:
            yield from _boxes(data, at + 8, at + length)
        if data[at + 4 : at + 8] == b"stsd":
            yield from _boxes(data, at + 16, at + length)
        if data[at + 4 : at + 8] in {b"avc1", b"hev1", b"mp4v", b"jpeg", b"apcn"}:
            yield from _boxes(data, at + 86, at + length)
        at += length


def _elements(data: bytes, at: int, end: int) -> Iterator[Piece]:
    while at + 2 <= end:
        wide = 9 - data[at].bit_length()
        lead = data[at + wide] if at + wide < end else 0
        long = 9 - lead.bit_length()
        body = at + wide + long
        length = int.from_bytes(data[at + wide : body], "big") & ((1 << 7 * long) - 1)
        if wide > 4 or long > 8 or body > end:
            return
        stop = min(body + length, end)
        yield Piece(at, slice(at, at + wide), slice(at + wide, body), body, stop)
        if data[at : at + wide] in INNER_ELEMENTS:
            yield from _elements(data, body, stop)
        at = stop


def _chunks(data: bytes, at: int, end: int) -> Iterator[Piece]:
    while at + 8 <= end:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        stop = min(at + 8 + length + length % 2, end)
        yield Piece(at, slice(at, at + 4), slice(at + 4, at + 8), at + 8, stop)
        if data[at : at + 4] in {b"RIFF", b"LIST"}:
            yield from _chunks(data, at + 12, stop)
        at = stop


def handled(data: bytes, ending: str, dice: random.Random) -> bytes:
    """A file of which a few pieces are renamed, left out, doubled or exchanged, or their sizes are."""
    for _ in range(dice.choice((1, 1, 2, 4))):
        found = dice.choice((pieces, heads))(data, ending) or [Piece(0, slice(0, 1), slice(0, 1), 0, len(data))]
        one, two = sorted((dice.choice(found), dice.choice(found)))
        data = dice.choice(_WAYS)(data, one, two, dice)
    return data


def worded(data: bytes, ending: str, dice: random.Random) -> bytes:
    """A file in whose heads a few numbers are odd: sizes, counts, durations, rates, turns."""
    changed = bytearray(data)
    found = [piece for piece in heads(data, ending) if piece.end > piece.body]
    for _ in range(dice.choice((1, 1, 2, 5))):
        piece = dice.choice(found)
        wide = min(dice.choice((1, 2, 4, 4, 4, 8)), piece.end - piece.body)
        at = piece.body + dice.randrange(0, piece.end - piece.body - wide + 1, 2 if wide > 1 else 1)
        word = dice.choice((*WORDS, dice.getrandbits(32))) & ((1 << 8 * wide) - 1)
        changed[at : at + wide] = word.to_bytes(wide, dice.choice(("big", "little")))
    return bytes(changed)


def _renamed(data: bytes, one: Piece, two: Piece, dice: random.Random) -> bytes:
    name = dice.choice((data[two.name], b"free", b"JUNK", b"\xec", b"\x1f\xff", dice.randbytes(4)))
    wide = one.name.stop - one.name.start
    return data[: one.name.start] + name.ljust(wide, b" ")[:wide] + data[one.name.stop :]


def _left_out(data: bytes, one: Piece, _: Piece, __: random.Random) -> bytes:
    return data[: one.start] + data[one.end :]


def _doubled(data: bytes, one: Piece, _: Piece, __: random.Random) -> bytes:
    return data[: one.end] + data[one.start :]


def _exchanged(data: bytes, one: Piece, two: Piece, _: random.Random) -> bytes:
    if two.start < one.end:
        return data
    between = data[one.end : two.start]
    return data[: one.start] + data[two.start : two.end] + between + data[one.start : one.end] + data[two.end :]


def _sizes(data: bytes, one: Piece, two: Piece, _: random.Random) -> bytes:
    changed = bytearray(data)
    if one.size.stop - one.size.start == two.size.stop - two.size.start:
        changed[one.size], changed[two.size] = data[two.size], data[one.size]
    return bytes(changed)


def _claimed(data: bytes, one: Piece, _: Piece, dice: random.Random) -> bytes:
    wide = one.size.stop - one.size.start
    claim = dice.choice((b"\xff" * wide, bytes(wide), b"\x7f" + b"\xff" * (wide - 1), dice.randbytes(wide)))
    return data[: one.size.start] + claim + data[one.size.stop :]


def _zeroed(data: bytes, one: Piece, _: Piece, __: random.Random) -> bytes:
    return data[: one.body] + bytes(one.end - one.body) + data[one.end :]


_WAYS = (_renamed, _left_out, _doubled, _exchanged, _sizes, _claimed, _zeroed)
