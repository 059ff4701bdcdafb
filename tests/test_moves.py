"""A camera that moves: found by the room and by landmarks alone, told with its time, and nothing judged across it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from laws import same
from played import play
from shifted import moved

from formcheck.analyze import replay
from formcheck.core import stretches
from formcheck.core.calibrate import calibrate
from formcheck.core.moves import find
from formcheck.data.recording import CUT, MOVED, ZOOMED, Move, Recording, Room
from formcheck.inputs.moves import EVERY_S, LONGEST_PX, Moves
from formcheck.inputs.scene import Scene
from formcheck.inputs.video import Picture
from formcheck.live.coach import Coach
from formcheck.rules.limits import Limits
from formcheck.session import judge_recording

ROOT = Path(__file__).parents[1] / "validation"
STORED = sorted([*ROOT.glob("recordings/*.npz"), *ROOT.glob("sessions/*.npz"), *ROOT.glob("heldout/*.npz")])
NOBODY = np.full((33, 2), np.nan)


def clip(name: str) -> Recording:
    return Recording.load(ROOT / "recordings" / f"{name}.npz")


def peaks(recording: Recording) -> list[float]:
    return [rep.numbers["peak_thigh_elevation_deg"] for rep in replay(recording).reps]


# ---------------------------------------------------------------- by landmarks and ball


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_no_move_where_the_camera_stands(path: Path) -> None:
    """Whole sets, and sessions with getting on and off, fidgets and rests."""
    recording = Recording.load(path)
    assert find(recording.observations, recording.calibration.leg_px) == ()


@pytest.mark.parametrize("name", ["clip02_heavy", "clip05_lite", "clip08_full", "clip14_lite"])
@pytest.mark.parametrize(
    ("turn_deg", "zoom", "start_s", "stop_s"),
    [(-6, 1, 17, 17.03), (4, 1, 9, 9.03), (0, 1.3, 10, 12), (0, 0.85, 10, 11), (-8, 1, 8, 10), (0, 1.15, 12, 12.03)],
)
def test_it_is_found_by_landmarks(name: str, turn_deg: float, zoom: float, start_s: float, stop_s: float) -> None:
    recording = clip(name)
    (found,) = find(moved(recording, turn_deg, zoom, start_s, stop_s).observations, recording.calibration.leg_px)
    assert found.from_s == pytest.approx(start_s, abs=0.6 if stop_s - start_s > 1 else 0.4)
    assert found.to_s == pytest.approx(stop_s, abs=0.6 if stop_s - start_s > 1 else 0.4)
    assert found.what == (MOVED if turn_deg else ZOOMED)
    assert found.turn_deg == pytest.approx(turn_deg, abs=1.5)


def test_reps_before_and_after_a_knock_are_judged_as_they_were() -> None:
    recording = clip("clip02_heavy")
    knocked = moved(recording, -6, 1, 17, 17.03)
    whole = calibrate(knocked.observations, recording.source, recording.model, recording.room)
    found = replay(replace(knocked, calibration=whole))
    assert [fault.name for rep in found.reps for fault in rep.faults] == []
    for one, other in zip(found.reps, peaks(recording), strict=True):
        name = "peak_thigh_elevation_deg"
        assert abs(one.numbers[name] - other) < min(2.0, one.uncertainty[name])
    (warning,) = found.warnings
    assert "the camera moved at 17.0 s" in warning


def test_a_rep_across_a_zoom_is_not_assessable() -> None:
    recording = clip("clip02_heavy")
    found = replay(moved(recording, 0, 1.3, 10, 12))
    first, across, last = found.reps
    assert across.faults == ()
    assert across.score is None
    assert {"incomplete-lift", "short-hold", "fast-descent", "bent-knees"} <= set(across.not_assessable)
    for one, other in zip((first, last), np.array(peaks(recording))[[0, 2]], strict=True):
        assert one.numbers["peak_thigh_elevation_deg"] == pytest.approx(other, abs=1.5)
    assert "zoomed from 9.9 to 12.0 s" in " ".join(found.warnings)
    inside = (found.frames.time_s > 10) & (found.frames.time_s < 12)
    assert np.isnan(found.frames.angles["leg_elevation_deg"][inside]).all()


def test_replaying_what_was_found_gives_the_same(tmp_path: Path) -> None:
    found = replay(moved(clip("clip05_lite"), 5, 1, 9, 9.03))
    assert found.recording.moves
    found.recording.save(tmp_path / "recording.npz")
    again = replay(tmp_path / "recording.npz")
    assert same(again.reps, found.reps)
    assert again.recording.moves == found.recording.moves
    assert again.warnings == found.warnings


# ---------------------------------------------------------------- stretches


def recorded(moves: list[Move], rooms: list[Room], roll_deg: float | None = None) -> Recording:
    recording = moved(clip("clip05_lite"), 4, 1, 12, 12.1)
    seen = stretches.Seen(recording.observations, recording.source, recording.model)
    return stretches.recorded(seen, rooms, moves, name="lite", versions={}, roll_deg=roll_deg)


KNOCK = Move(12.0, 12.1, MOVED, 4.0)


def test_each_stretch_has_its_room() -> None:
    made = recorded([KNOCK], [Room(1.0, 0.5), Room(5.0, 0.7)])
    assert [(each.roll_deg, each.roll_sd_deg, each.from_s) for each in made.calibrations] == [
        (1.0, 0.5, 0.0),
        (5.0, 0.7, 12.1),
    ]
    assert made.moves == (KNOCK,)


@pytest.mark.parametrize(("given", "rooms"), [(1.0, [Room(), Room(9.0, 1.0)]), (None, [Room(1.0, 0.5), Room()])])
def test_a_roll_that_is_known_turns_with_the_camera(given: float | None, rooms: list[Room]) -> None:
    first, second = (each.roll_deg for each in recorded([KNOCK], rooms, given).calibrations)
    assert (first, second) == (1.0, 5.0)


def test_a_given_roll_does_not_outlast_a_cut() -> None:
    """What comes after is found as though nothing had been before."""
    made = recorded([Move(12.0, 12.1, CUT)], [Room(), Room()], 1.0)
    first, second = made.calibrations
    after = made.observations[made.observations.time_s >= 12.1]
    assert first.roll_deg == 1.0
    assert second == replace(calibrate(after, made.source, made.model, Room()), from_s=12.1)


def test_a_stretch_too_short_to_be_calibrated_belongs_to_the_move() -> None:
    moves = [KNOCK, Move(12.3, 14.0, ZOOMED, 0.0), Move(25.9, 26.0, MOVED, 1.0)]
    made = recorded(moves, [Room(1.0, 0.5)] * 4)
    last_s = float(made.observations.time_s[-1])
    assert made.moves == (Move(12.0, 14.0, MOVED, 4.0), Move(25.9, last_s, MOVED, 1.0))
    assert [each.from_s for each in made.calibrations] == [0.0, 14.0]
    assert judge_recording(made).reps[-1].not_assessable


# ---------------------------------------------------------------- by the room


def room(seed: int = 0) -> Picture:
    """Furniture of all greys, on which a camera looks with noise."""
    rng = np.random.default_rng(seed)
    picture = np.full((480, 640), 120, np.uint8)
    for x, y, w, h, grey in zip(*(rng.integers(0, n, 60) for n in (600, 440, 120, 90, 255)), strict=True):
        cv2.rectangle(picture, (int(x), int(y)), (int(x + w), int(y + h)), int(grey), -1)
    return cv2.GaussianBlur(picture, (0, 0), 1.0)


View = Callable[[float, Picture], Picture]


def through(view: View, seconds: float = 20.0, *, noise: float = 3.0) -> list[Move]:
    rng, moves, whole = np.random.default_rng(1), Moves(), room()
    for time_s in np.arange(0, seconds, EVERY_S).tolist():
        picture = view(time_s, whole)[60:-60, 80:-80] + rng.normal(0, noise, (360, 480))
        grey = cv2.resize(np.clip(picture, 0, 255).astype(np.uint8), (LONGEST_PX, 240), interpolation=cv2.INTER_AREA)
        moves.look(grey, np.zeros_like(grey), time_s)
    return moves.finish()


def warped(whole: Picture, turn_deg: float = 0.0, zoom: float = 1.0, shift: tuple[float, float] = (0, 0)) -> Picture:
    matrix = cv2.getRotationMatrix2D((320, 240), -turn_deg, zoom)
    matrix[:, 2] += shift
    return cv2.warpAffine(whole, matrix, (640, 480), borderMode=cv2.BORDER_REFLECT)


def walked(time_s: float, whole: Picture) -> Picture:
    picture = whole.copy()
    x = int(40 * time_s) - 100
    cv2.ellipse(picture, (x, 260), (70, 200), 0, 0, 360, 30, -1)
    cv2.putText(picture, "XOX", (x - 50, 260), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 220, 4)
    return picture


def shaken(time_s: float, whole: Picture) -> Picture:
    rng = np.random.default_rng(int(1000 * time_s))
    return warped(whole, shift=tuple(rng.uniform(-2, 2, 2)))


@pytest.mark.parametrize(
    "view",
    [
        lambda _, whole: whole,
        lambda t, whole: (whole * (0.6 if t > 8 else 1.0)).astype(np.uint8),
        lambda t, whole: np.clip(whole * (1 + 0.2 * np.sin(t)) + 20 * np.sin(2 * t), 0, 255).astype(np.uint8),
        shaken,
        walked,
        lambda t, whole: np.full_like(whole, 3) if 5 < t < 12 else whole,
    ],
    ids=["still", "a lamp goes out", "clouds", "shake", "somebody walks through", "dark for a while"],
)
def test_no_move(view: View) -> None:
    assert through(view) == []


@pytest.mark.parametrize("turn_deg", [-6.0, 3.0, 1.5, 20.0])
def test_a_knock(turn_deg: float) -> None:
    (found,) = through(lambda t, whole: warped(whole, turn_deg * (t > 8)))
    assert (found.from_s, found.to_s) == pytest.approx((7.8, 8.1))
    assert found.what == MOVED
    assert found.turn_deg == pytest.approx(turn_deg, abs=0.2)


@pytest.mark.parametrize("zoom", [1.1, 1.3, 0.9])
def test_a_zoom(zoom: float) -> None:
    (found,) = through(lambda t, whole: warped(whole, zoom=float(np.interp(t, [8, 10], [1, zoom]))))
    assert (found.from_s, found.to_s) == pytest.approx((8.0, 10.0), abs=0.65)
    assert found.what == ZOOMED


def test_a_zoom_that_is_nearly_over_at_a_look_lasts_no_longer_for_it() -> None:
    """That picture is off the rest by hardly less than counts, and by a trace more later on."""
    times, growth = [8.4, 8.7, 9.0, 9.3, 9.6, 11.0, 11.1], [0.0, 0.06, 0.12, 0.1905, 0.2, 0.2, 0.2015]
    (found,) = through(lambda t, whole: warped(whole, zoom=float(np.exp(np.interp(t, times, growth)))))
    assert (found.from_s, found.to_s) == pytest.approx((8.4, 9.6), abs=0.35)


def test_slow_sinking_adds_up() -> None:
    (found,) = through(lambda t, whole: warped(whole, 0.1 * min(t, 30.0)), 40.0)
    assert found.from_s < 3.5
    assert found.to_s == pytest.approx(30.0, abs=2.6)
    assert found.turn_deg == pytest.approx(3.0, abs=0.4)


@pytest.mark.parametrize("other", [lambda whole: whole[:, ::-1].copy(), lambda _: room(5)], ids=["mirrored", "another"])
def test_a_cut(other: Callable[[Picture], Picture]) -> None:
    (found,) = through(lambda t, whole: other(whole) if t > 8 else whole)
    assert (found.from_s, found.to_s, found.what) == (pytest.approx(7.8), pytest.approx(8.1), CUT)
    assert found.turn_deg is None


def test_a_move_that_goes_on_at_the_end_is_told() -> None:
    (found,) = through(lambda t, whole: warped(whole, max(0.0, t - 15)))
    assert found.from_s == pytest.approx(15.0, abs=0.5)
    assert found.to_s == pytest.approx(19.8, abs=0.2)


def test_the_scene_looks_at_each_stretch_by_itself() -> None:
    """Of a bare wall nobody can tell; and the rooms are one more than the moves."""
    scene, blank, whole = Scene(feet=False), Scene(feet=False), room()
    for time_s in np.arange(0, 16, 0.1).tolist():
        picture = cv2.cvtColor(warped(whole, 5.0 * (time_s > 8)), cv2.COLOR_GRAY2BGR)
        scene.look(picture, time_s, NOBODY)
        blank.look(np.full_like(picture, 90), time_s, NOBODY)
    moves = scene.moves()
    assert moves is not None
    assert [move.turn_deg for move in moves] == [pytest.approx(5.0, abs=0.2)]
    assert len(scene.rooms()) == 2
    assert blank.moves() is None
    assert len(blank.rooms()) == 1


# ---------------------------------------------------------------- live


def test_live_settles_anew_and_a_replay_agrees() -> None:
    knocked = moved(clip("clip08_full"), -6, 1, 10, 10.03)
    move = Move(9.9, 10.2, MOVED, -6.0)

    def camera(now_s: float) -> tuple[list[Move], float | None]:
        return ([move] if now_s > 13.3 else []), (9.9 if 10.6 < now_s <= 13.3 else None)

    found = play(knocked, Coach(Limits()), camera=camera)
    assert [moment.trouble for moment in found.moments if moment.trouble] == ["camera-moved"]
    (kept,) = found.kept.moves or ()
    assert replace(kept, known_s=None) == move
    assert kept.known_s == pytest.approx(10.6, abs=0.1)
    assert same(list(judge_recording(found.kept).reps), found.reps)
    assert found.kept.calibration.from_s >= move.to_s
    first, across = found.reps[0], [r for r in found.reps if r.numbers["lift_start_s"] < 10.2 < r.numbers["end_s"]]
    assert np.isfinite(first.numbers["peak_thigh_elevation_deg"])
    for rep in across:
        assert rep.faults == ()
        assert "incomplete-lift" in rep.not_assessable


def test_live_a_cut_is_told_when_it_is_over() -> None:
    found = play(
        clip("clip08_full"), Coach(Limits()), camera=lambda now_s: ([Move(9.9, 10.2, CUT)] if now_s > 13 else [], None)
    )
    assert [moment.trouble for moment in found.moments if moment.trouble] == ["camera-moved"]
    assert same(list(judge_recording(found.kept).reps), found.reps)


def test_live_ends_while_the_camera_moves() -> None:
    found = play(clip("clip08_full"), Coach(Limits()), camera=lambda now_s: ([], 14.0 if now_s > 15 else None))
    (kept,) = found.kept.moves or ()
    assert kept.to_s == pytest.approx(float(found.kept.observations.time_s[-1]))
    assert same(list(judge_recording(found.kept).reps), found.reps)
