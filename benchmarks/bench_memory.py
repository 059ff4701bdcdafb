"""Memory at its peak: of an analysis with overlay against the bare loop, and of a longer one against a shorter.

Each in a process of its own, all at once: memory does not mind company.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from material import ROOT, SAMPLE, cut
from timing import Benchmark, Figure, tell

SCRIPT = ROOT / "benchmarks" / "peak.py"
MODEL = "lite"
SHORT, LONG = 90, 360  # frames


def test_memory(benchmark: Benchmark, tmp_path: Path) -> None:
    short, long = (cut(SAMPLE, tmp_path / f"{frames}.mp4", frames) for frames in (SHORT, LONG))
    bare, one, more = benchmark.pedantic(lambda: peaks(("bare", short), ("analyze", short), ("analyze", long)))
    tell(
        benchmark,
        Figure("memory.analyze", one / bare, one, bare, f"{(one - bare) / 1e6:.0f} MB more than the bare loop", "B"),
        Figure(
            "memory.growth", more / one, more, one, f"{(more - one) / 1e6:.0f} MB for {LONG - SHORT} frames more", "B"
        ),
    )


def peaks(*works: tuple[str, Path]) -> list[int]:
    """Peaks in bytes of processes that look through videos: "bare" or "analyze", and the video."""
    lines = [[sys.executable, str(SCRIPT), what, str(clip), MODEL] for what, clip in works]
    processes = [subprocess.Popen(line, stdout=subprocess.PIPE, text=True) for line in lines]
    told = [process.communicate()[0] for process in processes]
    if any(process.returncode for process in processes):
        raise RuntimeError("a process that measures memory failed")
    return [int(each) for each in told]
