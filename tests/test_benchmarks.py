"""The benchmarks' guard: it passes what is fast, and fails what was made slow on purpose."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from formcheck.core import smooth
from formcheck.inputs import observe

HERE = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def benchmarks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module `benchmarks/run.py`."""
    monkeypatch.syspath_prepend(str(HERE))
    for name in ("run", "core", "loading", "timing", "whole"):
        sys.modules.pop(name, None)
    import run  # noqa: PLC0415 - from the folder above

    return run


def slowed(function: Callable[..., Any], seconds: float) -> Callable[..., Any]:
    def late(*arguments: Any, **others: Any) -> Any:
        until = time.thread_time() + seconds
        while time.thread_time() < until:
            pass
        return function(*arguments, **others)

    return late


def test_every_figure_has_a_bound(benchmarks: Any) -> None:
    figures = benchmarks.core.measure(1024, 60, 1) + benchmarks.loading.measure(1)
    names = {figure.name for figure in figures} | {"analyze.no_video", "analyze.overlay"}
    assert set(benchmarks.bounds()) == names


def test_a_slow_stage_breaks_the_bounds_of_the_core(benchmarks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smooth, "step", slowed(smooth.step, 0.005))
    figures = benchmarks.core.measure(4096, 60, 2)
    assert benchmarks.broken(figures, benchmarks.bounds()) == ["core.block", "core.single"]


def test_a_slow_input_breaks_the_bounds_of_the_whole(benchmarks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observe, "brightness", slowed(observe.brightness, 0.06))
    figures = benchmarks.whole.measure("lite", 40, 1)
    assert benchmarks.broken(figures, benchmarks.bounds()) == ["analyze.no_video", "analyze.overlay"]


def test_a_bound_must_break_every_time_and_ends_with_1(
    benchmarks: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def figures(values: list[float]) -> Callable[[], list[Any]]:
        return lambda: [benchmarks.Figure("import.extra_s", values.pop(0), 0.5, 0.1)]

    for values, code in (([0.1], 0), ([0.4, 0.1], 0), ([0.4] * 3 + [0.1], 0), ([0.4] * 4, 1), ([float("nan")] * 4, 1)):
        monkeypatch.setitem(benchmarks.GROUPS, "loading", figures(values))
        assert benchmarks.main(["loading"]) == code
        assert values == []
        assert ("**broken**" in capsys.readouterr().out) == bool(code)


def test_write_replaces_the_table_alone(benchmarks: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = f"# Figures\n\n{benchmarks.BEGIN}\nold\n{benchmarks.END}\n\nWords.\n"
    (tmp_path / "README.md").write_text(before)
    monkeypatch.setattr(benchmarks, "HERE", tmp_path)
    for text in ("| new |", "| newer |"):
        benchmarks.write(text)
        after = (tmp_path / "README.md").read_text()
        assert after == before.replace("old", text)
