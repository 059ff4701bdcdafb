"""Killed at random moments, a batch goes on: no row lost, none doubled, the table as if nothing had been."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from batches import PROGRAM, alive, asked, keys, lines, memory, recordings, reps_of, rescore, scored, started, workers
from conftest import LINUX, SAMPLES, cut

pytestmark = LINUX
COUNT, KILLS = 120, 10
LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))\n" + PROGRAM


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recordings(tmp_path_factory.mktemp("kept") / "kept", COUNT)


@pytest.fixture(scope="module")
def expected(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """Both tables of a batch that nothing disturbed."""
    out = tmp_path_factory.mktemp("quiet") / "scores.csv"
    assert rescore(out, kept).scored == COUNT
    return out.read_bytes(), reps_of(out).read_bytes()


def wait_for(happened: Callable[[], bool], process: subprocess.Popen[bytes]) -> bool:
    """Whether it happened before the process ended."""
    while process.poll() is None:
        if happened():
            return True
        time.sleep(0.002)
    return False


def finish(out: Path, kept: Path, expected: tuple[bytes, bytes]) -> None:
    """Go on to the end; what was done is not done again, and the tables are as if nothing had been."""
    journal = memory(out)
    done = scored(journal)
    summary = rescore(out, kept)
    assert (summary.known, summary.scored) == (len(done), COUNT - len(done))
    assert len(scored(journal)) == COUNT
    assert (out.read_bytes(), reps_of(out).read_bytes()) == expected
    assert sorted(item.name for item in out.parent.iterdir()) == [out.name, journal.name, reps_of(out).name]


def test_the_first_process_killed(kept: Path, tmp_path: Path, expected: tuple[bytes, bytes]) -> None:
    dice, out = random.Random(1), tmp_path / "out" / "scores.csv"
    journal = memory(out)
    killed = helpers = 0
    for _ in range(KILLS):
        more = lines(journal) + dice.randrange(0, COUNT // KILLS)
        process = started(out, kept)
        wait_for(lambda more=more: lines(journal) > more, process)  # type: ignore[misc]
        crew = workers(process)
        helpers += len(crew)
        time.sleep(dice.random() * 0.005)
        killed += process.poll() is None
        process.kill()
        process.communicate()
        scored(journal)
        deadline = time.monotonic() + 20
        while any(alive(worker) for worker in crew):
            assert time.monotonic() < deadline, "a process was left behind"
            time.sleep(0.01)
    assert killed >= KILLS - 2
    assert helpers >= KILLS, "no processes were seen that could have been left behind"
    finish(out, kept, expected)


def test_workers_killed(kept: Path, tmp_path: Path, expected: tuple[bytes, bytes]) -> None:
    dice, out = random.Random(2), tmp_path / "out" / "scores.csv"
    journal = memory(out)
    process = started(out, kept)
    killed = 0
    for number in range(KILLS):
        if not wait_for(lambda n=number: lines(journal) > n * COUNT // (KILLS + 2), process):  # type: ignore[misc]
            break
        if wait_for(lambda: bool(workers(process)), process) and (crew := workers(process)):
            os.kill(dice.choice(crew), signal.SIGKILL)
            killed += 1
    _, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (0, b"")
    assert killed >= KILLS - 2
    assert len(set(keys(journal))) == COUNT
    given_up = COUNT - len(scored(journal))
    assert given_up < killed, "a kill costs one clip at most (an error until the next run), the first one none"
    finish(out, kept, expected)


def test_full_disks(kept: Path, tmp_path: Path, expected: tuple[bytes, bytes]) -> None:
    """Files that the system lets grow to so many bytes only: it breaks off the write in the middle of a row."""
    dice, out = random.Random(3), tmp_path / "out" / "scores.csv"
    journal = memory(out)
    size, done = 20_000, 0
    for _ in range(KILLS):
        process = started(out, kept, program=LIMITED.format(size))
        _, said = process.communicate(timeout=120)
        assert process.returncode != 0
        assert b"OutputError" in said
        assert b"cannot be written" in said
        assert lines(journal) >= done
        done = lines(journal)
        size += dice.randrange(1, 20_000)
    finish(out, kept, expected)


VIDEOS = """
import sys
from pathlib import Path
from formcheck.batch import Options, batch
batch(Options(sys.argv[2:], out=Path(sys.argv[1]), model="lite", jobs=2, recordings=Path(sys.argv[1]).parent / "r"))
"""


def test_killed_while_the_pose_net_looks(tmp_path: Path) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    for number, name in enumerate(("clip01", "clip02", "clip03", "clip05")):
        cut(SAMPLES / f"{name}.mp4", clips / f"{number}.mp4", 20)
    out = tmp_path / "out" / "scores.csv"
    journal = memory(out)
    process = started(out, clips, program=VIDEOS)
    assert wait_for(lambda: lines(journal) > 0, process)
    process.kill()
    process.communicate()
    known = lines(journal)
    process = started(out, clips, program=VIDEOS)
    assert process.communicate(timeout=120)[1] == b""
    assert process.returncode == 0
    assert known < 4
    assert len(keys(journal)) == len(set(keys(journal))) == 4
    found = [json.loads(row)[0] for (row,) in asked(journal, "select row from rows where state = 's'")]
    assert {row["frames"] for row in found} == {20}
    assert {row["recording"] for row in found} == {item.name for item in (tmp_path / "out" / "r").glob("[!.]*")}


def test_ctrl_c_ends_all_processes_and_only_the_first_speaks(kept: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "scores.csv"
    journal = memory(out)
    process = started(out, kept)
    assert wait_for(lambda: lines(journal) > 5, process)
    crew = workers(process)
    assert crew
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert said.count(b"Traceback") == 1
    assert said.rstrip().endswith(b"KeyboardInterrupt")
    assert not [worker for worker in crew if alive(worker)]
    assert out.read_text(encoding="utf-8").count("\n") == lines(journal) + 1
