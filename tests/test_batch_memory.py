"""The memory of a batch: what was done once is neither lost nor doubled, and nothing that is no row gets in or out."""

from __future__ import annotations

import os
import random
import re
import sqlite3
import stat
import subprocess
import sys
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from batches import RECORDING, asked, memory, recordings, reps_of, rescore, rows
from conftest import LINUX, environment
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formcheck.batch import columns, old, work
from formcheck.batch.store import Memory
from formcheck.batch.work import AGAIN, SCORED, Outcome
from formcheck.errors import InputError, OutputError


def outcome(number: int, text: bytes = b'[{"score":1},[]]', state: str = SCORED) -> Outcome:
    return Outcome(f"{number}.mp4", f"{number:032x}", state, text)


def rep(first: object) -> bytes:
    """A clip with one rep, whose number is this."""
    return b"[{},[[%s%s]]]" % (str(first).encode(), b",null" * (len(columns.OWN) - 1))


def line(key: str, state: str, text: bytes) -> bytes:
    rest = b"%s %s %s" % (key.encode(), state.encode(), text)
    return b"%08x %s\n" % (zlib.crc32(rest), rest)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "scores.csv.sqlite"


def test_rows_come_back(path: Path) -> None:
    with Memory(path) as kept:
        kept.add([outcome(1, rep(7)), outcome(2, '[{"clip":"Übung\\n"},[]]'.encode(), AGAIN)])
    with Memory(path) as kept:
        assert [kept.state(f"{n:032x}") for n in (1, 2, 3)] == [SCORED, AGAIN, None]
        assert kept.found(f"{1:032x}") == ({}, [[7, *[None] * (len(columns.OWN) - 1)]])
        assert kept.found(f"{2:032x}") == ({"clip": "Übung\n"}, [])
        assert kept.found(f"{3:032x}") is None
        assert kept.knows("0" * 32)
        assert not kept.knows("1" * 32)
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_the_last_of_several_rows_counts(path: Path) -> None:
    with Memory(path) as kept:
        kept.add([outcome(1, b"[{},[]]", AGAIN), outcome(1, b'[{"reps":2},[]]')])
        assert kept.found(f"{1:032x}") == ({"reps": 2}, [])
    with Memory(path) as kept:
        assert kept.state(f"{1:032x}") == SCORED


# ---------------------------------------------------------------- what no table can hold

UNFIT = [
    *(b'[{"reps":NaN},[]]', b'[{"reps":2.5},[]]', b'[{"width":4294967296},[]]', b'[{"fps":1e400},[]]'),
    *(b'[{"note":"\\ud800"},[]]', b'[{"note":3},[]]', b'[{"score":true},[]]', b"[{},[[1]]]", b"[{}]", b"{}", b"", b"["),
    *(rep('"one"'), rep("1" * 40), b"[" * 100_000, b'[{"note":"\xff"},[]]'),
]


@pytest.mark.parametrize("text", UNFIT, ids=range(len(UNFIT)))
def test_values_that_no_table_can_hold_never_get_in(path: Path, text: bytes) -> None:
    with Memory(path) as kept:
        whole, fitted = kept.add([outcome(1), outcome(2, text)])
        assert (whole, fitted.state) == (outcome(1), AGAIN)
        found = kept.found(fitted.key)
        assert found is not None
        assert "fits no table" in found[0]["error"]
        assert [kept.state(f"{n:032x}") for n in (1, 2)] == [SCORED, AGAIN]


def test_one_odd_value_is_a_row_with_an_error_and_the_table_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a stage may come to give: the others' rows stand, in CSV and Parquet, this time and the next."""
    kept = recordings(tmp_path / "kept", 4)
    real = work._rejudged

    def odd(clip: work.Clip, *others: object) -> Outcome:
        found = real(clip, *others)  # type: ignore[arg-type]
        wrong = clip.path.endswith("r0002.npz")
        return found._replace(text=found.text.replace(b'"width":640', b'"width":12345678901')) if wrong else found

    monkeypatch.setattr(work, "_rejudged", odd)
    for name in ("a.csv", "b.parquet"):
        for _ in range(2):
            assert rescore(tmp_path / name, kept).failed == 1
        monkeypatch.setattr(work, "_rejudged", real)
        assert rescore(tmp_path / name, kept).failed == 0
        monkeypatch.setattr(work, "_rejudged", odd)


@LINUX
@pytest.mark.parametrize("name", ["a.csv", "b.parquet"])
def test_names_that_are_not_text_fit_every_table(tmp_path: Path, name: str) -> None:
    kept = recordings(tmp_path / "kept", 1)
    odd = kept / os.fsdecode(b"caf\xe9.npz")
    try:
        odd.write_bytes(RECORDING.read_bytes())
    except OSError:
        pytest.skip("this file system takes no such names")
    assert rescore(tmp_path / name, kept).scored == 2
    assert rescore(tmp_path / name, kept).known == 2
    if name == "a.csv":
        assert rows(tmp_path / name)[0]["clip"].endswith("caf\\xe9.npz")


# ---------------------------------------------------------------- damage


