"""What `recording.journal` is made of, and how it is read again.

A line of text that says what it is and its version, then records, each ended before the next begins:

    kind     1 byte    h head, c calibration, r room, m move of the camera (JSON); f frames
    length   4 bytes   of the payload, little-endian as all numbers
    CRC-32   4 bytes   of kind, length and payload
    payload

The payload of frames is their number (4 bytes), then the arrays of `Observations` one after the other, zlib
compressed. Before that each array is taken as unsigned integers of its width, from its second row on less the row
before (wrapping around), and written with all lowest bytes first, then all second ones, and so on: what changes
little becomes zeros, and every bit comes back.

What comes before a head with `anew` is void: the session began anew, as where the picture was turned.

A process that is killed leaves at most one record half-written: reading ends before the first that is not whole.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.data import arrays
from formcheck.data.gate import GateError, json_of
from formcheck.data.observations import LATER, Observations
from formcheck.errors import RecordingError

NAME = "recording.journal"
MAGIC = b"formcheck journal "
VERSION = 1
START = MAGIC + b"%d\n" % VERSION
ANEW = "anew"
HEAD, CALIBRATION, ROOM, MOVE, FRAMES = b"h", b"c", b"r", b"m", b"f"

_HEADER = struct.Struct("<cII")
_COUNT = struct.Struct("<I")
_EMPTY = Observations.empty()
_ARRAYS = tuple((f.name, getattr(_EMPTY, f.name)) for f in fields(Observations))


class Reading(NamedTuple):
    """What could be read of a journal.

    about         as the text in `recording.npz`; `calibration` is the last (empty where none was there), `earlier`
                  has those before it
    observations  all frames of whole records
    unread        so many bytes at the end are no whole record
    """

    about: dict[str, Any]
    observations: Observations
    unread: int


def pack(kind: bytes, payload: bytes) -> bytes:
    """One record."""
    return _HEADER.pack(kind, len(payload), _checksum(kind, payload)) + payload


def pack_values(kind: bytes, values: dict[str, Any]) -> bytes:
    """One record of plain values."""
    return pack(kind, json.dumps(values, default=_plain).encode())


def pack_frames(block: Observations) -> bytes:
    """One record of frames."""
    planes = b"".join(_planes(np.asarray(getattr(block, name), model.dtype)) for name, model in _ARRAYS)
    return pack(FRAMES, _COUNT.pack(len(block)) + zlib.compress(planes, 1))


def is_journal(path: Path) -> bool:
    """Whether a file says that it is one."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def read(path: Path) -> Reading:
    """All that is whole; raises `RecordingError` for another version and where no head is there."""
    data = path.read_bytes()
    begin = _begin(data, path)
    kept: dict[bytes, list[bytes]] = {kind: [] for kind in (HEAD, CALIBRATION, ROOM, MOVE, FRAMES)}
    end = begin
    for kind, payload in _records(data, begin):
        if kind == HEAD and _table(payload).get(ANEW):
            kept = {each: [] for each in kept}
        kept.setdefault(kind, []).append(payload)
        end += _HEADER.size + len(payload)
    if not kept[HEAD]:
        raise RecordingError(f"{path}: holds nothing yet, the session ended before its first picture; record again")
    _check_frames(kept[FRAMES])
    observations = Observations.join([_frames(payload) for payload in kept[FRAMES]])
    arrays.check(observations)
    return Reading(_about(kept, observations), observations, len(data) - end)


def _begin(data: bytes, path: Path) -> int:
    """Where the records begin."""
    if data.startswith(START):
        return len(START)
    found = data[len(MAGIC) : len(MAGIC) + 8].split(b"\n")[0].decode(errors="replace")
    raise RecordingError(
        f"{path}: journal of version {found!r}, this formcheck reads version {VERSION}; read it with that one"
    )


