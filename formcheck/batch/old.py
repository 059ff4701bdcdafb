"""The journal in which earlier versions kept the memory of a batch, read once more: `<table>.journal`.

    formcheck batch journal 1\\n
    CRC-32 key state JSON\\n      8 and 32 hexadecimal digits, one letter, the rows

Where the state is `k`, key and JSON are a file's stamp and its content. Of several lines with one key the last one
counts. A line that is not whole is none.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from formcheck.batch.columns import LAYOUT
from formcheck.batch.lock import take

START = b"formcheck batch journal %d\n" % LAYOUT
KNOWN = "k"
_LINE = re.compile(rb'([0-9a-f]{8}) (([0-9a-f]{32}) (?:([sfa]) (\[.*\])|(k) ("[0-9a-f]{64}")))\n', re.DOTALL)
LONGEST = 1 << 26
"""Bytes of a line; a clip of a thousand reps takes one."""


@contextmanager
def opened(path: Path) -> Iterator[Iterator[tuple[str, str, bytes]] | None]:
    """Key, state and text of every whole line, `None` where there is no such journal.

    Raises `OutputError` where a batch of an earlier version writes to it.
    """
    try:
        file = path.open("rb")
    except OSError:
        yield None
        return
    with file:
        if file.readline(len(START)) != START:
            yield None
            return
        take(file.fileno(), path)
        yield _lines(iter(lambda: file.readline(LONGEST), b""))


def _lines(lines: Iterator[bytes]) -> Iterator[tuple[str, str, bytes]]:
    for line in lines:
        found = _LINE.fullmatch(line)
        if found and int(found[1], 16) == zlib.crc32(found[2]):
            state, text = (found[4], found[5]) if found[4] else (found[6], found[7])
            yield found[3].decode(), state.decode(), text
