"""The command line at a terminal: progress while it works, and Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Run, cut, environment
from results import left

TERMINAL = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")


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
