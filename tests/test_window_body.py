"""The body in the live window: its leg's line lies on the leg, mirrored or not, and what is guessed is not drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from faces import FAULT, blank, camera, changed, face_at, judged

from formcheck.data.landmarks import INDEX
from formcheck.data.recording import Calibration
from formcheck.outputs.body import plane
from formcheck.outputs.window.face import Face
from formcheck.outputs.window.live_body import body_of, moved, moved_plane, standing, steadied
from formcheck.outputs.window.picture import draw


def test_the_body_is_mirrored_with_the_camera() -> None:
    bare = Face(body=face_at(*FAULT).body, standing=face_at(*FAULT).standing)
    dark = draw(blank(), Face(), (960, 720))
    plain, flipped = (draw(blank(), replace(bare, mirrored=on), (960, 720)) for on in (False, True))
    left, _, right, _ = changed(plain, dark)
    other_left, _, other_right, _ = changed(flipped, dark)
    assert abs((960 - right) - other_left) <= 4
    assert abs((960 - left) - other_right) <= 4
    foot = 60  # the line at the bottom is not flipped
    far = np.abs(plain[:-foot, ::-1].astype(int) - flipped[:-foot]).max(axis=2) > 120
    assert far.mean() < 0.004, "anti-aliased edges may differ"


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("clip", ["clip03", "clip10", "clip14"])
def test_the_legs_line_lies_on_the_legs(clip: str, mirrored: bool) -> None:
    """At the measured angle, in the body's plane and on the shown picture, it must end at the ankle."""
    result, off = judged(clip), []
    seen, side = result.recording.observations, result.recording.calibration.side
    stands = standing(result.recording.calibration, result.recording.source)
    assert stands is not None
    for row in range(0, len(result.frames), 25):
        angle = result.frames.angles["leg_elevation_deg"][row]
        at = int(np.searchsorted(seen.time_s, result.frames.time_s[row]))
        if np.isfinite(angle) and at < len(seen):
            body = moved(body_of(seen.pixels[at], np.ones(33), side), 1.5, 960 if mirrored else 0)
            shown = moved_plane(stands.plane, body, 1.5, 960, mirrored=mirrored)
            off.append(np.hypot(*(shown.ray(body.near["hip"], angle, 1.0) - body.near["ankle"])))
    assert len(off) > 10
    assert np.median(off) < 0.12 * 1.5 * result.recording.calibration.leg_px


def test_the_live_plane_is_the_overlays() -> None:
    for clip in ("clip03", "clip10"):
        recording = judged(clip).recording
        stands = standing(recording.calibration, recording.source)
        assert stands is not None
        assert stands.plane.view == plane(recording, 1.0).view
        assert stands.plane.leg == pytest.approx(plane(recording, 1.0).leg, rel=0.05)


def test_before_the_legs_are_measured_only_the_body_is_drawn() -> None:
    assert standing(Calibration(), judged("clip10").recording.source) is None
    face = face_at(*FAULT, standing=None, faults=())
    drawn = draw(blank(), face)
    assert (drawn != draw(blank(), replace(face, body=None))).any()
    np.testing.assert_array_equal(drawn, draw(blank(), replace(face, leg_deg=-3.0)))


def test_an_impossible_view_draws_no_line_to_nowhere() -> None:
    recording = judged("clip10").recording
    wrong = replace(recording.calibration, yaw_deg=89.9, pitch_deg=60.0, roll_deg=80.0)
    face = face_at(*FAULT, standing=standing(wrong, recording.source))
    for leg_deg in (-89.0, 0.0, 89.0, float("nan")):
        assert draw(camera("4:3"), replace(face, leg_deg=leg_deg)).shape == (720, 1280, 3)


def test_joints_do_not_flicker_and_guessed_ones_are_left_out() -> None:
    seen, hidden = np.ones(33, np.float32), np.zeros(33, np.float32)
    steady = steadied(None, seen, 1 / 30)
    steady = steadied(steady, hidden, 1 / 30)
    assert steady.min() > 0.9
    slow = fast = steadied(None, seen, 0.1)
    for _ in range(30):
        slow = steadied(slow, hidden, 0.1)
    for _ in range(90):
        fast = steadied(fast, hidden, 1 / 30)
    np.testing.assert_allclose(slow, fast, rtol=1e-6)
    pixels = np.ones((33, 3), np.float32)
    pixels[INDEX["left_wrist"]] = np.nan
    body = body_of(pixels, slow, "left")
    assert "wrist" not in body.near
    assert "ankle" in body.near
    assert body.far == {}
    assert "ankle" in body_of(pixels, steady, "left").far
