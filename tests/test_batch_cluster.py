"""A batch on a cluster: a real scheduler, real workers, the same tables as at home, whoever dies on the way."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from batches import keys, recordings, rescore, rows, scored, started
from clusters import PROGRAM, Cluster, afar, freeze, journal, meanwhile, needs_dask, tables, wait_for, watched
from conftest import LINUX, SAMPLES, cut

import formcheck.batch.run as run_module
from formcheck.batch import Options, batch, cluster
from formcheck.batch.key import Settings
from formcheck.batch.work import Clip, Task
from formcheck.errors import FormcheckError

pytestmark = [LINUX, pytest.mark.alone]
COUNT = 120
FRAMES = (10, 14, 18)
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


def scored_now(out: Path) -> list[str]:
    """Rows of a memory that is being written."""
    return keys(journal(out))


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
