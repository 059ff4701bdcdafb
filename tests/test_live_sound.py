"""What is heard of a session, by our own ear: the tone by its spectrum, ticks and words by their times."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from laws import same
from numpy.typing import NDArray
from played import Played, played
from voices import strongest_hz

from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.mixer import Mixer
from formcheck.outputs.voice.offline import render_all
from formcheck.outputs.voice.phrases import Pack
from formcheck.session import judge_recording

CLIPS = [f"clip{number:02d}_full" for number in range(1, 15)]
HEARD = ("clip01_full", "clip07_full", "clip08_full", "clip10_full", "clip12_full")
UNSTEADY = {"swinging", "uneven-legs"}
PACK = Pack.load(None)
LOWEST_HZ, HIGHEST_HZ = 150.0, 700.0
"""Where the tone's fundamental is for legs between hanging and far beyond parallel."""


@cache
def rendered(name: str) -> tuple[NDArray[np.float32], Mixer, Played]:
    """The sound of a stored recording played as a session, and who made it."""
    found, mixer = played(name), Mixer(PACK, volume=1.0)
    end_s = found.moments[-1].time_s
    return render_all(mixer, [*found.heard, (end_s, found.last)], end_s + 8.0), mixer, found


def turns(truth: dict[str, Any]) -> list[tuple[float, float, dict[str, Any]]]:
    """From the start of each true lift to the start of the next."""
    starts = [rep["lift_start_s"] for rep in truth["reps"]]
    return list(zip(starts, [*starts[1:], np.inf], truth["reps"], strict=True))


def pitch_against_truth(sound: NDArray[np.float32], quiet: Any, truth: dict[str, Any], times: Any) -> float:
    """Correlation of the strongest frequency's logarithm with the true elevation at the times that are quiet."""
    at = [time_s for time_s in times if quiet(time_s)]
    octaves = [np.log2(strongest_hz(sound, time_s, LOWEST_HZ, HIGHEST_HZ)) for time_s in at]
    true = np.interp(at, truth["frames"]["time_s"], truth["frames"]["thigh_elevation_deg"])
    assert len(at) > 50
    return float(np.corrcoef(octaves, true)[0, 1])


@pytest.mark.parametrize("name", HEARD)
def test_the_pitch_follows_the_true_elevation(name: str) -> None:
    sound, mixer, found = rendered(name)
    guided = [time_s for time_s, heard in found.heard if heard.guide is not None]
    busy = [(each.start_s - 0.05, each.end_s + 0.35) for each in [*mixer.spoken, *mixer.ticked]]

    def quiet(time_s: float) -> bool:
        near = min(abs(np.array(guided) - shifted).min() for shifted in (time_s - 0.1, time_s + 0.1))
        return near < 0.05 and not any(start < time_s < end for start, end in busy)

    assert pitch_against_truth(sound, quiet, found.truth, guided[::3]) >= 0.95


@pytest.mark.parametrize("name", CLIPS)
def test_hold_ticks_are_heard_a_second_apart_from_the_true_start(name: str) -> None:
    _, mixer, found = rendered(name)
    heard = [tick.start_s for tick in mixer.ticked if tick.kind == "hold"]
    for start, end, rep in turns(found.truth):
        if UNSTEADY & {*rep["faults"], *rep["borderline"]}:
            continue
        mine = [at for at in heard if start < at < end]
        due = [rep["hold_start_s"] + k for k in (1, 2, 3)]
        assert len([at for at in due if at < rep["lower_start_s"] - 0.1]) <= len(mine) <= 3
        assert mine == pytest.approx(due[: len(mine)], abs=0.1)


@pytest.mark.parametrize("name", CLIPS)
def test_slower_begins_soon_after_the_start_of_each_fast_descent_and_never_else(name: str) -> None:
    _, mixer, found = rendered(name)
    said = [each.start_s for each in mixer.spoken if each.keys == ("slower",)]
    for start, end, rep in turns(found.truth):
        mine = [at for at in said if start < at < end]
        if "fast-descent" in rep["faults"]:
            assert len(mine) == 1
            assert mine[0] - rep["lower_start_s"] <= 0.5
        elif "fast-descent" not in rep["borderline"]:
            assert mine == []


@pytest.mark.parametrize("name", CLIPS)
def test_stop_begins_before_the_peak_of_each_lift_beyond_parallel_and_never_else(name: str) -> None:
    _, mixer, found = rendered(name)
    said = [each.start_s for each in mixer.spoken if each.keys == ("stop",)]
    frames = found.truth["frames"]
    time_s, thigh = np.array(frames["time_s"]), np.array(frames["thigh_elevation_deg"], float)
    for start, end, rep in turns(found.truth):
        mine = [at for at in said if start < at < end]
        lifted = (time_s > start) & (time_s < rep["lower_start_s"])
        if "hyperextension" in rep["faults"]:
            assert len(mine) == 1
            assert mine[0] < min(time_s[lifted][np.nanargmax(thigh[lifted])], rep["hold_start_s"])
        elif "hyperextension" not in rep["borderline"]:
            assert mine == []


@pytest.mark.parametrize("name", CLIPS)
def test_no_two_phrases_overlap(name: str) -> None:
    _, mixer, found = rendered(name)
    assert len(mixer.spoken) >= len(found.truth["reps"])
    assert all(a.end_s <= b.start_s + 1e-9 for a, b in pairwise(mixer.spoken))


@pytest.mark.parametrize("name", CLIPS)
def test_a_replay_of_what_was_kept_agrees_with_what_was_said(name: str) -> None:
    found = played(name)
    assert same(list(judge_recording(found.kept).reps), found.reps)
    assert found.coach.reps == len(found.reps) == len(found.truth["reps"])


def test_the_ear_would_notice_a_tone_that_does_not_follow() -> None:
    """The same measurement on a tone that stays where it is, trembling, finds nothing."""
    _, _, found = rendered("clip08_full")
    at = np.arange(25 * RATE) / RATE
    flat = np.sin(2 * np.pi * 400 * at + 3 * np.sin(2 * np.pi * 3 * at)).astype(np.float32)
    times = np.arange(1.0, 24.0, 0.1)
    assert abs(pitch_against_truth(flat, lambda _: True, found.truth, times)) < 0.5
