"""The benchmarks' guard: it passes what is fast and says what it found (`test_benchmarks_slowed.py`: what is slow)."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import BENCHMARKS
from guards import Sized

from formcheck.inputs.video import Video

pytestmark = pytest.mark.alone


def test_every_figure_has_a_bound_and_every_bound_a_figure(benchmarks: Any) -> None:
    trees = [ast.parse(path.read_text()) for path in (*BENCHMARKS.glob("bench_*.py"), BENCHMARKS / "live.py")]
    words = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    named = {word for word in words if isinstance(word, str) and re.fullmatch(r"[a-z]+\.[a-z_]+", word)}
    assert named - {"heard.wav", "peak.py"} == set(benchmarks.bounds())  # files


def test_what_is_fast_passes(benchmarks: Any, sized: Sized, capsys: pytest.CaptureFixture[str]) -> None:
    sized("core", ROUNDS=3)
    sized("rules", ROUNDS=4)
    assert benchmarks.main(["core", "rules"]) == 0
    rows = [line.split(" | ")[0] for line in capsys.readouterr().out.splitlines()[4:]]
    assert rows == ["| core.block", "| core.single", "| rules.judge"]


def test_a_benchmark_that_fails_is_told(benchmarks: Any, sized: Sized) -> None:
    sized("rules", REPS=-1)
    with pytest.raises(SystemExit, match=r"(?s)ValueError.*bench_rules\.py cannot be measured"):
        benchmarks.main(["rules"])


def test_the_stages_of_a_frame(benchmarks: Any) -> None:
    stages = {stage.name: stage.spent for stage in import_module("stages").recorded(8, "lite")}
    plain, drawn = (spent.wall_s for name, spent in stages.items() if name.startswith("**"))
    parts = [spent.wall_s for name, spent in stages.items() if not name.startswith("**")]
    assert len(parts) == 11
    assert 0 < stages["pose net"].wall_s < plain
    assert stages["decode"].wall_s < stages["pose net"].wall_s < sum(parts)
    assert drawn > 0.5 * sum(parts)


def test_a_sample_over_and_over(benchmarks: Any, tmp_path: Path, short: Path) -> None:
    with Video(import_module("live").repeated(short, tmp_path / "long.mp4", 3.5)) as video:
        times = [time_s for time_s, _ in video]
    assert np.diff(times) == pytest.approx(1 / 30, abs=0.035)  # a cut may lack frames at its end
    assert times[-1] == pytest.approx(3.5, abs=0.1)


def test_sound_that_drifts_and_memory_that_grows_are_noticed(benchmarks: Any) -> None:
    live = import_module("live")
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
    rising = flat._replace(memory=np.stack([at, 300 + at % 60 / 3], axis=1))  # and given back each minute
    assert all(good for _, good in live.checks(rising))
    leaking = flat._replace(memory=np.stack([at, 300 + at / 20], axis=1), dropped=1, sound_s=599.0)
    assert [good for _, good in live.checks(leaking)] == [True, True, False, False, False, True]


def test_a_bound_must_break_every_time_and_ends_with_1(
    benchmarks: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[tuple[str, ...]] = []

    def fake(found: list[float]) -> Callable[..., Any]:
        def measured(*names: str) -> Any:
            calls.append(names)
            slow = {"slow": [benchmarks.Figure("import.package", found.pop(0), 0.5, 0.1)]}
            return slow | ({"fine": [benchmarks.Figure("import.command", 1.0, 0.5, 0.1)]} if len(names[0]) > 4 else {})

        return measured

    for found, code in (([1.0], 0), ([1.4, 1.0], 0), ([1.4] * 3 + [1.0], 0), ([1.4] * 4, 1), ([float("nan")] * 4, 1)):
        calls.clear()
        tries = len(found)
        monkeypatch.setattr(benchmarks, "measured", fake(found))
        assert benchmarks.main(["loading"]) == code
        assert calls == [("bench_loading.py",), *[("slow",)] * (tries - 1)]  # what is fine is not measured anew
        assert capsys.readouterr().out.count("**broken**") == code


def test_a_bound_that_nothing_measures_ends_with_1(
    benchmarks: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = [benchmarks.Figure(name, 0.0, 1.0, 1.0) for name in benchmarks.bounds()]
    for given, code in ((figures, 0), (figures[1:], 1)):
        monkeypatch.setattr(benchmarks, "guarded", lambda file, _, g=given: g if file == "bench_core.py" else [])
        assert benchmarks.main([]) == code
    assert "nothing measures analyze.added" in capsys.readouterr().err


def test_part_of_a_table_is_not_written(benchmarks: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        benchmarks.main(["--write", "core"])
    assert "name no benchmark" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["figures", "profile"])
def test_write_replaces_its_table_alone(
    benchmarks: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str
) -> None:
    parts = [f"{begin}\nold {name}\n{end}\n" for name, (begin, end) in benchmarks.MARKS.items()]
    before = "# Figures\n\n" + "\nWords.\n".join(parts)
    (tmp_path / "README.md").write_text(before)
    monkeypatch.setattr(benchmarks, "HERE", tmp_path)
    for text in ("| new |", "| newer |"):
        benchmarks.write(what, text)
        assert (tmp_path / "README.md").read_text() == before.replace(f"old {what}", text)
