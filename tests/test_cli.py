"""The command line as a person or a script meets it: help, usage, rules, doctor."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from conftest import Run, environment
from results import loaded

import formcheck
from formcheck.cli import main
from formcheck.rules.catalogue import NAMES

COMMANDS = ("demo", "analyze", "live", "doctor", "rules", "replay", "batch", "calibrate", "evaluate", "bench")


@pytest.mark.parametrize("arguments", [[], ["help"], ["-h"], ["--help"]], ids=" ".join)
def test_the_first_page(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    places = [re.search(rf"^  {name} +\w", shown, re.MULTILINE) for name in (*COMMANDS, "help")]
    assert all(places)
    starts = [place.start() for place in places if place]
    assert starts == sorted(starts)
    assert "formcheck demo" in shown.split("Commands:")[0]
    assert len(shown.splitlines()) <= 24
    assert max(map(len, shown.splitlines())) <= 120


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("asked", ["{} --help", "help {}", "{} -h"])
def test_help_of_each_command(capsys: pytest.CaptureFixture[str], command: str, asked: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(asked.format(command).split())
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert f"usage: formcheck {command}" in shown
    assert all(option in shown for option in ("--config", "--quiet", "--json"))


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(capsys: pytest.CaptureFixture[str], option: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main([option])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"formcheck {formcheck.__version__}\n"


USAGE = {
    "analyse": "no command is called 'analyse'; the nearest is analyze",
    "help analyse": "the nearest is analyze",
    "zzzz": "known are demo, analyze, live",
    "--verison": "there is no option --verison; the nearest option is --version",
    "analyze": "VIDEO",
    "replay": "RECORDING",
    "demo --nonsense": "demo has no option --nonsense",
    "analyze --modle lite x.mp4": "analyze has no option --modle; the nearest option is --model",
    "calibrate --nmae desk a.jpg": "calibrate has no option --nmae; the nearest option is --name",
    "analyze x.mp4 --roll steep": "steep is no number",
    "analyze x.mp4 --roll 90": "90 is not between -45 and 45 degrees",
    "analyze x.mp4 --roll nan": "nan is not between",
    "batch x --jobs many": "many is not a whole number of one or more",
    "batch x --rate fast": "fast is no number",
    "calibrate a.jpg --name desk --corners 9": "9 is not like 9x6",
    "analyze rtsp://10.0.0.5/live": "rtsp://10.0.0.5/live is an address",
}


@pytest.mark.parametrize("arguments", USAGE)
def test_wrong_usage_is_one_line(capsys: pytest.CaptureFixture[str], arguments: str) -> None:
    assert main(arguments.split()) == 2
    said = capsys.readouterr()
    assert re.fullmatch(r"formcheck: [^\n]+; see formcheck[a-z ]* --help\n", said.err)
    assert USAGE[arguments] in said.err
    assert not re.search(r"\b_\w", said.err), "no private name"
    assert said.out == ""


def test_values_that_look_like_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", "--roll", "-5", "--", "-nowhere.mp4"]) == 2
    assert "-nowhere.mp4: no such file" in capsys.readouterr().err


def test_a_traceback_for_who_wants_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "nowhere.npz"]) == 2
    line = capsys.readouterr().err
    assert main(["replay", "nowhere.npz", "--debug"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("Traceback")
    assert told.endswith(line)


def test_verbose_names_what_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "bent-knees", "--verbose"]) == 0
    assert re.match(rf"formcheck: formcheck {formcheck.__version__}, .*numpy .*Python 3", capsys.readouterr().err)


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


def test_rules_lists_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in NAMES)
    assert main(["rules", "--json"]) == 0
    rows = loaded(capsys.readouterr().out)
    assert list(dict.fromkeys(row["name"] for row in rows)) == list(NAMES)
    assert all(row["what"] for row in rows)
    lift = next(row for row in rows if row["name"] == "incomplete-lift")
    assert (lift["key"], lift["value"], lift["unit"], lift["direction"]) == (
        "parallel_tolerance_deg",
        -5,
        "deg",
        "below",
    )
    assert lift["steps"] == [8, 16]


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
