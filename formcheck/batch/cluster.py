"""Tasks on a cluster: what `local` does with processes of this machine, done by the workers of a Dask scheduler.

Clips stay where they are: a task names them and brings the settings along, an outcome brings small rows back. A few
tasks for each worker are on their way at a time, so that a million clips burden nobody. Where a worker dies, Dask
gives its tasks to others; a task that has outlasted its `allowed-failures` is begun once more, clip by clip, and then
becomes a row with an error. Whatever is wrong with a worker itself (other versions, another model, no clips to be
seen, no right to write) would spoil every clip in the same way, so it ends the batch with one line.
"""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any

from formcheck.batch.find import is_address
from formcheck.batch.local import ATTEMPTS
from formcheck.batch.remote import DONE, UNFIT, UNWRITTEN, about, dask, do
from formcheck.batch.work import Outcome, Task, lost
from formcheck.errors import FormcheckError, InputError, OutputError

AHEAD = 3
"""Tasks on their way for each thread of a worker: one in work, one beside it, one at the scheduler."""
FEWEST = 8
"""So many are on their way even before there is a worker: clusters that grow by demand look at the demand."""
CONNECT_S = 10.0
CLOSE_S = 2.0
WORKERLESS_S = 120.0
COUNT_EVERY_S = 1.0
LOOK_EVERY_S = 0.01
LOGGERS = ("distributed", "distributed.client", "distributed.core", "tornado.application")
Run = Callable[[Iterator[Task], int, Callable[[int], None]], Iterator[list[Outcome]]]


def at(address: str) -> Run:
    """What `local.run` is, for the workers of the scheduler at an address; the number of processes is theirs.

    Raises `UsageError` where Dask is not installed, `InputError` where the scheduler cannot be reached.
    """
    with _connected(address):  # before anything is written
        pass
    return partial(run, address=address)


def run(tasks: Iterator[Task], _jobs: int, tick: Callable[[int], None], *, address: str) -> Iterator[list[Outcome]]:
    """The outcomes of tasks as they are done, in any order; a task is asked for when there is room for it.

    `tick` is called with the frames of each outcome. Raises `InputError` where the scheduler cannot be reached,
    `OutputError` where a task does, `FormcheckError` where scheduler or workers are gone or unfit. However it ends,
    nothing that is queued stays queued.
    """
    with _connected(address) as client:
        hands = _Hands(client, address)
        try:
            while hands.give(tasks):
                for outcomes in hands.take():
                    tick(sum(outcome.frames for outcome in outcomes))
                    yield outcomes
        finally:
            hands.cancel()


