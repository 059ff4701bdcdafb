"""Whatever ends the writing of a journal: a kill costs a second at most, a disk that gives trouble ends no session."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import LINUX, environment
from journals import FIRST, SOURCE, TWO_REPS, bits, seen
from synthetic import recording
from waits import until

import formcheck
from formcheck.data import disk, records
from formcheck.data import journal as writer
from formcheck.data.journal import Journal
from formcheck.data.recording import Recording

pytestmark = pytest.mark.alone


# ---------------------------------------------------------------- killed


CHILD = """
import os, sys, time
from formcheck.data.journal import Journal
from formcheck.data.recording import Recording, Source
made = Recording.load(sys.argv[1])
journal = Journal(sys.argv[2])
journal.begin(made.source, made.model, made.versions)
journal.calibration(made.calibration)
start = time.monotonic()
for k, t in enumerate(made.observations.time_s):
    time.sleep(max(0.0, start + t - time.monotonic()))
    journal.frames(made.observations[k : k + 1])
    os.write(1, b".")
"""


def killed(made: Path, path: Path, after_s: Sequence[float]) -> list[int]:
    """So many frames each writing process had handed over when it was killed, that long after its first."""
    line = [sys.executable, "-c", CHILD, str(made)]
    running = [
        subprocess.Popen([*line, str(path / f"{k}.journal")], stdout=subprocess.PIPE, env=environment())
        for k in range(len(after_s))
    ]
    try:
        begun = []
        for process in running:
            assert process.stdout is not None
            assert process.stdout.read(1) == b"."
            begun.append(time.monotonic())
        for process, at, wait in sorted(zip(running, begun, after_s, strict=True), key=lambda each: each[1] + each[2]):
            time.sleep(max(0.0, at + wait - time.monotonic()))
            process.send_signal(signal.SIGKILL)
        return [1 + len(process.communicate()[0]) for process in running]
    finally:
        for process in running:
            process.kill()


@LINUX
def test_killed_at_any_moment_it_loses_a_second_at_most(tmp_path: Path) -> None:
    lost = []
    for part in ("one", "two"):
        (tmp_path / part).mkdir()
        waits = np.random.default_rng().uniform(0.0, 1.2, 10).tolist()
        handed = killed(TWO_REPS, tmp_path / part, waits)
        lost += [n - came_back(tmp_path / part / f"{k}.journal") for k, n in enumerate(handed)]
    assert max(lost) <= 30, f"frames lost, 30 a second: {lost}"
    assert min(lost) >= -1  # killed between handing over and saying so


def came_back(path: Path) -> int:
    """So many frames of the recording, each bit as it was."""
    if not path.exists() or path.stat().st_size <= len(records.START):
        return 0
    found = formcheck.replay(path).recording.observations
    assert bits(found) == bits(Recording.load(TWO_REPS).observations[: len(found)])
    return len(found)


# ---------------------------------------------------------------- the disk gives trouble


def test_a_full_disk_is_told_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, full = writer._write_at, [True]

    def perhaps(file: Any, place: int, data: bytes) -> None:
        if full and place > 0:
            write(file, place, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(file, place, data)

    monkeypatch.setattr(writer, "_write_at", perhaps)
    made, _ = recording()
    with Journal(tmp_path / "recording.journal") as journal:
        journal.begin(SOURCE, "full", {})
        journal.frames(made.observations[:50])
        until(lambda: journal.trouble)
        assert journal.trouble == f"{tmp_path}: the disk is full; free some space, the session goes on and tries again"
        journal.frames(made.observations[50:60])
        full.clear()
        until(lambda: not journal.trouble)
        journal.frames(made.observations[60:])
    assert journal.trouble == ""
    assert bits(Recording.load(tmp_path).observations) == bits(made.observations)


def test_a_folder_that_is_gone_is_told_and_tried_again(tmp_path: Path) -> None:
    with Journal(tmp_path / "gone" / "recording.journal") as journal:
        journal.begin(SOURCE, "full", {})
        journal.frames(seen(3))
        until(lambda: journal.trouble)
        assert "cannot be written (No such file" in journal.trouble
        (tmp_path / "gone").mkdir()
        until(lambda: not journal.trouble)
    assert len(Recording.load(tmp_path / "gone").observations) == 3


def test_what_is_there_already_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "recording.journal").write_text("mine")
    with Journal(tmp_path / "recording.journal") as journal:
        journal.begin(SOURCE, "full", {})
    assert "File exists" in journal.trouble
    assert (tmp_path / "recording.journal").read_text() == "mine"


def test_a_disk_that_does_not_answer_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(disk, "CLOSE_S", 0.2)
    monkeypatch.setattr(writer, "_write_at", lambda *_: answered.wait(20))
    start = time.monotonic()
    with Journal(tmp_path / "recording.journal") as journal:
        journal.begin(SOURCE, "full", {})
    assert time.monotonic() - start < 5
    assert journal.trouble == f"{tmp_path}/recording.journal: the disk does not answer; its end may be missing"
    answered.set()
    journal._thread.join(20)


LIMITED = """
import resource, sys
from formcheck.data.journal import Journal
from formcheck.data.recording import Recording
made = Recording.load(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))
with Journal(sys.argv[2]) as journal:
    journal.begin(made.source, made.model, made.versions)
    for k in range(len(made.observations)):
        journal.frames(made.observations[k : k + 1])
        if k % 50 == 0:
            import time; time.sleep(0.35)
print(journal.trouble)
"""


@LINUX
def test_a_file_that_may_not_grow_ends_no_session(tmp_path: Path) -> None:
    line = [sys.executable, "-c", LIMITED, str(TWO_REPS), str(tmp_path / "recording.journal")]
    done = subprocess.run(line, capture_output=True, text=True, env=environment(), timeout=60, check=True)
    assert "cannot be written (File too large)" in done.stdout
    found = Recording.load(tmp_path).observations
    assert 0 < len(found) < 40
    assert bits(found) == bits(Recording.load(TWO_REPS).observations[: len(found)])


def test_an_odd_value_ends_no_session(tmp_path: Path) -> None:
    with Journal(tmp_path / "recording.journal") as journal:
        journal.begin(SOURCE, "full", {"odd": object()})  # type: ignore[dict-item]
        journal.calibration(replace(FIRST, yaw_deg=np.float32(1.5)))
        journal.frames(seen(2))
    assert journal.trouble == ""
    assert Recording.load(tmp_path).calibration.yaw_deg == 1.5


# ---------------------------------------------------------------- what it costs


def test_handing_over_a_frame_costs_next_to_nothing(tmp_path: Path) -> None:
    block = seen(1)
    with Journal(tmp_path / "recording.journal") as journal:
        journal.begin(SOURCE, "full", {})
        costs = []
        for _ in range(2000):
            start = time.perf_counter()
            journal.frames(block)
            costs.append(time.perf_counter() - start)
    assert np.median(costs) < 30e-6
