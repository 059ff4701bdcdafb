"""Files with odd tracks, or in codes that nobody knows: the result is whole, and one line says what it lacks."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from test_encode import make_source

from formcheck.cli import main
from formcheck.errors import VideoError
from formcheck.inputs.video import Video, probe
from formcheck.outputs.sound import sound

FRAMES = 12
UNKNOWN = "coded in a way that is not known here"


def pictures(file: av.container.OutputContainer, stream: av.VideoStream, kind: str = "bgr24") -> None:
    """Grey pictures with a white corner; in a kind with alpha most of them is transparent."""
    for number in range(FRAMES):
        picture = np.full((48, 64, 4), (90, 90, 90, 10), np.uint8)
        picture[:12, :16] = 255
        frame = av.VideoFrame.from_ndarray(picture, "bgra").reformat(format=kind)
        frame.pts, frame.time_base = number, Fraction(1, 30)
        file.mux(stream.encode(frame))
    file.mux(stream.encode())


def video_stream(file: av.container.OutputContainer, codec: str = "libx264", kind: str = "yuv420p") -> av.VideoStream:
    stream = file.add_stream(codec, rate=30)
    stream.width, stream.height, stream.pix_fmt = 64, 48, kind
    return stream


def with_sound(path: Path, codec: str = "pcm_s16be") -> Path:
    make_source(path, codec, seconds=1.0)
    return path


def unknown_sound(path: Path) -> Path:
    """The code of the sound becomes one that nobody knows, as that of a phone's newest."""
    path.write_bytes(with_sound(path).read_bytes().replace(b"twos", b"zzzz"))
    return path


def broken_sound(path: Path) -> Path:
    """Every packet of the sound is noise."""
    make_source(path, "flac", seconds=1.0)
    with av.open(str(path)) as file:
        packets = [bytes(packet) for packet in file.demux(audio=0) if packet.size]
    data = path.read_bytes()
    for packet in packets:
        data = data.replace(packet, b"\x55" * len(packet))
    path.write_bytes(data)
    return path


def cover(path: Path) -> Path:
    """A cover of another size, as a picture attached to the file."""
    with av.open(str(path), "w") as file:
        stream = video_stream(file)
        file.add_attachment(
            "cover.jpg", "image/jpeg", cv2.imencode(".jpg", np.full((99, 99, 3), 200, np.uint8))[1].tobytes()
        )
        pictures(file, stream, "yuv420p")
    return path


def data_track(path: Path) -> Path:
    """Positions and the like beside the picture."""
    with av.open(str(path), "w", format="mpegts") as file:
        stream, notes = video_stream(file), file.add_data_stream("bin_data")
        for number in range(FRAMES):
            packet = av.Packet(b"position 1 2 3")
            packet.stream, packet.time_base = notes, Fraction(1, 30)
            packet.pts = packet.dts = number
            file.mux(packet)
        pictures(file, stream, "yuv420p")
    return path


def alpha(path: Path) -> Path:
    with av.open(str(path), "w") as file:
        pictures(file, video_stream(file, "qtrle", "argb"), "argb")
    return path


def unknown_picture(path: Path) -> Path:
    with av.open(str(path), "w") as file:
        pictures(file, video_stream(file, "mpeg4"), "yuv420p")
    path.write_bytes(path.read_bytes().replace(b"FMP4", b"zzzz"))
    return path


@pytest.mark.parametrize(("make", "name"), [(cover, "v.mkv"), (data_track, "v.ts"), (alpha, "v.mov")])
def test_the_picture_is_read_whatever_lies_beside_it(tmp_path: Path, make: Callable[[Path], Path], name: str) -> None:
    with Video(make(tmp_path / name)) as video:
        found = [picture for _, picture in video]
    assert len(found) == FRAMES
    assert found[0].shape == (48, 64, 3)
    assert int(found[0][-1, -1].mean()) == pytest.approx(90, abs=4)  # transparent or not
    assert video.warnings == []


def test_pictures_in_a_code_that_nobody_knows_are_refused_with_that_reason(tmp_path: Path) -> None:
    path = unknown_picture(tmp_path / "v.avi")
    with pytest.raises(VideoError, match=UNKNOWN):
        probe(path)


def unheard(source: Path) -> str:
    """What is told of a source's sound when a video carries it."""
    told: list[str] = []
    with av.open(io.BytesIO(), "w", format="mp4") as file:
        stream = video_stream(file)
        with sound(file, source, told.append) as pull:
            pictures(file, stream, "yuv420p")
            pull(None)
    return " ".join(told)


@pytest.mark.parametrize(
    ("make", "name", "words"),
    [(unknown_sound, "v.mov", "not known"), (broken_sound, "v.mkv", "cannot be read"), (with_sound, "v.mov", "")],
)
def test_sound_that_cannot_be_carried_is_told(
    tmp_path: Path, make: Callable[[Path], Path], name: str, words: str
) -> None:
    line = unheard(make(tmp_path / name))
    assert (words in line) if words else line == ""


def test_nothing_is_told_of_sound_that_is_not_there(tmp_path: Path) -> None:
    assert unheard(alpha(tmp_path / "v.mov")) == ""
    assert unheard(tmp_path / "missing.mp4") == ""


def test_the_second_track_is_taken_where_the_first_cannot_be_read(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "two.mov"), "w") as file:
        stream = video_stream(file)
        first, second = (file.add_stream(codec, rate=48000) for codec in ("pcm_s16be", "pcm_s16le"))
        first.layout = second.layout = "mono"
        pictures(file, stream, "yuv420p")
        for track in (first, second):
            frame = av.AudioFrame.from_ndarray(np.ones((1, 4800), np.int16), format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 48000, 0, Fraction(1, 48000)
            file.mux(track.encode(frame))
            file.mux(track.encode())
    (tmp_path / "two.mov").write_bytes((tmp_path / "two.mov").read_bytes().replace(b"twos", b"zzzz"))
    assert unheard(tmp_path / "two.mov") == ""


@pytest.mark.parametrize("make", [unknown_sound, cover])
def test_the_result_is_whole_and_the_next_video_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make: Callable[[Path], Path]
) -> None:
    odd = make(tmp_path / ("odd.mov" if make is unknown_sound else "odd.mkv"))
    refused = unknown_picture(tmp_path / "refused.avi")
    good = with_sound(tmp_path / "good.mov")
    videos = [str(each) for each in (odd, refused, good)]
    assert main(["analyze", *videos, "--model", "lite", "--out", str(tmp_path)]) in (1, 2)
    told = capsys.readouterr().err
    assert ("it has no sound" in told) == (make is unknown_sound)
    assert UNKNOWN in told
    for stem in ("odd", "good"):
        with av.open(str(tmp_path / f"{stem}_formcheck" / "overlay.mp4")) as file:
            assert len(list(file.decode(video=0))) >= FRAMES
            assert bool(file.streams.audio) == (stem == "good")
    kept = (tmp_path / "odd_formcheck" / "summary.json").read_text(encoding="utf-8")
    assert ("it has no sound" in kept) == (make is unknown_sound)
    shutil.rmtree(tmp_path / "odd_formcheck")
