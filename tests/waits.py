"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable

PAUSE_S = 0.005


def until(happened: Callable[[], object], limit_s: float = 5.0, what: str = "what was waited for") -> None:
    """Wait until something holds; an `AssertionError` where it does not in time."""
    deadline = time.monotonic() + limit_s
    while not happened():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(PAUSE_S)
