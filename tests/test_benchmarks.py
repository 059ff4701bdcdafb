"""The benchmarks' guard: it passes what is fast, and fails what was made slow on purpose."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from formcheck.core import smooth
from formcheck.inputs import observe
from formcheck.inputs.video import Video
from formcheck.live.judge import Judge

pytestmark = pytest.mark.alone

HERE = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def benchmarks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module `benchmarks/run.py`."""
    monkeypatch.syspath_prepend(str(HERE))
    for name in ("run", "core", "live", "loading", "timing", "whole"):
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
    names = {figure.name for figure in figures} | {"analyze.no_video", "analyze.overlay", "live.verdict", "live.rest"}
    assert set(benchmarks.bounds()) == names


def test_a_slow_stage_breaks_the_bounds_of_the_core(benchmarks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smooth, "step", slowed(smooth.step, 0.005))
    figures = benchmarks.core.measure(4096, 60, 2)
    assert benchmarks.broken(figures, benchmarks.bounds()) == ["core.block", "core.single"]


def test_a_slow_input_breaks_the_bounds_of_the_whole(benchmarks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observe, "brightness", slowed(observe.brightness, 0.06))
    figures = benchmarks.whole.measure("lite", 40, 1)
    assert benchmarks.broken(figures, benchmarks.bounds()) == ["analyze.no_video", "analyze.overlay"]


def test_a_slow_judge_breaks_the_bounds_of_live(
    benchmarks: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(Judge, "step", slowed(Judge.step, 0.02))
    figures = benchmarks.live.measure("lite", 3.0)
    assert benchmarks.broken(figures, benchmarks.bounds()) == ["live.verdict", "live.rest"]
    assert list(tmp_path.iterdir()) == []


def test_a_sample_over_and_over(benchmarks: Any, tmp_path: Path, short: Path) -> None:
    with Video(benchmarks.live.repeated(short, tmp_path / "long.mp4", 3.5)) as video:
        times = [time_s for time_s, _ in video]
    assert np.diff(times) == pytest.approx(1 / 30, abs=0.035)  # a cut may lack frames at its end
    assert times[-1] == pytest.approx(3.5, abs=0.1)


def test_sound_that_drifts_and_memory_that_grows_are_noticed(benchmarks: Any) -> None:
    live = benchmarks.live
    stats = live.Stats()
    stats.add(wait=0.0, pose=10.0, rest=1.0, verdict=11.0, sound=61.0)
    at = np.arange(600.0)
    due = [25.0 * number + 1.0 for number in range(24)]
    length_s = 25.0
    heard = [round(each // length_s) * length_s + 10.81 for each in due]
    flat = live.Found(stats, 0, np.stack([at, 0 * at + 300], axis=1), 600.0, 600.0, heard)
    assert all(good for _, good in live.checks(flat))
    drifting = flat._replace(ticks_s=[each * 1.0005 for each in heard])
    assert [good for _, good in live.checks(drifting)] == [True] * 5 + [False]
    leaking = flat._replace(memory=np.stack([at, 300 + at / 20], axis=1), dropped=1, sound_s=599.0)
    assert [good for _, good in live.checks(leaking)] == [True, True, False, False, False, True]


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
