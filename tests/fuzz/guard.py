"""One case under a limit of time and memory, and what became of it."""

from __future__ import annotations

import contextlib
import io
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from formcheck.cli import main
from formcheck.errors import FormcheckError
from formcheck.streams import one_line

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

LONGEST_S, MOST_BYTES = 20.0, 600 << 20
RESULT, LINE, FAILED = "result", "line", "failed"


class Fate(NamedTuple):
    """What became of a case: `kind`, what was printed or why it failed, and how long it took."""

    kind: str
    said: str
    took_s: float = 0.0


def commanded(*arguments: object) -> Fate:
    """A command in this process: done, or refused with code 2 and one line."""
    out, err = io.StringIO(), io.StringIO()

    def run() -> Fate:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([str(argument) for argument in arguments])
        lines = err.getvalue().splitlines()
        if code == 0 and all(line.startswith("formcheck: ") for line in lines):
            return Fate(RESULT, out.getvalue())
        if code == 2 and len(lines) == 1 and lines[0].startswith("formcheck: ") and not out.getvalue():
            return _plain(lines[0])
        return Fate(FAILED, f"exit code {code}: {err.getvalue()[-2000:]}")

    return guarded(run)


def called(function: Callable[[], Any]) -> Fate:
    """A function in this process: done, or refused by an error of formcheck's with code 2 and one line."""

    def run() -> Fate:
        try:
            return Fate(RESULT, str(function()))
        except FormcheckError as error:
            if error.exit_code != 2:
                return Fate(FAILED, f"exit code {error.exit_code}: {error}")
            return _plain(one_line(str(error)))  # as the command says it

    return guarded(run)


def guarded(run: Callable[[], Fate]) -> Fate:
    """What `run` tells, or that it raised, warned, took too long or too much."""
    began = time.monotonic()
    try:
        with limited(), warnings.catch_warnings():
            warnings.simplefilter("error")
            fate = run()
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        fate = Fate(FAILED, "".join(traceback.format_exception(error))[-3000:])
    return fate._replace(took_s=time.monotonic() - began)


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """No more than so much time and memory on top of what is in use."""
    if resource is None or sys.platform != "linux":
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    in_use = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    handler = signal.signal(signal.SIGALRM, _late)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_S)
    resource.setrlimit(resource.RLIMIT_AS, (in_use + MOST_BYTES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)


class LateError(BaseException):
    """It took too long; no `except Exception` holds it up."""


def _late(*_: object) -> None:
    raise LateError


def _plain(line: str) -> Fate:
    """A line that may be shown to people."""
    odd = not all(sign.isprintable() for sign in line)
    return Fate(FAILED, f"a control character in {line!r}") if odd else Fate(LINE, line)
