"""Completion and manual page are those of the command line as it is."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from formcheck.arguments.parsers import parser

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "share.py"
COMPLETED = {
    "formcheck ana": "analyze",
    "formcheck analyze --mo": "--model",
    "formcheck rules --to": "--toml",
    "formcheck live --sound ": "full voice tones off",
}


@pytest.fixture(scope="module")
def share() -> ModuleType:
    spec = importlib.util.spec_from_file_location("share", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_they_are_up_to_date(share: ModuleType) -> None:
    kept = {str(path.relative_to(share.SHARE)): path for path in share.SHARE.rglob("*") if path.is_file()}
    made = share.files()
    assert set(kept) == set(made)
    for name, text in made.items():
        assert kept[name].read_text(encoding="utf-8") == text, f"{name}: run python scripts/share.py"


def test_the_manual_names_every_command_and_option(share: ModuleType) -> None:
    page = share.manual().replace("\\-", "-").replace("\\fB", "").replace("\\fR", "")
    for name, command in parser().commands.items():
        assert f"formcheck {name}" in page
        assert set(command.known) - {"-h", "--help"} <= set(re.findall(r"--?[a-z-]+", page))


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize("typed", COMPLETED)
def test_bash_completes(share: ModuleType, typed: str) -> None:
    words = typed.split(" ")
    script = (
        f"source '{share.SHARE / share.SHELLS['bash']}'; COMP_WORDS=({' '.join(words[:-1])} '{words[-1]}'); "
        f'COMP_CWORD={len(words) - 1}; _shtab_formcheck; echo "${{COMPREPLY[@]}}"'
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=30)
    assert (done.stdout.split(), done.stderr) == (COMPLETED[typed].split(), "")
