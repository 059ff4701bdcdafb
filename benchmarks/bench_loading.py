"""What it takes to begin: `import formcheck`, and the command; each in a fresh process.

Held against numpy's, which every user of arrays has loaded anyway.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from statistics import median

import pytest
from timing import Benchmark, Figure, Work, in_turn, processor_s, ratio, tell

ROUNDS = 7


@pytest.mark.benchmark(timer=processor_s)
def test_import(benchmark: Benchmark) -> None:
    both, numpy = in_turn(benchmark, _importing("numpy, formcheck"), _importing("numpy"), ROUNDS)
    extra_s = median(a - b for a, b in zip(both, numpy, strict=True))
    note = f"{extra_s * 1000:.0f} ms of processor more"
    tell(benchmark, Figure("import.package", ratio(both, numpy), median(both), median(numpy), note))


@pytest.mark.benchmark(timer=processor_s)
def test_command(benchmark: Benchmark) -> None:
    command = _running("-m", "formcheck", "--version")
    times, base = in_turn(benchmark, command, _importing("numpy"), ROUNDS)
    note = f"{median(times) * 1000:.0f} ms of processor"
    tell(benchmark, Figure("import.command", ratio(times, base), median(times), median(base), note))


def _importing(names: str) -> Work:
    return _running("-c", f"import {names}")


def _running(*arguments: str) -> Work:
    line: Sequence[str] = [sys.executable, *arguments]
    return lambda: subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
