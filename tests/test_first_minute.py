"""What a new user meets: things given to the wrong command, a plan of their own, the report in a browser."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SAMPLES, Run, cut, environment

from formcheck.cli import main
from formcheck.commands import opened
from formcheck.rules.limits import SPECS, Limits, Plan
from formcheck.rules.plan_file import parse
from formcheck.rules.plan_text import plan_text

RECORDING = Path(__file__).parent / "data" / "two_reps.npz"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a stand-in browser of Linux")


def test_the_plan_that_is_printed_is_the_one_in_force() -> None:
    changed = Limits(hold_min_s=1.25, off=("toe-touch", "legs-apart"), plan=Plan(12, 3, 90.0))
    for limits in (Limits(), changed):
        assert parse(plan_text(limits)) == limits
    text = plan_text(Limits())
    for name, spec in SPECS.items():
        before = " ".join(text.split(f"\n{name} = ")[0].splitlines()[-3:])
        assert spec.reason.split()[-1] in before
        assert f"{spec.low:g}" in before


def test_a_plan_in_the_folder_is_used_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["rules", "--toml"]) == 0
    text = capsys.readouterr().out
    (tmp_path / "formcheck.toml").write_text(text.replace("hold_min_s = 2.5", "hold_min_s = 1"), encoding="utf-8")
    assert main(["rules"]) == 0
    said = capsys.readouterr()
    assert "< 1 s" in next(line for line in said.out.splitlines() if line.startswith("short-hold"))
    assert said.err == "formcheck: the plan in formcheck.toml of this folder is used\n"
    (tmp_path / "other.toml").write_text("", encoding="utf-8")
    assert main(["rules", "--config", "other.toml"]) == 0
    said = capsys.readouterr()
    assert "< 2.5 s" in next(line for line in said.out.splitlines() if line.startswith("short-hold"))
    assert said.err == ""


def test_a_pattern_that_the_shell_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    monkeypatch.setattr("formcheck.commands.recorded._Call.one", lambda _, path: asked.append(path) or 0)
    for name in ("b.mp4", "a.mp4", "c[1].mp4", "d.mov"):
        (tmp_path / name).write_bytes(b"x")
    assert main(["analyze", str(tmp_path / "?.mp4"), str(tmp_path / "c[1].mp4"), "e*.mp4"]) == 0
    assert [path.name for path in asked] == ["a.mp4", "b.mp4", "c[1].mp4", "e*.mp4"]


WRONG = {
    "a video to replay": ("replay {samples}/clip10.mp4", "a video, not a recording; give it to formcheck analyze"),
    "a folder to analyze": ("analyze {samples}", "a folder, not a video; formcheck batch scores all clips of a folder"),
    "recordings to batch": (f"batch {RECORDING.parent}", "judged again with --from-recordings"),
    "videos as recordings": ("batch --from-recordings {videos}", "it holds videos; leave out --from-recordings"),
}


@pytest.mark.parametrize("case", WRONG)
def test_the_right_command_is_named(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    cut(SAMPLES / "clip10.mp4", tmp_path / "a.mp4", 3)
    arguments, words = WRONG[case]
    assert main([each.format(videos=tmp_path, samples=SAMPLES) for each in arguments.split()]) == 2
    assert words in capsys.readouterr().err


def test_when_a_report_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    for name in (*opened.DESKTOP, *opened.REMOTE, "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert not opened.has_desktop()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert opened.has_desktop()
    assert not opened.is_wanted(None), "no terminal"
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert opened.is_wanted(None)
    assert not opened.is_wanted(False)
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.5")
    assert not opened.is_wanted(None)
    assert opened.is_wanted(True)


@LINUX
def test_the_report_is_opened_in_the_browser(tmp_path: Path, run: Run) -> None:
    browser, page = tmp_path / "browser", tmp_path / "page"
    browser.write_text(f"#!/bin/sh\nprintf %s \"$1\" > '{page}'\necho noise\n", encoding="utf-8")
    browser.chmod(0o755)
    line = [sys.executable, "-m", "formcheck", "analyze", str(RECORDING), "--out", str(tmp_path), "--overwrite"]
    found = {**environment(), "BROWSER": f"{browser} %s"}
    done = subprocess.run([*line, "--open"], capture_output=True, text=True, check=False, env=found, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert "noise" not in done.stdout
    report = next(tmp_path.glob("*_formcheck")) / "report.html"
    assert page.read_text(encoding="utf-8") == report.resolve().as_uri()
    page.unlink()
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=found, timeout=120)
    assert done.returncode == 0
    assert not page.exists(), "nobody sits at a terminal"
    done = subprocess.run(
        [*line, "--open"], capture_output=True, text=True, check=False, timeout=120,
        env={**found, "BROWSER": "/nowhere/browser", "PATH": os.defpath.replace("/usr", "/nowhere")},
    )  # fmt: skip
    assert done.returncode == 0
    assert "no browser could be started; open it yourself" in done.stderr
