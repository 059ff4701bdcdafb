"""A batch on a cluster: a real scheduler, real workers, the same tables as at home, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from batches import keys, recordings, reps_of, rescore, rows, scored, started
from clusters import OTHER_VERSION, Cluster, freeze, wait_for, watched
from conftest import LINUX, SAMPLES, cut
from loopback import CAUGHT

import formcheck.batch.run as run_module
from formcheck.batch import Options, Summary, batch, cluster
from formcheck.batch.key import Settings
from formcheck.batch.work import Clip, Outcome, Task
from formcheck.errors import FormcheckError, InputError, UsageError

needs_dask = pytest.mark.skipif(
    find_spec("distributed") is None, reason="needs Dask: pip install 'formcheck[cluster]', part of formcheck[test]"
)
pytestmark = [LINUX, pytest.mark.alone]
COUNT = 120
FRAMES = (10, 14, 18)
PROGRAM = """
import sys
from pathlib import Path
import formcheck.batch.run as run
from formcheck.batch import Options, batch
run.CHUNK = 1
batch(Options([sys.argv[3]], out=Path(sys.argv[2]), from_recordings=True, scheduler=sys.argv[1]))
"""

AT_HOME = """
import sys
from pathlib import Path
from formcheck.batch import Options, batch
out = Path(sys.argv[1])
batch(Options(sys.argv[2:], out=out, recordings=out.parent / "kept", model="lite", jobs=1), quiet=True)
"""


@pytest.fixture(scope="module")
def peaceful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and two workers that nobody harms."""
    with Cluster(tmp_path_factory.mktemp("peaceful")) as found:
        found.add(2)
        yield found


