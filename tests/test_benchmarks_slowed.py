"""The benchmarks' guard fails what was made slow on purpose, on slow and busy machines too.

What is slowed is slowed by a multiple of this machine's own reference, never by a fixed time.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from conftest import BENCHMARKS
from guards import Sized, apart, breaks, lengthened, net_s, reference, slowed, spin, values

from formcheck.core import smooth
from formcheck.inputs import observe
from formcheck.inputs.pose import PoseModel
from formcheck.live import pace
from formcheck.live.judge import Judge
from formcheck.live.stats import Spread
from formcheck.outputs import overlay
from formcheck.rules import score

pytestmark = pytest.mark.alone

THIRD = 1 / 3
GUARDS = {
    "core": ({"core.block", "core.single"}, {"ROUNDS": 9}),
    "rules": ({"rules.judge"}, {"ROUNDS": 5}),
    "pose": ({"pose.detect"}, {"ROUNDS": 5}),
    "loading": ({"import.package", "import.command"}, {"ROUNDS": 3}),
    "rescoring": ({"batch.rescoring"}, {"RECORDINGS": 400, "ROUNDS": 2}),
    "batch": ({"batch.clips"}, {"ROUNDS": 1}),
    "whole": ({"analyze.added", "analyze.overlay"}, {"ROUNDS": 1}),
}
"""Figures of each file, which is measured in its own size but less often."""
NOT_A_STAGE = {"pose.published", "memory.analyze", "memory.growth", "live.verdict", "live.rest"}
"""What pruning gains, bytes; and live, which is slowed below."""


@pytest.fixture
def neighbours() -> Iterator[None]:
    """Two that never rest."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    yield
    for each in busy:
        each.kill()
        each.wait()


