"""The judge of a live session, frame by frame: the law holds whatever happens, and nothing is said at a wrong time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coached import load
from laws import same
from played import Played, play, played

from formcheck.data.observations import Observations
from formcheck.data.recording import Recording
from formcheck.live.coach import Coach
from formcheck.rules.limits import Limits
from formcheck.session import judge_recording


def faults(reps: object) -> list[list[str]]:
    return [[fault.name for fault in rep.faults] for rep in reps]  # type: ignore[attr-defined]


def replays(found: Played) -> bool:
    return same(list(judge_recording(found.kept).reps), found.reps)


@pytest.mark.parametrize("frame", [0, 3, 14, 17, 100, 333, 600])
def test_another_model_takes_over(frame: int) -> None:
    """Before anybody lies still, while frames wait for a calibration, in a hold, on the way down."""
    (full, _), (lite, truth) = load("clip08_full"), load("clip08_lite")
    found = play(full, Coach(Limits()), then=(frame, lite))
    assert replays(found)
    assert len(found.reps) == len(truth["reps"])
    assert found.kept.calibration.model == "lite"
    assert found.kept.model == "full"


def test_instants_are_told_without_a_gap_and_in_order() -> None:
    """Rows begin where those of the moment before ended, from instant 0 on."""
    found = played("clip08_full")
    expected = 0
    for moment in found.moments:
        assert moment.first == expected
        expected += len(moment.rows)
    assert expected == pytest.approx(30 * found.moments[-1].time_s, abs=3)


def gone(recording: Recording, start_s: float, end_s: float, *, cut: bool) -> Recording:
    """Nobody is seen between two times; with `cut` no frame comes either."""
    seen = recording.observations
    away = (seen.time_s > start_s) & (seen.time_s < end_s)
    if cut:
        return replace(recording, observations=seen[~away])
    pixels, world = seen.pixels.copy(), seen.world.copy()
    pixels[away], world[away] = np.nan, np.nan
    return replace(recording, observations=replace(seen, pixels=pixels, world=world))


def twice(recording: Recording, pause_s: float) -> Recording:
    """A recording, and the same once more after a pause in which no frame comes."""
    seen = recording.observations
    again = replace(seen, time_s=seen.time_s + float(seen.time_s[-1]) + pause_s)
    return replace(recording, observations=Observations.join([seen, again]))


@pytest.mark.parametrize("cut", [True, False])
@pytest.mark.parametrize(("start_s", "end_s"), [(2.0, 2.4), (8.2, 8.6), (9.0, 11.0), (4.0, 12.0)])
def test_what_was_not_seen(cut: bool, start_s: float, end_s: float) -> None:
    recording, truth = load("clip08_full")
    found = play(gone(recording, start_s, end_s, cut=cut), Coach(Limits()))
    assert replays(found)
    last = found.reps[-1]
    assert [fault.name for fault in last.faults] == truth["reps"][-1]["faults"]
    assert last.numbers["hold_start_s"] == pytest.approx(truth["reps"][-1]["hold_start_s"], abs=0.1)
    assert found.moments[-1].first + len(found.moments[-1].rows) == pytest.approx(30 * 25, abs=3)


@pytest.mark.parametrize("pause_s", [1.0, 30.0])
def test_a_long_gap_shifts_no_tick(pause_s: float) -> None:
    recording, truth = load("clip06_full")
    found = play(twice(recording, pause_s), Coach(Limits()))
    assert replays(found)
    shift = float(recording.observations.time_s[-1]) + pause_s
    heard = [sound.at_s for _, each in found.heard for sound in each.sounds if getattr(sound, "kind", "") == "hold"]
    due = [rep["hold_start_s"] + k + shift for rep in truth["reps"][1:] for k in (1, 2)]
    assert due
    for at in due:
        assert min(abs(np.array(heard) - at)) < 0.1


def test_an_end_while_a_calibration_is_being_found() -> None:
    """The frames that waited are judged all the same, as a replay judges them."""
    recording, _ = load("clip08_full")
    for frames in (1, 5, 15, 16, 17, 40):
        found = play(replace(recording, observations=recording.observations[:frames]), Coach(Limits()))
        assert replays(found)
        assert len(found.kept.observations) == frames
