"""The coach over recordings whose truth is known, frame by frame: in time, not too often, never wrong."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from coached import HELD, NAMES, coached, said, ticks, when
from cues import told

from formcheck.outputs.voice.sounds import Say

ALL = [*NAMES, *HELD]
UNSTEADY = {"swinging", "uneven-legs"}
"""Reps in which the legs come to no clear stop, surely or perhaps, or the near leg is not what both do."""
WARNINGS = {"stop", "slower", "floor"}


def turns(reps: list[dict[str, Any]]) -> list[tuple[float, float, dict[str, Any]]]:
    """From the start of each true lift to the start of the next."""
    starts = [rep["lift_start_s"] for rep in reps]
    return list(zip(starts, [*starts[1:], np.inf], reps, strict=True))


@pytest.mark.parametrize("name", ALL)
def test_hold_ticks(name: str) -> None:
    """Each second of each hold, within 0.1 s, while it is held; asked for in time."""
    found = coached(name)
    heard = ticks(found.lines, "hold")
    asked = [line.at_s for line in found.lines if getattr(line.sound, "kind", "") == "hold"]
    for start, end, rep in turns(found.truth["reps"]):
        if UNSTEADY & {*rep["faults"], *rep["borderline"]}:
            continue
        mine = [at for at in heard if start < at < end]
        due = [rep["hold_start_s"] + k for k in (1, 2, 3)]
        must = [at for at in due if at < rep["lower_start_s"] - 0.1]
        assert len(must) <= len(mine) <= 3
        assert mine == pytest.approx(due[: len(mine)], abs=0.1)
        assert all(at < rep["lower_start_s"] + 0.6 for at in mine)
    assert all(a < at + 0.1 for a, at in zip(asked, heard, strict=True))


@pytest.mark.parametrize("name", ALL)
def test_slower(name: str) -> None:
    """Within half a second of the start of a fast descent, and in no other rep."""
    found = coached(name)
    for start, end, rep in turns(found.truth["reps"]):
        mine = [at for at in when(found.lines, "slower") if start < at < end]
        if "fast-descent" in rep["faults"]:
            assert len(mine) == 1
            early = -0.25 if "swinging" in rep["faults"] else 0.0
            assert early < mine[0] - rep["lower_start_s"] <= 0.42
        elif "fast-descent" not in rep["borderline"]:
            assert mine == []


def test_most_falls_are_told_within_three_tenths_of_a_second() -> None:
    """By all models; swinging legs apart, whose fall begins where they swing. And no other lowering is."""
    found = told("slower")
    assert [each for each in found if each.due == "no"] == []
    late = np.array([each.late_s for each in found if each.due == "yes" and not each.swings])
    assert len(late) >= 8
    assert np.mean(late <= 0.3) >= 0.75


@pytest.mark.parametrize("name", ALL)
def test_stop(name: str) -> None:
    """Before the peak of a lift beyond parallel, and in no other rep."""
    found = coached(name)
    frames = found.truth["frames"]
    t, thigh = np.array(frames["time_s"]), np.array(frames["thigh_elevation_deg"], float)
    for start, end, rep in turns(found.truth["reps"]):
        mine = [at for at in when(found.lines, "stop") if start < at < end]
        lifted = (t > start) & (t < rep["lower_start_s"])
        peak_s = t[lifted][np.nanargmax(thigh[lifted])]
        if "hyperextension" in rep["faults"]:
            assert len(mine) == 1
            assert mine[0] < min(peak_s, rep["hold_start_s"]) - 0.1
        elif "hyperextension" not in rep["borderline"]:
            assert mine == []


@pytest.mark.parametrize("name", ALL)
def test_floor_is_said_in_falls_and_touches_only(name: str) -> None:
    found = coached(name)
    for start, end, rep in turns(found.truth["reps"]):
        mine = [at for at in when(found.lines, "floor") if start < at < end]
        if not {"fast-descent", "toe-touch"} & {*rep["faults"], *rep["borderline"]}:
            assert mine == []


@pytest.mark.parametrize("name", ALL)
def test_one_phrase_a_rep(name: str) -> None:
    """From lift to lift one phrase at most; what is said in a pause takes the next rep's turn. Each warning once."""
    found = coached(name)
    spoken = [(line.at_s, line.sound) for line in found.lines if isinstance(line.sound, Say)]
    pauses = [rep["end_s"] + 1.0 for rep in found.truth["reps"]]
    ends = [min(pause, end) for pause, (_, end, _) in zip(pauses, turns(found.truth["reps"]), strict=True)]
    for start, end in pairwise([0.0, *ends, np.inf]):
        mine = [say.keys for at, say in spoken if start < at < end]
        warnings = [keys for keys in mine if keys[0] in WARNINGS]
        assert len(mine) - len(warnings) <= 1, mine
        assert len(warnings) == len(set(warnings))


