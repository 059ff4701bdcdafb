"""The commands that judge, as a person or a script meets them: analyze, replay, evaluate."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import SAMPLES, cut
from results import left, loaded

from formcheck.cli import main
from formcheck.commands import recorded
from formcheck.errors import VideoError
from formcheck.inputs import sample
from formcheck.outputs.summary import schema


def test_analyze_prints_the_table_and_where_the_report_is(
    analysed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", str(analysed / "recording.npz"), "--out", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert "3 reps" in said.out
    assert f"report: {tmp_path / 'recording_formcheck' / 'report.html'}" in said.out


def test_quiet_prints_nothing(analysed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = str(analysed / "recording.npz")
    assert main(["analyze", recording, "--out", str(tmp_path), "--quiet", "--roll", "0"]) == 0
    assert main(["replay", recording, "--quiet"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert not [line for line in said.err.splitlines() if not line.startswith("formcheck: ")]


def test_json_is_the_summary(short: Path, analysed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(short), "--model", "lite", "--out", str(tmp_path), "--json", "--no-video"]) == 0
    printed = loaded(capsys.readouterr().out)
    assert printed == loaded((tmp_path / "short_formcheck" / "summary.json").read_text("utf-8"))
    jsonschema.validate(printed, schema())
    assert not (tmp_path / "short_formcheck" / "overlay.mp4").exists()
    jsonschema.validate(loaded((analysed / "summary.json").read_text("utf-8")), schema())


def test_one_that_fails_does_not_stop_the_rest(short: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken, second = tmp_path / "broken.mp4", tmp_path / "second.mp4"
    broken.write_text("no video")
    shutil.copy(short, second)
    out = tmp_path / "out"
    line = [
        "analyze",
        str(short),
        str(broken),
        str(second),
        "--model",
        "lite",
        "--out",
        str(out),
        "--no-video",
    ]
    assert main([*line, "--json"]) == 2
    said = capsys.readouterr()
    assert left(out) == ["second_formcheck", "short_formcheck"]
    assert len([each for each in said.err.splitlines() if str(broken) in each]) == 1
    first, failed, last = loaded(said.out)
    assert "not a video" in failed["error"]
    assert failed["source"]["path"] == str(broken)
    assert (first["source"]["name"], last["source"]["name"]) == ("short.mp4", "second.mp4")


def test_two_videos_of_one_name_get_a_folder_each(
    short: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = cut(SAMPLES / "clip01.mp4", tmp_path / "short.mp4", 10)
    out = tmp_path / "out"
    line = ["analyze", str(short), str(other), "--model", "lite", "--out", str(out), "--no-video"]
    assert main(line) == 0
    assert left(out) == ["short-2_formcheck", "short_formcheck"]
    paths = [loaded((out / name / "summary.json").read_text("utf-8"))["source"]["path"] for name in left(out)]
    assert paths == [str(other), str(short)]
    assert len(re.findall("^report: ", capsys.readouterr().out, re.MULTILINE)) == 2


def test_a_plan_reaches_the_result(analysed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "easy.toml"
    config.write_text('[limits]\nhold_min_s = 1\n[rules]\noff = ["swinging"]\n')
    recording = str(analysed / "recording.npz")
    assert main(["replay", recording, "--json"]) == 0
    strict = loaded(capsys.readouterr().out)
    assert main(["replay", recording, "--json", "--config", str(config)]) == 0
    easy = loaded(capsys.readouterr().out)

    def faults(found: Any) -> set[str]:
        return {fault["name"] for rep in found["reps"] for fault in rep["faults"]}

    assert {"short-hold", "swinging"} <= faults(strict)
    assert faults(easy).isdisjoint({"short-hold", "swinging"})
    assert easy["limits"]["hold_min_s"] == 1


def test_replay_gives_the_same_reps_exactly(analysed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(analysed / "recording.npz"), "--json"]) == 0
    again = loaded(capsys.readouterr().out)
    first = loaded((analysed / "summary.json").read_text("utf-8"))
    assert len(first["reps"]) == 3
    for part in ("reps", "sets", "score", "camera", "source", "limits", "model", "warnings"):
        assert again[part] == first[part], part


def test_the_demo_clip_has_its_three_reps(analysed: Path) -> None:
    """The second and third are swung, by how the clip was made."""
    found = loaded((analysed / "summary.json").read_text("utf-8"))
    faults = [{fault["name"] for fault in rep["faults"]} for rep in found["reps"]]
    assert [("swinging" in each) for each in faults] == [False, True, True]


@pytest.mark.parametrize(("given", "taken"), [((), sample.MODEL), (("--model", "full"), "full")])
def test_the_demo_takes_its_own_model_unless_one_is_named(
    given: tuple[str, ...], taken: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which one that is: `test_kernels.py`."""

    def refused(video: Path, **others: object) -> None:
        raise VideoError(f"{video.name} by {others['model']}")

    monkeypatch.setattr(recorded, "analysed", refused)
    assert main(["demo", *given]) == 2
    assert f"{sample.NAME} by {taken}" in capsys.readouterr().err


def test_evaluate_a_folder(sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    for name in (sample.name, f"{sample.stem}.truth.json"):
        shutil.copy(sample.with_name(name), clips)
    tables = tmp_path / "tables.md"
    assert main(["evaluate", str(clips), "--model", "lite", "--markdown", str(tables), "--json"]) == 0
    said = capsys.readouterr()
    assert isinstance(loaded(said.out), dict)
    assert "|" in tables.read_text("utf-8")
    assert left(clips) == [sample.name, f"{sample.stem}.truth.json"]


def test_evaluate_without_clips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        assert main(["evaluate", str(folder)]) == 2
        assert re.fullmatch(r"formcheck: [^\n]+\n", capsys.readouterr().err)


def test_evaluate_with_a_clip_that_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "clip.mp4").write_text("no video")
    shutil.copy(SAMPLES / "clip10.truth.json", tmp_path / "clip.truth.json")
    assert main(["evaluate", str(tmp_path)]) == 1
    assert "not a video" in " ".join(capsys.readouterr().out.split())  # lines are folded
