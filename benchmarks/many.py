"""A batch of many clips against the least that must be done for them, and recordings judged again.

    python benchmarks/many.py                                   # 40 clips of 10 s, heavy: about 15 minutes on two cores
    python benchmarks/many.py --model lite --clips 8 --frames 90

Prints frames a second by the clock on the wall and processor time a frame (all processes, start and tables included) of
the batch, of one bare loop on the same frames with MediaPipe's net as published, of one with the pruned net that
formcheck has, and of as many of these side by side as the batch has processes: more no program can do; the memory
of each process as time goes by (Linux); and seconds of exercise judged again a second.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from material import cut
from references import bare_loop

from formcheck.analyze import replay
from formcheck.batch import Options, batch
from formcheck.inputs import models
from formcheck.inputs.video import probe
from formcheck.outputs import measures

HERE = Path(__file__).resolve().parent
SAMPLES = sorted((HERE.parent / "samples").glob("clip*.mp4"))
RECORDING = HERE.parent / "tests" / "data" / "two_reps.npz"
RECORDINGS = 2000
NETS = ("published", "pruned")


class Spent(NamedTuple):
    """Seconds of a piece of work: by the clock on the wall, and of the processor with all processes begun for it."""

    wall_s: float
    cpu_s: float


def spent(work: Callable[[], object]) -> Spent:
    """What a piece of work takes."""
    wall_s, before = time.perf_counter(), os.times()
    work()
    return Spent(time.perf_counter() - wall_s, sum(os.times()[:4]) - sum(before[:4]))


def copies(folder: Path, clips: int, frames: int) -> list[Path]:
    """The samples over and over, each copy with a content of its own, so that none is taken for another."""
    made = []
    for number in range(clips):
        path = cut(SAMPLES[number % len(SAMPLES)], folder / f"set{number:03d}.mp4", frames)
        with path.open("ab") as file:
            file.write((12).to_bytes(4, "big") + b"free" + number.to_bytes(4, "big"))
        made.append(path)
    return made


def bare(clips: list[Path], model: str, processes: int = 1, *, net: str = "pruned") -> None:
    """The bare loop over clips with a net "pruned" or "published", by one process or by several side by side."""
    command = [sys.executable, __file__, "--bare", net, model]
    begun = [subprocess.Popen([*command, *map(str, clips[k::processes])]) for k in range(processes)]
    if sum(abs(one.wait()) for one in begun):
        raise SystemExit("benchmarks/many.py: a bare loop failed")


def one_by_one(clips: list[Path], model: str) -> list[Spent]:
    """What a bare loop takes with each of `NETS`."""
    return [spent(partial(bare, clips, model, net=net)) for net in NETS]


def looked(clips: int, frames: int, model: str, jobs: int) -> None:
    """Batch and bare loops on the same clips: single loops half before and half after, the rest in between."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "clips"
        folder.mkdir()
        made = copies(folder, clips, frames)
        lengths = [probe(clip).frames for clip in made]
        memory = Memory()
        first = one_by_one(made[: clips // 2], model)
        with memory:
            many = spent(lambda: batch(Options([folder], out=folder / "s.csv", model=model, jobs=jobs), quiet=True))
        beside = spent(lambda: bare(made, model, jobs))
        last = one_by_one(made[clips // 2 :], model)
    total = sum(lengths)
    base, lean = (Spent(a.wall_s + b.wall_s, a.cpu_s + b.cpu_s) for a, b in zip(first, last, strict=True))
    size = f"{clips} clips of {min(lengths)} to {max(lengths)} frames"
    print(f"{size}, {model}, {jobs} processes on {os.cpu_count()} cores")
    found = {"a bare loop": base, "pruned": lean, f"{jobs} of these": beside, "batch": many}
    for what, one in found.items():
        speed = f"{total / one.wall_s:7.1f} frames/s, {base.wall_s / one.wall_s:.2f} times one bare loop"
        speed += f", {lean.wall_s / one.wall_s:.2f} times one pruned"
        print(f"{what:11} {speed}; {one.cpu_s / total * 1000:6.2f} ms of processor a frame")
    print(f"batch over as many bare loops: {beside.wall_s / many.wall_s:.3f} times as fast")
    for line in memory.told():
        print(line)


class Memory:
    """Watches the processes begun by this one: resident memory, once a second (Linux)."""

    def __init__(self) -> None:
        self._seen: dict[int, list[int]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def told(self) -> list[str]:
        """One line for each process that was there for a while."""
        long = {pid: seen for pid, seen in self._seen.items() if len(seen) >= 8 and max(seen) > 50}
        return [
            f"process: {', '.join(str(max(seen[len(seen) * i // 4 : len(seen) * (i + 1) // 4])) for i in range(4))} MB"
            " at most in each quarter"
            for seen in long.values()
        ]

    def _watch(self) -> None:
        while not self._stop.wait(1.0):
            for status in Path("/proc").glob("[0-9]*/status"):
                try:
                    fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
                except OSError:
                    continue
                if int(fields["PPid"]) == os.getpid() and "VmRSS" in fields:
                    seen = self._seen.setdefault(int(status.parent.name), [])
                    seen.append(int(fields["VmRSS"].split()[0]) // 1024)


def kept(folder: Path, count: int) -> Path:
    """Recordings as `--recordings` keeps them, each with a content of its own."""
    folder.mkdir()
    whole = folder / "r00000.npz"
    shutil.copy(RECORDING, whole)
    measures.add(replay(RECORDING), whole, "0" * 64)
    for number in range(1, count):
        path = shutil.copy(whole, folder / f"r{number:05d}.npz")
        with zipfile.ZipFile(path, "a") as archive:
            archive.comment = b"%d" % number
    return folder


def judged_again(count: int = RECORDINGS) -> None:
    """Recordings under new limits: one process, everything counted."""
    with tempfile.TemporaryDirectory() as name:
        folder = kept(Path(name) / "kept", count)
        options = Options([folder], out=Path(name) / "s.parquet", from_recordings=True, jobs=1)
        exercise_s = 0.0

        def work() -> None:
            nonlocal exercise_s
            exercise_s = batch(options, quiet=True).exercise_s

        one = spent(work)
    print(f"{count} recordings judged again: {exercise_s:.0f} s of exercise in {one.cpu_s:.2f} s of processor,")
    print(f"{exercise_s / one.cpu_s:.0f} s a second and core")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks/many.py", description="a batch against the bare loop")
    parser.add_argument("--model", default="heavy")
    parser.add_argument("--clips", type=int, default=40)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", choices=("looked", "again"), help="one of the two")
    given = parser.parse_args()
    if given.only != "again":
        looked(given.clips, given.frames, given.model, given.jobs)
    if given.only != "looked":
        judged_again()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        for clip in sys.argv[4:]:
            bare_loop(Path(clip), models.find(sys.argv[3]), pruned=sys.argv[2] == "pruned")
    else:
        main()
