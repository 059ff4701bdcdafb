"""The table of clips tells which exercise was seen: from whole recordings, from kept measures, from older journals."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from batches import RECORDING, recordings, reps_of, rescore, rows
from test_batch_overview import clip, told
from test_batch_scores import read

from formcheck.analyze import replay
from formcheck.batch import key, work
from formcheck.batch.overview import write_overview
from formcheck.batch.work import Outcome
from formcheck.data.recording import Recording
from formcheck.outputs import measures

NO_BALL = "no ball was seen: the movement is judged, but not what needs the ball"


def kept(folder: Path, *, measured: bool = True) -> Path:
    """Recordings of a set with the ball, of the same without, and of nobody."""
    folder.mkdir()
    whole = Recording.load(RECORDING)
    bare = whole.with_calibration(replace(whole.calibration, ball_px=None))
    seen = whole.observations
    nobody = replace(seen, pixels=np.full_like(seen.pixels, np.nan), visibility=np.zeros_like(seen.visibility))
    for name, recording in {"a": whole, "b": bare, "c": replace(whole, observations=nobody)}.items():
        path = folder / f"{name}.npz"
        if measured:
            measures.save(replay(recording), path, name * 64)
        else:
            recording.save(path)
    return folder


def found(out: Path) -> list[tuple[str, str]]:
    return [(row["exercise"], row["note"]) for row in read(out)]


@pytest.mark.parametrize("name", ["scores.csv", "scores.parquet"])
@pytest.mark.parametrize("measured", [True, False])
def test_each_clip_tells_its_exercise(tmp_path: Path, name: str, measured: bool) -> None:
    out = tmp_path / name
    rescore(out, kept(tmp_path / "kept", measured=measured))
    (ball, all_well), (no_ball, why), (nothing, nobody) = found(out)
    assert (ball, no_ball, nothing) == (replay(RECORDING).activity.kind, "no-ball", "nothing")
    assert all_well == replay(RECORDING).activity.sentence
    assert why.startswith(NO_BALL)
    assert nobody == "nobody was seen in the picture"
    assert "nobody" not in read(out)[2]["warnings"]


def test_kept_measures_tell_it_without_being_gone_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = kept(tmp_path / "kept")
    monkeypatch.setattr(work, "_guarded", lambda *_: pytest.fail("gone through"))
    rescore(tmp_path / "scores.csv", folder)
    assert [kind for kind, _ in found(tmp_path / "scores.csv")][1:] == ["no-ball", "nothing"]


def test_measures_from_before_are_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a program that did not tell the exercise, or told it in other words."""
    earlier = measures.lasting_values
    with monkeypatch.context() as patched:
        patched.setattr(measures, "program", lambda _: "0" * 16)
        patched.setattr(
            measures,
            "lasting_values",
            lambda result: {k: v for k, v in earlier(result).items() if k not in ("exercise", "note")},
        )
        folder = kept(tmp_path / "kept")
    with zipfile.ZipFile(folder / "b.npz") as archive:
        assert b'"note"' not in archive.read(measures.MEMBER)
    rescore(tmp_path / "scores.csv", folder)
    assert [kind for kind, _ in found(tmp_path / "scores.csv")][1:] == ["no-ball", "nothing"]


def test_the_words_are_part_of_what_was_measured() -> None:
    assert "rules/activity.py" in measures.MEASURING
    assert measures.program(("rules/activity.py",)) not in (measures.program(()), measures.program(("rules/score.py",)))


def without(outcome: Outcome) -> Outcome:
    """As an earlier version wrote it down."""
    values, reps = json.loads(outcome.text)
    for name in ("exercise", "note"):
        del values[name]
    return outcome._replace(text=json.dumps([values, reps]).encode())


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A folder, and a table whose journal has rows without the columns."""
    folder, out = recordings(tmp_path / "kept", 2), tmp_path / "scores.csv"
    scored = work._scored
    rejudged = work._rejudged
    with monkeypatch.context() as patched:
        patched.setattr(work, "_scored", lambda *given: without(scored(*given)))
        patched.setattr(work, "_rejudged", lambda *given: without(rejudged(*given)))
        rescore(out, folder)
    assert found(out) == [("", "")] * 2
    return folder, out


def test_remembered_rows_without_the_columns_break_nothing(older: tuple[Path, Path]) -> None:
    folder, out = older
    before = out.read_bytes(), reps_of(out).read_bytes()
    assert rescore(out, folder).known == 2
    assert (out.read_bytes(), reps_of(out).read_bytes()) == before


def test_another_program_fills_them(older: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, out = older
    monkeypatch.setattr(key, "program", lambda _: "another")
    summary = rescore(out, folder)
    assert (summary.known, summary.scored) == (0, 2)
    assert {kind for kind, _ in found(out)} == {replay(RECORDING).activity.kind}
    assert len(rows(reps_of(out))) == 2 * len(replay(RECORDING).reps)


def test_the_overview_tells_it(tmp_path: Path) -> None:
    empty = {"score": None, "reps": 0, "faults": "", "checks_seen": 0}
    clips = [
        clip(0, exercise="ball", note=""),
        clip(1, exercise="no-ball", note="no ball was seen", warnings="the picture is dark; more light helps"),
        clip(2, exercise="other", note="only one leg was seen to move at a time", **empty),
        clip(3, exercise="nothing", note="nobody was seen in the picture", **empty),
        clip(4, exercise=None, note=None, **empty),
    ]
    write_overview(clips, tmp_path, "s.csv")
    text = told(tmp_path / "index.html")
    assert "Not this exercise 1 Nothing to judge 1 Failed 0" in text
    assert "no ball was seen the picture is dark; more light helps set" in text, "a warning stays whole"
    assert "no reps found: only one leg was seen to move at a time" in text
    assert "no reps found: nobody was seen in the picture" in text
    assert text.count("no ball was seen") == text.count("only one leg") == text.count("nobody was seen") == 1
    assert text.count("no reps found") == 3, "of a row without the columns too"


def test_where_there_is_no_rep_no_fault_is_no_praise(tmp_path: Path) -> None:
    write_overview([clip(2, score=None, reps=0, faults="", exercise="other", note="x")], tmp_path, "s.csv")
    text = told(tmp_path / "index.html")
    assert "No faults seen" not in text
    assert "No reps found" in text
    write_overview([clip(1, exercise="ball", note="")], tmp_path, "s.csv")
    assert "No faults seen" in told(tmp_path / "index.html")
    assert "Not this exercise" not in told(tmp_path / "index.html")
