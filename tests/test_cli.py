"""The command line as a person or a script meets it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import SAMPLES, Run, cut, environment

import formcheck
from formcheck.cli import main
from formcheck.outputs.summary import schema
from formcheck.rules.catalogue import NAMES

COMMANDS = ("demo", "analyze", "replay", "evaluate", "rules", "doctor")
TERMINAL = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")


def loaded(text: str) -> Any:
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def left(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir())


# Help and usage


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(re.search(rf"^\s+{name}\s+\w", shown, re.MULTILINE) for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert f"usage: formcheck {command}" in shown
    assert all(option in shown for option in ("--config", "--quiet", "--json"))


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"formcheck {formcheck.__version__}\n"


USAGE = [
    [],
    ["analyse"],
    ["analyze"],
    ["replay"],
    ["demo", "--nonsense"],
    ["analyze", "x.mp4", "--roll", "steep"],
    ["analyze", "x.mp4", "--roll", "90"],
    ["analyze", "x.mp4", "--roll", "nan"],
]


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_wrong_usage_is_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert re.fullmatch(r"formcheck: [^\n]+; see formcheck[a-z ]* --help\n", said.err)
    assert said.out == ""


def test_the_module_and_the_script_are_the_same_command(run: Run) -> None:
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"formcheck {formcheck.__version__}\n")
    try:
        points = distribution("formcheck").entry_points
    except PackageNotFoundError:
        pytest.skip("formcheck is not installed here")
    assert next(point for point in points if point.name == "formcheck").load() is main


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "formcheck", "rules", "bent-knees"]
    with subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


def test_names_of_the_package_stay_what_they_are(tmp_path: Path) -> None:
    """A module of the same name must not take a function's place once it is loaded."""
    twice = (
        "import formcheck\n"
        "for name in 2 * formcheck.__all__:\n"
        "    assert name.startswith('__') or callable(getattr(formcheck, name)), name\n"
    )
    line = [sys.executable, "-c", twice]
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment())
    assert done.returncode == 0, done.stderr


# Analyse


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


def test_a_prescription_reaches_the_result(analysed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
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


# Replay, evaluate, rules, doctor


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
    assert "not a video" in capsys.readouterr().out


def test_rules_lists_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in NAMES)
    assert main(["rules", "--json"]) == 0
    rows = loaded(capsys.readouterr().out)
    assert list(dict.fromkeys(row["name"] for row in rows)) == list(NAMES)
    assert all(row["what"] for row in rows)


@pytest.mark.parametrize("name", NAMES)
def test_rules_shows_each_manual_page(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main(["rules", name]) == 0
    shown = capsys.readouterr().out
    assert name in shown
    assert len(shown.splitlines()) > 5


def test_rules_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "bend-knees"]) == 2
    said = capsys.readouterr()
    assert re.fullmatch(r"formcheck: [^\n]*bent-knees[^\n]*\n", said.err)
    assert said.out == ""


def test_doctor(run: Run) -> None:
    done = run("doctor")
    assert done.returncode == 0, done.stdout
    assert done.stderr == ""
    names = [line[4:].split("  ")[0] for line in done.stdout.splitlines() if line[:2] in ("ok", "--", "!!")]
    assert {"python", "mediapipe", "opencv", "models", "pose net", "video writing"} <= set(names)
    told = run("doctor", "--json")
    assert {check["name"] for check in loaded(told.stdout)} == set(names)


# Terminals and interruptions


@TERMINAL
def test_progress_on_a_terminal_and_nowhere_else(sample: Path, short: Path, tmp_path: Path, run: Run) -> None:
    line = ("analyze", short, "--model", "lite", "--roll", "0")
    assert run(*line).stderr == ""
    shown = watched(tmp_path, *line)[1]
    assert re.search(r"short\.mp4: looking frame \d+ of 40, \d+ frames/s, \d:\d\d left", shown)
    assert "drawing frame 40 of 40" in shown
    assert shown.endswith("\r"), "the line is wiped at the end"
    assert watched(tmp_path, *line, "--quiet")[1] == ""


@TERMINAL
@pytest.mark.parametrize("stage", ["looking", "drawing"])
def test_ctrl_c_leaves_nothing(sample: Path, short: Path, tmp_path: Path, stage: str) -> None:
    video = cut(sample, tmp_path / "clip.mp4", 300)
    out = tmp_path / "out"
    line = ("analyze", video, "--model", "lite", "--roll", "0", "--out", out)
    code, shown = watched(tmp_path, *line, stop_at=f"{stage} frame")
    assert code == 130
    last = shown.replace("\r\n", "\n").split("\r")[-1]
    assert re.fullmatch(r"formcheck: interrupted[^\n]*\n", last)
    assert not out.exists()
    assert left(tmp_path) == ["clip.mp4"]


def watched(folder: Path, *arguments: object, stop_at: str = "") -> tuple[int, str]:
    """Exit code and what a terminal shows of standard error; with `stop_at`, Ctrl-C when it shows that."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "formcheck", *map(str, arguments)],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        sent = not stop_at
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # Linux: the other end is closed
                break
            if not piece:
                break
            shown += piece
            if not sent and stop_at.encode() in shown:
                process.send_signal(signal.SIGINT)
                sent = True
        os.close(ours)
        code = process.wait(30)
    return code, shown.decode()
