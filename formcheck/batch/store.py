"""The memory of a batch: a journal beside the table, to which every clip adds one line when it is done.

    formcheck batch journal 1\\n
    CRC-32 key state JSON\\n      8 and 32 hexadecimal digits, one letter (`work.SCORED` and so on), the rows

Where the state is `k`, key and JSON are a file's stamp and its content: what need not be read again.

A process that is killed, or a disk that is full, leaves at most a piece of a line at the end, which is cut off when
the journal is opened again. Of several lines with one key the last one counts. One batch at a time holds the journal.
"""

from __future__ import annotations

import errno
import json
import os
import time
import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from formcheck.batch.columns import LAYOUT, Row
from formcheck.batch.key import JUDGED
from formcheck.batch.work import Outcome
from formcheck.data.disk import FULL
from formcheck.errors import OutputError

START = b"formcheck batch journal %d\n" % LAYOUT
_KEY = slice(9, 41)
_STATE = slice(42, 43)
_TEXT = 44
KNOWN = "k"
SYNC_EVERY_S = 1.0
"""So much work at most is lost where the power fails; whatever else ends the process loses none."""


class Place(NamedTuple):
    """Where a line is, and the state in it."""

    at: int
    length: int
    state: str


class Journal:
    """Opens or begins a journal; use as a context manager.

    Raises `OutputError` where the file is something else, is held by another batch or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._places: dict[str, Place] = {}
        self._judged: set[str] = set()
        self._synced_s = 0.0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        except OSError as error:
            raise OutputError(f"{path}: cannot be written ({error.strerror}); give another --out") from error
        try:
            self._begin()
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Have all on the disk and let others go on."""
        with suppress(OSError):
            os.fsync(self._file)
        os.close(self._file)

    def state(self, key: str) -> str | None:
        """The state of a row, `None` where there is none."""
        place = self._places.get(key)
        return place.state if place else None

    def knows(self, judging: str) -> bool:
        """Whether any row was judged so."""
        return judging[:JUDGED] in self._judged

    def rows(self, key: str) -> tuple[dict[str, Any], list[Row]]:
        """The row of a clip and the rows of its reps."""
        clip, reps = self._text(self._places[key])
        return clip, reps

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Write down what was done; raises `OutputError`, and then none of it is written."""
        entries: list[tuple[str, str, bytes]] = []
        for outcome in outcomes:
            entries.append((outcome.key, outcome.state, outcome.text))
            if outcome.stamp and outcome.content:
                entries.append((outcome.stamp, KNOWN, json.dumps(outcome.content).encode()))
        self._add(entries)

    def content(self, stamp: str) -> str:
        """The content of a file that is as it was when it had this stamp, empty where that is not known."""
        place = self._places.get(stamp)
        return str(self._text(place)) if place and place.state == KNOWN else ""

    def remember(self, stamp: str, content: str) -> None:
        """Keep the content of a file; raises `OutputError`."""
        self._add([(stamp, KNOWN, json.dumps(content).encode())])

    def _add(self, entries: Iterable[tuple[str, str, bytes]]) -> None:
        lines, places = [], {}
        at = self._end
        for key, state, text in entries:
            rest = b" ".join((key.encode(), state.encode(), text))
            lines.append(b"%08x %s\n" % (zlib.crc32(rest), rest))
            places[key] = Place(at, len(lines[-1]), state)
            at += len(lines[-1])
        self._append(b"".join(lines))
        self._places |= places

    def _text(self, place: Place) -> Any:
        return json.loads(_read(self._file, place.at + _TEXT, place.length - _TEXT))

    def _begin(self) -> None:
        _lock(self._file, self.path)
        size = os.fstat(self._file).st_size
        start = _read(self._file, 0, min(size, len(START)))
        if not START.startswith(start):
            raise OutputError(f"{self.path}: is no journal of this formcheck; move it away or give another --out")
        if size < len(START):
            os.ftruncate(self._file, 0)
            self._end = 0
            self._append(START)
        else:
            self._end = self._index()
            os.ftruncate(self._file, self._end)

    def _index(self) -> int:
        """Find every whole line; where the last one ends."""
        at = len(START)
        with os.fdopen(os.dup(self._file), "rb") as file:
            file.seek(at)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                if _is_whole(line):
                    key = line[_KEY].decode()
                    self._places[key] = Place(at, len(line), line[_STATE].decode())
                    if line[_STATE] != KNOWN.encode():
                        self._judged.add(key[:JUDGED])
                at += len(line)
        return at

    def _append(self, data: bytes) -> None:
        try:
            _write(self._file, self._end, data)
            if time.monotonic() - self._synced_s > SYNC_EVERY_S:
                os.fsync(self._file)
                self._synced_s = time.monotonic()
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._file, self._end)
            full = error.errno in {*FULL, errno.EFBIG}
            reason = "the disk is full" if full else f"cannot be written ({error.strerror})"
            raise OutputError(f"{self.path}: {reason}; see to it and run the same again, it goes on") from error
        self._end += len(data)


def _is_whole(line: bytes) -> bool:
    try:
        return len(line) > _TEXT and int(line[:8], 16) == zlib.crc32(line[9:-1])
    except ValueError:
        return False


def _read(file: int, at: int, size: int) -> bytes:
    os.lseek(file, at, os.SEEK_SET)
    parts = []
    while size > 0 and (part := os.read(file, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _write(file: int, at: int, data: bytes) -> None:
    os.lseek(file, at, os.SEEK_SET)
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _lock(file: int, path: Path) -> None:
    """Keep the journal for this process, until it ends however it ends."""
    try:
        import fcntl  # noqa: PLC0415 - not everywhere

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        import msvcrt  # noqa: PLC0415 - where the other is not

        os.lseek(file, 0x7FFFFFFF, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError as error:
            raise _held(path) from error
    except BlockingIOError as error:
        raise _held(path) from error
    except OSError:
        return  # a file system without locks


def _held(path: Path) -> OutputError:
    return OutputError(f"{path}: another batch is writing to it; wait for it or give another --out")
