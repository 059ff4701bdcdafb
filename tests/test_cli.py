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

COMMANDS = ("demo", "analyze", "replay", "evaluate", "rules", "doctor")


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
