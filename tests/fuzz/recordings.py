"""Damaged recordings and journals: of their bytes, their text, their arrays and their archive."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import formcheck
from formcheck.data import records
from formcheck.data.observations import Observations
from formcheck.data.recording import Recording
from formcheck.outputs import measures

from . import damage

WHOLE = Path(__file__).parents[1] / "data" / "two_reps.npz"


@cache
def data() -> bytes:
    return WHOLE.read_bytes()


@cache
def _parts() -> dict[str, Any]:
    with np.load(WHOLE) as held:
        return dict(held)


def archive(dice: random.Random) -> tuple[str, bytes]:
    """A damaged recording, and in a word how."""
    how = dice.choice(
        ("bytes", "bytes", "text", "text", "text", "array", "array", "times", "members", "claims", "measures")
    )
    return how, _KINDS[how](dice)


def journal(dice: random.Random) -> tuple[str, bytes]:
    """A damaged journal, and in a word how."""
    how = dice.choice(("bytes", "bytes", "values", "values", "frames", "claims", "order"))
    pieces = _pieces()
    if how == "bytes":
        return how, damage.spoilt(b"".join(pieces), dice)
    if how == "values":
        at = dice.randrange(1, 4)
        kind, value = pieces[at][:1], json.loads(pieces[at][9:])
        text = damage.json_text(damage.changed(value, dice), dice)
        pieces[at] = records.pack(kind, text.encode("utf-8", "surrogatepass"))
    elif how == "frames":
        pieces[4] = records.pack_frames(Observations(**_odd_arrays(dice)))
    elif how == "claims":
        count = dice.choice((0, 1, 90, 500_001, 2**31, 2**32 - 1))
        pieces[4] = records.pack(records.FRAMES, count.to_bytes(4, "little") + pieces[4][13:])
    else:
        dice.shuffle(pieces)
        pieces = pieces[: dice.randrange(len(pieces) + 1)]
    return how, records.START + b"".join(piece for piece in pieces if piece != records.START)


def _pieces() -> list[bytes]:
    """A journal: its line, head, calibration, room, and frames in three blocks."""
    whole = Recording.load(WHOLE)
    about = json.loads(str(_parts()["about"]))
    head = {key: about[key] for key in ("recording", "source", "model", "versions")}
    pieces = [records.START, records.pack_values(records.HEAD, head)]
    pieces.append(records.pack_values(records.CALIBRATION, about["calibration"]))
    pieces.append(records.pack_values(records.ROOM, about["room"]))
    return pieces + [records.pack_frames(whole.observations[k : k + 90]) for k in (0, 90, 180)]


def _saved(parts: dict[str, Any], *, packed: bool = True) -> bytes:
    file = io.BytesIO()
    (np.savez_compressed if packed else np.savez)(file, **parts)
    return file.getvalue()


def _bytes(dice: random.Random) -> bytes:
    return damage.spoilt(data(), dice)


@cache
def measured() -> bytes:
    """The whole recording with its measures, as a batch keeps it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "whole.npz"
        path.write_bytes(data())
        measures.add(formcheck.replay(WHOLE), path, "c" * 64)
        return path.read_bytes()


def _measures(dice: random.Random) -> bytes:
    """A recording whose measures are damaged, or those of another one."""
    if dice.random() < 0.4:
        return damage.spoilt(measured()[-3000:], dice) if dice.random() < 0.1 else _tail_spoilt(dice)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(measured())) as whole, zipfile.ZipFile(file, "w") as other:
        for member in whole.infolist():
            content = whole.read(member)
            if member.filename == measures.MEMBER:
                (length,) = struct.unpack_from("<I", content)
                text = damage.json_text(damage.changed(json.loads(content[4 : 4 + length]), dice), dice).encode()
                content = (
                    struct.pack("<I", dice.choice((len(text), len(text), 2**32 - 1))) + text + content[4 + length :]
                )
            other.writestr(member, content)
    return file.getvalue()


def _tail_spoilt(dice: random.Random) -> bytes:
    return measured()[:-3000] + damage.spoilt(measured()[-3000:], dice)


def _text(dice: random.Random) -> bytes:
    about = json.loads(str(_parts()["about"]))
    about["earlier"] = [dict(about["calibration"])]
    text = damage.json_text(damage.changed(about, dice), dice)
    if dice.random() < 0.1:
        text = damage.spoilt(text.encode(), dice).decode("latin-1")
    return _saved({**_parts(), "about": np.array(text)})


def _array(dice: random.Random) -> bytes:
    parts = _parts()
    name = dice.choice(list(parts))
    kind = dice.randrange(9)
    if kind == 0:
        return _saved({key: each for key, each in parts.items() if key != name})
    if kind == 1:
        return _saved({**parts, dice.choice(("more", "pixels2", "sole")): parts[name]})
    return _saved({**parts, **(_odd_arrays(dice) if kind < 6 else {name: _other_kind(parts[name], dice)})})


