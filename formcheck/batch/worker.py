"""What runs in a process of a batch: tasks come in through a pipe, outcomes go out."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection

from formcheck.batch.work import Task, score_task
from formcheck.errors import OutputError
from formcheck.inputs.memory import one_store, tidy

FRAMES, DONE, ERROR = "frames", "done", "error"
TICK_EVERY_S = 0.5


def serve(pipe: Connection) -> None:
    """Do tasks until the other end is gone."""
    one_store()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the first process decides
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    while True:
        try:
            task = pipe.recv()
        except (EOFError, ConnectionError):  # gone, and perhaps what was said last was not read any more
            return
        _answer(pipe, task)
        tidy()


def _answer(pipe: Connection, task: Task) -> None:
    try:
        _one_thread(task)
        teller = _Teller(pipe)
        answer: tuple[str, object] = (DONE, score_task(task, teller))
        teller.tell()
    except OutputError as error:
        answer = (ERROR, str(error))
    _send(pipe, answer)


def _one_thread(task: Task) -> None:
    """Pictures by one thread: the cores are full of processes."""
    if not task.recorded and "cv2" not in sys.modules:
        with suppress(ImportError):  # whoever looks at pictures will say it
            import cv2  # noqa: PLC0415 - slow to load, and of no use to recordings

            cv2.setNumThreads(1)


class _Teller:
    """Tells of frames now and then: of each one would cost more than it is worth."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._frames = 0
        self._last = time.monotonic()

    def __call__(self, frames: int) -> None:
        self._frames += frames
        if time.monotonic() - self._last >= TICK_EVERY_S:
            self.tell()

    def tell(self) -> None:
        """Tell of the frames not told of so far."""
        if self._frames:
            _send(self._pipe, (FRAMES, self._frames))
        self._frames, self._last = 0, time.monotonic()


def _send(pipe: Connection, value: object) -> None:
    try:
        pipe.send(value)
    except OSError:
        os._exit(1)  # nobody is left to hear of it
