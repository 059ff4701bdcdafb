"""Small parts of a live session: when it is over, which model it takes, what it measures, what it says is amiss."""

from __future__ import annotations

import sys
from math import nan
from typing import Any

import numpy as np
import pytest
from coached import verdict
from waits import until

from formcheck.inputs import models
from formcheck.live import bench, first, pace
from formcheck.live.ending import DONE_S, GONE_S, LATE_S, Ending
from formcheck.live.moment import Moment
from formcheck.live.notices import Notices
from formcheck.live.stats import Spread, Stats, spread
from formcheck.live.steady import SWITCH_S, steady
from formcheck.outputs.voice.sounds import Guide, Say


def moment(time_s: float, *, seen: bool = True, lying: bool = True, rep: bool = False) -> Moment:
    return Moment(time_s, 0, np.zeros((0, 1)), seen, lying, (verdict(1, ()),) if rep else ())


def over(times: Any, stage: str = "set", until_s: float = nan, **others: bool) -> float | None:
    """When a session ends in which a rep was judged at 1 s and from then on all is like this."""
    ending = Ending()
    ending.step(moment(1.0, rep=True), "set", nan)
    return next((t for t in times if ending.step(moment(t, **others), stage, until_s)), None)


TIMES = np.arange(1.5, 200.0, 0.5).tolist()


def test_who_is_out_of_the_picture_for_a_while_has_left() -> None:
    assert over(TIMES, seen=False, lying=False) == pytest.approx(1.0 + GONE_S, abs=1.0)
    assert over(TIMES, lying=False) is None, "somebody who is seen has not left"


def test_in_a_rest_people_walk_about() -> None:
    at = over(TIMES, "rest", 60.0, seen=False, lying=False)
    assert at == pytest.approx(60.0 + LATE_S, abs=1.0)


def test_getting_up_is_enough_when_all_is_done() -> None:
    assert over(TIMES, "done", lying=False) == pytest.approx(1.0 + DONE_S, abs=1.0)
    assert over(TIMES, "done") is None


def test_nobody_has_left_before_the_first_rep_or_while_the_camera_was_away() -> None:
    ending = Ending()
    assert not any(ending.step(moment(t, seen=False, lying=False), "setup", nan) for t in TIMES)
    assert over([300.0, 300.1, 301.0], seen=False, lying=False) is None
    assert over([300.0, *(299.0 + t for t in TIMES)], seen=False, lying=False) == pytest.approx(300 + GONE_S, abs=1.0)


def of(p95: float) -> Spread:
    return Spread(p95, p95, p95, p95)


def test_the_best_model_that_leaves_room_for_everything_else_is_taken() -> None:
    found = {"lite": of(8.0), "full": of(14.0), "heavy": of(32.5)}
    assert pace.choice(found, 30.0) == "full", "frames would queue where the net alone takes all of the time"
    assert pace.choice(found, 15.0) == "heavy"
    assert pace.choice(found, 60.0) == "lite"
    assert pace.choice(found, 1000.0) == "lite", "the quickest where none keeps up"


def test_a_model_is_given_up_after_seconds_that_are_too_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "PoseModel", lambda path: path.name)
    steps = pace.Steps(True, 30.0)
    assert not any(steps.step(20.0, "full") for _ in range(1000))
    assert [steps.step(50.0, "full") for _ in range(pace.SLOW_FRAMES)].count(True) == 1
    assert steps.coming == "lite"
    found: list[object] = []
    until(lambda: found.append(steps.ready()) or found[-1])
    assert found[-1] == (models.find("lite").name, "lite")
    assert not any(steps.step(50.0, "lite") for _ in range(1000)), "there is nothing quicker"
    fixed = pace.Steps(False, 30.0)
    assert not any(fixed.step(50.0, "full") for _ in range(1000)), "who names a model keeps it"


def test_percentiles() -> None:
    stats = Stats()
    for value in range(1, 101):
        stats.add(wait=0.0, pose=value / 2, rest=1.0, verdict=float(value), sound=nan)
    assert stats.frames == 100
    assert stats.spread("verdict") == pytest.approx((50.5, 95.05, 99.01, 100.0))
    table = stats.table(7)
    assert "100 frames, 7 dropped" in table
    assert "capture to verdict" in table
    assert "capture to sound" not in table, "what was not measured is left out"
    assert all(np.isnan(value) for value in spread(np.zeros(0, np.float32)))


class Voice:
    """A mixer that is busy or not."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.busy = False

    def guide(self, guide: Guide | None) -> None:
        assert guide is None

    def play(self, sound: Say) -> bool:
        if not self.busy:
            self.said += sound.keys
        return not self.busy


def test_trouble_is_said_once_and_waits_for_its_turn() -> None:
    voice, told = Voice(), []
    notices = Notices(voice, told.append)  # type: ignore[arg-type]
    for _ in range(3):
        notices.camera(True, "camera 0: unplugged")
    assert voice.said == ["camera-lost"]
    assert notices.standing == "camera 0: unplugged"
    voice.busy = True
    notices.camera(False, "camera 0: unplugged")
    assert voice.said == ["camera-lost"]
    voice.busy = False
    notices.camera(False, "camera 0: unplugged")
    notices.camera(False, "camera 0: unplugged")
    assert voice.said == ["camera-lost", "camera-back"]
    assert notices.standing == ""
    assert told == ["camera 0: unplugged; trying again", "the camera is back"]


def test_trouble_with_disk_and_sound_is_told_once_each_time() -> None:
    told: list[str] = []
    notices = Notices(Voice(), told.append)  # type: ignore[arg-type]
    for trouble in ("", "full", "full", "", ""):
        notices.disk(trouble)
        notices.sound(trouble)
    notices.camera(False, "")
    assert told == ["full", "full", "the session is being written again"]
    notices.sound("no loudspeaker")
    notices.camera(False, "")
    assert notices.standing == "no loudspeaker"


def test_python_is_left_as_it_was() -> None:
    before = sys.getswitchinterval()
    assert before != pytest.approx(SWITCH_S)
    with steady():
        assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
    assert sys.getswitchinterval() == pytest.approx(before)


def test_the_first_time_is_remembered(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert first.is_first()
    first.remember()
    assert not first.is_first()
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert first.is_first(), "where it cannot be kept it comes again"
    first.remember()


def test_bench_measures_models_and_a_session_and_leaves_nothing(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bench, "PICTURES", 20)
    found = bench.measure(1.5)
    assert list(found.models) == list(models.NAMES)
    assert found.best in models.NAMES
    assert found.models["lite"].p50 < found.models["heavy"].p50
    numbers = bench.numbers(found)
    assert numbers["live"]["frames"] > 0
    assert numbers["live"]["ms"]["verdict"]["p50"] > 0
    for name, ms in found.models.items():
        assert 1.0 < numbers["models"][name]["hour_s"] / (108 * ms.p50) < 1.4
    text = bench.render(found)
    for words in (*models.NAMES, "live at 30 fps", "an hour of video", "capture to sound", f"live with {found.best}"):
        assert words in text
    assert list(tmp_path.iterdir()) == [], "nothing was kept, and no note counts as given"
