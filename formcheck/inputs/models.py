"""Where the pose models lie and whether a file is one.

A `.task` file is a zip with two nets: one finds a body, the other its landmarks. The three that come
with formcheck are looked for in the installed package and in the `models` folder of a source checkout.
"""

from __future__ import annotations

import hashlib
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from formcheck.data.archive import usual
from formcheck.data.gate import reason
from formcheck.errors import ModelError

NAMES = ("lite", "full", "heavy")
AUTO_RECORDED = "heavy"
"""What `auto` means for recordings; live takes the best that keeps up."""

LARGEST = 1 << 29
"""Bytes of a model, unpacked: the largest that is shipped has 31 million."""

ALIGN = 64
"""Bytes: where an entry starts elsewhere than at a multiple, the runtime copies it, with a warning."""
EPOCH = (1980, 1, 1, 0, 0, 0)
PARTS = ("pose_detector.tflite", "pose_landmarks_detector.tflite")
_PACKAGE = Path(__file__).resolve().parents[1]
FOLDERS = (_PACKAGE / "models", _PACKAGE.parent / "models")


def find(name: str) -> Path:
    """The `.task` file for "lite", "full", "heavy" or the path of a user's own.

    Raises `ModelError` where it is missing or not a pose model.
    """
    path = _shipped(name) if name in NAMES else Path(name).expanduser()
    if not path.is_file():
        raise ModelError(_missing(name, path))
    _check(path)
    return path.resolve()


def sha256(path: Path) -> str:
    """SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def parts(path: Path) -> dict[str, bytes]:
    """What a `.task` file holds, by name; raises `OSError`, `ValueError` and what `zipfile` raises."""
    with path.open("rb") as file, usual(file, LARGEST) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def bundle(target: Path | BinaryIO, entries: Mapping[str, bytes | bytearray]) -> None:
    """Write a `.task` file: stored, not compressed, and the same bytes for the same entries."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name, EPOCH)
            start = archive.fp.tell() + 30 + len(name) + 4  # type: ignore[union-attr]
            padding = -start % ALIGN
            info.extra = struct.pack("<HH", 0xD935, padding) + bytes(padding)  # id used for alignment
            archive.writestr(info, data)


def _shipped(name: str) -> Path:
    paths = [folder / f"pose_landmarker_{name}.task" for folder in FOLDERS]
    return next((path for path in paths if path.is_file()), paths[0])


def _missing(name: str, path: Path) -> str:
    if name in NAMES:
        return f"{path}: the pose model {name!r} is missing; install formcheck again"
    known = ", ".join(NAMES)
    if path.is_dir():
        return f"{path}: a folder, not a pose model; give {known} or the path of a .task file"
    return f"{path}: no such pose model; give {known} or the path of a .task file"


def _check(path: Path) -> None:
    try:
        with path.open("rb") as file, usual(file, LARGEST) as archive:
            held = set(archive.namelist())
    except Exception as error:  # whatever `zipfile` makes of damage
        raise ModelError(f"{path}: not a pose model ({reason(error)}); give a whole .task file") from error
    lacking = [part for part in PARTS if part not in held]
    if lacking:
        raise ModelError(f"{path}: not a pose model, {lacking[0]} is missing in it; give a whole .task file")
