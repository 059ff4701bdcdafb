"""The memory of a batch: what was done once is neither lost nor doubled, whatever ends the process."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formcheck.batch import store
from formcheck.batch.store import Journal
from formcheck.batch.work import AGAIN, SCORED, Outcome
from formcheck.errors import OutputError


def outcome(number: int, text: bytes = b'[{"score":1},[[1,2]]]', state: str = SCORED) -> Outcome:
    return Outcome(f"{number}.mp4", f"{number:032x}", state, text)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "scores.csv.journal"


def test_rows_come_back(path: Path) -> None:
    with Journal(path) as journal:
        journal.add([outcome(1), outcome(2, '[{"clip":"Übung\\n"},[]]'.encode(), AGAIN)])
    with Journal(path) as journal:
        assert journal.state(f"{1:032x}") == SCORED
        assert journal.state(f"{2:032x}") == AGAIN
        assert journal.state(f"{3:032x}") is None
        assert journal.rows(f"{1:032x}") == ({"score": 1}, [[1, 2]])
        assert journal.rows(f"{2:032x}") == ({"clip": "Übung\n"}, [])
        assert journal.knows("0" * 32)
        assert not journal.knows("1" * 32)


def test_the_last_of_several_rows_counts(path: Path) -> None:
    with Journal(path) as journal:
        journal.add([outcome(1, b"[{},[]]", AGAIN), outcome(1, b'[{"reps":2},[]]')])
        assert journal.rows(f"{1:032x}") == ({"reps": 2}, [])
    with Journal(path) as journal:
        assert journal.state(f"{1:032x}") == SCORED


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_cut_off_anywhere_all_whole_rows_are_there(path: Path, data: st.DataObject) -> None:
    path.unlink(missing_ok=True)
    ends = []
    with Journal(path) as journal:
        for number in range(5):
            journal.add([outcome(number)])
            ends.append(path.stat().st_size)
    size = data.draw(st.integers(0, ends[-1]))
    os.truncate(path, size)
    with Journal(path) as journal:
        whole = sum(end <= size for end in ends)
        assert [journal.state(f"{n:032x}") == SCORED for n in range(5)] == [n < whole for n in range(5)]
        journal.add([outcome(9)])
    with Journal(path) as journal:
        assert journal.rows(f"{9:032x}")[0] == {"score": 1}
    assert path.read_bytes().count(b"\n") == whole + 2


def test_a_damaged_row_is_passed_over_and_the_rest_is_read(path: Path) -> None:
    with Journal(path) as journal:
        journal.add([outcome(1), outcome(2)])
    data = bytearray(path.read_bytes())
    data[len(store.START) + 60] ^= 1
    path.write_bytes(data)
    with Journal(path) as journal:
        assert journal.state(f"{1:032x}") is None
        assert journal.state(f"{2:032x}") == SCORED


def test_a_full_disk_leaves_whole_rows_and_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten disks, each full after another number of bytes; what does not fit is not there."""
    dice, real, room = random.Random(5), os.write, [0]
    written = 0

    def write(file: int, data: memoryview) -> int:
        if not room[0]:
            raise OSError(28, "No space left on device")
        done = real(file, data[: min(len(data), room[0])])
        room[0] -= done
        return done

    with Journal(path) as journal:
        monkeypatch.setattr(store.os, "write", write)
        for _ in range(10):
            room[0] = dice.randrange(1, 400)
            said = ""
            while not said:
                try:
                    journal.add([outcome(written)])
                    written += 1
                except OutputError as error:
                    said = str(error)
            assert "disk is full" in said
            assert path.read_bytes().endswith(b"\n")
            assert path.read_bytes().count(b"\n") == written + 1
    with Journal(path) as journal:
        assert [journal.state(f"{number:032x}") for number in range(written + 1)] == [SCORED] * written + [None]


def test_two_batches_do_not_share_a_journal(path: Path) -> None:
    with Journal(path), pytest.raises(OutputError, match="another batch"):
        Journal(path)
    Journal(path).close()


def test_another_file_is_left_alone(path: Path) -> None:
    path.write_text("my notes\n")
    with pytest.raises(OutputError, match="no journal"):
        Journal(path)
    assert path.read_text() == "my notes\n"
