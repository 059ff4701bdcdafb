"""What names and files say reaches terminals and spreadsheets as text, nothing more."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from batches import recordings, rescore
from results import files_of, left, loaded, summary
from test_cli_terminal import TERMINAL, watched

from formcheck.cli import main
from formcheck.outputs import cells
from formcheck.streams import as_json, one_line, shown

RECORDING = Path(__file__).parents[1] / "validation" / "recordings" / "clip10_lite.npz"
ODD = "a\x1b]0;owned\x07\x1b[2J\r\n\x9b31m\x7f\u202egnp\u2028.npz"


def controls(text: str) -> set[str]:
    """What must not reach a terminal, but for the ends of lines."""
    turned = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
    return {each for each in text if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") or each in turned} - {"\n"}


def test_every_control_character_is_shown_and_all_else_stays() -> None:
    every = " ".join(map(chr, range(0x11000)))
    assert controls(shown(every)) == set()
    assert controls(one_line(every)) == set()
    assert "\n" not in one_line(every)
    plain = "Übung à la 体操 \N{FLEXED BICEPS}\u200d 50 % <b> \\ \"'\n"
    assert shown(plain) == plain
    value = {"name": every}
    assert json.loads(as_json(json.dumps(value, ensure_ascii=False))) == value
    assert controls(as_json(json.dumps(value, ensure_ascii=False))) == set()


@pytest.mark.parametrize("more", [(), ("--json",), ("--quiet",)])
def test_an_odd_name_is_shown_escaped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...]
) -> None:
    clips = [Path(shutil.copy(RECORDING, tmp_path / name)) for name in (ODD, "b.npz")]
    clips.append(tmp_path / f"none{ODD}")
    out = tmp_path / "out\x1b[2J"
    assert main(["analyze", *map(str, clips), "--out", str(out), *more]) == 2
    said = capsys.readouterr()
    assert controls(said.out + said.err) == set()
    assert r"none" + one_line(ODD) in said.err
    assert said.err.count("\n") == 1
    if more == ("--json",):
        assert loaded(said.out)[2]["source"]["path"] == str(clips[2])
    result = out / f"{ODD.removesuffix('.npz')}_formcheck"
    assert len((result / f"{Path(ODD).stem}.trc").read_text("utf-8").splitlines()[0].split("\t")) == 4


def test_what_a_recording_says_is_shown_escaped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from dataclasses import replace  # noqa: PLC0415

    import formcheck  # noqa: PLC0415

    recording = formcheck.Recording.load(RECORDING)
    source = replace(recording.source, name="n\x1b[31m\udcff.mp4", path="p\x1b[31m")
    replace(recording, source=source).save(tmp_path / "a.npz")
    for more in ((), ("--json",)):
        assert main(["analyze", str(tmp_path / "a.npz"), "--out", str(tmp_path), *more]) == 0
        said = capsys.readouterr()
        assert controls(said.out + said.err) == set()
    assert re.fullmatch("n.\\[31m.\\.mp4", summary(tmp_path / "a_formcheck")["source"]["name"], re.DOTALL)
    assert set(left(tmp_path / "a_formcheck")) == files_of("a")


@TERMINAL
def test_progress_shows_an_odd_name_escaped(tmp_path: Path, short: Path) -> None:
    video = Path(shutil.copy(short, tmp_path / "a\x1b[31m.mp4"))
    code, seen = watched(tmp_path, "analyze", video, "--model", "lite", "--no-video")
    assert code == 0
    assert r"a\x1b[31m.mp4: looking" in seen
    assert "\x1b" not in seen


# ---------------------------------------------------------------- tables


FORMULAS = ['=cmd|"/c calc"!A1', "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1"]


@pytest.mark.parametrize("text", [*FORMULAS, "a,b", 'a"b', "a\tb", "a\rb", "a\nb", "", "plain", " =1", "1-1"])
def test_a_cell_comes_back_and_is_run_by_nobody(text: str) -> None:
    line = cells.row(["first", text, -1.5, None, 7])
    (read,) = csv.reader(io.StringIO(line, newline=""))
    assert read == ["first", f"'{text}" if text in FORMULAS else text, "-1.5", "", "7"]
    bare = re.sub(r'"(?:[^"]|"")*"', "", line)
    assert not re.search(r"[\t\r]|\n.", bare), "within quotes only"


def test_a_batch_of_odd_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = recordings(tmp_path / "clips", 3)
    names = ["=1+1.npz", "a\tb\r\n.npz", "@x.npz"]
    for path, name in zip(sorted(clips.iterdir()), names, strict=True):
        path.rename(clips / name)
    monkeypatch.chdir(clips)
    done = rescore(tmp_path / "t.csv", *names[:2], "./@x.npz")  # @x.npz would be a list
    assert done.scored == 3
    text = (tmp_path / "t.csv").read_bytes().decode("utf-8")
    rows: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == 3
    for row in rows:
        assert not [cell for cell in row.values() if re.match(r"[=+@\t\r]|-\D", cell)]
    assert {row["recording"].removeprefix("'") for row in rows} == set(names)
    assert left(clips) == sorted(names)
