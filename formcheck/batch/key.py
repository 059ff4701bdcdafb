"""By what a clip is known again: what is in it, how it is looked at and judged, and by which program.

Names and places play no part, so that a clip that was renamed, moved or copied is not done twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from formcheck.data.lens import USUAL, Optics
from formcheck.data.versions import program, versions
from formcheck.rules.limits import Limits

LOOKING = ("core", "data", "inputs")
JUDGED = 8
SETTLED_S = 2.0
"""Times of files are that coarse at worst (FAT)."""
JUDGING = (*LOOKING, "session.py", "rules", "batch/columns.py")


@dataclass(frozen=True)
class Settings:
    """All that tells on the numbers of a clip, besides the clip.

    `model` is a name or a path, empty for recordings, which hold the model that looked; `model_sha256` says
    what is in the model's file.
    """

    model: str = ""
    model_sha256: str = ""
    rate_hz: float = 0.0
    roll_deg: float | None = None
    speed: float | None = None
    turn_deg: int | None = None
    limits: Limits = field(default_factory=Limits)
    optics: Optics = USUAL

    def shown(self) -> str:
        """The settings as the tables show them, JSON: limits only where they are not the usual ones."""
        usual, own = Limits().values(), self.limits.values()
        changed = {name: value for name, value in own.items() if value != usual[name]}
        values: dict[str, Any] = {"limits": changed, "off": sorted(self.limits.off)}
        if self.model:
            given = {"speed": self.speed, "turn_deg": self.turn_deg}
            said = {name: value for name, value in given.items() if value is not None}
            seen = {} if self.optics == USUAL else {"lens": asdict(self.optics)}
            values = {"rate_hz": self.rate_hz, "roll_deg": self.roll_deg, **said, **seen, **values}
        return json.dumps(values, sort_keys=True, ensure_ascii=False)

    def looking(self) -> str:
        """What tells on a recording: how it is looked at, the program and the libraries it looks with; 16 digits."""
        return _digest((*self._given(), _versions(), program(LOOKING)))[:16]

    def judging(self) -> str:
        """What tells on a row, 32 digits."""
        return _digest((*self._given(), asdict(self.limits), _versions(), program(JUDGING)))[:32]

    def _given(self) -> tuple[Any, ...]:
        lens = () if self.optics == USUAL else (asdict(self.optics),)
        return (self.model_sha256, self.rate_hz, self.roll_deg, self.speed, self.turn_deg, *lens)


def content(data: bytes | Path | str) -> str:
    """SHA-256 of bytes or of a file, 64 digits; raises `OSError`."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    with Path(data).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp(path: str) -> str:
    """By what a file is told to be the one whose content is known: place, size and times; 32 digits.

    Empty where it changed a moment ago: it may change again within what its file system takes for the same time.
    Whoever alters a file moves its ctime, whatever they do to the other times (on Windows that is the time of its
    making, which stays). Raises `OSError`.
    """
    about = os.stat(path)  # noqa: PTH116 - a `Path` takes long
    if abs(time.time() - max(about.st_mtime, about.st_ctime)) < SETTLED_S:
        return ""
    place = os.path.abspath(path)  # noqa: PTH100 - links are names of their own
    return _digest((place, about.st_size, about.st_mtime_ns, about.st_ctime_ns))[:32]


def key(what: str, judging: str) -> str:
    """The key of a row, 32 digits: the first eight tell how it was judged, the others of what clip it is."""
    return judging[:JUDGED] + hashlib.sha256(f"{what} {judging}".encode()).hexdigest()[: 32 - JUDGED]


@cache
def _versions() -> dict[str, str]:
    return versions()


def _digest(values: object) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