def _odd_arrays(dice: random.Random) -> dict[str, Any]:
    """The arrays of the first frames with odd numbers in one of them."""
    arrays = {key: each[:120].copy() for key, each in _parts().items() if key != "about"}
    name = dice.choice(list(arrays))
    flat = arrays[name].reshape(-1)
    odd = dice.choice((np.nan, np.inf, -np.inf, 0.0, -1.0, 1e-30, 300.0, 5e4, 2e5, 1e30, -1e30))
    start = dice.randrange(len(flat))
    length = dice.choice((1, 3, 99, len(flat)))
    flat[start : start + length] = odd
    return arrays


def _other_kind(array: Any, dice: random.Random) -> Any:
    if array.dtype.kind == "U":
        return dice.choice((np.array([array, array]), np.array(3), np.array("[]"), np.array(b"{}"), np.array("")))
    return dice.choice(
        (
            array.astype(np.float16),
            array.astype(">f8"),
            array.astype(np.int64),
            array.astype(str),
            array.astype(object),
            np.asfortranarray(array[::-1]),
            array[: len(array) // 2],
            array[:0],
            array[None],
            array[..., None],
            np.concatenate([array, array]),
            np.zeros((0,) * 5),
            np.zeros(3, dtype=[("x", "f4")]),
        )
    )


def _times(dice: random.Random) -> bytes:
    parts = dict(_parts())
    times = parts["time_s"].copy()
    at = dice.randrange(1, len(times))
    kind = dice.randrange(8)
    if kind == 0:
        times[at] = times[at - 1]
    elif kind == 1:
        times[at:] += dice.choice((0.2, 1.0, 60.0, 86_400.0, 3e7))
    elif kind == 2:
        times[at] -= dice.choice((1.0, 1e6))
    elif kind == 3:
        times = times * dice.choice((1e-6, 0.01, 0.5, 3.0, 50.0, 1e4))
    elif kind == 4:
        times[at] = dice.choice((np.nan, np.inf, 1e18))
    elif kind == 5:
        times = times[::-1].copy()
    elif kind == 6:
        times = times - dice.choice((0.1, 5.0, 1e9))
    else:
        times = np.nextafter(0.0, 1.0) * np.arange(len(times))
    return _saved({**parts, "time_s": times})


def _members(dice: random.Random) -> bytes:
    """An archive of odd members: twice, of other names, packed otherwise."""
    file, parts = io.BytesIO(), _parts()
    method = dice.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2))
    names = list(parts)
    names.append(dice.choice([*names, "../../x", "/etc/x", "\x1b[2J", "measures.bin", "a" * 60_000]))
    with zipfile.ZipFile(file, "w", method) as whole:
        for name in names:
            member = io.BytesIO()
            np.save(member, parts.get(name, np.zeros(3)))
            _write(whole, f"{name}.npy" if name != "measures.bin" else name, member.getvalue())
        whole.comment = dice.choice((b"", b"7", b"x" * 60_000, b"PK\x05\x06"))
    return file.getvalue()


def _write(whole: zipfile.ZipFile, name: str, content: bytes) -> None:
    whole.NameToInfo.pop(name, None)  # so that it does not warn of a name that is there
    whole.writestr(name, content)


def _claims(dice: random.Random) -> bytes:
    """An array whose header claims more than there is, or a directory that does; or 200 MB of nothing."""
    kind, parts = dice.randrange(3), _parts()
    if kind == 0:
        changed = bytearray(data())
        at = changed.rfind(b"PK\x01\x02", 0, len(changed) - dice.randrange(22, 400))
        place = at + dice.choice((6, 8, 10, 16, 20, 24, 28, 30, 34, 42))
        changed[place : place + 4] = dice.choice((b"\xff\xff\xff\xff", b"\xf0\xff\xff\x7f", b"\0\0\0\0", b"\1\0\1\0"))
        return bytes(changed)
    name, file = dice.choice(("time_s", "pixels", "about")), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as whole:
        for each, array in parts.items():
            member = io.BytesIO()
            np.save(member, array)
            content = member.getvalue()
            if each == name:
                huge = dice.choice((10**6, 10**9, 10**18))
                head = str(content[10:128].replace(b"(393", f"({huge}".encode())[:118], "latin-1")
                content = content[:10] + head.encode("latin-1") + (bytes(200 << 20) if kind == 2 else content[128:])
            whole.writestr(f"{each}.npy", content)
    return file.getvalue()


_KINDS = {
    "bytes": _bytes,
    "text": _text,
    "array": _array,
    "times": _times,
    "members": _members,
    "claims": _claims,
    "measures": _measures,
}
