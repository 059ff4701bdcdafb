"""What a cluster adds to a batch: a real Dask scheduler and two worker processes on loopback.

    python benchmarks/cluster.py                  # both parts, about five minutes on two cores
    python benchmarks/cluster.py clips            # the pose net on 8 clips of 10 s, against two processes without Dask
    python benchmarks/cluster.py tasks            # recordings, each a task: what a task costs and moves
    unshare -rn python benchmarks/cluster.py      # nothing but this on loopback, so that bytes are surely ours (Linux)

Costs are processor time, of the client, the scheduler and the workers each, so that neighbours count little.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fcntl import ioctl
from pathlib import Path
from socket import AF_INET, SOCK_DGRAM, socket
from struct import pack
from typing import NamedTuple

from many import copies, kept

from formcheck.batch import Options, batch, run
from formcheck.batch.work import score_task

CLIPS, FRAMES, TASKS, ROUNDS = 8, 300, 1000, 2
QUIET = ["--no-dashboard", "--dashboard-address", "127.0.0.1:0", "--host", "127.0.0.1"]
ENVIRONMENT = os.environ | {"DASK_LOGGING__DISTRIBUTED": "error"}


class Cluster(NamedTuple):
    """A scheduler's address, and the processes: itself, its workers."""

    address: str
    scheduler: int
    workers: list[int]


class Cost(NamedTuple):
    """Seconds by the clock on the wall and of the processor, by who spent them, and bytes through loopback."""

    wall_s: float
    client_s: float
    scheduler_s: float
    workers_s: float
    moved: int

    @property
    def cpu_s(self) -> float:
        """Of all together."""
        return self.client_s + self.scheduler_s + self.workers_s


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A scheduler and two workers of one thread each."""
    file = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    scheduler = [*dask, "scheduler", "--port", "0", "--scheduler-file", str(file), *QUIET]
    worker = [*dask, "worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", *QUIET]
    processes = [subprocess.Popen(scheduler, env=ENVIRONMENT, stderr=subprocess.DEVNULL)]
    try:
        while not file.exists():
            time.sleep(0.1)
        line = [*worker, "--local-directory", str(folder)]
        processes += [subprocess.Popen(line, env=ENVIRONMENT, stderr=subprocess.DEVNULL) for _ in range(2)]
        first, *others = (process.pid for process in processes)
        yield Cluster(json.loads(file.read_text())["address"], first, others)
    finally:
        for process in processes:
            process.kill()
            process.wait()


def cost(work: Callable[[], object], on: Cluster) -> Cost:
    """What a piece of work takes."""
    before, began = counters(on), time.perf_counter()
    work()
    spent = time.perf_counter() - began
    client, scheduler, workers, moved = (now - then for now, then in zip(counters(on), before, strict=True))
    return Cost(spent, client, scheduler, workers, int(moved))


def counters(on: Cluster) -> tuple[float, float, float, float]:
    """Processor time of this process with its ended children, of the scheduler, of the workers; bytes on loopback."""
    workers = sum(cpu(worker) for worker in on.workers)
    return sum(os.times()[:4]), cpu(on.scheduler), workers, sent()


def cpu(process: int) -> float:
    """Processor time of a process, seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def sent() -> float:
    """Bytes that went through loopback until now."""
    lines = Path("/proc/net/dev").read_text().splitlines()
    return float(next(line.split(":")[1].split()[8] for line in lines if line.strip().startswith("lo:")))


