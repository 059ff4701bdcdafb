"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PAUSE_S = 0.005


def until(happened: Callable[[], object], limit_s: float = 5.0, what: str = "what was waited for") -> None:
    """Wait until something holds; an `AssertionError` where it does not in time."""
    deadline = time.monotonic() + limit_s
    while not happened():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(PAUSE_S)


@contextmanager
def at_once(limit_s: float = 5.0) -> Iterator[None]:
    """What is in here waits for nobody. The limit has room for a busy machine: who waited would wait for ever."""
    began = time.perf_counter()
    yield
    assert time.perf_counter() - began < limit_s
