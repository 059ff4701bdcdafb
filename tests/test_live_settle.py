"""Settling while somebody gets into position: what waits, what goes on, and that verdicts are those of `analyze`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from laws import same
from movements import Rep
from synthetic import recording

from formcheck.core.calibrate import calibrate
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration, Recording
from formcheck.live.settle import FIRST, HELD_S, MOST, Settling, in_place
from formcheck.session import Session, judge_recording

STORED = Path(__file__).parents[1] / "validation" / "recordings"
MADE, TIMES = recording([Rep()] * 2, noise_px=0.5)


def shown_live(made: Recording, delay: int = 2) -> tuple[Session, Recording]:
    """Frame by frame, the calibration found beside and taken up some frames later."""
    settling, session = Settling(), Session(Calibration(), made.source, made.model)
    track, coming = [Calibration()], None
    for k in range(len(made.observations)):
        frame = made.observations[k : k + 1]
        if coming is not None and k >= coming[0]:
            calibration, held = settling.settle(coming[1], float(frame.time_s[0]))
            session.recalibrate(calibration)
            session.push(held)
            track.append(calibration)
            coming = None
        session.push(settling.take(frame))
        if (stay := settling.due()) is not None:
            coming = k + delay, calibrate(Observations.join(stay), made.source, made.model, made.room)
    session.finish()
    return session, replace(made, earlier=tuple(track[:-1]), calibration=track[-1])


@pytest.mark.parametrize("model", ["heavy", "full"])
@pytest.mark.parametrize("clip", range(1, 15))
def test_reps_and_faults_as_in_a_recording(clip: int, model: str) -> None:
    made = Recording.load(STORED / f"clip{clip:02d}_{model}.npz")
    made = made.with_calibration(calibrate(made.observations, made.source, made.model, made.room))
    session, kept = shown_live(made)
    expected = judge_recording(made)
    assert expected.reps
    for found, rep in zip(session.reps, expected.reps, strict=True):
        missed = {f.name for f in rep.faults} ^ {f.name for f in found.faults}
        assert missed <= {"toe-touch"} & set(found.not_assessable), "where the floor is not yet known well enough"
        assert found.numbers["peak_thigh_elevation_deg"] == pytest.approx(
            rep.numbers["peak_thigh_elevation_deg"], abs=1.5
        )
    assert same(list(judge_recording(kept).reps), session.reps), "the law: a replay agrees"


def nobody(frames: Observations) -> Observations:
    return replace(
        frames,
        pixels=np.full_like(frames.pixels, np.nan),
        world=np.full_like(frames.world, np.nan),
        visibility=np.zeros_like(frames.visibility),
    )


def test_frames_wait_until_somebody_lies_but_not_for_ever() -> None:
    settling, out = Settling(), 0
    empty = nobody(MADE.observations)
    for k in range(600):
        frame = replace(empty[0:1], time_s=np.array([k / 30]))
        out += len(settling.take(frame))
        assert settling.due() is None
    assert out == pytest.approx(600 - 30 * HELD_S, abs=2)


def test_the_first_calibration_holds_from_the_first_frame_that_waited() -> None:
    settling = Settling()
    for k in range(FIRST):
        assert settling.due() is None
        assert len(settling.take(MADE.observations[k : k + 1])) == 0
    stay = settling.due()
    assert stay is not None
    assert len(stay) == FIRST
    calibration, held = settling.settle(replace(MADE.calibration, from_s=99.0), 0.6)
    assert calibration.from_s == held.time_s[0] == 0.0
    assert len(held) == FIRST
    assert len(settling.take(MADE.observations[FIRST : FIRST + 1])) == 1


def test_somebody_who_left_settles_anew() -> None:
    settling = Settling()
    for k in range(FIRST):
        settling.take(MADE.observations[k : k + 1])
    settling.settle(MADE.calibration, 0.5)
    gone = nobody(MADE.observations)
    for k in range(FIRST, 300):
        settling.take(gone[k : k + 1])
    assert not settling.settled
    for k in range(300, 300 + FIRST):
        settling.take(MADE.observations[k : k + 1])
    stay = settling.due()
    assert stay is not None
    assert stay[0].time_s[0] == pytest.approx(10.0, abs=0.1)


def test_the_frames_of_a_long_stay_are_thinned() -> None:
    settling = Settling()
    frame = MADE.observations[0:1]
    for k in range(3 * MOST):
        settling.take(replace(frame, time_s=np.array([k / 30])))
        stay = settling.due()
        assert stay is None or len(stay) <= MOST
        if stay is not None and not settling.settled:
            settling.settle(MADE.calibration, k / 30)


def test_on_all_fours_is_not_in_place() -> None:
    """Trunk level as when lying, thighs down, shanks level."""
    frames = MADE.observations[0:1]
    assert in_place(frames).all()
    pixels = frames.pixels.copy()
    hip = pixels[:, 23:25, :2]
    pixels[:, 25:27, :2] = hip + np.array([0.0, 80.0])
    pixels[:, 27:29, :2] = hip + np.array([np.sign(pixels[0, 27, 0] - pixels[0, 23, 0]) * 80.0, 80.0])
    assert not in_place(replace(frames, pixels=pixels)).any()
    assert not in_place(nobody(frames)).any()
