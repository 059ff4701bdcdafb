"""A recording kept on disk while it goes on, so that whatever ends the session costs a moment of it at most.

    with Journal(folder / "recording.journal") as journal:
        journal.begin(source, "full", versions)
        journal.calibration(calibration)
        journal.frames(block)                        # as often as there are frames
    recording = Recording.load(folder / "recording.journal")

A thread of its own writes: no call here waits for the disk, and none raises because of it.
"""

from __future__ import annotations

import os
import queue
from collections import deque
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any

from formcheck.data import records
from formcheck.data.disk import FULL, Writer, sync
from formcheck.data.observations import Observations
from formcheck.data.recording import VERSION, Calibration, Move, Room, Source

WRITE_S = 0.3
"""So often what has come is written and handed to the disk; this much is lost when the process is killed."""

_Jobs = list[tuple[bytes, Any]]


class Journal(Writer):
    """Writes `recording.journal`; `trouble` says in words what keeps it from that, and is empty while all is well.

    What could not be written is kept and tried again. Blocks are kept until they are written: nobody may change
    their arrays.
    """

    def __init__(self, path: Path | str) -> None:
        self._file: FileIO | None = None
        self._head: dict[str, Any] = {}
        self._size = self._safe = 0
        self._waiting = deque([records.START])
        self._jobs: queue.SimpleQueue[tuple[bytes, Any]] = queue.SimpleQueue()
        super().__init__(path, "journal")

    def begin(self, source: Source, model: str, versions: dict[str, str], start: datetime | None = None) -> None:
        """Say what is recorded, before all else; `start` is the time of day, now if not given.

        Said again, what was recorded until then is void.
        """
        start = start or datetime.now().astimezone()
        head = {"source": asdict(source), "model": model, "versions": versions, "start": start.isoformat()}
        anew = {records.ANEW: True} if self._head else {}
        self._head = {"recording": VERSION, **head}
        self._jobs.put((records.HEAD, self._head | anew))

    def source(self, source: Source) -> None:
        """More is known of what is recorded than at its beginning; the last word counts."""
        self._jobs.put((records.HEAD, self._head | {"source": asdict(source)}))

    def calibration(self, calibration: Calibration) -> None:
        """The calibration that holds from its `from_s` on."""
        self._jobs.put((records.CALIBRATION, asdict(calibration)))

    def room(self, room: Room) -> None:
        """What the room tells of the camera; the last one counts."""
        self._jobs.put((records.ROOM, asdict(room)))

    def move(self, move: Move) -> None:
        """The camera moves; of several with the same `known_s` the last one counts."""
        self._jobs.put((records.MOVE, asdict(move)))

    def frames(self, block: Observations) -> None:
        """The next frames."""
        self._jobs.put((records.FRAMES, block))

    def _work(self) -> None:
        """The thread: every so often write what has come."""
        ended = False
        while not ended:
            ended = self._ended.wait(WRITE_S)
            try:
                self._waiting.extend(_packed(self._arrived()))
                self._write()
                self.trouble = ""
            except OSError as error:
                self.trouble = _words(self._path, error)
            except Exception as error:  # noqa: BLE001 - a session outlives its journal
                self.trouble = f"{self._path}: cannot be written ({error}); the session goes on"
        if self._file is not None:
            with suppress(OSError):
                self._file.close()

    def _arrived(self) -> _Jobs:
        jobs: _Jobs = []
        with suppress(queue.Empty):
            while True:
                jobs.append(self._jobs.get_nowait())
        return jobs

    def _write(self) -> None:
        """Append what waits and make sure that it is on the disk."""
        if self._safe == self._size and not self._waiting:
            return
        if self._file is None:
            self._file = FileIO(self._path, "xb")
            sync(self._path.parent)
        while self._waiting:
            _write_at(self._file, self._size, self._waiting[0])
            self._size += len(self._waiting.popleft())
        os.fsync(self._file.fileno())
        self._safe = self._size


def _packed(jobs: _Jobs) -> list[bytes]:
    """Records of these jobs; frames that come one after the other share one."""
    packed: list[bytes] = []
    blocks: list[Observations] = []
    for kind, value in jobs:
        if kind == records.FRAMES:
            blocks.append(value)
            continue
        packed += _together(blocks)
        packed.append(records.pack_values(kind, value))
    return packed + _together(blocks)


def _together(blocks: list[Observations]) -> list[bytes]:
    """One record of all blocks, which are then gone; none of none."""
    joined = Observations.join(blocks)
    blocks.clear()
    return [records.pack_frames(joined)] if len(joined) else []


def _write_at(file: FileIO, place: int, data: bytes) -> None:
    """Write all of `data`; one that failed halfway is written over by the next try."""
    file.seek(place)
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _words(path: Path, error: OSError) -> str:
    if error.errno in FULL:
        return f"{path.parent}: the disk is full; free some space, the session goes on and tries again"
    reason = error.strerror or str(error)
    return f"{path}: cannot be written ({reason}); the session goes on and tries again"
