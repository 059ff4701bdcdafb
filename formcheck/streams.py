"""Standard output and standard error as they come: closed, full, not UTF-8; and what may be shown on a terminal.

No control character of a name or of a file's content reaches a terminal: it is shown as Python would write it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from formcheck.errors import OutputError

_UNSHOWN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but the line's end, what turns the direction of writing, and what is no character."""


def shown(text: str) -> str:
    r"""Text of several lines as it may be shown on a terminal.

    >>> shown("a\x1b[2Jb\n")
    'a\\x1b[2Jb\n'
    """
    return _UNSHOWN.sub(lambda found: _escaped(found[0]), text)


def one_line(text: str) -> str:
    r"""The same on one line.

    >>> one_line("two\nlines.mp4: no such file")
    'two\\nlines.mp4: no such file'
    """
    return shown(text.strip()).replace("\n", "\\n")


def as_json(text: str) -> str:
    """JSON, in which such characters stand within strings only, with them as JSON escapes them."""
    return _UNSHOWN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def complain(message: str) -> None:
    """One line on standard error, if there is any."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"formcheck: {one_line(message)}\n")
        sys.stderr.flush()


def trace(error: BaseException) -> None:
    """Where an error comes from, on standard error, for whoever reports it."""
    import traceback  # noqa: PLC0415 - rarely needed

    with suppress(OSError, ValueError):
        sys.stderr.write(shown("".join(traceback.format_exception(error))))


def put(text: str) -> None:
    """Write to standard output; raises `OutputError`, and `BrokenPipeError` where the reader has gone."""
    _do(lambda: sys.stdout.write(text))


def flush() -> None:
    """Write what waits; raises as `put`."""
    _do(sys.stdout.flush)


def _do(write: Callable[[], object]) -> None:
    try:
        write()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _lost(error) from error


def prepare() -> None:
    """Have all three streams, whatever this process was started with, and in any encoding."""
    sys.stdin = sys.stdin or _opened(0)
    sys.stdout = sys.stdout or _opened(1)
    sys.stderr = sys.stderr or _opened(2)
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def finish(code: int) -> int:
    """Write what waits, such as a page of help; the exit code, which is 1 where that cannot be done."""
    try:
        flush()
    except BrokenPipeError:
        lose_output()
    except OutputError as error:
        lose_output()
        if code == 0:
            complain(str(error))
            code = 1
    return code


def lose_output() -> None:
    """Whatever waits to be written, or is written later, goes nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _lost(error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"standard output cannot be written ({reason}); files are where they were to be written")


def _opened(number: int) -> TextIO:
    return open(number, "w" if number else "r", encoding="utf-8", errors="backslashreplace", closefd=False)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
