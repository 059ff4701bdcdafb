"""What goes wrong in front of the program: one line, the right exit code, nothing half-written."""

from __future__ import annotations

import errno
import html.parser
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from conftest import Run

from formcheck.cli import main
from formcheck.data.recording import Recording
from formcheck.errors import RecordingError
from formcheck.outputs import files

RATE = 30
Picture = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a path of Linux")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "results"


@pytest.fixture
def refused(out: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """`refused(2, "analyze", ...)`: the one line that a failing command says; checks all else about it."""

    def check(code: int, *arguments: object) -> str:
        assert main([str(argument) for argument in arguments]) == code
        said = capfd.readouterr()
        lines = said.err.splitlines()
        assert len(lines) == 1, said.err
        assert lines[0].startswith("formcheck: ")
        assert "Traceback" not in said.err + said.out
        assert said.out == ""
        assert not out.exists(), "something was left behind"
        return lines[0]

    return check


def save(path: Path, pictures: Iterator[Picture] | list[Picture], codec: str = "libx264", turn: int = 0) -> Path:
    """A video of these pictures (height, width, 3); `turn` is written as the display's rotation."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE)
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = picture.shape[:2]
                if turn:
                    stream.set_display_rotation(turn)
            frame = av.VideoFrame.from_ndarray(picture, "bgr24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def room() -> Picture:
    """A wall, a floor and a ball; nobody."""
    y, x = np.mgrid[:240, :320]
    picture = np.full((240, 320, 3), 170, np.uint8)
    picture[180:] = (90, 110, 130)
    picture[(x - 160) ** 2 + (y - 150) ** 2 < 45**2] = (200, 90, 40)
    return picture


def frames(video: Path, number: int) -> list[Picture]:
    capture = cv2.VideoCapture(str(video))
    try:
        return [np.asarray(capture.read()[1], np.uint8) for _ in range(number)]
    finally:
        capture.release()


def sound_alone(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        for number in range(10):
            frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
            frame.sample_rate, frame.pts = 44100, 1024 * number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def summary(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return found


# Files that are no video


def no_file(path: Path) -> None:
    """Nothing there."""


def folder(path: Path) -> None:
    path.mkdir()


def text(path: Path) -> None:
    path.write_text("Dear diary, today I lifted my legs.\n" * 50)


def cut_off(path: Path) -> None:
    save(path, [room()] * 30)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def two_frames(path: Path) -> None:
    save(path, [room()] * 2)


NO_VIDEO: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (no_file, "no such file"),
    "folder": (folder, "a folder"),
    "empty": (Path.touch, "empty"),
    "text": (text, "not a video"),
    "cut off": (cut_off, "cut off"),
    "sound alone": (sound_alone, "no picture"),
    "two frames": (two_frames, "too short"),
}


@pytest.mark.parametrize("name", NO_VIDEO)
def test_what_is_no_video(tmp_path: Path, out: Path, refused: Callable[..., str], name: str) -> None:
    make, words = NO_VIDEO[name]
    path = tmp_path / "clip.mp4"
    make(path)
    line = refused(2, "analyze", path, "--model", "lite", "--out", out)
    assert str(path) in line
    assert words in line


@pytest.mark.parametrize("name", ["two\nlines.mp4", os.fsdecode(b"\xff\xfe.mp4"), "x" * 300 + ".mp4", ""])
def test_a_missing_file_of_an_odd_name(tmp_path: Path, out: Path, refused: Callable[..., str], name: str) -> None:
    refused(2, "analyze", f"{tmp_path}/none/{name}", "--out", out)


# Videos in which there is nothing to judge, or that are unusual


def empty_room(path: Path, sample: Path) -> Path:
    return save(path, [room()] * 20)


def passer_by(path: Path, sample: Path) -> Path:
    """A person upright, from one side of the picture to the other."""
    standing = [np.ascontiguousarray(np.rot90(picture[:, 80:560])) for picture in frames(sample, 60)]
    return save(path, [np.roll(picture, 6 * number, axis=1) for number, picture in enumerate(standing)])


@pytest.mark.parametrize("make", [empty_room, passer_by])
def test_without_a_rep_the_result_is_empty_and_whole(
    tmp_path: Path,
    out: Path,
    sample: Path,
    capfd: pytest.CaptureFixture[str],
    make: Callable[[Path, Path], Path],
) -> None:
    video = make(tmp_path / "clip.mp4", sample)
    assert main(["analyze", str(video), "--model", "lite", "--out", str(out)]) == 0
    said = capfd.readouterr()
    assert "no reps found" in said.out.lower()
    assert all(line.startswith("formcheck: clip.mp4: ") for line in said.err.splitlines())
    if make is empty_room:
        assert "nobody was found" in said.err
    found = summary(out / "clip_formcheck")
    assert (found["reps"], found["sets"], found["score"]) == ([], [], None)
    assert whole(out / "clip_formcheck", "clip")


def whole(result: Path, stem: str) -> bool:
    names = {item.name for item in result.iterdir()}
    return names == {*files_of(stem), "overlay.mp4"} and all(item.stat().st_size for item in result.iterdir())


def files_of(stem: str) -> set[str]:
    plain = {"summary.json", "frames.csv", "reps.csv", "report.html", "recording.npz"}
    return {*plain, f"{stem}.trc", f"{stem}.mot"}


@pytest.mark.parametrize("turn", [90, 270])
def test_portrait_video_of_a_phone(tmp_path: Path, out: Path, sample: Path, turn: int) -> None:
    """Stored lying, with a note how to turn it: the body is found, and what is written stands upright."""

    def portrait(picture: Picture) -> Picture:
        high = np.full((640, 480, 3), 120, np.uint8)
        high[200:560] = cv2.resize(picture, (480, 360))
        return np.ascontiguousarray(np.rot90(high, -turn // 90))

    video = save(tmp_path / "phone.mov", [portrait(each) for each in frames(sample, 12)], turn=turn)
    assert main(["analyze", str(video), "--model", "lite", "--out", str(out), "--quiet"]) == 0
    result = out / "phone_formcheck"
    source = summary(result)["source"]
    assert (source["width"], source["height"]) == (480, 640)
    with av.open(str(result / "overlay.mp4")) as overlay:
        assert (overlay.streams.video[0].width, overlay.streams.video[0].height) == (480, 640)
    seen = Recording.load(result / "recording.npz").observations
    assert (seen.visibility > 0).any(axis=1).all()
    ankles, shoulders = seen.pixels[-1, 27:29, :2].mean(axis=0), seen.pixels[-1, 11:13, :2].mean(axis=0)
    across, up = np.abs(ankles - shoulders)
    assert across > up, "the body lies in the picture"


def test_8k(tmp_path: Path, out: Path, sample: Path) -> None:
    large = [cv2.resize(picture, (7680, 4320)) for picture in frames(sample, 3)]
    video = save(tmp_path / "large.avi", [np.asarray(each, np.uint8) for each in large], codec="mpeg4")
    assert main(["analyze", str(video), "--model", "lite", "--out", str(out), "--quiet"]) == 0
    assert summary(out / "large_formcheck")["source"]["width"] == 7680
    assert whole(out / "large_formcheck", "large")


# Names

NAMES = [
    'it\'s a "set" of 3 <b>bold & more.mp4',
    "100% #1? {{ x }} %d.mp4",
    "Übung à la 体操 \N{FLEXED BICEPS}.mp4",
    "</script><script>alert(1)</script>.mp4".replace("/", "\N{FRACTION SLASH}"),
    "-q.mp4",
]


class _Page(html.parser.HTMLParser):
    """What a browser would make of a page: its tags, links and words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for key, value in attrs if key in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("name", NAMES)
def test_any_file_name_makes_a_whole_report(tmp_path: Path, out: Path, short: Path, name: str) -> None:
    plain = tmp_path / "plain.mp4"
    plain.write_bytes(short.read_bytes())
    video = plain.with_name(name)
    assert main(["analyze", str(plain), "--model", "lite", "--out", str(out), "--quiet"]) == 0
    plain.rename(video)
    assert main(["analyze", "--model", "lite", "--out", str(out), "--quiet", "--", str(video)]) == 0
    result = out / f"{video.stem}_formcheck"
    assert whole(result, video.stem)
    assert summary(result)["source"]["name"] == name
    pages = [_Page((each / "report.html").read_text("utf-8")) for each in (out / "plain_formcheck", result)]
    assert pages[0].tags == pages[1].tags, "the name has become part of the page"
    assert name in pages[1].words
    assert pages[0].sources == pages[1].sources


@LINUX
def test_a_name_that_is_not_text(tmp_path: Path, out: Path, short: Path, run: Run) -> None:
    """Bytes that are no UTF-8, on which OpenCV itself crashes: a result or one line."""
    video = tmp_path / os.fsdecode(b"caf\xe9.mp4")
    try:
        video.write_bytes(short.read_bytes())
    except OSError:
        pytest.skip("this file system takes no such names")
    done = run("analyze", video, "--model", "lite", "--out", out, "--quiet")
    assert done.returncode in (0, 2), done.stderr
    assert "Traceback" not in done.stderr
    results = list(out.glob("*_formcheck")) if out.exists() else []
    assert len(results) == (done.returncode == 0)


# Where results go


@pytest.fixture
def recording(analysed: Path) -> Path:
    return analysed / "recording.npz"


def test_a_file_where_the_folder_should_be(tmp_path: Path, short: Path, refused: Callable[..., str]) -> None:
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        line = refused(1, "analyze", short, "--model", "lite", "--out", place)
        assert "--out" in line
        assert str(place) in line
    assert (tmp_path / "file").read_text() == "mine"


@LINUX
def test_a_folder_that_cannot_be_made(recording: Path, refused: Callable[..., str]) -> None:
    assert "--out" in refused(1, "analyze", recording, "--out", "/proc/formcheck")


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write anywhere")
def test_a_folder_without_leave(tmp_path: Path, recording: Path, refused: Callable[..., str]) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    assert "cannot be written" in refused(1, "analyze", recording, "--out", closed)


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path, recording: Path, refused: Callable[..., str]) -> None:
    mine = tmp_path / "recording_formcheck"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine")
    assert "other files" in refused(1, "analyze", recording, "--out", tmp_path)
    assert [item.name for item in mine.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("writer", ["write_frames", "write_report", "write_summary"])
def test_a_disk_that_fills_up(
    out: Path, recording: Path, refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    def full(_: object, path: Path, **__: object) -> None:
        path.write_text("half of it")
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(files, writer, full)
    assert "the disk is full" in refused(1, "analyze", recording, "--out", out)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """`tiny_disk(kilobytes)`: a file system of that size, where the system lets us make one."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(kilobytes: int) -> Path:
        line = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(place)]
        try:
            done = subprocess.run(line, capture_output=True, check=False)
        except OSError:
            pytest.skip("there is no mount here")
        if done.returncode:
            pytest.skip("no leave to mount a file system")
        return place

    yield mount
    if os.path.ismount(place):
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("kilobytes", [64, 150])  # full in the tables, full in the video
def test_a_disk_that_is_full(
    tiny_disk: Callable[[int], Path], short: Path, refused: Callable[..., str], kilobytes: int
) -> None:
    place = tiny_disk(kilobytes)
    assert "the disk is full" in refused(1, "analyze", short, "--model", "lite", "--out", place)
    assert list(place.iterdir()) == []


def test_a_disk_that_is_read_only(
    tiny_disk: Callable[[int], Path], recording: Path, refused: Callable[..., str]
) -> None:
    place = tiny_disk(1000)
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    for out in (place, place / "below"):
        assert "cannot be written" in refused(1, "analyze", recording, "--out", out)


def test_an_older_result_outlives_a_failure(
    tmp_path: Path, recording: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", str(recording), "--out", str(tmp_path), "--quiet"]) == 0
    kept = {item.name: item.read_bytes() for item in (tmp_path / "recording_formcheck").iterdir()}

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "write_report", full)
    assert main(["analyze", str(recording), "--out", str(tmp_path), "--quiet"]) == 1
    assert {item.name: item.read_bytes() for item in (tmp_path / "recording_formcheck").iterdir()} == kept
    assert [item.name for item in tmp_path.glob("*formcheck*")] == ["recording_formcheck"]


# Prescriptions

CONFIGS = {
    "broken": ("[limits\nhold_min_s = 2", "not valid TOML"),
    "half a value": ("[limits]\nhold_min_s = ", "not valid TOML"),
    "unknown key": ("[limits]\nhold_min = 2", "hold_min_s"),
    "unknown table": ("[limit]\nhold_min_s = 2", "[limits]"),
    "unknown rule": ('[rules]\noff = ["bent-knee"]', "bent-knees"),
    "not a number": ('[limits]\nhold_min_s = "long"', "hold_min_s"),
    "out of range": ("[limits]\nhold_min_s = -1", "hold_min_s"),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_prescription_that_is_wrong(
    tmp_path: Path, out: Path, short: Path, refused: Callable[..., str], name: str
) -> None:
    written, words = CONFIGS[name]
    config = tmp_path / "plan.toml"
    config.write_text(written)
    line = refused(2, "analyze", short, "--out", out, "--config", config)
    assert str(config) in line
    assert words in line


def test_a_prescription_that_cannot_be_read(tmp_path: Path, refused: Callable[..., str]) -> None:
    binary = tmp_path / "plan.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (binary, tmp_path, tmp_path / "none.toml"):
        assert str(path) in refused(2, "rules", "--config", path)


# Recordings


def parts(recording: Path) -> dict[str, Any]:
    with np.load(recording) as data:
        return dict(data)


def another_version(path: Path, recording: Path) -> None:
    held = parts(recording)
    about = json.loads(str(held["about"]))
    np.savez(path, **{**held, "about": np.array(json.dumps({**about, "recording": 99}))})


def text_recording(path: Path, recording: Path) -> None:
    path.write_text("not a recording")


def half(path: Path, recording: Path) -> None:
    path.write_bytes(recording.read_bytes()[: recording.stat().st_size // 2])


def lacking(path: Path, recording: Path) -> None:
    np.savez(path, **{key: value for key, value in parts(recording).items() if key != "world"})


def other_shape(path: Path, recording: Path) -> None:
    held = parts(recording)
    np.savez(path, **{**held, "pixels": held["pixels"][:, :5]})


def single_array(path: Path, recording: Path) -> None:
    whole_file = io.BytesIO()
    np.save(whole_file, np.zeros(3))
    path.write_bytes(whole_file.getvalue())


def odd_about(path: Path, recording: Path) -> None:
    np.savez(path, **{**parts(recording), "about": np.array("[1, 2]")})


def flipped(path: Path, recording: Path) -> None:
    """A few damaged bytes in the middle of a compressed array."""
    damaged = bytearray(recording.read_bytes())
    middle = len(damaged) // 2
    damaged[middle : middle + 20] = bytes(20)
    path.write_bytes(damaged)


def backwards(path: Path, recording: Path) -> None:
    held = parts(recording)
    np.savez(path, **{**held, "time_s": held["time_s"][::-1]})


def objects(path: Path, recording: Path) -> None:
    np.savez(path, **{**parts(recording), "world": np.array([{"a": 1}], dtype=object)})


RECORDINGS: dict[str, tuple[Callable[[Path, Path], object], str]] = {
    "version": (another_version, "version 99"),
    "missing": (lambda *_: None, "no such recording"),
    "folder": (lambda path, _: path.mkdir(), "recording"),
    "empty": (lambda path, _: path.touch(), "not a whole recording"),
    "text": (text_recording, "not a whole recording"),
    "half": (half, "not a whole recording"),
    "lacking": (lacking, "not a whole recording"),
    "shape": (other_shape, "not a whole recording"),
    "single": (single_array, "not a whole recording"),
    "about": (odd_about, "not a whole recording"),
    "flipped": (flipped, "not a whole recording"),
    "objects": (objects, "not a whole recording"),
    "backwards": (backwards, "not a whole recording"),
}


@pytest.mark.parametrize("command", ["replay", "analyze"])
@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_that_cannot_be_used(
    tmp_path: Path, recording: Path, refused: Callable[..., str], name: str, command: str
) -> None:
    make, words = RECORDINGS[name]
    path = tmp_path / "bad.npz"
    make(path, recording)
    line = refused(2, command, path)
    assert str(path) in line
    assert words in line


def test_damage_anywhere_in_a_recording_is_named(tmp_path: Path, recording: Path) -> None:
    whole_file, path, rng = recording.read_bytes(), tmp_path / "bad.npz", np.random.default_rng(1)
    for place in rng.integers(0, len(whole_file) - 8, 60):
        path.write_bytes(whole_file[:place] + rng.bytes(8) + whole_file[place + 8 :])
        with suppress(RecordingError):
            Recording.load(path)


# Models


def test_a_model_that_is_none(tmp_path: Path, out: Path, short: Path, refused: Callable[..., str]) -> None:
    wrong = tmp_path / "wrong.task"
    wrong.write_bytes(b"PK\x03\x04" + bytes(100))
    for model in (wrong, tmp_path, tmp_path / "none.task", "hevy"):
        line = refused(2, "analyze", short, "--out", out, "--model", model)
        assert str(model) in line
