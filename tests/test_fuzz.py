"""A short campaign of damaged inputs; the long one: `python -m tests.fuzz --long`."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import LINUX, environment
from fuzz import recordings
from fuzz.cases import KINDS
from fuzz.guard import FAILED, LONGEST_S, called

SEED, CASES = 1, {"recordings replayed": 60, "recordings in a batch": 4, "recordings analysed": 10, "videos": 3}


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_inputs_give_a_result_or_one_line(kind: str, tmp_path: Path) -> None:
    if kind == "videos" and sys.platform == "win32":
        pytest.skip("no fork")
    for number in range(CASES.get(kind, 30)):
        folder = tmp_path / str(number)
        folder.mkdir()
        how, fate = KINDS[kind](random.Random(f"{kind} {SEED} {number}"), folder)
        assert fate.kind != FAILED, f"case {number} ({how}): {fate.said}"


@LINUX
def test_damaged_inputs_by_the_command_itself(tmp_path: Path) -> None:
    """A few as a user would meet them: a process of its own, under a limit of memory."""
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30));"
    run = f"{limit} from formcheck.cli import main; sys.exit(main(sys.argv[1:]))"
    dice = random.Random(2)
    for number in range(4):
        path = tmp_path / f"{number}.npz"
        path.write_bytes(recordings.archive(dice)[1])
        line = [sys.executable, "-c", run, "replay", str(path), "--quiet"]
        done = subprocess.run(
            line, env=environment(), capture_output=True, text=True, timeout=3 * LONGEST_S, check=False
        )
        assert done.returncode in (0, 2), done.stderr
        assert len(done.stderr.splitlines()) == 1 or done.returncode == 0


# ---------------------------------------------------------------- the guard itself sees what it is for


def bursts() -> bytes:
    return bytes(4 << 30)


def raises() -> None:
    raise KeyError("x")


def fails() -> None:
    from formcheck.errors import OutputError  # noqa: PLC0415

    raise OutputError("not what was asked for: code 1")


@LINUX
@pytest.mark.parametrize("function", [bursts, raises, fails], ids=lambda function: function.__name__)
def test_the_guard_sees_it(function: object) -> None:
    assert called(function).kind == FAILED  # type: ignore[arg-type]


@LINUX
def test_the_guard_ends_what_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fuzz.guard.LONGEST_S", 0.1)

    def stays() -> None:
        while True:
            pass

    assert called(stays).kind == FAILED
