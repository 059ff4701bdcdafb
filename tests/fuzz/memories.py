"""Damaged memories of a batch: the SQLite file, what a killed batch leaves beside it, an earlier version's journal."""

from __future__ import annotations

import random
import shutil
import sqlite3
import zlib
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from batches import RECORDING, memory, recordings, reps_of, rescore

from formcheck.batch import old

from . import damage

COUNT = 6
CHANGES = (
    "update rows set row = ?",
    "update rows set state = substr(?, 1, 1)",
    "update rows set crc = ?",
    "update rows set key = substr(hex(?) || key, 1, 32)",
    "update contents set content = ?",
    "delete from rows where rowid % 2 and ? is not 3",
    "create table more as select ? as a",
    "create view rows2 as select * from rows",
    "create trigger t after insert on rows begin delete from rows; end",
    "drop table contents",
    "pragma user_version = 99",
    "pragma application_id = 7",
    "pragma journal_mode = delete",
)


@cache
def whole() -> tuple[TemporaryDirectory[str], Path]:
    """A batch that was done: recordings, tables and memory; the folder lasts as long as it is held."""
    held = TemporaryDirectory()
    folder = Path(held.name)
    rescore(folder / "scores.csv", recordings(folder / "kept", COUNT - 1), RECORDING)
    return held, folder


def made(folder: Path, dice: random.Random) -> tuple[str, Path, list[bytes]]:
    """A copy whose memory is damaged: in a word how, its table of clips, and what both tables are to be."""
    shutil.copytree(whole()[1], folder, dirs_exist_ok=True)
    out, expected = folder / "scores.csv", tables(whole()[1] / "scores.csv")
    how = dice.choice(("bytes", "bytes", "rows", "rows", "log", "journal", "other"))
    _KINDS[how](out, dice)
    return how, out, expected


def tables(out: Path) -> list[bytes]:
    """Both tables, wherever the folder is."""
    return [table.read_bytes().replace(str(out.parent).encode(), b"") for table in (out, reps_of(out))]


def _bytes(out: Path, dice: random.Random) -> None:
    memory(out).write_bytes(damage.spoilt(memory(out).read_bytes(), dice))


def _rows(out: Path, dice: random.Random) -> None:
    with closing(sqlite3.connect(memory(out), isolation_level=None)) as opened:
        change = dice.choice(CHANGES)
        value = dice.choice((3, -1, 2.5, None, "x", "[{},[]]", b"\xff", "\x1b[2J", "s" * 64, 2**62))
        opened.execute("pragma ignore_check_constraints = on")
        with suppress(sqlite3.Error):
            opened.execute(change, [value] if "?" in change else [])


def _log(out: Path, dice: random.Random) -> None:
    """What a killed batch leaves: a log that is not yet in the file, damaged."""
    for ending in ("-wal", "-shm", ".lock"):
        memory(out).with_name(f"{memory(out).name}{ending}").write_bytes(
            damage.spoilt(dice.choice((b"", b"\x37\x7f\x06\x82" + bytes(4200), dice.randbytes(9000))), dice)
        )


def _journal(out: Path, dice: random.Random) -> None:
    """The journal of an earlier version with the same rows, damaged, in the place of the memory."""
    with closing(sqlite3.connect(memory(out))) as opened:
        found = opened.execute("select key, state, row from rows").fetchall()
    lines = [f"{key} {state} {row}".encode() for key, state, row in found]
    data = old.START + b"".join(b"%08x %s\n" % (zlib.crc32(each), each) for each in lines)
    out.with_name(f"{out.name}.journal").write_bytes(damage.spoilt(data, dice))
    memory(out).unlink()


def _other(out: Path, dice: random.Random) -> None:
    memory(out).write_bytes(dice.choice((b"", b"x", b"SQLite format 3\0", b"my notes\n" * 900, dice.randbytes(5000))))


_KINDS = {"bytes": _bytes, "rows": _rows, "log": _log, "journal": _journal, "other": _other}
