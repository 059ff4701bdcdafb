"""The memory of a batch: an SQLite file beside the table, to which the row of every clip goes when it is done.

    rows      key, state (`work.SCORED` and so on), row (JSON: the clip's row, the rows of its reps), crc
    contents  stamp, content: files that need not be read again

Each clip is one transaction, so whatever ends a batch, what was done is there and the rest is not. What goes in is
checked against the columns, as is what comes out: a row that no table can hold, or whose CRC-32 is another, is none,
and its clip is done again. One batch at a time writes (`lock.py`); anybody may read meanwhile.
"""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from formcheck import __version__
from formcheck.batch import columns, old
from formcheck.batch.columns import LAYOUT, Row
from formcheck.batch.key import JUDGED
from formcheck.batch.lock import locked
from formcheck.batch.work import AGAIN, FAILED, SCORED, Outcome
from formcheck.data.gate import reason
from formcheck.errors import FormcheckError, InputError, OutputError

MARK = int.from_bytes(b"frmc", "big")
"""SQLite's `application_id`: whose file it is. Its `user_version` is the layout of a row."""
HEADER = b"SQLite format 3\0"
SCHEMA = (
    "CREATE TABLE rows (key TEXT NOT NULL UNIQUE CHECK (length(key) = 32), state TEXT NOT NULL"
    " CHECK (state IN ('s', 'f', 'a')), row TEXT NOT NULL, crc INTEGER NOT NULL)",
    "CREATE TABLE contents (stamp TEXT NOT NULL UNIQUE CHECK (length(stamp) = 32), content TEXT NOT NULL"
    " CHECK (length(content) = 64))",
)
STATES = frozenset({SCORED, FAILED, AGAIN})
SYNC_EVERY_S = 1.0
"""So much work at most is lost where the power fails; whatever else ends the process loses none."""
WAL = "PRAGMA journal_mode=WAL"
WAIT_S = 5.0
"""So long somebody who reads may stand in the way of a row."""
_ROW = "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)"
_CONTENT = "INSERT OR REPLACE INTO contents VALUES (?, ?)"


class _Known(NamedTuple):
    """A row that is there and whole."""

    state: str
    clip: dict[str, Any]
    reps: list[Row]


class Memory:
    """Opens or begins a memory; use as a context manager. What `journal` of an earlier version holds is moved into it.

    Raises `InputError` where the file is something else or damaged, `OutputError` where another batch holds it or it
    cannot be written; so does every method.
    """

    def __init__(self, path: Path, journal: Path | None = None) -> None:
        self.path = path
        self._synced_s = 0.0
        self._last: tuple[str, _Known | None] = ("", None)
        with ExitStack() as stack:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                fresh = not path.exists() or path.stat().st_size == 0
                stack.enter_context(locked(path))
                ours = fresh or _begins_well(path)
            except OSError as error:
                raise OutputError(f"{path}: cannot be written ({error.strerror}); give another --out") from error
            if not ours:
                raise _stranger(path)
            with _worded(path):
                self._file = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)
                stack.callback(self._file.close)
                self._begin()
                if journal is not None:
                    self._take_over(journal)
            self._open = stack.pop_all()

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Have all on the disk and let others go on."""
        with suppress(sqlite3.Error):
            self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._open.close()

    def state(self, key: str) -> str | None:
        """The state of a row, `None` where there is none."""
        found = self._known(key)
        return found.state if found else None

    def found(self, key: str) -> tuple[dict[str, Any], list[Row]] | None:
        """The row of a clip and the rows of its reps, `None` where there is none."""
        found = self._known(key)
        return (found.clip, found.reps) if found else None

    def knows(self, judging: str) -> bool:
        """Whether any row was judged so."""
        first = judging[:JUDGED]
        return bool(self._asked("SELECT 1 FROM rows WHERE key >= ? AND key < ? LIMIT 1", first, first + "~"))

    def content(self, stamp: str) -> str:
        """The content of a file that is as it was when it had this stamp, empty where that is not known."""
        found = self._asked("SELECT content FROM contents WHERE stamp = ?", stamp)
        return found[0][0].decode() if found and columns.is_digest(found[0][0]) else ""

    def add(self, outcomes: Iterable[Outcome]) -> list[Outcome]:
        """Write down what was done, all of it or none; each as it was written."""
        done = [_fitting(outcome) for outcome in outcomes]
        self._write(_entries((each.key, each.state, each.text) for each in done), _stamps(done))
        return done

    def remember(self, stamp: str, content: str) -> None:
        """Keep the content of a file."""
        self._write((), [(stamp, content)])

    def _known(self, key: str) -> _Known | None:
        """A row, none where it is not there, damaged, or holds what no table can; the last one is asked for again."""
        if self._last[0] != key:
            self._last = (key, self._read(key))
        return self._last[1]

    def _read(self, key: str) -> _Known | None:
        found = self._asked("SELECT state, row, crc FROM rows WHERE key = ?", key)
        if not found:
            return None
        state, text, crc = found[0]
        if not (isinstance(state, bytes) and isinstance(text, bytes)) or crc != _crc(key, state, text):
            return None
        try:
            return _Known(state.decode(), *columns.told(text)) if state.decode() in STATES else None
        except ValueError:
            return None

    def _asked(self, question: str, *values: str) -> list[Any]:
        with _worded(self.path):
            return self._file.execute(question, values).fetchall()

    def _write(self, entries: Iterable[tuple[Any, ...]], contents: Iterable[tuple[str, str]]) -> None:
        """One transaction; on the disk itself once in a while."""
        self._last = ("", None)
        with _worded(self.path):
            due = time.monotonic() - self._synced_s > SYNC_EVERY_S
            self._file.execute(f"PRAGMA synchronous={'FULL' if due else 'NORMAL'}")
            with self._transaction():
                self._file.executemany(_ROW, entries)
                self._file.executemany(_CONTENT, contents)
            self._synced_s = time.monotonic() if due else self._synced_s

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._file.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._file.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # it has gone back already
                self._file.execute("ROLLBACK")
            raise

    def _begin(self) -> None:
        """Make the tables where there is none (yet), or see that they are ours."""
        self._file.text_factory = bytes
        for setting in ("trusted_schema=OFF", "cell_size_check=ON"):
            self._file.execute(f"PRAGMA {setting}")
        try:
            self._file.execute(WAL).fetchall()
        except sqlite3.OperationalError:  # a file system without shared memory
            self._file.execute("PRAGMA journal_mode=DELETE").fetchall()
        if self._form() == (0, 0, set()):
            with self._transaction():
                for line in (*SCHEMA, f"PRAGMA application_id={MARK}", f"PRAGMA user_version={LAYOUT}"):
                    self._file.execute(line)
        if self._form() != (MARK, LAYOUT, {line.encode() for line in SCHEMA}):
            raise _stranger(self.path)

    def _form(self) -> tuple[int, int, set[bytes]]:
        """Whose file it is, in which layout, and the tables in it."""
        asked = [self._file.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        made = self._file.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        return asked[0], asked[1], {each for (each,) in made}

    def _take_over(self, journal: Path) -> None:
        """Move rows and contents of an earlier version's journal here; then it goes."""
        with old.opened(journal) as lines:
            if lines is None:
                return
            with self._transaction():
                for key, state, text in lines:
                    if state == old.KNOWN:
                        self._file.execute(_CONTENT.replace("REPLACE", "IGNORE"), (key, json.loads(text)))
                    elif state in STATES and _holds(text):
                        self._file.execute(_ROW, next(_entries([(key, state, text)])))
            self._file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            with suppress(OSError):
                journal.unlink()


