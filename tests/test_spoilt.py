"""Damage that a decoder hides is told, and a whole file is not accused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from conftest import SAMPLES
from fuzz import clips
from results import summary, whole
from test_encode import make_source
from test_nothing_missing import copied
from test_video import EVEN, encode, times_of

from formcheck.cli import main
from formcheck.inputs import container, spoilt
from formcheck.inputs.video import Video
from formcheck.outputs import sound

AT = 17
KINDS = [kind for kind in clips.KINDS if kind.picture in {"libx264", "mpeg4", "mpeg2video"}]


def damaged(kind: clips.Kind, path: Path) -> Path:
    """One packet of pictures is noise from its second half on."""
    source = clips.whole(kind)
    with av.open(str(source)) as file:
        packets = [bytes(packet) for packet in file.demux(video=0) if packet.size]
    picture = next(each for each in packets[AT:] if len(each) > 200)
    data = source.read_bytes()
    at = data.find(picture[len(picture) // 2 :][:24])  # transport streams cut packets into pieces
    noise = np.random.default_rng(2).integers(0, 255, 60, np.uint8).tobytes()
    path.write_bytes(data[:at] + noise + data[at + 60 :])
    return path


@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_a_damaged_picture_is_found_at_its_time(tmp_path: Path, kind: clips.Kind) -> None:
    found = spoilt.spoilt(damaged(kind, tmp_path / f"v.{kind.ending}"))
    assert found
    assert 0.3 < found[0] < clips.FRAMES / clips.RATE
    assert spoilt.spoilt(clips.whole(kind)) == []


def test_a_decoder_that_conceals_is_asked_to_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HEVC: what is found without asking for it is less."""
    (kind,) = [each for each in clips.KINDS if each[:2] == ("mkv", "libx265")]
    counts = []
    for careful in (spoilt.CAREFUL, {}):
        monkeypatch.setattr(spoilt, "CAREFUL", careful)
        counts.append(sum(bool(spoilt.spoilt(path)) for path in _slices(kind, tmp_path)))
    assert counts[0] > counts[1]


def _slices(kind: clips.Kind, folder: Path) -> Iterator[Path]:
    """The clip with the beginning of one packet damaged, for each of them."""
    data = clips.whole(kind).read_bytes()
    with av.open(str(clips.whole(kind))) as file:
        packets = [bytes(packet) for packet in file.demux(video=0) if packet.size > 60]
    for number, packet in enumerate(packets):
        at = data.find(packet) + 7 + number % 9
        path = folder / f"{number}.mkv"
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        yield path


@pytest.mark.parametrize("kind", clips.KINDS, ids="-".join)
def test_nothing_is_said_of_a_whole_one(kind: clips.Kind) -> None:
    with Video(clips.whole(kind)) as video:
        assert len(times_of(video)) == clips.FRAMES
    assert (video.warnings, spoilt.spoilt(clips.whole(kind))) == ([], [])


@pytest.mark.parametrize("name", ["clip03", "clip10", "session5"])
def test_nothing_is_said_of_samples(name: str) -> None:
    assert spoilt.spoilt(SAMPLES / f"{name}.mp4") == []


@pytest.mark.parametrize("ending", ["ts", "mkv"])
@pytest.mark.parametrize("left_out", [0, 5, 12, 15])
def test_a_beginning_inside_a_group_is_told_elsewhere(tmp_path: Path, ending: str, left_out: int) -> None:
    """Groups are open: the first pictures of each need the one before, which is not there."""
    with av.open(str(tmp_path / f"whole.{ending}"), "w") as file:
        stream = clips.stream(file, "libx264", clips.SIZE, "yuv420p")
        stream.options = {"x264-params": "open-gop=1:keyint=12:min-keyint=12:bframes=3:scenecut=0"}
        for frame in clips.pictures(clips.SIZE, "yuv420p"):
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    path = copied(tmp_path / f"whole.{ending}", tmp_path / f"v.{ending}", leave_out=left_out)
    with Video(path) as video:
        assert len(times_of(video)) > 10
    assert spoilt.spoilt(path) == []


