"""What tests of the benchmarks' guard share; its fixtures are in `conftest.py`."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from conftest import SAMPLES, cut

from formcheck.inputs import models

Sized = Callable[..., None]
LOOKS = 3
"""A guard has to break at one of so many looks: a busy neighbour may hide what is slow, but not each time."""


def values(benchmarks: Any, *names: str) -> dict[str, float]:
    """What was found, by the names of the figures."""
    found = benchmarks.measured(*names).values()
    return {figure.name: figure.value for figures in found for figure in figures}


def breaks(benchmarks: Any, names: set[str], *files: str) -> bool:
    """Whether each of the figures goes beyond its bound at one look or another."""
    limits, kept = benchmarks.bounds(), set(names)
    for _ in range(LOOKS):
        found = values(benchmarks, *files)
        print("found", found)
        kept -= {name for name, value in found.items() if value > limits[name]}
        if not kept:
            return True
    return False


def slowed(function: Callable[..., Any], work: Callable[[], object]) -> Callable[..., Any]:
    """With more work before it: a multiple of this machine's own reference, as a fixed time is little on a slow one."""

    def late(*arguments: Any, **others: Any) -> Any:
        work()
        return function(*arguments, **others)

    return late


def reference(times: int) -> None:
    """What core, rules and live are held against."""
    import_module("references").varied_calls(times)


def net_s(folder: Path, frames: int) -> float:
    """Processor seconds that a frame takes in the bare loop here."""
    clip = cut(SAMPLES / "clip10.mp4", folder / "clip.mp4", frames)
    began = time.process_time()
    import_module("references").bare_loop(clip, models.find("lite"), pruned=True)
    return (time.process_time() - began) / frames


def spin(clock: Callable[[], float], seconds: float) -> None:
    """Keep the processor busy so long."""
    until = clock() + seconds
    while clock() < until:
        pass
