"""The two tables, written whole: Parquet for programs, CSV for everything else.

Rows go through in pieces, so that a million clips need no more memory than ten thousand.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from formcheck import __version__
from formcheck.batch.columns import Kinds, Row
from formcheck.data.disk import FULL, sync
from formcheck.errors import OutputError
from formcheck.outputs import cells

PIECE = 16_384
MARK = b"formcheck"
_WIDTHS = {int: np.int32, float: np.float64}


class _Table(Protocol):
    def add(self, rows: Sequence[Row]) -> None: ...
    def close(self) -> None: ...


def write(rows: Iterable[tuple[Row, Sequence[Row]]], tables: Sequence[tuple[Path, Kinds]]) -> None:
    """Write the table of clips and that of reps from pairs of a clip's row and its reps' rows.

    Each file is replaced when it is whole; an error leaves what was there. Raises `OutputError`.
    """
    parts = [path.with_name(f".{secrets.token_hex(16)}{path.suffix}") for path, _ in tables]
    at = tables[0][0]
    try:
        for path, _ in tables:
            path.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            writers = [_open(part, kinds) for part, (_, kinds) in zip(parts, tables, strict=True)]
            for writer in writers:
                stack.callback(writer.close)
            _fill(rows, writers)
        for part, (path, _) in zip(parts, tables, strict=True):
            sync(part)
            part.replace(path)
    except OSError as error:
        reason = "the disk is full" if error.errno in FULL else f"cannot be written ({error.strerror or error})"
        raise OutputError(f"{at}: {reason}; see to it and run the same again, nothing is lost") from error
    finally:
        for part in parts:
            with suppress(OSError):
                part.unlink()


def check_ours(path: Path, kinds: Kinds) -> None:
    """Raise `OutputError` where a file of that name is not a table of ours, and so not to be replaced."""
    if not path.exists():
        return
    try:
        ours = path.is_file() and (_heads(path, kinds) if _is_csv(path) else _marked(path))
    except OSError as error:
        raise OutputError(f"{path}: cannot be read ({error.strerror}); give another --out") from error
    if not ours:
        raise OutputError(f"{path}: is no table of scores; move it away or give another --out")


def _fill(rows: Iterable[tuple[Row, Sequence[Row]]], writers: Sequence[_Table]) -> None:
    pieces: list[list[Row]] = [[], []]
    for clip, reps in rows:
        pieces[0].append(clip)
        pieces[1].extend(reps)
        for piece, writer in zip(pieces, writers, strict=True):
            if len(piece) >= PIECE:
                writer.add(piece)
                piece.clear()
    for piece, writer in zip(pieces, writers, strict=True):
        writer.add(piece)


def _open(path: Path, kinds: Kinds) -> _Table:
    return _Csv(path, kinds) if _is_csv(path) else _Parquet(path, kinds)


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


class _Csv:
    """Comma-separated, UTF-8, one line a row; empty where there is no value, nothing that a spreadsheet runs."""

    def __init__(self, path: Path, kinds: Kinds) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._file.write(cells.row(kinds))

    def add(self, rows: Sequence[Row]) -> None:
        self._file.writelines(map(cells.row, rows))

    def close(self) -> None:
        self._file.close()


class _Parquet:
    """Typed columns, each null where there is no value."""

    def __init__(self, path: Path, kinds: Kinds) -> None:
        arrow, parquet = _arrow()
        self._kinds = tuple(kinds.values())
        types: dict[type, Callable[[], Any]] = {str: arrow.string, int: arrow.int32, float: arrow.float64}
        fields = [(name, types[kind]()) for name, kind in kinds.items()]
        self._schema = arrow.schema(fields, metadata={MARK: __version__.encode()})
        self._arrow = arrow
        self._writer = parquet.ParquetWriter(str(path), self._schema, compression="zstd")

    def add(self, rows: Sequence[Row]) -> None:
        columns = zip(*rows, strict=True) if rows else [()] * len(self._schema)
        arrays = [
            self._arrow.Array.from_buffers(field.type, len(rows), [*map(self._arrow.py_buffer, _buffers(column, kind))])
            for column, field, kind in zip(columns, self._schema, self._kinds, strict=True)
        ]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


def _buffers(values: Sequence[Any], kind: type) -> list[Any]:
    """A column as Arrow lays it out: what is known, where texts begin, values.

    Arrow would do it, and load pandas for that, which takes longer than a thousand recordings.
    """
    known = np.packbits(np.array([value is not None for value in values], bool), bitorder="little")
    if kind is not str:
        return [known, np.array([0 if value is None else value for value in values], _WIDTHS[kind])]
    texts = [b"" if value is None else value.encode() for value in values]
    return [known, np.cumsum([0, *map(len, texts)], dtype=np.int32), b"".join(texts)]


def _arrow() -> tuple[Any, Any]:
    import pyarrow  # noqa: PLC0415 - slow to load, needed for Parquet alone
    import pyarrow.parquet  # noqa: PLC0415

    return pyarrow, pyarrow.parquet


def _heads(path: Path, kinds: Kinds) -> bool:
    with path.open("rb") as file:
        first = file.readline(100_000)
    return not first or first.split(b",")[0].strip() == next(iter(kinds)).encode()


def _marked(path: Path) -> bool:
    arrow, parquet = _arrow()
    try:
        return MARK in (parquet.read_schema(str(path)).metadata or {})
    except (arrow.ArrowInvalid, arrow.ArrowTypeError):
        return path.stat().st_size == 0
