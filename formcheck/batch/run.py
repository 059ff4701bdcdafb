"""A whole batch: what is new is handed out, what comes back is written down, and all of it becomes the tables."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from formcheck.batch import columns, key, local, table
from formcheck.batch.columns import Row
from formcheck.batch.find import find, is_address, stamp
from formcheck.batch.key import Settings
from formcheck.batch.options import Options, Summary
from formcheck.batch.overview import write_overview
from formcheck.batch.progress import BatchLine
from formcheck.batch.store import Memory
from formcheck.batch.work import AGAIN, FAILED, SCORED, Clip, Outcome, Task, recording_name, report_name, told
from formcheck.outputs import measures
from formcheck.outputs.progress import ProgressLine

CHUNK = 64
"""So many recordings make one task: judged together they cost a fraction."""
WORTH = 500
"""So many recordings are worth a process of their own, which takes as long to start as a thousand to be judged."""
SHOWN = 3

Run = Callable[[Iterator[Task], int, Callable[[int], None]], Iterator[list[Outcome]]]
"""Where tasks are done: `local.run`, or the like of it elsewhere."""


def batch(options: Options, *, quiet: bool = False, run: Run | None = None) -> Summary:
    """Score all clips that are new, changed or to be tried again, and write the tables of all that were named.

    Progress goes to standard error unless `quiet`. Raises `FormcheckError` where nothing can be scored or
    written; clips that fail are rows. Interrupted, even killed, it goes on where it was when called again.
    """
    began = time.monotonic()
    clips = find(options.paths, recordings=options.from_recordings)
    settings = _settings(options)
    for path, kinds in _tables(options):
        table.check_ours(path, kinds)
    run = run or _run(options.scheduler)
    with Memory(options.memory, options.journal) as memory, ProgressLine("batch", quiet=quiet) as line:
        work = _Work(options, settings, clips, memory, line)
        try:
            for outcomes in run(work.tasks(), work.jobs, work.line.tick):
                work.add(outcomes)
        except BaseException:
            if not options.out.exists():
                with suppress(Exception):
                    work.write()
            raise
        work.write()
    work.summary.wall_s = time.monotonic() - began
    return work.summary


class _Work:
    """The state of one batch: which clip has which row."""

    def __init__(
        self, options: Options, settings: Settings, clips: list[str], memory: Memory, line: ProgressLine
    ) -> None:
        self._options, self._settings, self._clips, self._memory = options, settings, clips, memory
        self._keys: dict[str, str] = {}
        self._sizes = {clip: _size(clip) for clip in clips}
        self._judging = settings.judging()
        self.jobs = options.jobs or _jobs(options, len(clips))
        self.line = BatchLine(len(clips), sum(self._sizes.values()), line)
        self.summary = Summary(clips=len(clips))

    def tasks(self) -> Iterator[Task]:
        """What is to be done, made when somebody is free for it."""
        options = self._options
        places = (
            str(options.recordings.absolute()) if options.recordings else "",
            str(options.report_folder.absolute() / "clips") if options.report else "",
        )
        size = self._chunk()
        some: list[Clip] = []
        for clip in self._new():
            some.append(clip)
            if len(some) == size:
                yield Task(tuple(some), self._settings, *places, recorded=options.from_recordings)
                some = []
        if some:
            yield Task(tuple(some), self._settings, *places, recorded=options.from_recordings)

    def _new(self) -> Iterator[Clip]:
        """Clips that have to be done, each content once; workers of a cluster read new clips, and copies as well."""
        recorded = self._options.from_recordings
        looks = self._memory.knows(self._judging) or not (recorded or self._options.scheduler)
        begun: set[str] = set()
        for path in sorted(self._clips, key=self._sizes.__getitem__, reverse=True):  # the last one is waited for
            clip = _known(path, self._memory, recorded=recorded, looks=looks)
            row = key.key(clip.identity or clip.content, self._judging) if clip.identity or clip.content else ""
            if row and (row in begun or self._is_done(row, clip)):
                self._pass(clip, row)
                continue
            begun.add(row)
            yield clip

    def _chunk(self) -> int:
        """So many clips to a task: one video, or so many recordings that all processes end together."""
        if not self._options.from_recordings:
            return 1
        return max(1, min(CHUNK, len(self._clips) // (8 * self.jobs)))

    def add(self, outcomes: list[Outcome]) -> None:
        """Write down what was done."""
        for outcome in self._memory.add(outcomes):
            self._keys[outcome.path] = outcome.key
            self.summary.scored += outcome.state == SCORED
            self.summary.exercise_s += outcome.exercise_s
            self.summary.frames += outcome.frames
            self.line.done(self._sizes[outcome.path], outcome.frames, failed=outcome.state != SCORED)

    def write(self) -> None:
        """The tables of all clips that have a row, in the order in which they were named."""
        table.write(self._rows(), _tables(self._options))
        if self._options.report:
            write_overview(self._reported(), self._options.report_folder, self._options.out.name)

    def _is_done(self, row: str, clip: Clip) -> bool:
        """Whether a clip need not be done again."""
        state = self._memory.state(row)
        if state is None or state == AGAIN or (state == FAILED and self._options.retry_failed):
            return False
        if state == FAILED:
            return True
        options = self._options
        what = clip.content or (self._memory.found(row) or ({}, []))[0].get("content_sha256") or ""
        kept = options.recordings is None or (options.recordings / recording_name(what, self._settings)).is_file()
        shown = not options.report or (options.report_folder / "clips" / report_name(row)).is_file()
        return kept and shown

    def _pass(self, clip: Clip, row: str) -> None:
        if clip.stamp:
            self._memory.remember(clip.stamp, clip.content)
        self._keys[clip.path] = row
        self.summary.known += 1
        self.line.passed(self._sizes[clip.path])

    def _rows(self) -> Iterator[tuple[Row, list[Row]]]:
        summary = self.summary
        summary.failed = summary.reps = 0
        summary.first_failures.clear()
        for clip, values, reps in self._told():
            summary.reps += len(reps)
            if values.get("error"):
                summary.failed += 1
                if len(summary.first_failures) < SHOWN:
                    summary.first_failures.append((clip, values["error"]))
            yield columns.clip_row(values), [columns.whole_rep_row(values, rep) for rep in reps]

    def _reported(self) -> Iterator[dict[str, Any]]:
        for clip, values, _ in self._told():
            row = self._keys[clip]
            yield values | {"link": None if values.get("error") else f"clips/{report_name(row)}"}

    def _told(self) -> Iterator[tuple[str, dict[str, Any], list[Row]]]:
        recorded = self._options.from_recordings
        for clip in self._clips:
            if (row := self._keys.get(clip)) is not None and (found := self._memory.found(row)):
                values, reps = found
                values["clip"] = columns.named(clip)
                if recorded:
                    values["recording"] = columns.named(os.path.basename(clip))  # noqa: PTH119 - a `Path` takes long
                yield clip, values, reps


def _jobs(options: Options, clips: int) -> int:
    """How many processes there are where nobody says it."""
    cores = local.cores()
    return min(cores, 1 + clips // WORTH) if options.from_recordings and not options.scheduler else cores


def _run(scheduler: str) -> Run:
    if not scheduler:
        return local.run
    from formcheck.batch import cluster  # noqa: PLC0415 - an extra

    return cluster.at(scheduler)


def _settings(options: Options) -> Settings:
    if options.from_recordings:
        return Settings(limits=options.limits)
    from formcheck.inputs import models  # noqa: PLC0415 - recordings need no model

    name = models.AUTO_RECORDED if options.model == "auto" else options.model
    path = models.find(name)
    given = name if name in models.NAMES else str(path)
    asked = (options.rate_hz, options.roll_deg, options.speed, options.turn_deg, options.limits, options.optics)
    return Settings(given, models.sha256(path), *asked)


def _tables(options: Options) -> list[tuple[Path, columns.Kinds]]:
    return [(options.out, columns.CLIP), (options.rep_table, columns.REP)]


def _known(path: str, memory: Memory, *, recorded: bool, looks: bool) -> Clip:
    """A clip with what can be told of it beforehand; where that is nothing, whoever scores it has to see.

    Only with `looks` are files read for it, and of these only such as may have changed since the memory knows them.
    """
    if recorded and not looks:
        return Clip(path)
    if is_address(path):
        return Clip(path, identity=stamp(path))
    if recorded and (stored := measures.find(path)):
        return Clip(path, identity=stored[0])
    try:
        if content := memory.content(key.stamp(path)):
            return Clip(path, content)
        return told(Clip(path), Path(path)) if looks else Clip(path)
    except OSError:
        return Clip(path)


def _size(clip: str) -> int:
    try:
        return 0 if is_address(clip) else os.stat(clip).st_size  # noqa: PTH116 - a `Path` takes long
    except OSError:
        return 0
