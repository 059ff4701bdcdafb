"""A Dask scheduler and workers on loopback, each a process of its own that must not reach beyond.

with Cluster(folder) as cluster:
    one, two = cluster.add(2)
    batch(Options([...], scheduler=cluster.address))
    one.kill()  # hard, as when a machine loses its power
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from batches import memory, reps_of
from conftest import environment
from loopback import CAUGHT
from waits import until

from formcheck.batch import Options, Summary, batch, cluster
from formcheck.batch.work import Outcome, Task

LOOPBACK = Path(__file__).with_name("loopback.py")
START_S = 60.0
QUIET = ["--no-dashboard", "--dashboard-address", "127.0.0.1:0", "--host", "127.0.0.1"]
SETTINGS = {"DASK_LOGGING__DISTRIBUTED": "error", "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s"}
FAILURES = "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"
OTHER_VERSION = "import formcheck; formcheck.__version__ = '9.9.9'"
PROGRAM = """
import sys
from pathlib import Path
import formcheck.batch.run as run
from formcheck.batch import Options, batch
run.CHUNK = 1
batch(Options([sys.argv[3]], out=Path(sys.argv[2]), from_recordings=True, scheduler=sys.argv[1]))
"""
"""A client: `PROGRAM, address, out, recordings`; every recording a task of its own."""
needs_dask = pytest.mark.skipif(
    find_spec("distributed") is None, reason="needs Dask: pip install 'formcheck[cluster]', part of formcheck[test]"
)


def watched(log: Path, kind: str, *arguments: object, **settings: str) -> subprocess.Popen[bytes]:
    """A program that may use loopback and nothing else; what it says goes to a file."""
    line = [sys.executable, str(LOOPBACK), kind, *map(str, arguments)]
    with log.open("ab") as file:
        env = environment() | SETTINGS | settings
        return subprocess.Popen(line, env=env, stdin=subprocess.DEVNULL, stderr=file, stdout=file)


def wait_for(happened: Callable[[], Any], what: str) -> None:
    until(happened, START_S, what)


class Cluster:
    """A scheduler, started at once; workers when they are asked for."""

    def __init__(self, folder: Path, allowed_failures: int = 3) -> None:
        from distributed import Client  # noqa: PLC0415 - may be missing

        self._folder = folder
        self._file = folder / "scheduler.json"
        self._workers: list[subprocess.Popen[bytes]] = []
        line = ["dask", "scheduler", "--port", 0, "--scheduler-file", self._file, *QUIET]
        self.scheduler = watched(self.log, "module", *line, **{FAILURES: str(allowed_failures)})
        wait_for(lambda: self._written() or self.scheduler.poll() is not None, "a scheduler")
        assert self.scheduler.poll() is None, self.log.read_text()
        self.address: str = json.loads(self._file.read_text())["address"]
        self._client = Client(self.address, timeout=5, set_as_default=False)

    def _written(self) -> bool:
        """Whether the scheduler's file is there and no longer empty."""
        return self._file.exists() and self._file.stat().st_size > 0

    @property
    def log(self) -> Path:
        return self._folder / "cluster.log"

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close(timeout=0.5)
        ends = [process.poll() for process in (self.scheduler, *self._workers)]
        for process in (self.scheduler, *self._workers):
            process.kill()
            process.wait()
        assert CAUGHT not in ends, self.log.read_text()

    def add(self, count: int, before: str = "pass") -> list[subprocess.Popen[bytes]]:
        """So many workers more, of one thread each, once they are there; `before` is run in each first."""
        there = len(self.workers())
        arguments = ["dask", "worker", self.address, "--nthreads", "1", "--no-nanny", *QUIET]
        arguments += ["--local-directory", str(self._folder)]
        program = (
            f"{before}\nimport sys, runpy\nsys.argv = {arguments!r}\nrunpy.run_module('dask', run_name='__main__')"
        )
        added = [watched(self.log, "code", program) for _ in range(count)]
        self._workers += added
        wait_for(lambda: len(self.workers()) == there + count, f"{count} workers")
        return added

    def workers(self) -> dict[str, Any]:
        """Those ready for work, by their addresses."""
        known: dict[str, Any] = self._client.scheduler_info()["workers"]
        return {address: worker for address, worker in known.items() if worker["status"] == "running"}

    def asked(self, question: Callable[..., Any]) -> Any:
        """What the scheduler answers: `cluster.asked(lambda dask_scheduler: len(dask_scheduler.tasks))`."""
        return self._client.run_on_scheduler(question)

    def tasks(self) -> int:
        """How many tasks the scheduler knows of, done ones that somebody wants included."""
        return int(self.asked(lambda dask_scheduler: len(dask_scheduler.tasks)))

    def processing(self) -> int:
        """How many tasks lie with workers."""
        return int(self.asked(lambda dask_scheduler: sum(len(w.processing) for w in dask_scheduler.workers.values())))

    def holder(self) -> subprocess.Popen[bytes]:
        """A worker that has tasks."""
        pid = self.asked(lambda dask_scheduler: next(w.pid for w in dask_scheduler.workers.values() if w.processing))
        return next(process for process in self._workers if process.pid == pid)

    def dismiss(self) -> None:
        """End all workers."""
        for process in self._workers:
            process.kill()
            process.wait()
        wait_for(lambda: not self.workers(), "the last worker gone")

    def suspicious(self) -> int:
        """How often a task was on a worker that died."""
        return int(self.asked(lambda dask_scheduler: sum(p.suspicious for p in dask_scheduler.task_prefixes.values())))


def freeze(process: subprocess.Popen[bytes]) -> None:
    """Have a process stand still: what it is given, it keeps."""
    process.send_signal(signal.SIGSTOP)


def tables(out: Path) -> list[bytes]:
    return [out.read_bytes(), reps_of(out).read_bytes()]


def journal(out: Path) -> Path:
    return memory(out)


def afar(out: Path, kept: Path, on: Cluster, run: cluster.Run | None = None) -> Summary:
    options = Options([kept], out=out, from_recordings=True, scheduler=on.address)
    return batch(options, quiet=True, run=run)


def meanwhile(address: str, events: dict[int, Callable[[], object]]) -> cluster.Run:
    """A batch on a cluster, and what happens after so many outcomes."""

    def run(tasks: Iterator[Task], jobs: int, tick: Callable[[int], None]) -> Iterator[list[Outcome]]:
        for number, outcomes in enumerate(cluster.at(address)(tasks, jobs, tick)):
            yield outcomes
            events.get(number, lambda: None)()

    return run
