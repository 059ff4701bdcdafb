"""Tasks in processes of this machine: one pose thread each, and none of them takes another with it.

A process that dies (killed, out of memory, a crash in native code) is replaced. Its task is begun once more, clip by
clip; a clip that ends a second process becomes a row with an error.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any

from formcheck.batch.work import Outcome, Task, lost
from formcheck.batch.worker import DONE, ERROR, FRAMES, serve
from formcheck.errors import OutputError

ATTEMPTS = 2
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FFMPEG_THREADS"), "1")
"""Processes fill the cores; threads of numpy and of the decoder would only get in each other's way."""


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def run(tasks: Iterator[Task], jobs: int, tick: Callable[[int], None]) -> Iterator[list[Outcome]]:
    """The outcomes of tasks as they are done, in any order; a task is asked for when a process is free for it.

    `tick` is called with frames looked at. Raises `OutputError` where a task does. However it ends, no process is
    left.
    """
    crew: list[_Worker] = []
    again: deque[Task] = deque()
    try:
        while _employ(crew, tasks, again, jobs):
            for ready in wait([worker.pipe for worker in crew if worker.task is not None]):
                worker = next(each for each in crew if each.pipe is ready)
                yield from _heard(worker, crew, again, tick)
    finally:
        for worker in crew:
            worker.end()


class _Worker:
    """A process, the pipe to it, and the task it is at."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would carry over locks of threads it has not
        self.pipe: Connection
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=serve, args=(other,), name="formcheck-batch", daemon=True)
        with _alone():
            self.process.start()
        other.close()
        self.task: Task | None = None

    def give(self, task: Task) -> bool:
        """Hand a task over; false where the process is gone."""
        self.task = task
        try:
            self.pipe.send(task)
        except OSError:
            return False
        return True

    def end(self) -> None:
        self.pipe.close()
        if self.process.is_alive():
            self.process.kill()  # it holds nothing that is not written whole or not at all
        self.process.join()


def _employ(crew: list[_Worker], tasks: Iterator[Task], again: deque[Task], jobs: int) -> bool:
    """Give every process something to do; whether any is at work."""
    for worker in [each for each in crew if each.task is None]:
        if (task := again.popleft() if again else next(tasks, None)) is not None and not worker.give(task):
            _bury(worker, crew)
            again.appendleft(task)
    while len(crew) < jobs and (task := again.popleft() if again else next(tasks, None)) is not None:
        crew.append(_Worker())
        crew[-1].give(task)
    return any(worker.task is not None for worker in crew)


def _heard(
    worker: _Worker, crew: list[_Worker], again: deque[Task], tick: Callable[[int], None]
) -> Iterator[list[Outcome]]:
    """What a process has to say."""
    task = worker.task
    assert task is not None
    try:
        kind, value = worker.pipe.recv()
    except (EOFError, OSError):
        kind, value = "", None
    if kind == FRAMES:
        tick(value)
    elif kind == ERROR:
        raise OutputError(value)
    elif kind == DONE:
        worker.task = None
        yield value
    else:
        code = _bury(worker, crew)
        if task.attempt + 1 < ATTEMPTS:
            again.extend(replace(task, clips=(clip,), attempt=task.attempt + 1) for clip in task.clips)
        else:
            yield lost(task, f"its process was ended twice ({_cause(code)}); it is tried again in the next run")


def _bury(worker: _Worker, crew: list[_Worker]) -> int | None:
    """Let go of a process that is gone; its exit code."""
    crew.remove(worker)
    worker.process.join(timeout=5)
    code = worker.process.exitcode
    worker.end()
    return code


def _cause(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {-code}" + (", perhaps for want of memory" if code == -9 else "")
    return f"exit code {code}"


@contextmanager
def _alone() -> Iterator[None]:
    """What starts in here uses one thread, leaves Ctrl-C to others, and does not run the main program."""
    before: dict[str, Any] = {name: os.environ.get(name) for name in ONE_THREAD}
    main = sys.modules["__main__"]
    kept = {name: getattr(main, name) for name in ("__file__", "__spec__") if hasattr(main, name)}
    os.environ |= ONE_THREAD
    blocked = _blocked()
    try:
        main.__spec__ = None
        if "__file__" in kept:
            del main.__file__
        yield
    finally:
        if blocked is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        for name, value in kept.items():
            setattr(main, name, value)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _blocked() -> Iterable[int] | None:
    """Block Ctrl-C, which a process inherits until it can ignore it; here it is heard of when that is over."""
    if not hasattr(signal, "pthread_sigmask"):
        return None
    resource_tracker.ensure_running()  # its start would end the block
    return signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
