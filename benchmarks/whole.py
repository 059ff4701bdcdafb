"""The analysis of a whole clip against bare loops, in turn: the guard's clips are short and its model is one.

python benchmarks/whole.py                    # heavy, the whole sample, three rounds: about five minutes
python benchmarks/whole.py --model full --frames 180
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from statistics import median

from material import SAMPLE, cut
from references import bare_loop
from timing import Work

from formcheck.analyze import analyze, write
from formcheck.inputs import models
from formcheck.inputs.memory import one_store

FIRST = 10
"""So many frames before, untimed: whatever is loaded once is loaded then."""


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="benchmarks/whole.py", description="an analysis against bare loops")
    parser.add_argument("--model", default=models.AUTO_RECORDED)
    parser.add_argument("--frames", type=int, default=10_000, help="at most; default: the whole sample")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    one_store()  # as the command does
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first, clip = (cut(SAMPLE, folder / f"{frames}.mp4", frames) for frames in (FIRST, given.frames))
        for work in works(given.model, first, folder).values():
            work()
        took = in_turn(works(given.model, clip, folder), given.rounds)
        frames = len(analyze(clip, model="lite").recording.observations)
    print(f"{given.model}, {frames} frames, {given.rounds} rounds; medians\n")
    print("| | ms a frame | over published | over pruned |\n|---|---:|---:|---:|")
    for what, seconds in took.items():
        ratios = (median(a / b for a, b in zip(seconds, took[net], strict=True)) for net in ("published", "pruned"))
        print(
            f"| {what} | {1000 * median(seconds) / frames:.2f} | " + " | ".join(f"{each:.3f}" for each in ratios), "|"
        )


def works(model: str, clip: Path, folder: Path) -> dict[str, Work]:
    """The bare loop with each net, and the analysis without and with overlay."""
    path = models.find(model)
    return {
        "published": lambda: bare_loop(clip, path),
        "pruned": lambda: bare_loop(clip, path, pruned=True),
        "no video": lambda: write(analyze(clip, model=model), folder),
        "overlay": lambda: write(analyze(clip, model=model), folder, video=clip),
    }


def in_turn(all_works: dict[str, Work], rounds: int) -> dict[str, list[float]]:
    """Seconds that each takes in each round."""
    took: dict[str, list[float]] = {what: [] for what in all_works}
    for _ in range(rounds):
        for what, work in all_works.items():
            began = time.perf_counter()
            work()
            took[what].append(time.perf_counter() - began)
    return took


if __name__ == "__main__":
    main()
