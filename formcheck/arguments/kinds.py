"""What the values of options may be: numbers within limits, paths; anything else is refused in words."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path


def number(low: float, high: float, unit: str = "") -> Callable[[str], float]:
    """A reader of numbers from `low` to `high`."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text} is no number") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not between {low:g} and {high:g}{unit}")
        return value

    return read


def whole(text: str) -> int:
    """A whole number, one or more."""
    if not (text.isdecimal() and int(text[:9]) > 0):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of one or more")
    return int(text[:9])


def corners(text: str) -> tuple[int, int]:
    """Inner corners of a chessboard, such as 9x6."""
    along, _, across = text.partition("x")
    if not (along.isdecimal() and across.isdecimal() and min(int(along), int(across)) >= 3):
        raise argparse.ArgumentTypeError(f"{text} is not like 9x6, three or more each way")
    return int(along), int(across)


def local(text: str) -> Path:
    """A path on this computer."""
    if "://" in text:
        hint = "it is read by `formcheck batch`, and watched as it comes by `formcheck live --camera`"
        raise argparse.ArgumentTypeError(f"{text} is an address, not a file; {hint}")
    return Path(text)