class _Hands:
    """The tasks that are on their way."""

    def __init__(self, client: Any, address: str) -> None:
        distributed = dask()
        self._client, self._address = client, address
        self._done = distributed.as_completed(loop=client.loop, with_results=True, raise_errors=False)
        self._killed = distributed.KilledWorker
        self._about = about()
        self._flight: dict[Any, Task] = {}
        self._again: deque[Task] = deque()
        self._name = f"formcheck-{token_hex(4)}"
        self._number = 0
        self._threads = 0
        self._counted = -COUNT_EVERY_S
        self._manned = time.monotonic()

    def give(self, tasks: Iterator[Task]) -> bool:
        """Hand over as many tasks as there is room for; whether any is on its way."""
        while not self._done.has_ready() and len(self._flight) < self._room():
            task = self._again.popleft() if self._again else next(tasks, None)
            if task is None:
                break
            self._submit(task)
        return bool(self._flight)

    def take(self) -> Iterator[list[Outcome]]:
        """Wait for what is done next."""
        while not self._done.has_ready():
            self._room()
            time.sleep(LOOK_EVERY_S)
        for future, answer in self._done.next_batch(block=False):
            yield from self._heard(self._flight.pop(future), future.status, answer)

    def cancel(self) -> None:
        """Call back whatever was not begun."""
        if self._flight and self._client.status == "running":
            with suppress(Exception):  # whatever is wrong with the scheduler: we are leaving
                self._client.cancel(list(self._flight), force=True)
        self._flight.clear()

    def _submit(self, task: Task) -> None:
        sent = replace(task, clips=tuple(clip._replace(path=_anywhere(clip.path)) for clip in task.clips))
        _make(sent.recordings, sent.reports)
        future = self._client.submit(
            do, self._about, _visible(sent), pickle.dumps(sent), key=f"{self._name}-{self._number}", pure=False
        )
        self._number += 1
        self._flight[future] = task
        self._done.add(future)

    def _room(self) -> int:
        """How many tasks may be on their way; raises `FormcheckError` where nobody has been there for long."""
        now = time.monotonic()
        if now - self._counted >= COUNT_EVERY_S:
            try:
                self._threads = sum(self._client.nthreads().values())
            except Exception as error:  # of many kinds: closed, refused, timed out
                raise self._gone() from error
            self._counted = now
            if self._threads:
                self._manned = now
        if now - self._manned > WORKERLESS_S:
            line = f"{self._address}: no worker for {WORKERLESS_S:.0f} s; start some (dask worker {self._address}"
            raise FormcheckError(f"{line} --nthreads 1 --nworkers -1) and run the same again, it goes on")
        return max(FEWEST, AHEAD * self._threads)

    def _heard(self, task: Task, status: str, answer: Any) -> Iterator[list[Outcome]]:
        if status == "finished":
            yield from self._answered(task, *answer)
        elif status != "error":
            raise self._gone()
        elif not isinstance(answer[1], self._killed):
            raise FormcheckError(self._unready(answer[1])) from answer[1]
        elif task.attempt + 1 < ATTEMPTS:
            self._again.extend(replace(task, clips=(clip,), attempt=task.attempt + 1) for clip in task.clips)
        else:
            line = "worker after worker died at it, perhaps for want of memory"
            yield lost(task, f"{line}; it is tried again in the next run")

    def _answered(self, task: Task, kind: str, value: Any) -> Iterator[list[Outcome]]:
        if kind == DONE:
            yield [outcome._replace(path=clip.path) for outcome, clip in zip(value, task.clips, strict=True)]
        elif kind == UNWRITTEN:
            raise OutputError(value)
        elif kind == UNFIT:
            raise FormcheckError(value)
        elif os.path.exists(value[1]):  # noqa: PTH110 - as `find` writes paths
            line = f"{value[1]}: not there for the worker {value[0]}; put clips and results into a folder"
            raise FormcheckError(f"{line} that all workers have under the same path")
        else:
            self._again.append(task)  # it was deleted just now, so it becomes a row

    def _unready(self, error: BaseException) -> str:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        version = self._about["formcheck"]
        return f"{self._address}: a worker cannot begin ({reason}); install formcheck {version} there as it is here"

    def _gone(self) -> FormcheckError:
        return FormcheckError(f"{self._address}: the scheduler is gone; start it and run the same again, it goes on")


def _anywhere(path: str) -> str:
    """A path that means the same in every folder."""
    return path if is_address(path) else os.path.abspath(path)  # noqa: PTH100 - links are names of their own


def _make(*folders: str) -> None:
    """Make folders for results here, so that a worker that has them not is found out."""
    for folder in filter(None, folders):
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder}: cannot be written ({error.strerror}); give another folder") from error


def _visible(task: Task) -> list[str]:
    """What must be there for a worker because it is here: clips, folders for what it writes, a model of one's own."""
    model = task.settings.model
    paths = [clip.path for clip in task.clips if not is_address(clip.path)]
    paths += [*filter(None, (task.recordings, task.reports)), *([model] if Path(model).is_absolute() else [])]
    return [path for path in paths if os.path.exists(path)]  # noqa: PTH110


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """A client of the scheduler, whose troubles are told by us and not by loggers."""
    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    dask()  # sets levels of its own
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = _client(address)
        try:
            yield client
        finally:
            with suppress(Exception):  # whatever is wrong with the scheduler: we are leaving
                client.close(timeout=CLOSE_S)
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _client(address: str) -> Any:
    try:
        with ThreadPoolExecutor(1) as beside:  # whoever calls may have an event loop of their own
            beside.submit(asyncio.run, _greet(address)).result()
        return dask().Client(address, timeout=CONNECT_S, set_as_default=False)
    except Exception as error:  # of many kinds: refused, no such kind of address, no certificate
        reason = " ".join(str(error).split())[:200] or "it does not answer as one"
        line = f"{address}: no scheduler can be reached ({reason}); start one with dask scheduler,"
        raise InputError(f"{line} or check the address") from error


async def _greet(address: str) -> None:
    """Exchange a word: a `Client` would wait for ever for that of a server of another kind, such as the dashboard."""
    library = dask()
    arguments = library.Security().get_connection_args("client")
    connection = await asyncio.wait_for(library.comm.connect(address, timeout=CONNECT_S, **arguments), CONNECT_S)
    connection.abort()
