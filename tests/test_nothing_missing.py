"""A warning names what is truly missing of a video, and where, or there is none."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from test_video import times_of

from formcheck.inputs.video import Video

FPS30 = Fraction(1, 30)
GROUPS = {"g": "60", "keyint_min": "60", "sc_threshold": "0"}


def video_of(path: Path, frames: int = 90, codec: str = "libx264", sound_s: float = 0.0, noise: bool = False) -> Path:
    """Grey pictures in groups of 60, beside silence of some length."""
    random = np.random.default_rng(1)
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=30)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.options = GROUPS
        heard = file.add_stream("aac", rate=48_000) if sound_s else None
        for k in range(frames):
            picture = (
                random.integers(0, 255, (120, 160, 3), np.uint8)
                if noise
                else np.full((120, 160, 3), 2 * k % 250, np.uint8)
            )
            frame = av.VideoFrame.from_ndarray(picture, "bgr24")
            frame.pts, frame.time_base = k, FPS30
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
        for k in range(round(sound_s * 48_000 / 1024) if heard else 0):
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            silence.sample_rate, silence.pts, silence.time_base = 48_000, 1024 * k, Fraction(1, 48_000)
            file.mux(heard.encode(silence))
        if heard:
            file.mux(heard.encode())
    return path


def trimmed(path: Path, begin_s: float, end_s: float) -> Path:
    """The edit list of an MP4 shortened, as phones do it (ISO/IEC 14496-12, 8.6.6)."""
    data = bytearray(path.read_bytes())
    media, movie = (
        struct.unpack(">I", data[data.find(name) + 16 : data.find(name) + 20])[0] for name in (b"mdhd", b"mvhd")
    )
    at = data.find(b"elst") + 12
    length, start = struct.unpack(">Ii", data[at : at + 8])
    kept = length - round((begin_s + end_s) * movie)
    data[at : at + 8] = struct.pack(">Ii", kept, start + round(begin_s * media))
    path.write_bytes(data)
    return path


def said(path: Path) -> tuple[int, list[str]]:
    with Video(path) as video:
        return len(times_of(video)), video.warnings


@pytest.mark.parametrize(("begin_s", "end_s"), [(0.0, 0.0), (1.0, 0.0), (1.5, 0.5), (2.2, 0.0), (0.0, 1.2)])
def test_trimmed_without_encoding_again(tmp_path: Path, begin_s: float, end_s: float) -> None:
    frames, warnings = said(trimmed(video_of(tmp_path / "v.mp4"), begin_s, end_s))
    assert frames == pytest.approx(30 * (3.0 - begin_s - end_s), abs=3)
    assert warnings == []


@pytest.mark.parametrize("name", ["v.mp4", "v.mov", "v.mkv", "v.ts"])
@pytest.mark.parametrize("sound_s", [1.0, 6.0])
def test_sound_of_another_length(tmp_path: Path, name: str, sound_s: float) -> None:
    assert said(video_of(tmp_path / name, sound_s=sound_s)) == (90, [])


@pytest.mark.parametrize("sound_s", [0.0, 3.0])
@pytest.mark.parametrize("name", ["v.mkv", "v.avi"])
def test_a_file_that_breaks_off_is_named_as_such(tmp_path: Path, name: str, sound_s: float) -> None:
    path = video_of(tmp_path / name, sound_s=sound_s if name == "v.mkv" else 0.0, noise=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    frames, warnings = said(path)
    assert frames < 80
    assert any("breaks off" in line for line in warnings)


def copied(source: Path, target: Path, *, leave_out: int = 0, spoil_from: int = 10**9) -> Path:
    """The packets of a video in another file, without the first ones, the last ones spoilt."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for number, packet in enumerate(old.demux(old.streams.video[0])):
            if packet.dts is None or number < leave_out:
                continue
            if number >= spoil_from:
                packet.update(bytes(packet.size))
            packet.stream = stream
            new.mux(packet)
    return target


@pytest.mark.parametrize("name", ["v.ts", "v.mkv"])
@pytest.mark.parametrize("leave_out", [20, 45])
def test_a_stream_that_starts_inside_a_group_of_pictures(tmp_path: Path, name: str, leave_out: int) -> None:
    source = video_of(tmp_path / f"whole{Path(name).suffix}", 150)
    frames, warnings = said(copied(source, tmp_path / name, leave_out=leave_out))
    (line,) = warnings
    assert "group of pictures" in line
    if "missing" in line:
        assert frames == pytest.approx(90, abs=2)
    assert float(line.split()[2]) == pytest.approx((60 - leave_out) / 30, abs=0.11)  # pictures come out of order


def test_pictures_that_cannot_be_decoded_are_named(tmp_path: Path) -> None:
    source = video_of(tmp_path / "whole.mp4", 150)
    frames, warnings = said(copied(source, tmp_path / "v.mp4", spoil_from=100))
    if frames < 145:  # another decoder may conceal it
        assert any("could not be decoded" in line or "no picture for" in line for line in warnings)


@pytest.mark.parametrize("name", ["v.mp4", "v.mkv", "v.avi", "v.ts", "v.mov", "v.flv"])
def test_a_whole_file_says_nothing(tmp_path: Path, name: str) -> None:
    assert said(video_of(tmp_path / name)) == (90, [])