@pytest.mark.parametrize("name", ALL)
def test_numbers_are_right(name: str) -> None:
    """Said when the legs are down, and never another than the rep's own."""
    found = coached(name)
    assert found.coach.reps == len(found.reps) == len(found.truth["reps"])
    for number, (start, end, rep) in enumerate(turns(found.truth["reps"]), 1):
        for line in found.lines:
            if isinstance(line.sound, Say) and line.sound.keys[0].startswith("n-") and start < line.at_s < end:
                assert line.sound.keys == (f"n-{number}",)
                assert -1.2 < line.at_s - rep["end_s"] < 0.5


@pytest.mark.parametrize("name", ALL)
def test_breathing(name: str) -> None:
    """Out once soon after the start of each lift, in after the start of each lowering."""
    found = coached(name)
    for start, end, rep in turns(found.truth["reps"]):
        out = [at for at in ticks(found.lines, "out") if start < at < end]
        inward = [at for at in ticks(found.lines, "in") if start < at < end]
        assert 1 <= len(out) <= 2
        if not UNSTEADY & {*rep["faults"], *rep["borderline"]}:
            assert 0 < out[0] - start < 0.65
            assert len(inward) == 1
            assert 0 < inward[0] - rep["lower_start_s"] < 1.0


@pytest.mark.parametrize("name", ALL)
def test_the_tone_follows_the_legs(name: str) -> None:
    found, frames = coached(name), coached(name).truth["frames"]
    heard = [(at, guide) for at, guide in found.guides if guide is not None]
    true = np.interp([at for at, _ in heard], frames["time_s"], frames["thigh_elevation_deg"])
    assert np.corrcoef([guide.elevation_deg for _, guide in heard], true)[0, 1] > 0.97
    first = found.truth["reps"][0]
    assert len(heard) > 0.95 * sum(at > first["hold_start_s"] for at, _ in found.guides)


@pytest.mark.parametrize("name", ALL)
def test_the_falling_guide(name: str) -> None:
    """It falls, from the level held to the level of rest, and never before the legs do."""
    found = coached(name)
    for start, end, rep in turns(found.truth["reps"]):
        shown = [(at, g.target_deg) for at, g in found.guides if g and g.target_deg is not None and start < at < end]
        if UNSTEADY & {*rep["faults"], *rep["borderline"]}:
            continue
        assert shown
        assert shown[0][0] > rep["lower_start_s"]
        levels = np.array([level for _, level in shown])
        assert levels[0] > rep["peak_thigh_elevation_deg"] - 7.5
        assert np.diff(levels).max() < 0.8  # the way from leg to thigh wanders a little
        at, last = shown[-1]
        if at - rep["lower_start_s"] > 3.6:
            assert last == pytest.approx(rep["min_thigh_elevation_deg"], abs=4.5)


@pytest.mark.parametrize("name", ALL)
def test_the_summary(name: str) -> None:
    found = coached(name)
    keys = said(found.last)[0]
    good = sum(not rep.faults for rep in found.reps)
    assert keys[:3] == ("set-done", f"n-{len(found.reps)}", "reps")
    assert ("without-fault" in keys) == (good > 0)
    if good:
        assert keys[3] == f"n-{good}"
