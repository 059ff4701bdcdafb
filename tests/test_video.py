"""Videos as phones, webcams and accidents make them: all made here."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from conftest import sound_alone

from formcheck.errors import VideoError
from formcheck.inputs.video import Video, probe, shrunk

MS = Fraction(1, 1000)
FPS30 = Fraction(1, 30)
EVEN = list(range(0, 30 * 33, 33))


def encode(
    path: Path,
    stamps: list[int],
    *,
    size: tuple[int, int] = (64, 48),
    base: Fraction = MS,
    codec: str = "libx264",
    turn: int = 0,
    options: dict[str, str] | None = None,
    noise: bool = False,
) -> Path:
    """One frame a stamp; frame n is grey of shade 20 n with a white top left corner."""
    rng = np.random.default_rng(1)
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=30)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p" if size[0] % 2 == size[1] % 2 == 0 else "yuv444p"
        stream.time_base = stream.codec_context.time_base = base
        if turn:
            stream.set_display_rotation(turn)
        for number, stamp in enumerate(stamps):
            picture = np.full((size[1], size[0], 3), (20 * number) % 240, np.uint8)
            if noise:
                picture = rng.integers(0, 255, picture.shape, np.uint8)
            picture[: size[1] // 4, : size[0] // 4] = 255
            frame = av.VideoFrame.from_ndarray(picture, "bgr24")
            frame.pts, frame.time_base = stamp, base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def times_of(video: Video) -> list[float]:
    return [time_s for time_s, _ in video]


def refusal(path: Path) -> str:
    with pytest.raises(VideoError) as caught:
        probe(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message


@pytest.mark.parametrize("name", ["v.mp4", "v.mkv", "v.mov"])
def test_each_picture_comes_with_its_own_time(tmp_path: Path, name: str) -> None:
    stamps = list(np.cumsum([500, 33, 33, 50, 20, 100, 33, 33, 33, 200, 10, 33]))
    with Video(encode(tmp_path / name, [int(s) for s in stamps])) as video:
        rows = [(time_s, picture[-1, -1, 0]) for time_s, picture in video]
    assert [time_s for time_s, _ in rows] == pytest.approx([(s - 500) / 1000 for s in stamps], abs=0.0006)
    assert [int(shade) for _, shade in rows] == pytest.approx([20 * n for n in range(12)], abs=8)
    assert video.warnings == []


def test_a_stream_without_times_follows_its_nominal_rate(tmp_path: Path) -> None:
    path = encode(tmp_path / "v.h264", list(range(12)), base=FPS30)
    with Video(path) as video:
        fps = video.source.fps
        times = times_of(video)
    assert times == pytest.approx(np.arange(12) / fps)
    assert "nominal" in video.warnings[0]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_pictures_are_turned_as_the_file_says(tmp_path: Path, turn: int) -> None:
    path = encode(tmp_path / "v.mp4", EVEN[:5], turn=turn)
    shape = (48, 64) if turn % 180 == 0 else (64, 48)
    source = probe(path)
    with Video(path) as video:
        pictures = [picture for _, picture in video]
    assert (source.height, source.width) == shape
    assert pictures[0].shape == (*shape, 3)
    corners = {0: (2, 2), 90: (-3, 2), 180: (-3, -3), 270: (2, -3)}  # turned against the clock
    bright = {at: int(pictures[0][corner].mean()) for at, corner in corners.items()}
    assert max(bright, key=lambda at: bright[at]) == turn


@pytest.mark.parametrize("size", [(63, 47), (65, 48), (48, 113)])
def test_odd_sizes_and_portrait(tmp_path: Path, size: tuple[int, int]) -> None:
    with Video(encode(tmp_path / "v.mp4", EVEN[:4], size=size)) as video:
        shapes = {picture.shape for _, picture in video}
    assert shapes == {(size[1], size[0], 3)}


def test_8k(tmp_path: Path) -> None:
    path = encode(tmp_path / "v.avi", [0, 1, 2], size=(7680, 4320), base=FPS30, codec="mpeg4")
    with Video(path) as video:
        shapes = [(picture.shape, shrunk(picture).shape) for _, picture in video]
    assert shapes == [((4320, 7680, 3), (720, 1280, 3))] * 3


@pytest.mark.parametrize("name", ["a b.mp4", "100%d.mp4", "a:b.mp4", 'it\'s "q" <b>.mp4', "Übung 体操.mp4"])
def test_any_file_name(tmp_path: Path, name: str) -> None:
    with Video(encode(tmp_path / "v.mp4", EVEN[:4]).rename(tmp_path / name)) as video:
        assert len(times_of(video)) == 4
    assert video.source.name == name


def test_what_is_no_video_is_refused_in_one_line(tmp_path: Path) -> None:
    empty, text, folder = tmp_path / "empty.mp4", tmp_path / "text.mp4", tmp_path / "dir.mp4"
    empty.touch()
    text.write_text("not a video\n" * 100)
    folder.mkdir()
    assert "no such file" in refusal(tmp_path / "none.mp4")
    assert "empty" in refusal(empty)
    assert "not a video" in refusal(text)
    assert "folder" in refusal(folder)


def test_a_cut_off_file_is_named_as_such(tmp_path: Path) -> None:
    path = encode(tmp_path / "v.mp4", EVEN)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "cut off" in refusal(path)


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    assert "sound but no picture" in refusal(sound_alone(tmp_path / "sound.mp4"))


@pytest.mark.parametrize(("frames", "words"), [(1, "1 frame;"), (2, "2 frames;")])
def test_too_few_frames(tmp_path: Path, frames: int, words: str) -> None:
    assert words in refusal(encode(tmp_path / "v.mp4", EVEN[:frames]))


def test_a_video_that_breaks_off_keeps_its_beginning(tmp_path: Path) -> None:
    path = encode(tmp_path / "v.mp4", [33 * n for n in range(90)], options={"movflags": "faststart"}, noise=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with Video(path) as video:
        times = times_of(video)
    assert 30 < len(times) < 60
    assert "breaks off after 1." in video.warnings[0]


def test_a_hole_in_the_middle_is_told(tmp_path: Path) -> None:
    path = encode(tmp_path / "v.mkv", [33 * n for n in range(20)] + [3000 + 33 * n for n in range(20)])
    with Video(path) as video:
        times = times_of(video)
    assert all(b > a for a, b in pairwise(times))
    assert video.warnings == ["no picture for 2.4 s after 0.6 s"]
    assert video.source.fps == pytest.approx(1000 / 33, rel=0.01)


def test_probe_and_a_whole_pass_agree(tmp_path: Path) -> None:
    path = encode(tmp_path / "v.mp4", list(range(30)), base=FPS30)
    with Video(path) as video:
        times_of(video)
    found = probe(path)
    assert (found.frames, found.fps, found.duration_s) == (30, 30.0, 1.0)
    assert video.source.duration_s == pytest.approx(1.0)
    assert video.source.frames == 30


def test_reading_says_nothing_on_the_terminal(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = encode(tmp_path / "v.mp4", EVEN)
    damaged = bytearray(path.read_bytes())
    damaged[60:400] = bytes(340)
    path.write_bytes(damaged)
    text = tmp_path / "text.mp4"
    text.write_text("hello")
    capfd.readouterr()
    for file in (path, text):
        try:
            with Video(file) as video:
                times_of(video)
        except VideoError:
            continue
    assert capfd.readouterr() == ("", "")
