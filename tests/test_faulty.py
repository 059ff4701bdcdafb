"""Kills, full and broken disks at some steps of writing; `python -m tests.faulty` tries every one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import environment

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(sys.platform != "linux", reason="forks, and counts what Linux is asked")
def test_the_old_state_or_the_new() -> None:
    line = [sys.executable, "-W", "ignore", "-m", "tests.faulty", "--few"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, env=environment(), cwd=ROOT, timeout=500)
    assert (done.returncode, done.stderr) == (0, "")
    rows = re.findall(r"^\| (a [^|]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| 0 \|$", done.stdout, re.MULTILINE)
    assert len(rows) == 4
    assert all(int(steps) > 20 and int(tries) == 4 for _, steps, *each in rows for tries in each)
