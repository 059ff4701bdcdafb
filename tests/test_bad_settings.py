"""Plans and models that are wrong: one line that says which and what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

CONFIGS = {
    "broken": ("[limits\nhold_min_s = 2", "not valid TOML"),
    "half a value": ("[limits]\nhold_min_s = ", "not valid TOML"),
    "unknown key": ("[limits]\nhold_min = 2", "hold_min_s"),
    "unknown table": ("[limit]\nhold_min_s = 2", "[limits]"),
    "unknown rule": ('[rules]\noff = ["bent-knee"]', "bent-knees"),
    "not a number": ('[limits]\nhold_min_s = "long"', "hold_min_s"),
    "out of range": ("[limits]\nhold_min_s = -1", "hold_min_s"),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_plan_that_is_wrong(tmp_path: Path, out: Path, short: Path, refused: Callable[..., str], name: str) -> None:
    written, words = CONFIGS[name]
    config = tmp_path / "plan.toml"
    config.write_text(written)
    line = refused(2, "analyze", short, "--out", out, "--config", config)
    assert str(config) in line
    assert words in line


def test_a_plan_that_cannot_be_read(tmp_path: Path, refused: Callable[..., str]) -> None:
    binary = tmp_path / "plan.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (binary, tmp_path, tmp_path / "none.toml"):
        assert str(path) in refused(2, "rules", "--config", path)


def test_a_model_that_is_none(tmp_path: Path, out: Path, short: Path, refused: Callable[..., str]) -> None:
    wrong = tmp_path / "wrong.task"
    wrong.write_bytes(b"PK\x03\x04" + bytes(100))
    for model in (wrong, tmp_path, tmp_path / "none.task", "hevy"):
        line = refused(2, "analyze", short, "--out", out, "--model", model)
        assert str(model) in line