@pytest.fixture(scope="module")
def rough(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler without workers, which gives up on a task when the first one dies at it."""
    with Cluster(tmp_path_factory.mktemp("rough"), allowed_failures=0) as found:
        yield found


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recordings(tmp_path_factory.mktemp("kept") / "kept", COUNT)


@pytest.fixture(scope="module")
def expected(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Both tables as this machine writes them."""
    out = tmp_path_factory.mktemp("home") / "scores.csv"
    assert rescore(out, kept).scored == COUNT
    return tables(out)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "scores.csv"


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every recording a task of its own."""
    monkeypatch.setattr(run_module, "CHUNK", 1)


def tables(out: Path) -> list[bytes]:
    return [out.read_bytes(), reps_of(out).read_bytes()]


def journal(out: Path) -> Path:
    return out.with_name(f"{out.name}.journal")


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


# ---------------------------------------------------------------- in peace


@needs_dask
def test_the_tables_are_those_of_this_machine(peaceful: Cluster, tmp_path: Path) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    for number, frames in enumerate(FRAMES):
        cut(SAMPLES / f"clip{number + 8:02d}.mp4", clips / f"c{number}.mp4", frames)
    (clips / "bad.mp4").write_bytes(b"no video")
    (clips / "copy.mp4").write_bytes((clips / "c0.mp4").read_bytes())
    home, afar = tmp_path / "home" / "scores.csv", tmp_path / "afar" / "scores.csv"
    process = started(home, clips, program=AT_HOME)  # beside the other: each takes seconds to load its libraries
    options = Options([clips], out=afar, recordings=afar.parent / "kept", model="lite", scheduler=peaceful.address)
    summary = batch(options, quiet=True)
    assert process.communicate(timeout=60) == (None, b"")
    assert (summary.scored, summary.failed) == (len(FRAMES) + 1, 1)
    assert tables(afar) == tables(home)
    kept = [sorted(item.name for item in (out.parent / "kept").iterdir()) for out in (home, afar)]
    assert kept[0] == kept[1]
    assert len(kept[0]) == len(FRAMES)


@needs_dask
def test_many_recordings_in_a_relative_folder(
    peaceful: Cluster, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: Path
) -> None:
    """Workers are in another folder; the table names the clips as the command line did."""
    monkeypatch.chdir(kept.parent)
    assert rescore(tmp_path / "home.csv", kept.name).scored == COUNT
    summary = afar(out, Path(kept.name), peaceful)
    assert (summary.scored, summary.failed, summary.reps) == (COUNT, 0, 2 * COUNT)
    assert tables(out) == tables(tmp_path / "home.csv")
    assert rows(out)[0]["clip"] == f"{kept.name}/r0000.npz"
    assert afar(out, Path(kept.name), peaceful).known == COUNT


@needs_dask
def test_few_tasks_are_on_their_way_at_a_time(peaceful: Cluster, kept: Path) -> None:
    clips = [Clip(str(path)) for path in sorted(kept.iterdir())]
    begun = done = most = 0

    def tasks() -> Iterator[Task]:
        nonlocal begun
        for clip in clips:
            begun += 1
            yield Task((clip,), Settings(), recorded=True)

    for outcomes in cluster.at(peaceful.address)(tasks(), 1, lambda _: None):
        most = max(most, begun - done)
        done += len(outcomes)
    assert done == begun == COUNT
    assert 3 <= most <= max(8, 3 * len(peaceful.workers()))


@needs_dask
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL], ids=lambda end: end.name)
def test_interrupted_nothing_stays_queued_and_the_next_run_goes_on(
    peaceful: Cluster, kept: Path, out: Path, expected: list[bytes], end: signal.Signals
) -> None:
    log = out.parent.with_name("client.log")
    process = watched(log, "code", PROGRAM, peaceful.address, out, kept)
    wait_for(lambda: process.poll() is not None or (journal(out).exists() and len(scored_now(out)) > 5), "five rows")
    process.send_signal(end)
    assert process.wait(10) == -end, log.read_text()
    done = scored(journal(out))
    assert 5 < len(done) < COUNT
    wait_for(lambda: peaceful.tasks() == 0, "an empty scheduler")
    summary = afar(out, kept, peaceful)
    assert (summary.known, summary.scored) == (len(done), COUNT - len(done))
    assert tables(out) == expected
    assert len(scored(journal(out))) == COUNT


def scored_now(out: Path) -> list[bytes]:
    """Rows of a journal that is being written."""
    return journal(out).read_bytes().splitlines()[1:-1]


@needs_dask
def test_a_clip_that_workers_cannot_see(peaceful: Cluster, kept: Path, out: Path) -> None:
    """A path that leads to a clip in this process and nowhere in another, as a folder that is not shared does."""
    mine = os.open(next(kept.iterdir()), os.O_RDONLY)
    try:
        os.dup2(mine, 900)
        with pytest.raises(FormcheckError, match=r"^/proc/self/fd/900: not there for the worker tcp://127.*same path$"):
            afar(out, Path("/proc/self/fd/900"), peaceful)
    finally:
        os.close(900)
        os.close(mine)


@needs_dask
def test_a_clip_that_is_nowhere_is_a_row(peaceful: Cluster, kept: Path, tmp_path: Path, out: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text(f"{next(kept.iterdir())}\n{kept}/missing.npz\n")
    summary = afar(out, Path(f"@{names}"), peaceful)
    assert (summary.scored, summary.failed) == (1, 1)
    assert rows(out)[1]["error"]


@pytest.mark.parametrize("reach", ["create_connection(('192.0.2.1', 80), 1)", "getaddrinfo('host.invalid', 80)"])
def test_control_who_reaches_beyond_loopback_is_caught(reach: str, tmp_path: Path) -> None:
    """All schedulers, workers and clients above run so."""
    program = f"import socket; socket.create_server(('127.0.0.1', 0)).close(); socket.{reach}"
    assert watched(tmp_path / "log", "code", program).wait(20) == CAUGHT


# ---------------------------------------------------------------- workers that come and go


@needs_dask
def test_nobody_to_do_it(rough: Cluster, kept: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "WORKERLESS_S", 0.3)
    with pytest.raises(FormcheckError, match=r"^tcp://127\S+: no worker for 0 s; start some \(dask worker tcp://"):
        afar(out, kept, rough)
    wait_for(lambda: rough.tasks() == 0, "an empty scheduler")


@needs_dask
def test_a_worker_killed_costs_a_retry_and_no_row(
    peaceful: Cluster, kept: Path, out: Path, expected: list[bytes], one_by_one: None
) -> None:
    """It stands still first, so that it surely has tasks when it dies; another one comes in its place."""
    (victim,) = peaceful.add(1)
    before = peaceful.suspicious()
    events: dict[int, Callable[[], object]] = {
        10: lambda: freeze(victim),
        50: victim.kill,
        70: lambda: peaceful.add(1),
    }
    summary = afar(out, kept, peaceful, meanwhile(peaceful.address, events))
    assert peaceful.suspicious() > before
    assert (summary.scored, summary.failed) == (COUNT, 0)
    assert tables(out) == expected
    assert len(scored(journal(out))) == len(keys(journal(out))) == COUNT


@needs_dask
def test_a_task_at_which_workers_die_becomes_a_row_and_is_tried_in_the_next_run(
    rough: Cluster, kept: Path, out: Path, tmp_path: Path
) -> None:
    clip = next(kept.iterdir())
    one, two = rough.add(2)
    freeze(one)
    freeze(two)
    process = watched(tmp_path / "log", "code", PROGRAM, rough.address, out, clip)
    for _ in range(2):
        wait_for(lambda: rough.processing() == 1, "a task at a worker")
        victim = rough.holder()
        victim.kill()
        victim.wait()
    assert process.wait(20) == 0, (tmp_path / "log").read_text()
    assert "worker after worker died at it" in rows(out)[0]["error"]
    assert scored(journal(out)) == []
    rough.add(1)
    assert afar(out, clip, rough).scored == 1
    assert rows(out)[0]["error"] == ""


@needs_dask
def test_a_worker_of_another_version(rough: Cluster, kept: Path, out: Path) -> None:
    rough.dismiss()
    rough.add(1, before=OTHER_VERSION)
    with pytest.raises(
        FormcheckError, match=r"worker tcp://\S+: it has formcheck 9\.9\.9, the client has formcheck \d"
    ):
        afar(out, kept, rough)


@needs_dask
def test_a_scheduler_that_goes_away(rough: Cluster, kept: Path, out: Path, one_by_one: None) -> None:
    rough.dismiss()
    rough.add(1)
    began = time.monotonic()
    with pytest.raises(FormcheckError, match=r"^tcp://127\S+: the scheduler is gone; start it and run the same again"):
        afar(out, kept, rough, meanwhile(rough.address, {10: rough.scheduler.kill}))
    assert time.monotonic() - began < 10
    assert 10 <= len(scored(journal(out))) < COUNT


# ---------------------------------------------------------------- no cluster


@needs_dask
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "carrier-pigeon://127.0.0.1:8786"])
def test_no_scheduler(address: str, kept: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT_S", 0.5)
    with pytest.raises(
        InputError, match=r"^\S+: no scheduler can be reached \(.+\); start one with .+address$"
    ) as told:
        batch(Options([kept], out=out, from_recordings=True, scheduler=address), quiet=True)
    assert "\n" not in str(told.value)
    assert not out.parent.exists(), "something was left behind"


@needs_dask
def test_a_server_of_another_kind(kept: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that listens and says nothing, as a dashboard does."""
    monkeypatch.setattr(cluster, "CONNECT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        options = Options([kept], out=out, from_recordings=True, scheduler=f"tcp://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(InputError, match="does not answer as one"):
            batch(options, quiet=True)


def test_without_dask(kept: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"^--scheduler needs Dask; pip install 'formcheck\[cluster\]', here and on"):
        batch(Options([kept], out=out, from_recordings=True, scheduler="tcp://127.0.0.1:1"), quiet=True)


def test_jobs_are_of_this_machine() -> None:
    with pytest.raises(UsageError, match="--jobs counts processes of this machine"):
        Options(["clips"], jobs=2, scheduler="tcp://127.0.0.1:1")