def _about(kept: dict[bytes, list[bytes]], observations: Observations) -> dict[str, Any]:
    """The text that `recording.npz` would hold; the length is known only now."""
    about = {key: value for key, value in _table(kept[HEAD][-1]).items() if key != ANEW}
    calibrations = [_table(payload) for payload in kept[CALIBRATION]]
    about["calibration"] = calibrations.pop() if calibrations else {}
    about["earlier"] = calibrations
    about["room"] = _table(kept[ROOM][-1]) if kept[ROOM] else {}
    if not isinstance(about.get("source"), dict):
        raise GateError("source is no table")
    moves = [_table(payload) for payload in kept[MOVE]]
    if moves:  # told when it begins, and again when it is over
        about["moves"] = list({str(move.get("known_s")): move for move in moves}.values())
    about["source"] = _measured(about["source"], observations.time_s)
    return about


def _table(payload: bytes) -> dict[str, Any]:
    """The values of a record; raises `GateError`."""
    values = json_of(payload)
    if not isinstance(values, dict):
        raise GateError("a record of values is no table")
    return values


def _measured(source: dict[str, Any], time_s: NDArray[np.float64]) -> dict[str, Any]:
    """The source with number of frames, rate and length where they were not known at the start."""
    n = len(time_s)
    if n < 2:
        return source
    step = float(np.median(np.diff(time_s)))
    known = {key: value for key, value in source.items() if value}
    return {
        **source,
        "frames": n,
        "fps": round(1 / step, 2),
        "duration_s": float(time_s[-1] - time_s[0]) + step,
        **known,
    }


def _records(data: bytes, at: int) -> Iterator[tuple[bytes, bytes]]:
    """Whole records, until the first that is not."""
    while at + _HEADER.size <= len(data):
        kind, length, checksum = _HEADER.unpack_from(data, at)
        at += _HEADER.size
        payload = data[at : at + length]
        at += length
        if len(payload) < length or _checksum(kind, payload) != checksum:
            return
        yield kind, payload


def _checksum(kind: bytes, payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(kind + _COUNT.pack(len(payload))))


def _plain(value: object) -> object:
    """A number of numpy's as one of Python's, whatever else as words."""
    return value.item() if isinstance(value, np.generic) else str(value)


def _planes(array: NDArray[Any]) -> bytes:
    """The bytes of an array, rows as differences, sorted by their weight."""
    width = array.dtype.itemsize
    whole = np.ascontiguousarray(array).reshape(len(array), _row(array)).view(f"u{width}")
    steps = np.diff(whole, axis=0, prepend=np.zeros_like(whole[:1]))
    return steps.astype(f"<u{width}").view(np.uint8).reshape(-1, width).T.tobytes()


def _row(array: NDArray[Any]) -> int:
    """So many numbers belong to one frame."""
    return math.prod(array.shape[1:])


def _check_frames(payloads: list[bytes]) -> None:
    """Raise `GateError` where blocks claim more frames than any recording has, before one is unpacked."""
    if any(len(payload) < _COUNT.size for payload in payloads):
        raise GateError("a record of frames lacks their number")
    if sum(_COUNT.unpack_from(payload)[0] for payload in payloads) > arrays.MOST_FRAMES:
        raise GateError(f"has more than {arrays.MOST_FRAMES:,} frames")


def _frames(payload: bytes) -> Observations:
    """A block of frames, bit for bit as it was packed; raises `GateError` where it holds more or less than it says."""
    (n,) = _COUNT.unpack_from(payload)
    rows = [_row(model) * model.dtype.itemsize for _, model in _ARRAYS]
    unpacking = zlib.decompressobj()
    planes = unpacking.decompress(payload[_COUNT.size :], n * sum(rows) + 1)
    later = range(len(rows) - sum(name in LATER for name, _ in _ARRAYS), len(rows) + 1)
    if not unpacking.eof or len(planes) not in {n * sum(rows[:written]) for written in later}:
        raise GateError(f"a record of {n} frames holds more or less than they take")
    arrays, at = [], 0
    for name, model in _ARRAYS:
        if name in LATER and at >= len(planes):
            break
        width, row = model.dtype.itemsize, _row(model)
        size = n * row * width
        steps = np.frombuffer(planes[at : at + size], np.uint8).reshape(width, -1).T.copy().view(f"<u{width}")
        whole = np.cumsum(steps.reshape(n, row), axis=0, dtype=f"u{width}")
        arrays.append(whole.view(model.dtype).reshape(n, *model.shape[1:]))
        at += size
    return Observations(*arrays)
