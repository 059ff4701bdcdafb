"""What the paths of a batch mean: files, folders, globs, lists of them, and addresses that fsspec opens."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from formcheck.data.endings import RECORDINGS, VIDEOS
from formcheck.errors import InputError, UsageError
from formcheck.outputs.folder import SUFFIX

OLD_MEMORIES = (".csv.journal", ".parquet.journal")
"""What a batch kept beside its table before it kept it in SQLite; no recordings."""
MAGIC = "*?["
LIST = "@"
STAMPS = frozenset({"etag", "mtime", "lastmodified", "last_modified", "md5hash", "md5", "generation", "created"})
"""What file systems call it when they tell that a file is another."""


def find(paths: Sequence[str | Path], *, recordings: bool = False) -> list[str]:
    """Every clip once, in the order of the paths and sorted within each; in folders by the endings of names.

    Raises `UsageError` where a path is not there or nothing is found in it; what a list names may be missing and
    becomes a failed clip.
    """
    endings = RECORDINGS if recordings else VIDEOS
    found: dict[str, str] = {}
    for path in paths:
        for clip in _listed(str(path), endings) if str(path).startswith(LIST) else _meant(str(path), endings):
            found.setdefault(_identity(clip), clip)
    return list(found.values())


def is_address(path: str) -> bool:
    """Whether a path is an address for fsspec, such as "s3://bucket/clip.mp4"."""
    return "://" in path


def file_system(address: str) -> tuple[Any, str]:
    """The file system of an address, and the address's path in it; raises `InputError` in one line."""
    try:
        import fsspec  # noqa: PLC0415 - needed for addresses alone
    except ImportError as error:
        raise InputError(f"{address}: addresses need fsspec; pip install fsspec, or copy the clips here") from error
    try:
        system, path = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise InputError(f"{address}: fsspec cannot open it ({_line(error)}); install what it asks for") from error
    return system, str(path)


def stamp(address: str) -> str:
    """What changes when the file at an address changes, without fetching it; empty where nothing tells."""
    system, path = file_system(address)
    try:
        about = system.info(path)
    except Exception:  # noqa: BLE001 - every file system has errors of its own; fetching it will tell
        return ""
    told = {name.lower(): str(about[name]) for name in about if name.lower() in STAMPS and about[name]}
    return f"{address} {about.get('size')} {sorted(told.items())}" if told else ""


def _listed(path: str, endings: frozenset[str]) -> Iterator[str]:
    """Each line as if it stood on the command line; empty lines and those that begin with # are passed over."""
    name = path.removeprefix(LIST)
    try:
        lines = Path(name).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise InputError(f"{name}: {reason}; give a text file with one path a line") from error
    for line in (text.strip() for text in lines):
        if "\0" in line:
            raise InputError(f"{name}: has a line that is no path; give a text file with one path a line")
        if line and not line.startswith("#"):
            yield from _meant(line, endings, missing_ok=True)


def _meant(path: str, endings: frozenset[str], *, missing_ok: bool = False) -> Iterable[str]:
    if is_address(path):
        return _remote(path, endings)
    if Path(path).is_dir():
        return _filled(path, _walk(path, endings), _hint(path, endings))
    if any(sign in path for sign in MAGIC) and not Path(path).exists():
        return _filled(path, _globbed(path, endings))
    if not missing_ok and not Path(path).exists():
        raise UsageError(f"{path}: no such file or folder; check the path")
    return [path]


def _filled(path: str, found: list[str], hint: str = "") -> list[str]:
    if not found:
        usual = "give files by their names if their endings are unusual"
        raise UsageError(f"{path}: nothing to score in it; {hint or usual}")
    return found


def _hint(folder: str, endings: frozenset[str]) -> str:
    """What to do where a folder holds recordings in place of videos, or the other way round."""
    if endings is VIDEOS and _walk(folder, RECORDINGS):
        return "it holds recordings, which are judged again with --from-recordings"
    if endings is RECORDINGS and _walk(folder, VIDEOS):
        return "it holds videos; leave out --from-recordings"
    return ""


def _walk(folder: str, endings: frozenset[str]) -> list[str]:
    """Files of a folder and all below it, but for hidden ones and the videos that formcheck drew itself."""
    found = []
    for place, folders, files in os.walk(folder):
        if endings is VIDEOS:
            folders[:] = [name for name in folders if not name.endswith(SUFFIX)]
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names = (name for name in sorted(files) if not (name.startswith(".") or name.lower().endswith(OLD_MEMORIES)))
        found += [os.path.join(place, name) for name in names if _ending(name) in endings]  # noqa: PTH118
    return found


def _ending(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 - a `Path` takes long


def _globbed(pattern: str, endings: frozenset[str]) -> list[str]:
    """Files that a pattern names, whatever their endings, and folders through and through."""
    found: list[str] = []
    for path in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - patterns may be absolute
        found += _walk(path, endings) if Path(path).is_dir() else [path]
    return found


def _remote(address: str, endings: frozenset[str]) -> list[str]:
    system, path = file_system(address)
    try:
        if any(sign in path for sign in MAGIC):
            return _filled(address, [system.unstrip_protocol(name) for name in sorted(system.glob(path))])
        if not system.isdir(path):
            return [address]
        names = sorted(name for name in system.find(path) if Path(name).suffix.lower() in endings)
        return _filled(address, [system.unstrip_protocol(name) for name in names])
    except UsageError:
        raise
    except Exception as error:  # every file system has errors of its own
        raise InputError(f"{address}: cannot be looked into ({_line(error)}); check address and access") from error


def _identity(clip: str) -> str:
    return clip if is_address(clip) else os.path.abspath(clip)  # noqa: PTH100 - links are names of their own


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