def clips(folder: Path, on: Cluster) -> None:
    """The pose net by two workers, and by two processes of a batch without Dask, in turn."""
    made = copies(folder, CLIPS, FRAMES)
    frames = CLIPS * FRAMES
    near, far = [], []
    batch(Options(made[:2], out=folder / "warm.csv", model="lite", scheduler=on.address), quiet=True)
    for number in range(ROUNDS):
        here = Options(made, out=folder / f"near{number}.csv", model="lite", jobs=2)
        there = Options(made, out=folder / f"far{number}.csv", model="lite", scheduler=on.address)
        near.append(cost(lambda given=here: batch(given, quiet=True), on))  # type: ignore[misc]
        far.append(cost(lambda given=there: batch(given, quiet=True), on))  # type: ignore[misc]
    one = cost(lambda: batch(Options(made[:2], out=folder / "one.csv", model="lite", jobs=2), quiet=True), on)
    start_s = (one.cpu_s - near[0].cpu_s * 2 / CLIPS) / (1 - 2 / CLIPS)
    mine, theirs = min(each.cpu_s for each in near), min(each.cpu_s for each in far)
    print(f"{CLIPS} clips of {FRAMES} frames, lite, two processes, {ROUNDS} times in turn")
    print(f"  two processes of a batch: {mine / frames * 1e3:.1f} ms of processor a frame", end=", ")
    print(f"of it {start_s:.1f} s to start them; {frames / min(each.wall_s for each in near):.1f} frames/s")
    print(f"  two workers of a cluster: {theirs / frames * 1e3:.1f} ms", end="; ")
    print(f"{frames / min(each.wall_s for each in far):.1f} frames/s")
    print(
        f"  processor time, cluster over processes: {theirs / mine:.3f}, start left out {theirs / (mine - start_s):.3f}"
    )
    best = min(far, key=lambda each: each.cpu_s)
    print(f"  client and scheduler {(best.client_s + best.scheduler_s) / CLIPS * 1e3:.0f} ms a clip", end=", ")
    print(f"{min(each.moved for each in far) / CLIPS / 1e3:.1f} kB a clip, heartbeats included")


def tasks(folder: Path, on: Cluster) -> None:
    """Recordings, each a task by itself: little work, so that what remains is what a task costs."""
    made = kept(folder / "kept", TASKS)
    run.CHUNK = 1
    alone = cost(
        lambda: batch(
            Options([made], out=folder / "alone.csv", from_recordings=True),
            quiet=True,
            run=lambda given, _, tick: (score_task(task, tick) for task in given),
        ),
        on,
    )
    batch(
        Options([made / "r00000.npz"], out=folder / "warm.csv", from_recordings=True, scheduler=on.address), quiet=True
    )
    far = cost(
        lambda: batch(Options([made], out=folder / "f.csv", from_recordings=True, scheduler=on.address), quiet=True), on
    )
    idle = cost(lambda: time.sleep(5), on)
    rest = (far.moved - idle.moved / 5 * far.wall_s) / TASKS
    print(f"{TASKS} recordings, each a task; milliseconds of processor a task")
    print(f"  in one process, without Dask  {alone.cpu_s / TASKS * 1e3:.2f}")
    print(
        f"  cluster: client {far.client_s / TASKS * 1e3:.2f}, scheduler {far.scheduler_s / TASKS * 1e3:.2f}", end=", "
    )
    print(
        f"workers {far.workers_s / TASKS * 1e3:.2f}; {TASKS / far.wall_s:.0f} tasks a second by the clock on the wall"
    )
    touch = idle.moved / 5 / len(on.workers)
    print(f"  moved: {rest / 1e3:.1f} kB a task, and {touch / 1e3:.1f} kB a second and worker to keep in touch")
    rows = (folder / "f.csv.sqlite").stat().st_size / TASKS
    print(f"  of it rows (as the memory has them): {rows / 1e3:.1f} kB; connections by TCP headers and all")


def raise_loopback() -> None:
    """In a network namespace of its own, loopback is down at first."""
    with suppress(OSError), socket(AF_INET, SOCK_DGRAM) as any_socket:
        ioctl(any_socket, 0x8914, pack("16sh14x", b"lo", 0x49))  # SIOCSIFFLAGS; up, loopback, running


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=["clips", "tasks", []], help="default: both")
    given = parser.parse_args()
    raise_loopback()
    parts = {"tasks": tasks, "clips": clips}
    for name in given.parts or parts:
        with tempfile.TemporaryDirectory() as place, cluster(Path(place)) as on:
            (Path(place) / "clips").mkdir()
            parts[name](Path(place) / "clips", on)


if __name__ == "__main__":
    main()
