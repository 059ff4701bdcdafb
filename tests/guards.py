"""What tests of the benchmarks' guard share; its fixtures are in `conftest.py`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from conftest import BENCHMARKS, SAMPLES, cut, environment

from formcheck.inputs import models

Sized = Callable[..., None]
Look = Callable[[], dict[str, float]]
LOOKS = 3
"""A guard has to break at one of so many looks: a busy neighbour may hide what is slow, but not each time."""


def values(benchmarks: Any, *names: str) -> dict[str, float]:
    """What was found, by the names of the figures."""
    found = benchmarks.measured(*names).values()
    return {figure.name: figure.value for figures in found for figure in figures}


def breaks(benchmarks: Any, names: set[str], *files: str, look: Look | None = None) -> bool:
    """Whether each of the figures goes beyond its bound at one look or another; `look` finds them in another way."""
    limits, kept = benchmarks.bounds(), set(names)
    for _ in range(LOOKS):
        found = look() if look else values(benchmarks, *files)
        print("found", found)
        kept -= {name for name, value in found.items() if value > limits[name]}
        if not kept:
            return True
    return False


def lengthened(name: str, times: float, more: float) -> Callable[..., Any]:
    """`in_turn` of a benchmark's file whose work takes so much more by its own clock; both sides so many `times`."""
    real = import_module(f"bench_{name}").in_turn

    def in_turn(benchmark: Any, work: Any, against: Any, *given: Any, **others: Any) -> Any:
        def longer(each: Any, factor: float) -> Callable[[], None]:
            return lambda: prolonged(each, factor, benchmark)

        return real(benchmark, longer(work, times * (1 + more)), longer(against, times), *given, **others)

    return in_turn


def prolonged(work: Callable[[], object], factor: float, benchmark: Any) -> None:
    """Work that takes so many times its time by the benchmark's clock."""
    clock: Callable[[], float] = time.process_time if benchmark.stats is None else benchmark.stats.options["timer"]
    began = clock()
    work()
    spin(clock, (factor - 1) * (clock() - began))


def apart(name: str, sizes: dict[str, Any], more: float) -> dict[str, float]:
    """What a benchmark's file finds so lengthened in a process of its own, where nothing ran before.

    Threads of a test run have stores of memory of their own, which give back what is free after each round: the side
    that comes next pays for it.
    """
    line = [sys.executable, str(Path(__file__)), name, json.dumps(sizes), str(more)]
    found = {key: value for key, value in environment().items() if not key.startswith("PYTEST_XDIST")}
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=found, timeout=600)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


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


def _main(name: str, sizes: str, more: str) -> None:
    sys.path.insert(0, str(BENCHMARKS))
    run, module = import_module("run"), import_module(f"bench_{name}")
    for key, value in json.loads(sizes).items():
        setattr(module, key, value)
    module.in_turn = lengthened(name, 1.0, float(more))  # type: ignore[attr-defined]
    print(json.dumps(values(run, f"bench_{name}.py")))


if __name__ == "__main__":
    _main(*sys.argv[1:])