@pytest.fixture
def a_third_more(benchmarks: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`a_third_more("core")`: its work takes a third more by its own clock; both sides so many `times` as long."""

    def change(name: str, times: float = 1.0, more: float = THIRD) -> None:
        monkeypatch.setattr(import_module(f"bench_{name}"), "in_turn", lengthened(name, times, more))

    return change


@pytest.mark.parametrize("name", GUARDS)
def test_each_guard_fails_when_its_stage_takes_a_third_more(benchmarks: Any, name: str) -> None:
    figures, sizes = GUARDS[name]
    assert breaks(benchmarks, figures, look=lambda: apart(name, sizes, THIRD))


def test_none_is_left_out(benchmarks: Any) -> None:
    assert set().union(NOT_A_STAGE, *(figures for figures, _ in GUARDS.values())) == set(benchmarks.bounds())


@pytest.mark.parametrize("times", [1.0, 5.0])
def test_beside_two_busy_loops_and_on_a_slow_machine_a_third_more_fails_as_well(
    benchmarks: Any, sized: Sized, a_third_more: Callable[..., None], neighbours: None, times: float
) -> None:
    sized("rules", ROUNDS=9, TIMES=1)
    a_third_more("rules", times)
    assert breaks(benchmarks, {"rules.judge"}, "bench_rules.py")


@pytest.mark.parametrize("times", [1.0, 5.0])
def test_control_and_without_it_passes(
    benchmarks: Any, sized: Sized, a_third_more: Callable[..., None], neighbours: None, times: float
) -> None:
    sized("rules", ROUNDS=9, TIMES=1)
    a_third_more("rules", times, 0.0)
    assert benchmarks.main(["rules"]) == 0


def test_the_bounds_leave_room_on_each_kind_of_machine_but_less_than_a_third(benchmarks: Any) -> None:
    """By the tables of README.md: what was found lies within its bound, a third more does not."""
    page = (BENCHMARKS / "README.md").read_text(encoding="utf-8")
    limits, checked = benchmarks.bounds(), 0
    for name, *kinds in re.findall(
        r"^\| `([a-z]+\.[a-z]+)` \| ([\d.]+|—) \| ([\d.]+|—) \| ([\d.]+|—) \| ([\d.]+|—) \|$", page, re.MULTILINE
    ):
        for found in (float(each) for each in kinds if each != "—"):
            assert found <= limits[name], name
            assert name in NOT_A_STAGE - {"live.verdict", "live.rest"} or (1 + THIRD) * found > limits[name], name
            checked += 1
    assert checked >= len(limits)


@pytest.mark.parametrize(("test", "calls"), [("block", 40), ("single", 1)])
def test_a_slow_stage_of_the_core_ends_with_1(
    benchmarks: Any, sized: Sized, monkeypatch: pytest.MonkeyPatch, test: str, calls: int
) -> None:
    sized("core", BLOCK=4096, SINGLE=60, ROUNDS=3)
    monkeypatch.setattr(smooth, "step", slowed(smooth.step, partial(reference, calls)))
    assert breaks(benchmarks, {f"core.{test}"}, f"bench_core.py::test_{test}")


def test_slow_rules_end_with_1(benchmarks: Any, sized: Sized, monkeypatch: pytest.MonkeyPatch) -> None:
    sized("rules", ROUNDS=2, TIMES=1)
    monkeypatch.setattr(benchmarks, "TRIES", 2)
    monkeypatch.setattr(score, "of_rep", slowed(score.of_rep, partial(reference, 1)))
    assert benchmarks.main(["rules"]) == 1


@pytest.mark.parametrize(
    ("stage", "figure"),
    [((observe, "brightness"), "added"), ((overlay, "paint"), "overlay")],
    ids=["input", "drawing"],
)
def test_a_slow_stage_breaks_the_bound_of_the_whole(
    sized: Sized, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stage: tuple[Any, str], figure: str
) -> None:
    """Each frame takes four more nets on its thread; the net has another."""
    sized("whole", MODEL="lite", FRAMES=25, ROUNDS=1, FIRST=3)
    frame_s = net_s(tmp_path, 25)
    monkeypatch.setattr(*stage, slowed(getattr(*stage), lambda: spin(time.thread_time, 4 * frame_s)))
    found = values(import_module("run"), f"bench_whole.py::test_{figure}")
    assert found[f"analyze.{figure}"] > 2 > import_module("run").bounds()[f"analyze.{figure}"]


def test_a_net_that_draws_its_mask_again_is_noticed(benchmarks: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """On any processor: the bound of what pruning gains has room for all, but not for none."""
    monkeypatch.setattr("formcheck.inputs.pose.without_mask", lambda _: None)
    assert breaks(benchmarks, {"pose.published"}, "bench_pose.py::test_published")


def test_a_slow_judge_breaks_the_bounds_of_live(
    benchmarks: Any, sized: Sized, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sized("live", SECONDS=2.0, followed=lambda: ("lite", 0))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(Judge, "step", slowed(Judge.step, partial(reference, 40)))
    assert breaks(benchmarks, {"live.verdict", "live.rest"}, "bench_live.py")
    assert list(tmp_path.iterdir()) == []


def test_pictures_that_queue_for_the_net_are_not_counted(
    benchmarks: Any, sized: Sized, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A net that takes longer than a frame lasts: the sample is played slower, and the bound of live holds."""
    played: list[int] = []
    live = import_module("live")
    real = live.played

    def watched(*given: Any, slower: int, **others: Any) -> Any:
        played.append(slower)
        return real(*given, slower=slower, **others)

    monkeypatch.setattr(live, "played", watched)
    sized("live", SECONDS=3.0, followed=lambda: ("lite", 0))
    monkeypatch.setattr(PoseModel, "detect", slowed(PoseModel.detect, lambda: time.sleep(0.05)))
    looks = [values(benchmarks, "bench_live.py")["live.verdict"] for _ in range(2)]
    assert played[:2] == [1, 2]
    assert min(looks) <= benchmarks.bounds()["live.verdict"]


@pytest.mark.parametrize(("p95_ms", "first"), [(20.0, 0), (40.0, 1), (90.0, 2), (900.0, 2)])
def test_live_is_played_at_a_rate_that_the_net_can_follow(
    benchmarks: Any, monkeypatch: pytest.MonkeyPatch, p95_ms: float, first: int
) -> None:
    monkeypatch.setattr(pace, "measure", lambda *_: Spread(p95_ms, p95_ms, p95_ms, p95_ms))
    model, at = import_module("bench_live").followed()
    assert (model, at) == ("heavy" if first == 0 else "lite", first)
