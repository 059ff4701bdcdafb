"""What each command does, between the arguments and the rooms that do the work.

What is heavy to load is imported where it is used, and of the commands only the one that is to run.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

HOMES = {
    "demo": "recorded",
    "analyze": "recorded",
    "live": "live",
    "batch": "many",
    "replay": "recorded",
    "evaluate": "recorded",
    "rules": "about",
    "calibrate": "calibrated",
    "doctor": "about",
    "bench": "measured",
}
"""The module of each command; its function has the command's name."""


def load(name: str) -> Callable[[Any], int]:
    """The function of a command: takes its arguments, gives the exit code."""
    found: Callable[[Any], int] = getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    return found
