"""Every captured frame for whoever wants all of them, without holding up the capture."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
PENDING = 48  # pictures: more than a second, and at 640 x 480 less than 50 MB


class Tap(Generic[T]):
    """Calls `drink` with every item, in order, on a thread of its own.

    `lost` counts what came while `PENDING` were waiting; `failed` is what `drink` raised: it is then called
    no more.
    """

    def __init__(self, drink: Callable[[T], object]) -> None:
        self._drink = drink
        self._jobs: queue.SimpleQueue[T | None] = queue.SimpleQueue()
        self.lost = 0
        self.failed: Exception | None = None
        self._thread = threading.Thread(target=self._work, name="tap", daemon=True)
        self._thread.start()

    def put(self, item: T) -> None:
        """Hand over one item; never waits."""
        if self.failed or self._jobs.qsize() >= PENDING:
            self.lost += 1
        else:
            self._jobs.put(item)

    def close(self, limit_s: float) -> None:
        """Let it finish what is waiting, as far as the time allows."""
        self._jobs.put(None)
        self._thread.join(limit_s)

    def _work(self) -> None:
        while (item := self._jobs.get()) is not None:
            if self.failed:
                continue
            try:
                self._drink(item)
            except Exception as error:  # noqa: BLE001 - the capture goes on without it
                self.failed = error
