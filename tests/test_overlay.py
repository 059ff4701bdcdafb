from dataclasses import replace

import av
import cv2
import numpy as np
import pytest
from outputs_fixture import SAMPLES, empty_result, moving, probe, result_from_truth

from formcheck.data.landmarks import INDEX
from formcheck.data.recording import Calibration
from formcheck.data.result import PHASES
from formcheck.errors import OutputError, VideoError
from formcheck.outputs import draw, figure, panels
from formcheck.outputs.body import bodies, plane
from formcheck.outputs.overlay import paint, write_overlay
from formcheck.outputs.stage import signed, staging
from formcheck.outputs.timeline import timeline

CLIPS = sorted(SAMPLES.glob("clip*.truth.json"))


@pytest.fixture(scope="module")
def result():
    return result_from_truth(SAMPLES / "clip10.truth.json")


def test_the_overlay_plays_in_a_browser_and_keeps_its_times(result, tmp_path):
    times = np.cumsum([0.0, *([1 / 30, 1 / 30, 0.1, 1 / 60] * 10)])
    done = []
    count = write_overlay(
        result, moving(41, (640, 480), times=times), (640, 480), tmp_path / "o.mp4", progress=done.append
    )
    context, stamps, sound = probe(tmp_path / "o.mp4")
    assert count == 41
    assert done == list(range(1, 42))
    assert (context.name, context.format.name, context.width, context.height) == ("h264", "yuv420p", 640, 480)
    np.testing.assert_allclose(stamps, times, atol=1e-4)
    assert sound == []
    data = (tmp_path / "o.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize(("size", "shown"), [((641, 361), (642, 362)), ((1080, 1920), (720, 1280))])
def test_sizes_are_even_and_not_too_large(result, tmp_path, size, shown):
    write_overlay(result, moving(4, size), size, tmp_path / "o.mp4")
    context, stamps, _ = probe(tmp_path / "o.mp4")
    assert (context.width, context.height) == shown
    assert len(stamps) == 4


def test_the_given_pictures_stay_as_they_are_and_colours_are_kept(result, tmp_path):
    pictures = [np.full((480, 640, 3), (200, 60, 120), np.uint8) for _ in range(3)]
    write_overlay(result, [(i / 30, p) for i, p in enumerate(pictures)], (640, 480), tmp_path / "o.mp4")
    assert all((picture == (200, 60, 120)).all() for picture in pictures)
    with av.open(str(tmp_path / "o.mp4")) as file:
        shown = next(file.decode(video=0)).to_ndarray(format="bgr24")
    np.testing.assert_allclose(shown[60:80, 300:340].mean(axis=(0, 1)), (200, 60, 120), atol=6)


def test_a_failing_source_ends_the_writer(result, tmp_path):
    def failing():
        yield from moving(3, (640, 480))
        raise VideoError("cut off")

    with pytest.raises(VideoError, match="cut off"):
        write_overlay(result, failing(), (640, 480), tmp_path / "o.mp4")


def test_a_place_that_cannot_be_written(result, tmp_path):
    with pytest.raises(OutputError, match="cannot be written") as told:
        write_overlay(result, moving(60, (640, 480)), (640, 480), tmp_path / "nowhere" / "o.mp4")
    assert "\n" not in str(told.value)


def test_no_picture_at_all_is_no_crash(result, tmp_path):
    assert write_overlay(result, [], (640, 480), tmp_path / "o.mp4") == 0


def test_nobody_seen_is_said(tmp_path):
    write_overlay(empty_result(), moving(5, (640, 480)), (640, 480), tmp_path / "o.mp4")
    assert timeline(empty_result())(0.1).visible is False
    assert len(probe(tmp_path / "o.mp4")[1]) == 5


def test_every_moment_agrees_with_the_table(result):
    at, frames = timeline(result), result.frames
    for row, time_s in enumerate(frames.time_s):
        moment = at(float(time_s))
        assert moment.phase == PHASES[frames.phase[row]]
        assert moment.leg_deg == frames.angles["leg_elevation_deg"][row]
        if frames.rep[row]:
            assert moment.rep == frames.rep[row]


def test_the_clock_counts_from_the_start_of_the_phase(result):
    moment = timeline(result)(3.96)
    assert (moment.phase, moment.rep, moment.reps) == ("hold", 1, 3)
    assert moment.clock_s == pytest.approx(2.0)
    assert timeline(result)(0.1).clock_s is None
    assert timeline(result)(0.1).rep == 0
    assert timeline(result)(9.4).rep == 1


def test_a_fault_shows_when_it_happens_and_until_the_rep_ends(result):
    at, rep = timeline(result), result.reps[1]
    for fault in rep.faults:
        assert fault not in at(fault.time_s - 0.01).faults
        assert fault in at(fault.time_s + 0.01).faults
        assert fault in at(rep.numbers["end_s"] - 0.01).faults
        assert fault not in at(rep.numbers["end_s"] + 2).faults
    severities = [fault.severity for fault in at(12.6).faults]
    assert severities == ["severe", "major", "minor"]
    assert not any(at(time_s).faults for time_s in np.arange(0, 9, 0.1))


def test_a_fault_at_the_very_end_stays_long_enough_to_read():
    result = result_from_truth(SAMPLES / "clip11.truth.json")
    touch = result.reps[0].faults[0]
    assert touch in timeline(result)(touch.time_s + 1.4).faults


@pytest.mark.parametrize("path", CLIPS, ids=lambda path: path.name.split(".")[0])
def test_the_drawn_leg_lies_on_the_leg(path):
    """The line at the measured angle, drawn in the body's plane, must meet the ankle in the picture."""
    result = result_from_truth(path)
    at, ground = bodies(result.recording, 1.0), plane(result.recording, 1.0)
    angles = result.frames.angles["leg_elevation_deg"]
    uneven = any(fault.name == "uneven-legs" for rep in result.reps for fault in rep.faults)
    off = []
    for row in range(0, len(result.frames), 20):
        body = at(float(result.frames.time_s[row]))
        off.append(np.hypot(*(ground.ray(body.near["hip"], angles[row], 1.0) - body.near["ankle"])))
    assert np.median(off) < (0.25 if uneven else 0.12) * result.recording.calibration.leg_px


def test_gaps_are_bridged_only_when_short(result):
    seen = result.recording.observations
    keep = np.r_[0:100, 104:200, 230 : len(seen)]
    fewer = replace(seen, **{name: getattr(seen, name)[keep] for name in seen.__dataclass_fields__})
    at = bodies(replace(result.recording, observations=fewer), 1.0)
    whole = bodies(result.recording, 1.0)
    np.testing.assert_allclose(at(102 / 30).near["wrist"], whole(102 / 30).near["wrist"], atol=3)
    assert at(215 / 30).near == {}


SIZES = [(640, 480), (480, 640), (1280, 720), (320, 240), (270, 480), (854, 480)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("clip", ["clip10", "clip14", "clip03"])
def test_texts_stay_inside_and_apart(monkeypatch, size, clip):
    result = result_from_truth(SAMPLES / f"{clip}.truth.json")
    scale = size[0] / 640
    seen = result.recording.observations
    moved = seen.pixels.copy()
    moved[..., 1] += (size[1] / scale - 480) / 2
    source = replace(result.recording.source, height=round(size[1] / scale))
    recording = replace(result.recording, observations=replace(seen, pixels=moved), source=source)
    result = replace(result, recording=recording)
    boxes = []

    def note(picture, words, at, size, colour=draw.WHITE):
        boxes.append((at[0], at[1] - size * 0.37, at[0] + draw.text_width(words, size), at[1] + size * 0.37, words))

    monkeypatch.setattr(panels, "text", note)
    monkeypatch.setattr(figure, "text", note)
    stage, at, body_at = staging(result, size), timeline(result), bodies(recording, scale)
    for time_s in np.arange(0, 16, 0.5):
        boxes.clear()
        paint(np.zeros((size[1], size[0], 3), np.uint8), stage, at(time_s), body_at(time_s))
        for i, (left, top, right, bottom, words) in enumerate(boxes):
            assert left >= 0, words
            assert top >= 0, words
            assert right <= size[0], words
            assert bottom <= size[1], words
            for other in boxes[i + 1 :]:
                apart = other[0] >= right or other[2] <= left or other[1] >= bottom or other[3] <= top
                assert apart, (time_s, words, other[4])


def test_the_sign_of_an_angle_is_typographic_and_drawn():
    assert [signed(angle) for angle in (-12.4, 3.6, -0.2)] == ["−12°", "+4°", "0°"]
    shown = []
    for words in ("−12°", "+12°", "−12"):
        picture = np.zeros((60, 160, 3), np.uint8)
        draw.text(picture, words, (10, 30), 30)
        shown.append(picture.astype(int))
        assert picture.max() > 200
    assert np.abs(shown[0] - shown[1]).max() > 100
    assert np.abs(shown[0] - shown[2]).max() > 100


def test_text_at_the_edge_is_cut_and_not_refused():
    for at in ((-30, 5), (150, 55), (500, 500), (-500, 0)):
        draw.text(np.zeros((60, 160, 3), np.uint8), "lower slowly", at, 24)


def test_an_unknown_camera_is_said(result):
    unknown = replace(result, recording=result.recording.with_calibration(Calibration()))
    assert "roll unknown" in staging(unknown, (640, 480)).footer
    assert "roll +5°" in staging(result, (640, 480)).footer


def test_drawing_shows_the_far_side_fainter(result):
    at, body_at = timeline(result)(3.5), bodies(result.recording, 1.0)(3.5)
    picture = np.zeros((480, 640, 3), np.uint8)
    paint(picture, staging(result, (640, 480)), at, body_at)
    near, far = (joints["elbow"].round().astype(int) for joints in (body_at.near, body_at.far))
    assert picture[near[1], near[0]].mean() > picture[far[1], far[0]].mean() + 60
    assert picture[far[1], far[0]].mean() > 40
    assert cv2.countNonZero(cv2.cvtColor(picture[300:330, 10:60], cv2.COLOR_BGR2GRAY)) == 0


def test_joints_that_are_only_guessed_are_not_drawn(result):
    seen = result.recording.observations
    visibility = seen.visibility.copy()
    visibility[:, INDEX["left_knee"]] = 0.02
    visibility[::3, INDEX["left_elbow"]] = 0.02
    visibility[:, INDEX["right_knee"]] = 0.02
    hidden = replace(result.recording, observations=replace(seen, visibility=visibility))
    body = bodies(hidden, 1.0)(4.0)
    assert "knee" not in body.far
    assert "elbow" in body.far
    assert "knee" in body.near
