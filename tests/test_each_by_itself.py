"""One video never harms another, and in a result no file another: what fails is named, the rest is whole."""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pytest
from batches import recordings, rescore
from conftest import cut, sound_alone
from results import files_of, left, loaded, summary, whole
from test_bad_video import text
from test_encode import heard, make_source

from formcheck import blame
from formcheck.batch import rejudge
from formcheck.cli import main
from formcheck.commands import recorded
from formcheck.errors import ModelError, OutputError, VideoError
from formcheck.outputs import files, overlay, sound
from formcheck.outputs.encode import video_writer

RECORDING = Path(__file__).parents[1] / "validation" / "recordings" / "clip10_lite.npz"


def unknown_sound(path: Path) -> Path:
    """A video whose sound track is of a kind that nobody knows."""
    make_source(path, "pcm_s16be", seconds=1.0, rate=48_000)
    path.write_bytes(path.read_bytes().replace(b"twos", b"zzzz"))
    return path


# ---------------------------------------------------------------- several videos


def test_of_ten_videos_four_are_bad_in_four_ways(
    tmp_path: Path, sample: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = [cut(sample, tmp_path / f"good{number}.mp4", 4 + number) for number in range(6)]
    text(tmp_path / "text.mp4")
    bad = [tmp_path / "text.mp4", tmp_path / "none.mp4", sound_alone(tmp_path / "sound.mp4")]
    odd = unknown_sound(tmp_path / "odd.mov")
    given = [bad[0], *good[:3], bad[1], odd, *good[3:], bad[2]]
    line = ["analyze", *map(str, given), "--model", "lite", "--out", str(out), "--json"]
    assert main(line) == 2
    said = capsys.readouterr()
    assert left(out) == sorted([*(f"{each.stem}_formcheck" for each in good), "odd_formcheck"])
    for each in (*good, odd):
        assert whole(out / f"{each.stem}_formcheck", each.stem)
    for each in bad:
        assert len([told for told in said.err.splitlines() if str(each) in told]) == 1
    assert [("error" in each) for each in loaded(said.out)] == [each in bad for each in given]
    assert "the sound track is of a kind that is not known" in " ".join(summary(out / "odd_formcheck")["warnings"])
    with av.open(str(out / "odd_formcheck" / "overlay.mp4")) as overlaid:
        assert not overlaid.streams.audio


def test_two_persons_videos_of_one_name_are_two_results(tmp_path: Path, sample: Path, out: Path) -> None:
    given = []
    for number, person in enumerate(("ada", "ben")):
        (tmp_path / person).mkdir()
        given.append(cut(sample, tmp_path / person / "set.mp4", 5 + number))
    assert main(["analyze", *map(str, given), "--model", "lite", "--out", str(out), "--quiet"]) == 0
    assert left(out) == ["set-2_formcheck", "set_formcheck"]
    for number, folder in enumerate(("set_formcheck", "set-2_formcheck")):
        found = summary(out / folder)
        assert found["content_sha256"] == hashlib.sha256(given[number].read_bytes()).hexdigest()
        assert found["source"]["frames"] == 5 + number
        assert whole(out / folder, folder.removesuffix("_formcheck"))


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ValueError("odd\nvalue"), 1, "unexpected ValueError: odd value"),
        (MemoryError(), 1, blame.MEMORY),
        (OSError(errno.EMFILE, "Too many open files"), 1, blame.HANDLES),
        (OSError(errno.EIO, "Input/output error", "x"), 1, "x: Input/output error"),
        (OutputError("x: is no folder"), 1, "x: is no folder"),
        (RecursionError(), 1, "unexpected RecursionError"),
        (VideoError("x: not a video"), 2, "x: not a video"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_one_does_is_its_own_line(  # noqa: PLR0917
    tmp_path: Path,
    out: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    code: int,
    words: str,
) -> None:
    clips = [Path(shutil.copy(RECORDING, tmp_path / f"{name}.npz")) for name in "abc"]

    def sometimes(video: Path, **others: Any) -> object:
        if video == clips[1]:
            raise error
        return analysed(video, **others)

    analysed = recorded.analysed
    monkeypatch.setattr(recorded, "analysed", sometimes)
    line = ["analyze", *map(str, clips), "--out", str(out), "--quiet"]
    assert main(line) == code
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert told[0].startswith(f"formcheck: {clips[1]}: ")
    assert words in told[0]
    assert left(out) == ["a_formcheck", "c_formcheck"]
    assert main(["analyze", str(clips[1]), "--out", str(out), "--quiet"]) == code, "by itself the same"
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert words in told[0]


def test_a_place_where_nothing_can_be_written_is_told_once(tmp_path: Path, refused: Callable[..., str]) -> None:
    (tmp_path / "file").write_text("mine")
    assert "a file is in the way" in refused(1, "analyze", RECORDING, RECORDING, "--out", tmp_path / "file")


# ---------------------------------------------------------------- several files


@pytest.mark.parametrize(
    ("writer", "name"),
    [
        ("write_frames", "frames.csv"),
        ("write_reps", "reps.csv"),
        ("write_trc", "a.trc"),
        ("write_mot", "a.mot"),
        ("write_report", "report.html"),
        ("measures", "recording.npz"),
    ],
)
@pytest.mark.parametrize("error", [KeyError("odd"), OSError(errno.EIO, "broken disk")], ids=["value", "disk"])
def test_a_file_that_cannot_be_made_is_named_and_the_rest_is_whole(  # noqa: PLR0917
    tmp_path: Path,
    out: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    writer: str,
    name: str,
    error: Exception,
) -> None:
    def fails(_: object, path: Path, *__: object, **___: object) -> None:
        path.write_text("half")
        raise error

    if writer == "measures":
        monkeypatch.setattr(files.measures, "save", fails)
    else:
        monkeypatch.setattr(files, writer, fails)
    clip = shutil.copy(RECORDING, tmp_path / "a.npz")
    assert main(["analyze", str(clip), "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert set(left(out / "a_formcheck")) == files_of("a") - {name}
    warnings = [each for each in summary(out / "a_formcheck")["warnings"] if name in each]
    assert len(warnings) == 1
    assert warnings[0].startswith(f"{name} is missing: ")
    assert warnings[0] in said.err
    assert "3 reps" in said.out
    if name != "report.html":
        assert f"{name} is missing" in (out / "a_formcheck" / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), MemoryError(), VideoError("cut off"), ValueError("x")]
)
def test_without_overlay_the_rest_is_whole(
    out: Path,
    short: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(overlay, "write_overlay", fails)
    assert main(["analyze", str(short), "--model", "lite", "--out", str(out), "--json"]) == 1
    found = loaded(capsys.readouterr().out)
    assert set(left(out / "short_formcheck")) == files_of("short")
    assert found == summary(out / "short_formcheck")
    assert [each for each in found["warnings"] if each.startswith("overlay.mp4 is missing: ")]
    assert 'src="overlay.mp4"' not in (out / "short_formcheck" / "report.html").read_text("utf-8")


# ---------------------------------------------------------------- sound


def test_a_sound_track_that_spoils_the_file_is_left_out(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_source(tmp_path / "a.mp4", "aac")

    def refuses(result: object, pictures: object, size: object, path: Path, *_: Any, **others: Any) -> object:
        if others.get("audio_from") is not None:
            path.write_bytes(b"half a video")
            raise OutputError(f"{path}: the video cannot be written") from ValueError("Invalid argument")
        return plain(result, pictures, size, path, **others)

    plain: Callable[..., object] = overlay.write_overlay
    monkeypatch.setattr(overlay, "write_overlay", refuses)
    assert main(["analyze", str(tmp_path / "a.mp4"), "--model", "lite", "--out", str(out)]) == 0
    assert whole(out / "a_formcheck", "a")
    assert "overlay.mp4: it has no sound: with the sound track it cannot be written" in capsys.readouterr().err


def test_sound_that_breaks_off_is_kept_to_there(tmp_path: Path) -> None:
    make_source(tmp_path / "a.mkv", "flac", seconds=3.0)
    data = bytearray((tmp_path / "a.mkv").read_bytes())
    middle = len(data) // 2
    data[middle:] = bytes(len(data) - middle)
    (tmp_path / "a.mkv").write_bytes(data)
    with video_writer(tmp_path / "o.mp4", (64, 48), 30.0, tmp_path / "a.mkv") as put:
        overlay_of(put)
    assert 0.5 < heard(tmp_path / "o.mp4")[0] < 2.5


@pytest.mark.parametrize("where", ["read", "written"])
def test_a_track_that_cannot_be_read_or_written_any_more_is_told_once(where: str) -> None:
    class File:
        def mux(self, packet: SimpleNamespace) -> None:
            if where == "written" and packet.pts == 2:
                raise ValueError("odd packet")
            muxed.append(packet.pts)

    def packets() -> Iterator[SimpleNamespace]:
        yield from (SimpleNamespace(pts=pts, time_base=1) for pts in range(3 if where == "written" else 2))
        raise ValueError("odd packet")

    muxed: list[int] = []
    told: list[str] = []
    pull = sound._Puller(File(), packets(), told.append)
    for time_s in (0.5, 1.5, 2.5, None):
        pull(time_s)
    assert muxed == [0, 1]
    assert told == ["its sound ends early: the sound track is broken (odd packet)"]


def overlay_of(put: Callable[..., object]) -> None:
    from outputs_fixture import moving  # noqa: PLC0415

    for time_s, picture in moving(30, (64, 48)):
        put(time_s, picture)


# ---------------------------------------------------------------- who is to blame


def chained(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "line", "code"),
    [
        (chained(ModelError("x.task: cannot be loaded"), MemoryError()), blame.MEMORY, 1),
        (chained(ModelError("x.task: cannot be loaded"), RuntimeError("std::bad_alloc")), blame.MEMORY, 1),
        (RuntimeError("can't start new thread"), blame.MEMORY, 1),
        (ImportError("libx.so: failed to map segment from shared object"), blame.MEMORY, 1),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), blame.MEMORY, 1),
        (chained(VideoError("x: no video"), OSError(errno.ENFILE, "x")), blame.HANDLES, 1),
        (ImportError("libx.so: cannot open shared object file: Too many open files"), blame.HANDLES, 1),
        (ModelError("x.task: no pose model"), "x.task: no pose model", 2),
        (OSError("plain"), "plain", 1),
    ],
)
def test_blame(error: Exception, line: str, code: int) -> None:
    assert (blame.line(error), blame.code(error)) == (line, code)


def test_an_unexpected_error_says_where() -> None:
    try:
        blame._line_of(None, None)  # type: ignore[arg-type]
    except AttributeError as error:
        told = blame.line(error)
    assert "unexpected AttributeError" in told
    assert "(blame.py:" in told
    assert "\n" not in told


# ---------------------------------------------------------------- batch


def test_one_odd_recording_costs_a_task_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = recordings(tmp_path / "clips", 3)

    def odd(*_: object) -> None:
        raise TypeError("odd")

    monkeypatch.setattr(rejudge, "judged", odd)
    done = rescore(tmp_path / "t.csv", clips)
    assert (done.scored, done.failed) == (3, 0)
