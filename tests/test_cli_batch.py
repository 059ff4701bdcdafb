"""The command `formcheck batch`: exit codes and what is printed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from test_live_settle import STORED

from formcheck.cli import main


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two good recordings and one that is none; work is done in the folder above it."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "kept"
    folder.mkdir()
    for name in ("clip01_lite.npz", "clip07_lite.npz"):
        shutil.copy(STORED / name, folder)
    (folder / "broken.npz").write_bytes(b"nothing of the kind")
    return folder


@pytest.mark.parametrize(("more", "code"), [([], 0), (["--strict"], 1)])
def test_a_broken_clip_is_a_row_and_a_line(
    kept: Path, more: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", "--from-recordings", "kept", "--jobs", "1", "--out", "scores.csv", *more]) == code
    out, err = capsys.readouterr()
    assert out.startswith("3 clips, 6 reps\n")
    assert err.startswith("formcheck: 1 of 3 clips could not be scored (broken.npz: ")
    assert err.count("\n") == 1
    assert len(Path("scores.csv").read_text().splitlines()) == 4


def test_json_for_programs(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "--from-recordings", "kept", "--jobs", "1", "--out", "scores.csv", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["failed"] == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["nowhere"], "nowhere"), (["kept", "--jobs", "0"], "jobs"), (["kept", "--scheduler", "tcp://127.0.0.1:9"], "9")],
)
def test_what_cannot_be_is_one_line(
    kept: Path, arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", "--from-recordings", *arguments]) == 2
    _, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert word in err
    assert not Path("scores.parquet").exists()
