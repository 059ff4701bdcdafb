"""What a command has left behind: its folder, and the values in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def loaded(text: str) -> Any:
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def left(folder: Path) -> list[str]:
    return sorted(item.name for item in folder.iterdir())


def summary(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return found


def whole(result: Path, stem: str) -> bool:
    names = {item.name for item in result.iterdir()}
    return names == {*files_of(stem), "overlay.mp4"} and all(item.stat().st_size for item in result.iterdir())


def files_of(stem: str) -> set[str]:
    plain = {"summary.json", "frames.csv", "reps.csv", "report.html", "recording.npz"}
    return {*plain, f"{stem}.trc", f"{stem}.mot"}
