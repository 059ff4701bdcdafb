"""Which folder a result goes to: that of its own video, never that of another of the same name.

    spot = Spot(Path("out"), "set", sha256_of_the_video)
    spot.choose()                        # "set"; or "set-2", where out/set_formcheck/ is another video's

A summary says by `content_sha256` what was analysed. The same content goes to the folder that it has already, other
content to one that is free. All of it can be asked before the first frame is looked at, as can the room on the disk.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from formcheck.data.recording import Source
from formcheck.errors import OutputError
from formcheck.outputs.folder import JOURNAL, LITTER, SUFFIX, check_replaceable, result_folder, result_path

SUMMARY = "summary.json"
MARK = "content_sha256"
LARGEST = 64 << 20
"""Bytes: no summary is larger."""
GRID_HZ, ROW_BYTES, FRAME_BYTES, PAGE_BYTES = 30, 1000, 450, 60_000
"""Measured on the sample clips: tables and OpenSim files a row, recording a frame, report and summary."""
OVERLAY_BITS = 0.1
"""A pixel of the overlay, measured on the sample clips and on clips of phones."""
OVER_RECORDING = 3
"""All files of a recording's result, by the size of the recording."""
LEAST_FRAME_BYTES = 16
"""No coded frame is smaller, whatever a header promises."""
LARGEST_OVERLAY_PX = 1280 * 720


@dataclass
class Spot:
    """The place of one result.

    mark       SHA-256 of what was analysed, 64 digits; empty where it is not known, and then no result is replaced
    overwrite  take `<stem>_formcheck` whatever video it belongs to
    own        a folder that is to be filled: that of the live session whose journal is analysed
    written    stems of results of the same call, which are not replaced even then
    wanted     stems of other videos of the same call: not taken for this one if it needs another name
    """

    out: Path
    stem: str
    mark: str = ""
    overwrite: bool = False
    own: Path | None = None
    written: Collection[str] = ()
    wanted: Collection[str] = ()
    chosen: str = field(default="", init=False)

    def choose(self) -> str:
        """The stem of the folder; asked again when it is to be filled, another process may have taken it meanwhile.

        Raises `OutputError` where a folder of its name is there that is no result.
        """
        final = result_path(self.out, self.stem)
        if final.is_symlink() or final.exists():
            check_replaceable(final)
        self.chosen = next((name for name in self._there() if self._is_mine(name)), None) or self._free()
        return self.chosen

    @property
    def path(self) -> Path:
        """The folder that was chosen."""
        return result_path(self.out, self.chosen or self.stem)

    def told(self) -> str:
        """In words that the folder is not the one of the usual name; empty where it is."""
        if not self.chosen or self.chosen == self.stem:
            return ""
        usual = result_path(self.out, self.stem).name
        return f"{usual} belongs to another video, so this one's result is {self.path.name} (--overwrite replaces it)"

    def _there(self) -> Iterator[str]:
        """Stems of the folders with this name, with a number or without, the plain one first."""
        with suppress(OSError):
            like = re.compile(rf"{re.escape(self.stem)}(-[1-9][0-9]*)?")
            stems = (each.name.removesuffix(SUFFIX) for each in self.out.iterdir() if each.name.endswith(SUFFIX))
            yield from sorted((each for each in stems if like.fullmatch(each)), key=lambda each: (len(each), each))

    def _is_mine(self, stem: str) -> bool:
        folder = result_path(self.out, stem)
        if folder.is_symlink():
            return False
        if self.own is not None and _same(folder, self.own):
            return True
        return bool(self.mark) and mark_of(folder) == self.mark

    def _free(self) -> str:
        name, number = self.stem, 1
        while not self._is_free(name, number):
            number += 1
            name = f"{self.stem}-{number}"
        return name

    def _is_free(self, name: str, number: int) -> bool:
        if alike(name) in self.written or (number > 1 and alike(name) in self.wanted):
            return False
        folder = result_path(self.out, name)
        return (self.overwrite and number == 1) or not (folder.is_symlink() or folder.exists()) or _is_empty(folder)


def alike(name: str) -> str:
    """A name as systems see it that care neither for case nor for how accents are composed."""
    return unicodedata.normalize("NFC", name).casefold()


def stem_of(path: Path) -> str:
    """The stem of a file's result; a journal has that of the folder that its session began."""
    begun = path.absolute().parent.name
    return begun.removesuffix(SUFFIX) if path.name == JOURNAL and begun.endswith(SUFFIX) else path.stem


def mark_of(folder: Path) -> str:
    """What the summary in a folder says of the content that was analysed; empty where it says nothing."""
    summary = folder / SUMMARY
    try:
        if summary.stat().st_size > LARGEST:
            return ""
        found = json.loads(summary.read_bytes())
    except (OSError, ValueError, RecursionError):
        return ""
    mark = found.get(MARK) if isinstance(found, dict) else None
    return mark if isinstance(mark, str) else ""


def check(spot: Spot, needed_bytes: int) -> None:
    """Make sure that a result can be written, and leave everything as it is; raises `OutputError`."""
    free = needed_bytes
    with suppress(_Checked), result_folder(spot.out, spot.choose):
        free = shutil.disk_usage(spot.out).free
        raise _Checked
    if free < needed_bytes:
        raise OutputError(
            f"{spot.out}: the disk is full: about {_mb(needed_bytes)} are needed and {_mb(free)} are free; "
            "free some space or give another folder with --out"
        )


def check_out(out: Path) -> None:
    """Make sure that results can be written into `out`, and leave it as it is; raises `OutputError`."""
    with suppress(_Checked), result_folder(out, f".{secrets.token_hex(16)}"):
        raise _Checked


def room_of_video(source: Source, size: int, *, overlay: bool) -> int:
    """So many bytes, about, has the result of a video of `size` bytes; `source` is what the file says of itself."""
    frames = min(source.frames, size // LEAST_FRAME_BYTES)
    seconds = frames / source.fps if source.fps else 0.0
    whole = PAGE_BYTES + FRAME_BYTES * frames + GRID_HZ * ROW_BYTES * seconds
    if overlay:
        whole += frames * min(source.width * source.height, LARGEST_OVERLAY_PX) * OVERLAY_BITS / 8
    return round(whole)


def room_of_recording(size: int) -> int:
    """So many bytes, about, has the result of a recording of `size` bytes."""
    return PAGE_BYTES + OVER_RECORDING * size


class _Checked(Exception):  # noqa: N818 - no error, only the end of the check
    """All is well."""


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _is_empty(folder: Path) -> bool:
    try:
        return folder.is_dir() and not folder.is_symlink() and all(each.name in LITTER for each in folder.iterdir())
    except OSError:
        return False
