"""All files of one result, under the names of the contract: each stands by itself.

What cannot be made is left out, and the summary, which is written last, says so among its warnings. Only a full disk
ends it all: then nothing that follows can be trusted either.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from formcheck import blame
from formcheck.data.disk import FULL
from formcheck.data.recording import NAME
from formcheck.data.result import Result
from formcheck.outputs import measures
from formcheck.outputs.opensim import write_mot, write_trc
from formcheck.outputs.report import write_report
from formcheck.outputs.summary import write_summary
from formcheck.outputs.tables import write_frames, write_reps

OVERLAY = "overlay.mp4"
REPORT = "report.html"
ENDS = FULL | {errno.EFBIG}
"""What the system says where nothing more can be written."""
Draw = Callable[[Path], list[str]]
"""Makes the overlay at a path; gives back what it lacks, in words."""


class Written(NamedTuple):
    """A result as it was written, with a warning for each thing that is missing, and the names of missing files."""

    result: Result
    missing: tuple[str, ...] = ()


def write_all(result: Result, folder: Path, stem: str, *, video: str | None, draw: Draw | None = None) -> Written:
    """Write into `folder`; the report shows the video of that name beside it, if there will be one.

    With `draw` the overlay is made too, and shown if that went well. Raises `OSError` where the disk is full or not
    even the summary can be written.
    """
    made = _Made(folder)
    made.write(NAME, lambda path: measures.save(result, path))
    made.write("frames.csv", lambda path: write_frames(result, path))
    made.write("reps.csv", lambda path: write_reps(result, path))
    made.write(f"{stem}.trc", lambda path: write_trc(result, path))
    made.write(f"{stem}.mot", lambda path: write_mot(result, path))
    if draw is not None:
        video = OVERLAY if made.draw(draw) else None
    told = made.told(result)
    made.write(REPORT, lambda path: write_report(told, path, video=video))
    told = made.told(result)
    write_summary(told, folder / "summary.json")
    return Written(told, tuple(made.missing))


class _Made:
    """What was made of the files of one folder, and what was not."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._warnings: list[str] = []
        self.missing: list[str] = []

    def write(self, name: str, write: Callable[[Path], object]) -> None:
        """Write one file; without it the others are of use still."""
        try:
            write(self._folder / name)
        except Exception as error:
            if getattr(error, "errno", None) in ENDS:
                raise
            self._lost(name, error)

    def draw(self, draw: Draw) -> bool:
        """Make the overlay; a disk that it fills up has room for the rest when it is gone."""
        try:
            self._warnings += [f"{OVERLAY}: {line}" for line in draw(self._folder / OVERLAY)]
        except Exception as error:  # noqa: BLE001 - the rest of the result is worth more than a picture of it
            self._lost(OVERLAY, error)
            return False
        return True

    def told(self, result: Result) -> Result:
        """The result with what is missing among its warnings."""
        return replace(result, warnings=(*result.warnings, *self._warnings))

    def _lost(self, name: str, error: Exception) -> None:
        path = self._folder / name
        path.unlink(missing_ok=True)
        self.missing.append(name)
        self._warnings.append(f"{name} is missing: {blame.line(error).removeprefix(f'{path}: ')}")
