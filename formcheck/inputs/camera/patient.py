"""Waiting for native code that may hang, without hanging."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_time(work: Callable[[], T], limit_s: float, undo: Callable[[T], object] | None = None) -> T:
    """What `work` gives, done on a thread of its own; raises what it raises, or `TimeoutError`.

    What comes too late is handed to `undo`, on that thread.
    """
    lock = threading.Lock()
    done: list[T] = []
    failed: list[BaseException] = []
    late = False

    def run() -> None:
        try:
            found = work()
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            failed.append(error)
            return
        with lock:
            if not late:
                done.append(found)
                return
        if undo:
            undo(found)

    thread = threading.Thread(target=run, name="patient", daemon=True)
    thread.start()
    thread.join(limit_s)
    with lock:
        late = not done and not failed
    if failed:
        raise failed[0]
    if late:
        raise TimeoutError
    return done[0]
