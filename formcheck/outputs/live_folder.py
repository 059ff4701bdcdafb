"""The results folder of a live session: there from the start, with what was recorded so far.

    folder = start(Path("out"), datetime.now())     # out/live_20260131-185900_formcheck/
    journal = Journal(folder.journal)
    ...
    journal.close()
    finish(folder, result)                          # or discard(folder), where no frame came

A session that is killed leaves its folder with the journal in it, from which `formcheck analyze` makes the rest.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from formcheck.data.result import Result
from formcheck.errors import OutputError
from formcheck.outputs import files
from formcheck.outputs.folder import CAMERA, JOURNAL, camera_video, result_folder, result_path


class LiveFolder(NamedTuple):
    """Where a session is kept; `made` are the folders above it that were not there before, innermost first."""

    out: Path
    stem: str
    made: tuple[Path, ...]

    @property
    def path(self) -> Path:
        """The folder itself."""
        return result_path(self.out, self.stem)

    @property
    def journal(self) -> Path:
        """The recording while it goes on."""
        return self.path / JOURNAL

    @property
    def camera(self) -> Path:
        """What the camera sees, where that is to be kept."""
        return self.path / CAMERA


def start(out: Path, now: datetime) -> LiveFolder:
    """Make the folder of a session, never one that is there; raises `OutputError` where it cannot be made."""
    made = tuple(folder for folder in (out, *out.parents) if not folder.exists())
    name, number = f"live_{now:%Y%m%d-%H%M%S}", 1
    try:
        out.mkdir(parents=True, exist_ok=True)
        while not _made(result_path(out, stem := name if number == 1 else f"{name}-{number}")):
            number += 1
    except OSError as error:
        _unmake(made)
        reason = error.strerror or str(error)
        raise OutputError(f"{out}: cannot be written ({reason}); give another folder with --out") from error
    return LiveFolder(out, stem, made)


def finish(folder: LiveFolder, result: Result) -> Path:
    """Write all files of the result beside journal and video, which are closed by now; then the journal goes.

    Raises `OutputError` where they cannot be written: the journal is still there then.
    """
    with result_folder(folder.out, folder.stem) as part:
        files.write_all(result, part, folder.stem, video=camera_video(folder.out, folder.stem))
    return folder.path


def discard(folder: LiveFolder) -> None:
    """Leave nothing of a session in which no frame came; whatever else is in the folder stays."""
    with suppress(OSError):
        for path in (folder.journal, folder.camera):
            path.unlink(missing_ok=True)
        folder.path.rmdir()
        _unmake(folder.made)


def _made(path: Path) -> bool:
    """Make a folder; false where something of that name is there."""
    try:
        path.mkdir()
    except FileExistsError:
        return False
    return True


def _unmake(made: tuple[Path, ...]) -> None:
    with suppress(OSError):
        for folder in made:
            folder.rmdir()
