"""Trouble in the middle of a session: said once when it lasts, and nothing over whole sets."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from sights import ROOT, Sight, clip, each, look, troubles

from formcheck.data.recording import Recording, Room
from formcheck.inputs.video import Picture
from formcheck.live.place import Placing
from formcheck.live.trouble import Watch

RECORDINGS = sorted((ROOT / "validation" / "recordings").glob("*_full.npz"))


@pytest.fixture(scope="module")
def pictures() -> list[Picture]:
    return clip("clip08")


@pytest.fixture(scope="module")
def good(pictures: list[Picture]) -> Sight:
    return look(pictures)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda p: p.stem)
def test_nothing_over_whole_sets(path: Path) -> None:
    recording = Recording.load(path)
    placing, watch = Placing(recording.source, recording.model), Watch()
    heard = [watch.step(placing.step(f, recording.room, 1)) for f in each(recording.observations)]
    assert set(heard) == {""}


def test_too_dark(good: Sight, pictures: list[Picture]) -> None:
    dark = look([(0.2 * p).astype(np.uint8) for p in pictures])
    heard = troubles((good, 5.0), (dark, 20.0))
    assert [key for _, key in heard] == ["too-dark"]
    assert 8.0 <= heard[0][0] < 9.0


def test_where_are_you(good: Sight) -> None:
    gone = replace(
        good.frames,
        pixels=np.full_like(good.frames.pixels, np.nan),
        visibility=np.zeros_like(good.frames.visibility),
    )
    heard = troubles((good, 5.0), (good._replace(frames=gone), 20.0), (good, 15.0), (good._replace(frames=gone), 10.0))
    assert [key for _, key in heard] == ["where-are-you"] * 2
    assert 9.0 <= heard[0][0] < 10.0


def test_two_people(good: Sight) -> None:
    heard = troubles((good, 5.0), (good._replace(people=2), 20.0))
    assert [key for _, key in heard] == ["two-people"]


def test_who_passes_by_is_not_spoken_of(good: Sight) -> None:
    assert troubles((good, 5.0), (good._replace(people=2), 4.0), (good, 5.0)) == []


@pytest.mark.parametrize("px", [-45, 45])
def test_camera_turned(good: Sight, pictures: list[Picture], px: int) -> None:
    turned = look([np.roll(p, px, axis=1) for p in pictures])
    assert [key for _, key in troubles((good, 6.0), (turned, 10.0))] == ["camera-moved"]


def test_camera_comes_nearer(good: Sight, pictures: list[Picture]) -> None:
    near = look([cv2.resize(p[60:420, 60:540], (640, 480)) for p in pictures])
    assert [key for _, key in troubles((good, 6.0), (near, 10.0))] == ["camera-moved"]


def test_camera_rolled(good: Sight) -> None:
    """By the room's lines alone."""
    before, after = (Room(roll_deg=roll, roll_sd_deg=0.5) for roll in (1.0, 6.0))
    blind = replace(good.frames, ball=np.full_like(good.frames.ball, np.nan))
    parts = [(good._replace(frames=blind, room=room), 6.0) for room in (before, after)]
    assert [key for _, key in troubles(*parts)] == ["camera-moved"]


@pytest.mark.parametrize("part", ["ball", "hands"])
def test_ball_or_hands_alone_are_not_the_camera(good: Sight, part: str) -> None:
    frames = good.frames
    ball, pixels = frames.ball.copy(), frames.pixels.copy()
    if part == "ball":
        ball[:, 0] += 40
    else:
        pixels[:, 11:23, 0] += 40
    moved = good._replace(frames=replace(frames, ball=ball, pixels=pixels))
    assert troubles((good, 6.0), (moved, 10.0)) == []


def test_who_gets_up_may_lie_down_elsewhere(good: Sight, pictures: list[Picture]) -> None:
    upright = replace(good.frames, pixels=good.frames.pixels[..., [1, 0, 2]])
    elsewhere = look([np.roll(p, 60, axis=1) for p in pictures])
    assert troubles((good, 6.0), (good._replace(frames=upright), 5.0), (elsewhere, 10.0)) == []
