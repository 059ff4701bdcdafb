"""A cluster that is not there, of another version, without workers or dying: what is told, and what stays."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from batches import recordings, rows, scored
from clusters import (
    OTHER_VERSION,
    PROGRAM,
    Cluster,
    afar,
    freeze,
    journal,
    meanwhile,
    needs_dask,
    wait_for,
    watched,
)
from conftest import LINUX
from loopback import CAUGHT

import formcheck.batch.run as run_module
from formcheck.batch import Options, batch, cluster
from formcheck.errors import FormcheckError, InputError, UsageError

pytestmark = [LINUX, pytest.mark.alone]
COUNT = 60


@pytest.fixture(scope="module")
def rough(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler without workers, which gives up on a task when the first one dies at it."""
    with Cluster(tmp_path_factory.mktemp("rough"), allowed_failures=0) as found:
        yield found


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recordings(tmp_path_factory.mktemp("kept") / "kept", COUNT)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "scores.csv"


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every recording a task of its own."""
    monkeypatch.setattr(run_module, "CHUNK", 1)


# ---------------------------------------------------------------- workers that come and go


@needs_dask
def test_nobody_to_do_it(rough: Cluster, kept: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "WORKERLESS_S", 0.3)
    with pytest.raises(FormcheckError, match=r"^tcp://127\S+: no worker for 0 s; start some \(dask worker tcp://"):
        afar(out, kept, rough)
    wait_for(lambda: rough.tasks() == 0, "an empty scheduler")


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


# ---------------------------------------------------------------- no network


@pytest.mark.parametrize("reach", ["create_connection(('192.0.2.1', 80), 1)", "getaddrinfo('host.invalid', 80)"])
def test_control_who_reaches_beyond_loopback_is_caught(reach: str, tmp_path: Path) -> None:
    """All schedulers, workers and clients above run so."""
    program = f"import socket; socket.create_server(('127.0.0.1', 0)).close(); socket.{reach}"
    assert watched(tmp_path / "log", "code", program).wait(20) == CAUGHT
