"""What a recording measured, kept in the recording itself: rules can be asked again without measuring again.

Limits play no part before the rules, so a recording has the numbers of its reps for good, as long as the program
that measures stays the same. They stand in `recording.npz` as one more member; whoever reads the file as a recording
does not notice. The member holds

    length     4 bytes, little-endian, of the JSON text
    JSON       about the clip, the names of numbers and bands, by which program they were measured, and of what
    numbers    float64 (numbers, reps)
    bands      float64 (bands, reps): half the 95 % band of each
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, BinaryIO, TypedDict

import numpy as np
from numpy.typing import NDArray

from formcheck.data import archive, gate
from formcheck.data.gate import Count, Degrees, Digest, Flank, Label, Meta, Number, Text
from formcheck.data.result import Result
from formcheck.data.versions import program
from formcheck.outputs.tables import rounded

MEMBER = "measures.bin"
MEASURING = ("core", "data", "session.py", "rules/activity.py")
"""The rooms whose source tells on the numbers, and on which exercise was seen."""
MOST_REPS, MOST_BYTES = 100_000, 64 << 20
_LENGTH = struct.Struct("<I")
_Member = tuple[str, int, int]
"""Name, CRC-32 and size."""


class _Clip(TypedDict):
    """What `lasting_values` gives."""

    duration_s: Number | None
    frames: Count
    fps: Number | None
    width: Count
    height: Count
    seen: Number | None
    side: Flank
    facing: Flank
    roll_deg: Degrees | None
    yaw_deg: Degrees | None
    pitch_deg: Degrees | None
    exercise: Label
    note: Text
    model: Label
    versions: Text


@dataclass(frozen=True)
class _About:
    """The JSON text of the member; `of` identifies the other members, empty where an earlier formcheck wrote it."""

    program: Text
    content_sha256: Digest
    clip: _Clip
    warnings: tuple[Text, ...]
    sets: Annotated[tuple[Count, ...], Meta(max_length=MOST_REPS)]
    names: tuple[tuple[Text, ...], tuple[Text, ...]]  # a pattern for each would cost more than all else
    of: Digest = ""


_DECODER = gate.decoder(_About)


@dataclass(frozen=True)
class Measures:
    """Of one recording: `sets` has the set of each rep, `numbers` and `bands` are (names, reps).

    `clip` is what a batch's table shows of the recording, `content_sha256` that of the video it was seen in, empty
    where it is not known. `current` tells whether this program would measure the same.
    """

    content_sha256: str
    clip: dict[str, Any]
    warnings: tuple[str, ...]
    sets: tuple[int, ...]
    names: tuple[tuple[str, ...], tuple[str, ...]]
    numbers: NDArray[np.float64]
    bands: NDArray[np.float64]
    current: bool


def save(result: Result, path: Path, content_sha256: str = "") -> None:
    """Write the recording of a result with its measures; raises `OSError`."""
    result.recording.save(path)
    add(result, path, content_sha256)


def add(result: Result, path: Path, content_sha256: str = "") -> None:
    """Put the measures of a result into its recording at `path`; raises `OSError`."""
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as whole:
        whole.writestr(MEMBER, _packed(result, content_sha256, _digest(_members(whole))))


def find(file: str | Path | BinaryIO) -> tuple[str, Measures] | None:
    """What identifies a recording, and its measures; `None` where it has none.

    Only the end of the file is read: the archive's directory, with length and CRC-32 of each member, tells
    recordings apart as their bytes would, and the member with the measures is checked by its own. Measures that were
    taken of other members than are there are none.
    """
    try:
        if isinstance(file, str | Path):
            with io.FileIO(file) as opened:
                return _found(opened)
        return _found(file)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, who reads it as a recording has words for
        return None


def _found(file: BinaryIO | io.FileIO) -> tuple[str, Measures]:
    try:
        quick = archive.Archive(file)
        members = [(each.name, each.crc, each.size) for each in quick.members]
        return _of(members, quick.comment, quick.read(MEMBER))
    except archive.UnusualError:
        with archive.usual(file, archive.MOST) as whole:
            members = _members(whole)
            return _of(members, whole.comment, whole.read(MEMBER))


def _of(members: list[_Member], comment: bytes, data: bytes) -> tuple[str, Measures]:
    """The identity of a recording and its measures."""
    of = _digest([each for each in members if each[0] != MEMBER])
    return _digest((of, [each for each in members if each[0] == MEMBER], comment)), _unpacked(data, of)


def _members(whole: zipfile.ZipFile) -> list[_Member]:
    return [(each.filename, each.CRC, each.file_size) for each in whole.infolist()]


def _digest(members: object) -> str:
    return hashlib.sha256(repr(members).encode()).hexdigest()


def _packed(result: Result, content_sha256: str, of: str) -> bytes:
    reps = result.reps
    names = [list(reps[0].numbers), list(reps[0].uncertainty)] if reps else [[], []]
    about = {
        "program": program(MEASURING),
        "content_sha256": content_sha256,
        "clip": lasting_values(result),
        "warnings": result.warnings,
        "sets": [rep.set for rep in reps],
        "names": names,
        "of": of,
    }
    text = json.dumps(about, ensure_ascii=False).encode()
    tables = [[[rep.numbers[name] for rep in reps] for name in names[0]]]
    tables.append([[rep.uncertainty[name] for rep in reps] for name in names[1]])
    return _LENGTH.pack(len(text)) + text + b"".join(np.array(table, "<f8").tobytes() for table in tables)


def _unpacked(data: bytes, of: str) -> Measures:
    """What the member holds; raises `GateError` where it is none, or that of another recording."""
    if len(data) > MOST_BYTES:
        raise gate.GateError(f"{MEMBER} takes more bytes than any measures do")
    (length,) = _LENGTH.unpack_from(data)
    about: _About = gate.decoded(memoryview(data)[_LENGTH.size : _LENGTH.size + length], _DECODER)
    numbers, bands = about.names
    values = np.frombuffer(data, "<f8", offset=_LENGTH.size + length).reshape(-1, len(about.sets) or 1)
    if len(values) != len(numbers) + len(bands) or np.isinf(values).any():
        raise gate.GateError("measures: more or fewer numbers than names, or one beyond all bounds")
    if about.of not in ("", of):
        raise gate.GateError("measures: they are those of another recording")
    return Measures(
        about.content_sha256,
        dict(about.clip),
        about.warnings,
        about.sets,
        about.names,
        values[: len(numbers)],
        values[len(numbers) :],
        about.of == of and about.program == program(MEASURING),
    )


def lasting_values(result: Result) -> dict[str, Any]:
    """What a clip's row has, whatever limits it is judged by."""
    recording = result.recording
    seen = ~(recording.observations.visibility == 0).all(axis=1)
    source, calibration = recording.source, recording.calibration
    shown = {name: getattr(calibration, name) for name in ("roll_deg", "yaw_deg", "pitch_deg")}
    return {
        "duration_s": rounded("s", source.duration_s),
        "frames": len(seen),
        "fps": rounded("fps", source.fps),
        "width": source.width,
        "height": source.height,
        "seen": rounded("seen", float(seen.mean()) if len(seen) else 0.0),
        "side": calibration.side,
        "facing": calibration.facing,
        **{name: rounded(name, value) for name, value in shown.items()},
        "exercise": result.activity.kind,
        "note": result.activity.sentence,
        "model": recording.model,
        "versions": listed(recording.versions),
    }


def listed(found: Mapping[str, str]) -> str:
    """Versions as the tables show them."""
    return "; ".join(f"{name} {value}" for name, value in sorted(found.items()))
