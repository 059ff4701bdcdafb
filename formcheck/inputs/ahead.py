"""Work done ahead on a thread of its own, such as decoding while something else looks at pictures."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from formcheck.data.handover import Handover

Item = TypeVar("Item")
DEPTH = 4
"""So many items wait at most: memory stays flat."""


class _End(Exception):  # noqa: N818 - no error, only the last thing in line
    """Nothing more comes."""


@contextmanager
def ahead(items: Iterable[Item], depth: int = DEPTH) -> Iterator[Iterator[Item]]:
    """The same items, fetched by a thread that ends with the block whatever happens.

    What goes wrong while fetching is raised where the item would have come.
    """
    line: Handover[tuple[Item] | BaseException] = Handover(depth)
    stop = threading.Event()
    thread = threading.Thread(target=_fetch, args=(items, line, stop), name="formcheck-ahead", daemon=True)
    thread.start()
    try:
        yield _taken(line)
    finally:
        stop.set()
        thread.join()


def _taken(line: Handover[tuple[Item] | BaseException]) -> Iterator[Item]:
    while not isinstance(got := line.get(), _End):
        if isinstance(got, BaseException):
            raise got
        yield got[0]


def _fetch(items: Iterable[Item], line: Handover[tuple[Item] | BaseException], stop: threading.Event) -> None:
    last: BaseException = _End()
    try:
        for item in items:
            if not _put(line, (item,), stop):
                return
    except BaseException as error:  # noqa: BLE001 - raised again where the items are used
        last = error
    _put(line, last, stop)


def _put(line: Handover[tuple[Item] | BaseException], got: tuple[Item] | BaseException, stop: threading.Event) -> bool:
    """Wait for room; whether it is in line, false once nobody wants it any more."""
    while not stop.is_set():
        try:
            line.put(got, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False