def test_a_row_that_was_altered_is_none(path: Path) -> None:
    with Memory(path) as kept:
        kept.add([outcome(1), outcome(2)])
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("update rows set row = replace(row, '1', '2') where key = ?", [f"{1:032x}"])
    with Memory(path) as kept:
        assert kept.state(f"{1:032x}") is None
        assert kept.state(f"{2:032x}") == SCORED


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_damaged_anywhere_it_holds_what_was_in_it_or_says_so(path: Path, seed: int) -> None:
    dice = random.Random(seed)
    path.unlink(missing_ok=True)
    with Memory(path) as kept:
        kept.add([outcome(n, b'[{"score":%d},[]]' % n) for n in range(60)])
    data = bytearray(path.read_bytes())
    for _ in range(dice.randrange(1, 6)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    path.write_bytes(data[: dice.choice((len(data), len(data), dice.randrange(len(data))))])
    try:
        with Memory(path) as kept:
            for n in range(60):
                assert kept.found(f"{n:032x}") in (None, ({"score": n}, []))
            kept.add([outcome(99)])
    except InputError as error:
        assert re.fullmatch(r"[^\n]*move it away[^\n]*", str(error))  # noqa: PT017 - or none at all


STRANGERS = {"text": b"my notes\n" * 200, "short": b"x", "another": b"", "half": b"SQLite format 3\0 and no more"}


@pytest.mark.parametrize("kind", STRANGERS)
def test_another_file_is_left_alone(path: Path, kind: str) -> None:
    path.write_bytes(STRANGERS[kind])
    if kind == "another":
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("create table rows (key, state, row, crc)")
    before = path.read_bytes()
    with pytest.raises(InputError, match="move it away"):
        Memory(path)
    assert path.read_bytes() == before or kind == "another"
    assert not path.with_name(f"{path.name}.lock").exists()


def test_one_that_was_killed_before_its_tables_were_made_is_begun_again(path: Path) -> None:
    with closing(sqlite3.connect(path)) as begun:
        begun.execute("pragma journal_mode = wal")
    assert path.stat().st_size > 0
    with Memory(path) as kept:
        kept.add([outcome(1)])
        assert kept.state(f"{1:032x}") == SCORED


# ---------------------------------------------------------------- others at the same time


def test_two_batches_do_not_share_a_memory(path: Path) -> None:
    with Memory(path), pytest.raises(OutputError, match="another batch is writing to it; wait"):
        Memory(path)
    Memory(path).close()


@LINUX
def test_nor_do_two_processes(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from formcheck.batch.store import Memory; Memory(Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", program, str(path)]
    with Memory(path):
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
        assert "another batch" in done.stderr
    assert subprocess.run(command, env=environment(), check=False).returncode == 0
    Memory(path).close()


def test_anybody_may_read_while_it_is_written(path: Path) -> None:
    with Memory(path) as kept, closing(sqlite3.connect(path)) as other:
        kept.add([outcome(1)])
        assert other.execute("select count(*) from rows").fetchone() == (1,)
        other.execute("begin")
        other.execute("select * from rows").fetchall()
        kept.add([outcome(2)])
        assert other.execute("select count(*) from rows").fetchone() == (1,)
        other.rollback()
        assert other.execute("select count(*) from rows").fetchone() == (2,)


def test_a_reader_that_holds_it_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("formcheck.batch.store.WAIT_S", 0.1)
    with Memory(path) as kept, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(OutputError, match="another program holds it"):
            kept.add([outcome(1)])
        other.rollback()
        kept.add([outcome(1)])


def test_where_memory_cannot_be_shared_it_is_written_all_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on file systems over a network."""
    monkeypatch.setattr("formcheck.batch.store.WAL", "SELECT * FROM no_such_table")
    with Memory(path) as kept:
        kept.add([outcome(1)])
        assert kept.state(f"{1:032x}") == SCORED
    assert asked(path, "pragma journal_mode") == [("delete",)]


@LINUX
@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_memory_that_may_not_be_written(path: Path) -> None:
    Memory(path).close()
    path.chmod(stat.S_IRUSR)
    with pytest.raises(OutputError, match="cannot be written"), Memory(path) as kept:
        kept.add([outcome(1)])


# ---------------------------------------------------------------- a journal of an earlier version


def test_an_old_journal_is_moved_over_once(path: Path) -> None:
    journal = path.with_name("scores.csv.journal")
    mark, content = "f" * 32, "c" * 64
    first, second = (line(f"{n:032x}", "s", b'[{"score":%d},[]]' % n) for n in (1, 2))
    again = line(f"{1:032x}", "s", b'[{"score":9},[]]')
    unfit = line(f"{3:032x}", "s", b'[{"width":99999999999},[]]')
    known = line(mark, "k", b'"%s"' % content.encode())
    journal.write_bytes(old.START + first + second + b"damaged\n" + known + unfit + again + first[:20])
    with Memory(path, journal) as kept:
        assert kept.found(f"{1:032x}") == ({"score": 9}, [])
        assert kept.found(f"{2:032x}") == ({"score": 2}, [])
        assert kept.state(f"{3:032x}") is None
        assert kept.content(mark) == content
    assert not journal.exists()
    with Memory(path, journal) as kept:
        assert kept.state(f"{2:032x}") == SCORED


def test_what_is_no_old_journal_stays_where_it_is(path: Path) -> None:
    journal = path.with_name("scores.csv.journal")
    journal.write_bytes(b"my notes\n")
    Memory(path, journal).close()
    assert journal.read_bytes() == b"my notes\n"


def test_a_batch_goes_on_from_an_old_journal(tmp_path: Path) -> None:
    """The rows that an earlier version would have written for the same program are known."""
    kept, out = recordings(tmp_path / "kept", 5), tmp_path / "scores.csv"
    rescore(out, kept)
    before = out.read_bytes(), reps_of(out).read_bytes()
    found = asked(memory(out), "select key, state, row from rows")
    journal = out.with_name("scores.csv.journal")
    journal.write_bytes(old.START + b"".join(line(key, state, row.encode()) for key, state, row in found))
    memory(out).unlink()
    assert rescore(out, kept).known == 5
    assert (out.read_bytes(), reps_of(out).read_bytes()) == before
    assert sorted(item.name for item in tmp_path.glob("scores*")) == [
        *("scores.csv", "scores.csv.sqlite", "scores_reps.csv"),
    ]
