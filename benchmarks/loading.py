"""What `import formcheck` costs beyond numpy, which every user of arrays has loaded anyway."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from statistics import median

from timing import Figure, turns

ROUNDS = 9


def measure(rounds: int = ROUNDS) -> list[Figure]:
    """Seconds more than `import numpy`, each in a fresh process."""
    both, numpy = turns((_loading("numpy, formcheck"), _loading("numpy")), rounds)
    extra_s = median(a - b for a, b in zip(both, numpy, strict=True))
    return [Figure("import.extra_s", extra_s, median(both), median(numpy), f"{extra_s * 1000:.0f} ms more")]


def _loading(names: str) -> Callable[[], object]:
    line = [sys.executable, "-c", f"import {names}"]
    return lambda: subprocess.run(line, check=True)