def _fitting(outcome: Outcome) -> Outcome:
    """The outcome, or one with an error where no table can hold a value of it."""
    try:
        columns.told(outcome.text)
    except ValueError as error:
        values = {
            "error": f"a value fits no table ({error}); it is tried again in the next run",
            "formcheck": __version__,
        }
        return outcome._replace(state=AGAIN, text=json.dumps([values, []]).encode())
    return outcome


def _entries(rows: Iterable[tuple[str, str, bytes]]) -> Iterator[tuple[str, str, str, int]]:
    return ((key, state, text.decode(), _crc(key, state.encode(), text)) for key, state, text in rows)


def _stamps(done: Iterable[Outcome]) -> list[tuple[str, str]]:
    return [(each.stamp, each.content) for each in done if each.stamp and each.content]


def _crc(key: str, state: bytes, text: bytes) -> int:
    return zlib.crc32(text, zlib.crc32(b"%s %s " % (key.encode(), state)))


def _holds(text: bytes) -> bool:
    try:
        columns.told(text)
    except ValueError:
        return False
    return True


def _begins_well(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(HEADER)) == HEADER


def _stranger(path: Path) -> InputError:
    return InputError(f"{path}: is no memory of this formcheck; move it away or give another --out")


_CAUSES: tuple[tuple[str, Callable[[str], FormcheckError]], ...] = (
    ("SQLITE_FULL", lambda at: OutputError(f"{at}: the disk is full; see to it and run the same again, it goes on")),
    ("SQLITE_BUSY", lambda at: OutputError(f"{at}: another program holds it; close that and run the same again")),
    ("SQLITE_CORRUPT", lambda at: InputError(f"{at}: is damaged; move it away and run again, clips are scored anew")),
    ("SQLITE_NOTADB", lambda at: InputError(f"{at}: is damaged; move it away and run again, clips are scored anew")),
)


@contextmanager
def _worded(path: Path) -> Iterator[None]:
    """What SQLite has to say, in our words."""
    try:
        yield
    except (sqlite3.Error, UnicodeError) as error:  # the latter where damage is put into the words of the former
        name, why = str(getattr(error, "sqlite_errorname", None)), reason(error)
        for cause, told in _CAUSES:
            if name.startswith(cause):
                raise told(str(path)) from error
        if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
            raise OutputError(f"{path}: cannot be written ({why}); see to it and run the same again") from error
        raise InputError(f"{path}: is damaged ({why}); move it away and run again, clips are scored anew") from error
