"""Many recordings into one table: rows, columns, failures, and what is done again when it is run again."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from batches import RECORDING, inline, recordings, reps_of, rescore, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck import Limits
from formcheck.analyze import replay, write
from formcheck.batch import Options, batch, columns, key, table, words
from formcheck.data.result import REP_COLUMNS, REP_NUMBERS
from formcheck.errors import OutputError, UsageError
from formcheck.outputs import measures
from formcheck.outputs.tables import rounded

STRICT = Limits(hold_min_s=4.0, knee_flexion_max_deg=5.0)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return recordings(tmp_path / "kept", 4)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "scores.csv"


def test_columns_are_what_a_session_measures() -> None:
    rep = replay(RECORDING).reps[0]
    assert set(rep.numbers) == {*REP_NUMBERS, *columns.MEASURES}
    assert set(rep.uncertainty) - {"touch_s"} <= set(columns.BANDED)
    assert [name for name in columns.REP if name in REP_COLUMNS] == list(REP_COLUMNS)
    assert len(columns.rep_row(rep)) == len(columns.OWN)


def test_one_row_a_clip_and_one_a_rep(kept: Path, out: Path) -> None:
    summary = rescore(out, kept)
    result = replay(RECORDING)
    assert (summary.clips, summary.scored, summary.reps) == (4, 4, 4 * len(result.reps))
    table = rows(out)
    assert list(table[0]) == list(columns.CLIP)
    assert [row["clip"] for row in table] == [str(path) for path in sorted(kept.iterdir())]
    assert {(row["score"], row["reps"], row["error"]) for row in table} == {(str(result.score), "2", "")}
    reps = rows(reps_of(out))
    assert list(reps[0]) == list(columns.REP)
    for row, rep in zip(reps[:2], result.reps, strict=True):
        assert row["rep"] == str(rep.rep)
        for name in (*REP_NUMBERS, *columns.MEASURES):
            value = rounded(name, rep.numbers[name])
            assert row[name] == ("" if value is None else str(value))
    assert all(row["settings"] and row["model"] and row["versions"] and row["formcheck"] for row in (*table, *reps))
    assert {row["content_sha256"] for row in (*table, *reps)} == {"c" * 64}


@pytest.mark.parametrize("limits", [Limits(), STRICT, Limits(off=("short-hold",))], ids=["usual", "strict", "off"])
def test_kept_measures_give_what_the_whole_recording_gives(tmp_path: Path, limits: Limits) -> None:
    """Rules asked again of stored numbers, against everything measured anew."""
    own = ("clip", "content_sha256", "recording")
    for measured in (True, False):
        kept = recordings(tmp_path / f"kept{measured}", 3, measured=measured)
        (kept / "r0000.npz").write_bytes((RECORDING.parent / "other_way.npz").read_bytes())
        rescore(tmp_path / f"{measured}.csv", kept, limits=limits)
    for name in ("{}.csv", "{}_reps.csv"):
        quick, whole = (
            [{column: value for column, value in row.items() if column not in own} for row in table]
            for table in (rows(tmp_path / name.format(measured)) for measured in (True, False))
        )
        assert quick == whole
    assert len({row["faults"] for row in rows(tmp_path / "True.csv")}) >= 1


def test_recordings_of_an_analysis_are_judged_by_their_measures_too(tmp_path: Path, out: Path) -> None:
    """Where the video's content is not known, the recording's own stands for it."""
    write(replay(RECORDING), tmp_path / "results")
    recording = next((tmp_path / "results").rglob("recording.npz"))
    found = measures.find(recording)
    assert found is not None
    assert (found[1].current, found[1].content_sha256) == (True, "")
    plain = tmp_path / "plain.npz"
    plain.write_bytes(RECORDING.read_bytes())
    rescore(out, recording, plain)
    quick, whole = rows(out)
    assert quick["content_sha256"] == hashlib.sha256(recording.read_bytes()).hexdigest()
    different = {name for name in quick if quick[name] != whole[name]}
    assert different == {"clip", "content_sha256", "recording"}
    assert rescore(out, recording, plain).known == 2


def test_stricter_limits_find_more(kept: Path, out: Path) -> None:
    rescore(out, kept)
    before = rows(out)[0]
    assert rescore(out, kept, limits=STRICT).scored == 4
    after = rows(out)[0]
    assert int(after["score"]) < int(before["score"])
    assert json.loads(after["settings"])["limits"] == {"hold_min_s": 4.0, "knee_flexion_max_deg": 5.0}
    assert rescore(out, kept).known == 4, "what was known under the first limits still is"


def test_measures_of_another_program_are_not_used(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = next(kept.iterdir())
    assert measures.find(path)[1].current  # type: ignore[index]
    monkeypatch.setattr(measures, "program", lambda _: "another")
    assert not measures.find(path)[1].current  # type: ignore[index]


def test_run_again_only_what_is_new_or_changed_is_done(kept: Path, out: Path) -> None:
    rescore(out, kept)
    first = out.read_bytes()
    assert (rescore(out, kept).scored, out.read_bytes()) == (0, first)
    (kept / "r0001.npz").rename(kept / "renamed.npz")
    shutil.copy(kept / "r0000.npz", kept / "copy.npz")
    (kept / "r0002.npz").write_bytes(RECORDING.read_bytes())
    summary = rescore(out, kept)
    assert (summary.scored, summary.known) == (1, 4)
    assert [Path(row["clip"]).name for row in rows(out)] == sorted(path.name for path in kept.iterdir())


def test_another_program_does_all_again(kept: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rescore(out, kept)
    monkeypatch.setattr(key, "program", lambda _: "another")
    assert rescore(out, kept).scored == 4


def test_a_corrupt_clip_is_a_row_with_its_error(tmp_path: Path, out: Path) -> None:
    kept = recordings(tmp_path / "kept", 39)
    (kept / "r0020x.npz").write_bytes((kept / "r0020.npz").read_bytes()[:5000])
    summary = rescore(out, kept)
    assert (summary.clips, summary.scored, summary.failed) == (40, 39, 1)
    bad = [row for row in rows(out) if row["error"]]
    assert [Path(row["clip"]).name for row in bad] == ["r0020x.npz"]
    assert bad[0]["error"].startswith("not a whole recording")
    assert "\n" not in bad[0]["error"]
    assert bad[0]["score"] == ""
    assert summary.first_failures == [(str(kept / "r0020x.npz"), bad[0]["error"])]
    assert len(rows(out)) == 40


def test_a_known_failure_is_tried_again_when_asked_for(kept: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (kept / "bad.npz").write_bytes(b"no recording")
    rescore(out, kept)
    assert (summary := rescore(out, kept)).known == 5
    assert summary.failed == 1
    assert rescore(out, kept, retry_failed=True).known == 4
    (kept / "bad.npz").write_bytes(RECORDING.read_bytes())
    summary = rescore(out, kept)
    assert (summary.scored, summary.failed) == (1, 0)


def test_what_may_be_there_next_time_is_tried_next_time(kept: Path, out: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.npz"
    named = tmp_path / "list.txt"
    named.write_text(f"{late}\n{kept}\n", encoding="utf-8")
    summary = rescore(out, f"@{named}")
    assert (summary.failed, summary.scored) == (1, 4)
    assert rows(out)[0]["error"] == "cannot be read: No such file or directory"
    late.write_bytes(RECORDING.read_bytes())
    summary = rescore(out, f"@{named}")
    assert (summary.failed, summary.scored, summary.known) == (0, 1, 4)


def test_one_odd_clip_does_not_end_the_batch(kept: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(path: Path, *_: object) -> None:
        raise ZeroDivisionError(f"odd\n{path.name}")

    monkeypatch.setattr("formcheck.batch.work._found", odd)
    (kept / "odd.npz").write_bytes(RECORDING.read_bytes())
    summary = rescore(out, kept)
    assert (summary.scored, summary.failed) == (4, 1)
    assert rows(out)[0]["error"].startswith("unexpected ZeroDivisionError: odd odd.npz (batch/work.py:")


@pytest.mark.parametrize("name", ["scores.csv", "scores.parquet"])
def test_files_of_others_are_not_replaced(kept: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    out.write_text("patient,score\nA,3\n")
    with pytest.raises(OutputError, match="is no table of scores"):
        rescore(out, kept)
    assert out.read_text() == "patient,score\nA,3\n"
    assert sorted(item.name for item in tmp_path.iterdir()) == sorted(["kept", name])


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"out": Path("scores.xlsx")}, "parquet or .csv"),
        ({"out": Path("a.csv"), "reps": Path("a.csv")}, "two tables"),
        ({"jobs": 0}, "--jobs 0"),
        ({"rate_hz": 5.0}, "--rate 5"),
        ({"rate_hz": float("nan")}, "--rate nan"),
        ({"from_recordings": True, "recordings": Path("r")}, "--recordings"),
    ],
)
def test_wrong_options_are_said_at_once(others: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Options(["clips"], **others)  # type: ignore[arg-type]


def test_parquet_is_read_by_what_people_use(kept: Path, tmp_path: Path) -> None:
    """The same values as in CSV, typed, through each library that is installed."""
    out = tmp_path / "scores.parquet"
    (kept / "bad.npz").write_bytes(b"no recording")
    batch(Options([kept], out=out, from_recordings=True), quiet=True, run=inline)
    table = pytest.importorskip("pyarrow.parquet").read_table(out).to_pylist()
    plain = rescore(tmp_path / "scores.csv", kept)
    assert plain.clips == len(table) == 5
    for row, text in zip(table, rows(tmp_path / "scores.csv"), strict=True):
        assert {name: "" if value is None else str(value) for name, value in row.items()} == text
    assert [row["score"] for row in table].count(None) == 1
    scores = sorted(row["score"] for row in table if row["score"] is not None)
    readers = {
        "pandas": lambda module: module.read_parquet(out)["score"].dropna(),
        "polars": lambda module: module.read_parquet(out)["score"].drop_nulls(),
        "duckdb": lambda module: [r[0] for r in module.sql(f"from '{out}' where score is not null").fetchall()],
    }
    readers["duckdb"] = lambda module: [
        row[0] for row in module.sql(f"select score from '{out}' where error is null").fetchall()
    ]
    for name, read in readers.items():
        try:
            module = __import__(name)
        except ImportError:
            continue
        assert sorted(int(score) for score in read(module)) == scores


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_columns_are_laid_out_as_arrow_does_it(data: st.DataObject) -> None:
    arrow = pytest.importorskip("pyarrow")
    kind, shape, values = data.draw(
        st.sampled_from(
            [
                (str, arrow.string(), st.text()),
                (int, arrow.int32(), st.integers(-(2**31), 2**31 - 1)),
                (float, arrow.float64(), st.floats(allow_nan=False)),
            ]
        )
    )
    column = tuple(data.draw(st.lists(st.none() | values, max_size=40)))
    buffers = [arrow.py_buffer(buffer) for buffer in table._buffers(column, kind)]
    found = arrow.Array.from_buffers(shape, len(column), buffers)
    found.validate(full=True)
    assert found.equals(arrow.array(column, shape))


def test_tables_are_written_in_pieces(kept: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rescore(out, kept)
    whole = out.read_bytes(), reps_of(out).read_bytes()
    monkeypatch.setattr("formcheck.batch.table.PIECE", 2)
    rescore(out, kept)
    assert (out.read_bytes(), reps_of(out).read_bytes()) == whole


def test_interrupted_an_older_table_stays_and_a_first_one_has_what_is_done(kept: Path, out: Path) -> None:
    def interrupted(tasks, jobs, tick):  # type: ignore[no-untyped-def]
        work = inline(tasks, jobs, tick)
        yield next(work)
        raise KeyboardInterrupt

    options = Options([kept], out=out, from_recordings=True, jobs=1)
    with pytest.raises(KeyboardInterrupt):
        batch(options, quiet=True, run=interrupted)
    assert len(rows(out)) == 1
    rescore(out, kept)
    whole = out.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        batch(replace(options, limits=STRICT), quiet=True, run=interrupted)
    assert out.read_bytes() == whole


def test_what_is_said_at_the_end(kept: Path, out: Path) -> None:
    options = Options([kept], out=out, from_recordings=True, report=True, jobs=1)
    summary = batch(options, quiet=True, run=inline)
    assert words.warning(summary, options) == ""
    (kept / "bad.npz").write_bytes(b"no recording")
    summary = batch(options, quiet=True, run=inline)
    assert words.told(summary, options).splitlines() == [
        "5 clips (4 known from before), 8 reps",
        f"clips:  {out}",
        f"reps:   {out.parent / 'scores_reps.csv'}",
        f"report: {out.parent / 'scores_report' / 'index.html'}",
    ]
    said = words.warning(summary, options)
    assert said.startswith("1 of 5 clips could not be scored (bad.npz: not a whole recording")
    assert said.endswith(f"see the column error of {out}")