def test_what_the_second_decoder_cannot_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "v.mp4").write_text("text")
    assert spoilt.spoilt(tmp_path / "v.mp4") is None
    assert "whether it is whole cannot be told" in spoilt.remarks(None)[0]


def test_it_stops_when_asked(sample: Path) -> None:
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) == 3

    spoilt.spoilt(sample, stop)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("times", "speed", "words"),
    [
        ([], 1.0, ""),
        ([1.0], 1.0, "1 picture at 1.0 s is damaged"),
        ([2.0, 1.0], 1.0, "2 pictures from 1.0 to 2.0 s are damaged"),
        ([4.0], 0.25, "1 picture at 1.0 s is damaged"),
        ([float("nan")], 1.0, "1 picture is damaged"),
    ],
)
def test_words(times: list[float], speed: float, words: str) -> None:
    assert "".join(spoilt.remarks(times, speed)).startswith(words)
    assert len(spoilt.remarks(times, speed)) == bool(times)


def test_the_result_says_so(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = damaged(clips.KINDS[0], tmp_path / "v.mp4")
    assert main(["analyze", str(path), "--model", "lite", "--no-video", "--out", str(out)]) == 0
    (line,) = [each for each in summary(out / "v_formcheck")["warnings"] if "damaged" in each]
    assert line in capsys.readouterr().err


# ---------------------------------------------------------------- what else the campaign of videos has found


def test_a_head_that_is_no_text_hides_nothing(tmp_path: Path) -> None:
    """A name inside the file that is not UTF-8: sound and what is missing are looked for all the same."""
    make_source(tmp_path / "v.mov", "aac", seconds=1.0)
    data = (tmp_path / "v.mov").read_bytes()
    assert b"Lavf" in data
    (tmp_path / "v.mov").write_bytes(data.replace(b"Lavf", b"\x90\xff\x91\xfe"))
    assert sound.present(tmp_path / "v.mov")
    assert container.missing(tmp_path / "v.mov", 0, 1 / 30, 0.0) != []


def test_a_hole_of_four_tenths_is_told_and_few_pictures_a_second_are_none(tmp_path: Path) -> None:
    path = encode(tmp_path / "v.mkv", [33 * n for n in range(20)] + [1000 + 33 * n for n in range(20)])
    with Video(path) as video:
        times_of(video)
    assert video.warnings == ["no picture for 0.4 s after 0.6 s"]
    with Video(encode(tmp_path / "slow.mkv", [500 * n for n in range(20)])) as slow:
        times_of(slow)
    assert slow.warnings == []


@pytest.mark.parametrize("whole_ones", [0, 1, 2])
def test_the_last_picture_of_an_mp4_that_is_missing_is_told(tmp_path: Path, whole_ones: int) -> None:
    """The file ends within its last picture, or the last but one or two."""
    path = encode(tmp_path / "v.mp4", EVEN, options={"movflags": "faststart"}, noise=True)
    with av.open(str(path)) as file:
        sizes = [packet.size for packet in file.demux(video=0) if packet.size]
    path.write_bytes(path.read_bytes()[: -(sum(sizes[len(sizes) - whole_ones :]) + 10)])
    with Video(path) as video:
        assert len(times_of(video)) < len(EVEN)
    told = [*video.warnings, *spoilt.remarks(spoilt.spoilt(path))]
    assert any(word in line for line in told for word in ("missing", "breaks off", "damaged"))


@pytest.mark.parametrize("size", [(16, 16), (16, 400)])
def test_pictures_too_small_for_words_have_an_overlay(tmp_path: Path, out: Path, size: tuple[int, int]) -> None:
    with av.open(str(tmp_path / "v.mp4"), "w") as file:
        stream = clips.stream(file, "libx264", size, "yuv420p")
        for frame in clips.pictures(size, "yuv420p", 12):
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    assert main(["analyze", str(tmp_path / "v.mp4"), "--model", "lite", "--out", str(out), "--quiet"]) == 0
    assert whole(out / "v_formcheck", "v")
