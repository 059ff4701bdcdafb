"""A queue of few items between two threads, of use still after an exception that a signal raised in the midst of it.

`queue.Queue` takes its lock in Python. Where Ctrl-C comes between that and the code that gives it back, the lock stays
taken and the other thread waits for ever; `queue.SimpleQueue` does all in one step of C, but has no bounds.
"""

from __future__ import annotations

import queue
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Handover(Generic[Item]):
    """First in, first out, `size` items at most."""

    def __init__(self, size: int) -> None:
        self._items: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._room: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _ in range(size):
            self._room.put(None)

    def put(self, item: Item, timeout: float | None = None) -> None:
        """Wait for room and put an item in; raises `queue.Full` after `timeout` seconds."""
        try:
            self._room.get(timeout=timeout)
        except queue.Empty:
            raise queue.Full from None
        self._items.put(item)

    def get(self, timeout: float | None = None) -> Item:
        """Wait for an item and take it out; raises `queue.Empty` after `timeout` seconds."""
        item = self._items.get(timeout=timeout)
        self._room.put(None)
        return item
