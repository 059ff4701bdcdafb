"""How a run of the command ends before its time: by signals, one line, and nothing half-written.

    catch()                     # the first thing that the command does: nothing heavy is loaded yet
    loaded()                    # from here on a signal is an exception, so that all can end in order
    with litter(clean): ...     # `clean` takes away what must not be left, even where no exception gets through

A signal raises `Ended` in the main thread, once. Where that gets lost in foreign code, where native code holds the main
thread, and where the end itself takes too long and somebody asks again, the process ends at once, cleaned up all the
same. Nothing is imported here that takes time.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import time

TYPE_CHECKING = False  # as type checkers know it, without `typing`
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

PATIENCE_S = 3.0
"""So long native code may hold the main thread, and the end of a run may take, before somebody who asks is obeyed."""
_WORDS = {"SIGINT": "interrupted", "SIGTERM": "told to terminate", "SIGHUP": "the terminal has gone"}
_SIGNALS = {int(getattr(signal, name)): words for name, words in _WORDS.items() if hasattr(signal, name)}
_LEFT = "nothing half-written was left behind"


class Ended(KeyboardInterrupt):
    """The signal `number` has come."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class _Run:
    """What is known of this run."""

    def __init__(self) -> None:
        self.loading = True
        self.first_s = 0.0
        self.heard = 0
        self.told = False
        self.terminal = 2
        self.clean: list[Callable[[], object]] = []


_run = _Run()


def catch() -> None:
    """Have signals end this process in order; those that were to be ignored (`nohup`) stay ignored.

    Standard streams that are closed are opened first, to nowhere: whatever is opened next would take their numbers.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:  # the lowest number that is free
            os.set_inheritable(os.open(os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY), True)
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)
    sys.unraisablehook = _unraisable
    try:
        _run.terminal = os.dup(2)  # `hushed` puts something else in its place for a while
        _watch()
    except (OSError, RuntimeError):
        pass  # too few file handles or threads: it goes without


def loaded() -> None:
    """The command is loaded and begins."""
    _run.loading = False


def heard() -> None:
    """For whoever handles signals in a way of their own: this one is taken care of."""
    _run.heard += 1


def over(code: int) -> None:
    """The command has done what it does; a signal that comes now ends the process with the code that it has anyway."""
    for number in _SIGNALS:
        if signal.getsignal(number) is _end:
            signal.signal(number, lambda *_: os._exit(code))
            atexit.register(signal.signal, number, signal.SIG_IGN)  # Python would give the usual handler back


def code(error: KeyboardInterrupt) -> int:
    """The exit code, as shells have it."""
    return 128 + (error.number if isinstance(error, Ended) else int(signal.SIGINT))


def line(error: KeyboardInterrupt) -> str:
    """What is said of it; `told` from now on."""
    _run.told = True
    return _said(error.number if isinstance(error, Ended) else int(signal.SIGINT))


class litter:  # noqa: N801 - used as a function; `contextlib` takes its time
    """While this lasts, `clean` is called before the process ends at once."""

    def __init__(self, clean: Callable[[], object]) -> None:
        self._clean = clean

    def __enter__(self) -> None:
        _run.clean.append(self._clean)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _run.clean.remove(self._clean)


def _said(number: int) -> str:
    return f"{_SIGNALS[number]}; {_LEFT}"


def _end(number: int, _: object) -> None:
    """The handler."""
    _run.heard += 1
    if _run.loading:
        _leave(number)
    now = time.monotonic()
    if not _run.first_s:
        _run.first_s = now
        raise Ended(number)
    if now - _run.first_s > PATIENCE_S:
        _leave(number)


def _leave(number: int) -> None:
    """End the process at once."""
    try:
        for clean in _run.clean[::-1]:
            clean()
        if not _run.told:
            wipe = "\r" + 79 * " " + "\r" if os.isatty(_run.terminal) else ""
            os.write(_run.terminal, f"{wipe}formcheck: {_said(number)}\n".encode())
    finally:
        os._exit(128 + number)


def _unraisable(found: Any) -> None:
    """An `Ended` that comes while an object is taken down, say, is lost: then the process ends here."""
    if isinstance(found.exc_value, Ended):
        _leave(found.exc_value.number)
    sys.__unraisablehook__(found)


def _watch() -> None:
    """Have a thread hear of each signal too: it sees when the main thread does not."""
    import threading  # noqa: PLC0415 - once signals are caught

    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
    threading.Thread(target=_watched, args=(ours,), name="formcheck-signals", daemon=True).start()


def _watched(ours: int) -> None:
    came = 0
    while data := os.read(ours, 1):
        if data[0] not in _SIGNALS:
            continue
        came += 1
        until = time.monotonic() + PATIENCE_S
        while _run.heard < came and time.monotonic() < until:
            time.sleep(0.05)
        if _run.heard < came:
            _leave(data[0])
