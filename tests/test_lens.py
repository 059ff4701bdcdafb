"""What is known of the lens: told, read from the file, measured; and what is made of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import av
import cv2
import figure
import numpy as np
import pytest
from figure import Camera, posed
from movements import Rep, instants, movement
from synthetic import MODEL, observations, source

from formcheck.cli import main
from formcheck.core.calibrate import calibrate
from formcheck.core.posemodel import HEAVY
from formcheck.core.uncertainty import half_bands
from formcheck.core.view import to_pixels, to_plane, usual_focal_px, view
from formcheck.data.lens import FILE_SD, Lens, Optics, Profile, focal_of
from formcheck.data.recording import Calibration, Recording
from formcheck.errors import ConfigError, InputError, UsageError
from formcheck.inputs import chessboard, profiles
from formcheck.inputs.lens import Straightener, equivalent_mm, lens_of, straight
from formcheck.session import judge_recording

CURVE, _, STOP = movement((Rep(), Rep()))
TIME_S = instants(STOP, 15.0)
BENT = (-0.11, 0.01, 0.0, 0.0, 0.0)
SIZE = (640, 480)


@pytest.fixture(autouse=True)
def own_folders(monkeypatch, tmp_path):
    monkeypatch.setattr(profiles, "folder", lambda: tmp_path / "cameras")


def profile(name="desk", focal=500.0, size=SIZE, bent=BENT, camera=""):
    return Profile(name, *size, (focal, focal, size[0] / 2, size[1] / 2), bent, camera, 0.2)


# ---------------------------------------------------------------- from what it is known


def test_an_angle_of_view_is_a_focal_length():
    lens = lens_of(Optics(fov_deg=90.0), 640, 480)
    assert lens.focal_px == pytest.approx(320.0)
    assert lens_of(Optics(), 640, 480) is None


def written(path: Path, **marks: str) -> Path:
    with av.open(str(path), "w", format="mov", options={"movflags": "use_metadata_tags"}) as file:
        file.metadata.update({key.replace("__", "."): value for key, value in marks.items()})
        stream = file.add_stream("libx264", rate=30)
        stream.width, stream.height = 64, 48
        for _ in range(4):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="bgr24")))
        file.mux(stream.encode(None))
    return path


MARK = "com__apple__quicktime__camera__focal_length__35mm_equivalent"


def test_the_file_s_own_word_is_read(tmp_path):
    path = written(tmp_path / "phone.mov", **{MARK: "26"})
    assert equivalent_mm(path) == 26.0
    lens = lens_of(Optics(), 640, 480, path)
    assert lens == Lens(pytest.approx(26 / np.hypot(36, 24) * 800), FILE_SD, "file")
    assert lens_of(Optics(fov_deg=60.0), 640, 480, path).by == "given"


@pytest.mark.parametrize("text", ["nan", "0", "-5", "inf", "1e9", "wide", ""])
def test_nonsense_in_a_file_is_no_lens(tmp_path, text):
    assert lens_of(Optics(), 640, 480, written(tmp_path / "odd.mov", **{MARK: text})) is None


def test_a_lens_is_kept_in_the_recording_and_its_calibration(tmp_path):
    camera = Camera(focal_px=focal_of(90.0, 640))
    seen = observations(TIME_S, posed(CURVE(TIME_S)), camera=camera, broad=True)
    known = replace(source(camera), lens=lens_of(Optics(profile=profile()), 640, 480))
    calibration = calibrate(seen, known, MODEL)
    assert calibration.focal_px == known.lens.focal_px
    Recording(seen, calibration, known, MODEL).save(tmp_path / "recording.npz")
    again = Recording.load(tmp_path / "recording.npz")
    assert (again.source, again.calibration) == (known, calibration)


@pytest.mark.parametrize("text", ["0", "19", "151", "nan", "wide"])
def test_an_angle_that_no_camera_has_is_refused(text, capsys):
    assert main(["analyze", "x.mp4", "--fov", text]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_two_words_on_one_lens_are_refused(capsys):
    profiles.save(profile())
    assert main(["analyze", "x.mp4", "--fov", "60", "--camera-profile", "desk"]) == 2
    assert "give one of them" in capsys.readouterr().err


# ---------------------------------------------------------------- what is made of it


@pytest.mark.parametrize("yaw", [-25.0, 0.0, 25.0])
@pytest.mark.parametrize("fov", [50.0, 62.0, 78.0, 95.0])
def test_angles_hold_for_any_lens_that_is_known_and_bands_for_any_that_is_not(fov, yaw, monkeypatch):
    monkeypatch.setattr(figure, "ARM_DEG", 75.0)
    camera = Camera(yaw_deg=yaw, focal_px=focal_of(fov, 640), aim_up_m=0.3)
    seen = observations(TIME_S, posed(CURVE(TIME_S)), camera=camera, broad=True)
    usual = source(camera)
    known = replace(usual, lens=Lens(camera.focal_px))
    pixels = camera.project(figure.points(posed(np.zeros(1)), broad=True))[0]
    hip, ankle = (pixels[figure.INDEX[f"left_{joint}"]] for joint in ("hip", "ankle"))
    shown = {}
    for name, each in (("usual", usual), ("known", known)):
        calibration = replace(calibrate(seen, each, MODEL, roll_deg=0.0), roll_sd_deg=0.5)
        tail, up = to_plane(view(calibration, each), *np.stack([hip, ankle], axis=1))
        band = half_bands({"hold_leg_elevation_deg": 0.0}, calibration, HEAVY)["hold_leg_elevation_deg"]
        shown[name] = float(np.degrees(np.arctan2(up[1] - up[0], tail[1] - tail[0]))), band, calibration.lens_sd_deg
    (found, band, sd), (right, narrower, known_sd) = shown["usual"], shown["known"]
    assert abs(right) <= narrower
    assert abs(found - right) <= band
    assert known_sd < 0.25
    assert known_sd < sd
    assert narrower <= band


def test_straight_from_the_side_the_lens_hardly_matters(monkeypatch):
    monkeypatch.setattr(figure, "ARM_DEG", 75.0)
    sds = {}
    for yaw in (0.0, 30.0):
        camera = Camera(yaw_deg=yaw, aim_up_m=0.2)
        seen = observations(TIME_S, posed(CURVE(TIME_S)), camera=camera, broad=True)
        sds[yaw] = calibrate(seen, source(camera), MODEL, roll_deg=0.0).lens_sd_deg
    assert sds[0.0] < 0.3
    assert sds[30.0] > 1.5 * sds[0.0]


def test_pixels_and_plane_are_inverse():
    v = view(Calibration(facing="left", roll_deg=4.0, yaw_deg=20.0, pitch_deg=7.0), source())
    x, y = np.array([30.0, 320.0, 600.0]), np.array([470.0, 240.0, 10.0])
    assert np.allclose(to_pixels(v, *to_plane(v, x, y)), (x, y))


def bent_points(points, focal=500.0, bent=BENT):
    rays = np.column_stack([(points - np.array(SIZE) / 2) / focal, np.ones(len(points))])
    matrix = np.array([[focal, 0, SIZE[0] / 2], [0, focal, SIZE[1] / 2], [0, 0, 1.0]])
    return cv2.projectPoints(rays, np.zeros(3), np.zeros(3), matrix, np.array(bent))[0][:, 0]


def test_a_bent_picture_is_straightened():
    """A straight line, drawn as the lens bends it, is straight again, and lies where a pinhole sees it."""
    line = np.column_stack([np.linspace(60, 580, 40), np.full(40, 60.0)])
    picture = np.zeros((480, 640, 3), np.uint8)
    cv2.polylines(picture, [bent_points(line).round().astype(np.int32)], False, (255, 255, 255), 2)
    lens = lens_of(Optics(profile=profile()), *SIZE)
    [(_, shown)] = straight([(0.0, picture)], lens)
    columns = range(120, 520, 20)
    rows = np.array([np.average(np.arange(480), weights=shown[:, x, 0].astype(float) + 1e-9) for x in columns])
    expected = 240 + (60.0 - 240) * lens.focal_px / 500.0
    assert np.abs(rows - expected).max() < 1.0
    bent = [np.average(np.arange(480), weights=picture[:, x, 0] + 1e-9) for x in range(80, 580, 20)]
    assert np.ptp(bent) > 3.0


def test_a_straight_lens_changes_nothing():
    picture = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
    assert Straightener(None)(picture) is picture
    assert Straightener(Lens(500.0))(picture) is picture


def test_the_unknown_lens_does_not_change_what_is_found():
    seen = observations(TIME_S, posed(CURVE(TIME_S)), broad=True)
    usual = source()
    told = replace(usual, lens=Lens(usual_focal_px(640, 480)))
    one, two = (judge_recording(Recording(seen, calibrate(seen, each, MODEL), each, MODEL)) for each in (usual, told))
    for first, second in zip(one.reps, two.reps, strict=True):
        assert first.numbers == pytest.approx(second.numbers, nan_ok=True)


# ---------------------------------------------------------------- profiles


def test_a_profile_is_kept_and_found_by_name_and_camera():
    kept = profile(camera="HD Webcam")
    profiles.save(kept)
    assert profiles.load("desk") == kept
    assert profiles.of_camera("HD Webcam", 640, 480) == kept
    assert profiles.of_camera("HD Webcam", 1280, 720) is None
    assert profiles.of_camera("", 640, 480) is None


@pytest.mark.parametrize("text", ["{}", "[]", "no", '{"name": "desk", "matrix": [1], "distortion": []}'])
def test_a_broken_profile_is_one_line(text):
    profiles.folder().mkdir(parents=True)
    (profiles.folder() / "desk.json").write_text(text)
    with pytest.raises(ConfigError, match="calibrate"):
        profiles.load("desk")
    assert profiles.of_camera("x", 1, 1) is None


def test_a_turned_picture_has_its_profile_turned():
    """Straightening and turning give the same whichever comes first."""
    skew = Profile("desk", 640, 480, (500.0, 505.0, 330.0, 236.0), (-0.11, 0.01, 0.002, -0.001, 0.0))
    picture = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8), (0, 0), 4)
    for turn, code in ((90, cv2.ROTATE_90_CLOCKWISE), (180, cv2.ROTATE_180)):
        shown = cv2.rotate(picture, code)
        lens = lens_of(Optics(profile=skew), shown.shape[1], shown.shape[0], turn_deg=turn)
        same = replace(lens_of(Optics(profile=skew), 640, 480), focal_px=lens.focal_px)
        first, last = cv2.rotate(Straightener(same)(picture), code), Straightener(lens)(shown)
        assert np.abs(first[100:-100, 100:-100].astype(int) - last[100:-100, 100:-100]).mean() < 1.0


@pytest.mark.parametrize("name", ["../x", "", "a/b", ".hidden"])
def test_a_name_is_no_path(name):
    with pytest.raises(ConfigError, match="give a name"):
        profiles.load(name)


def test_a_missing_profile_says_which_there_are():
    profiles.save(profile())
    with pytest.raises(ConfigError, match=r"\(desk\)"):
        profiles.load("phone")


def test_a_profile_serves_other_sizes_of_the_same_shape_only():
    half = lens_of(Optics(profile=profile(size=(1280, 960), focal=1000.0)), 640, 480)
    whole = lens_of(Optics(profile=profile()), 640, 480)
    assert half.focal_px == pytest.approx(whole.focal_px)
    with pytest.raises(UsageError, match="640 x 480"):
        lens_of(Optics(profile=profile()), 1280, 720)


def boards(count=10, focal=500.0, bent=BENT, tilt=35.0):
    """Pictures of a board of 9 x 6 inner corners, each from another side, through a lens that bends."""
    rng = np.random.default_rng(1)
    matrix = np.array([[focal, 0, SIZE[0] / 2], [0, focal, SIZE[1] / 2], [0, 0, 1.0]])
    grid = np.array([(x, y, 0.0) for y in range(8) for x in range(11)]) - [5.0, 3.5, 0.0]
    for _ in range(count):
        turn = np.radians(rng.uniform(-tilt, tilt, 3))
        place = np.array([rng.uniform(-4, 4), rng.uniform(-3, 3), rng.uniform(14, 18)])
        seen = cv2.projectPoints(grid, turn, place, matrix, np.array(bent))[0].reshape(8, 11, 2)
        picture = np.full((SIZE[1], SIZE[0]), 235, np.uint8)
        for row in range(7):
            for column in range(10):
                corners = seen[[row, row, row + 1, row + 1], [column, column + 1, column + 1, column]]
                if (row + column) % 2 == 0:
                    cv2.fillPoly(picture, [(corners * 16).round().astype(np.int32)], 20, cv2.LINE_AA, 4)
        yield cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 0.7), cv2.COLOR_GRAY2BGR)


def saved(tmp_path, shown):
    paths = [tmp_path / f"{number}.png" for number, _ in enumerate(shown)]
    for path, picture in zip(paths, shown, strict=True):
        cv2.imwrite(str(path), picture)
    return [str(path) for path in paths]


def test_a_camera_is_measured_with_a_chessboard(tmp_path, capsys):
    paths = saved(tmp_path, list(boards()))
    assert main(["calibrate", *paths, "--name", "desk", "--camera-name", "HD Webcam", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    found = profiles.load("desk")
    assert told["fov_deg"] == pytest.approx(2 * np.degrees(np.arctan(320 / 500.0)), abs=1.0)
    assert found.matrix == pytest.approx((500, 500, 320, 240), abs=8)
    corner = np.array([[0.0, 0.0], [639.0, 479.0], [60.0, 300.0]])
    there = lens_of(Optics(profile=found), *SIZE)
    truth = lens_of(Optics(profile=profile()), *SIZE)
    assert there.focal_px == pytest.approx(truth.focal_px, rel=0.02)
    assert bent_points(corner, found.matrix[0], found.distortion) == pytest.approx(bent_points(corner), abs=4.0)


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        (lambda: list(boards(3)), "3 different views"),
        (lambda: [np.zeros((480, 640, 3), np.uint8)] * 8, "0 different views"),
        (lambda: list(boards(10, bent=(0.0,) * 5, tilt=0.5)), "tilt it"),
    ],
)
def test_what_tells_no_lens_is_said(tmp_path, capsys, shown, says):
    assert main(["calibrate", *saved(tmp_path, shown()), "--name", "desk"]) == 2
    line = capsys.readouterr().err
    assert says in line
    assert line.count("\n") == 1
    assert not profiles.folder().exists()


def test_pictures_of_two_sizes_are_refused(tmp_path):
    one = tmp_path / "one.png", np.zeros((480, 640, 3), np.uint8)
    two = tmp_path / "two.png", np.zeros((720, 1280, 3), np.uint8)
    with pytest.raises(InputError, match="one size"):
        chessboard.measured([one, two], (9, 6), "desk")
