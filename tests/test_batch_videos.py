"""Videos in a batch, with the quick net on short cuts: processes, recordings kept, rates, addresses."""

from __future__ import annotations

import io
import os
import re
import shutil
from pathlib import Path

import pytest
from batches import inline, rows
from conftest import SAMPLES, cut

from formcheck import Limits, Recording
from formcheck.batch import Options, Summary, batch, key
from formcheck.batch.progress import BatchLine, describe
from formcheck.errors import OutputError
from formcheck.inputs.video import Video
from formcheck.outputs import progress

FRAMES = 24


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("videos") / "clips"
    folder.mkdir()
    for name in ("clip01", "clip02", "clip10"):
        cut(SAMPLES / f"{name}.mp4", folder / f"{name}.mp4", FRAMES)
    (folder / "bad.mp4").write_text("not a video")
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "scores.csv"


def looked(out: Path, *paths: Path | str, **others: object) -> Summary:
    options = Options(paths, out=out, model="lite", recordings=out.parent / "kept", **others)  # type: ignore[arg-type]
    return batch(options, quiet=True, run=inline)


@pytest.fixture(scope="module")
def done(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clips looked at in two processes, with everything that can be asked for."""
    out = tmp_path_factory.mktemp("done") / "scores.csv"
    options = Options([clips], out=out, model="lite", recordings=out.parent / "kept", jobs=2, report=True)
    summary = batch(options, quiet=True)
    assert (summary.clips, summary.scored, summary.failed, summary.frames) == (4, 3, 1, 3 * FRAMES)
    return out


@pytest.fixture
def again(done: Path, tmp_path: Path) -> Path:
    """A copy of all that, to go on with."""
    shutil.copytree(done.parent, tmp_path / "again")
    return tmp_path / "again" / done.name


def test_rows_of_videos_say_what_they_were_made_of(done: Path, clips: Path) -> None:
    table = {Path(row["clip"]).name: row for row in rows(done)}
    for path in clips.iterdir():
        assert table[path.name]["content_sha256"] == key.content(path)
    good = table["clip10.mp4"]
    assert (good["frames"], good["model"], good["width"], good["error"]) == (str(FRAMES), "lite", "640", "")
    assert good["recording"] == next((done.parent / "kept").glob(f"{good['content_sha256']}-*.npz")).name
    assert table["bad.mp4"]["error"].startswith("not a video that can be read")


def test_recordings_are_whole_and_give_the_same_rows(done: Path, tmp_path: Path) -> None:
    kept = sorted((done.parent / "kept").iterdir())
    assert len(kept) == 3
    assert all(len(Recording.load(path).observations) == FRAMES for path in kept)
    out = tmp_path / "again.csv"
    batch(Options([kept[0].parent], out=out, from_recordings=True), quiet=True, run=inline)
    mine = ("clip", "settings", "recording")
    of_videos, of_recordings = (
        sorted(
            tuple(value for name, value in row.items() if name not in mine) for row in rows(path) if not row["error"]
        )
        for path in (done, out)
    )
    assert of_videos == of_recordings


def test_run_again_nothing_is_looked_at(again: Path, clips: Path) -> None:
    before = again.read_bytes()
    summary = looked(again, clips)
    assert (summary.known, summary.scored, summary.frames, summary.failed) == (4, 0, 0, 1)
    assert again.read_bytes() == before


def test_other_limits_take_the_kept_recordings(again: Path, clips: Path) -> None:
    summary = looked(again, clips, limits=Limits(hold_min_s=5.0))
    assert (summary.scored, summary.frames) == (3, 0)


def test_another_rate_looks_again(again: Path, clips: Path) -> None:
    summary = looked(again, clips / "clip10.mp4", rate_hz=15.0)
    assert (summary.scored, summary.frames) == (1, FRAMES // 2 + 1)
    assert rows(again)[0]["fps"] == "30.0", "what the file has, not what was looked at"


def test_a_copy_is_looked_at_once(clips: Path, out: Path, tmp_path: Path) -> None:
    for name in ("one.mp4", "two.mp4"):
        shutil.copy(clips / "clip10.mp4", tmp_path / name)
    summary = looked(out, tmp_path / "one.mp4", tmp_path / "two.mp4")
    assert (summary.scored, summary.known, summary.frames) == (1, 1, FRAMES)
    assert [Path(row["clip"]).name for row in rows(out)] == ["one.mp4", "two.mp4"]


def test_a_recording_that_was_lost_is_made_again(again: Path, clips: Path) -> None:
    for path in (again.parent / "kept").iterdir():
        path.write_bytes(b"damaged")
    gone = sorted((again.parent / "kept").iterdir())[0]
    gone.unlink()
    assert looked(again, clips).frames == FRAMES
    Recording.load(gone)


def test_recordings_that_cannot_be_kept_end_the_batch(clips: Path, out: Path) -> None:
    out.parent.mkdir()
    (out.parent / "kept").write_text("a file in the way")
    with pytest.raises(OutputError, match="kept: cannot be written"):
        batch(Options([clips / "clip10.mp4"], out=out, model="lite", recordings=out.parent / "kept"), quiet=True)


def test_an_address_is_fetched_once(clips: Path, out: Path, tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    shutil.copytree(clips, tmp_path / "far")
    address = f"file://{tmp_path / 'far'}"
    summary = looked(out, address)
    assert (summary.scored, summary.failed) == (3, 1)
    table = {row["clip"].rsplit("/", 1)[-1]: row for row in rows(out)}
    assert table["clip10.mp4"]["content_sha256"] == key.content(clips / "clip10.mp4")
    assert table["bad.mp4"]["error"].startswith("not a video that can be read")
    assert looked(out, address).known == 4
    os.utime(tmp_path / "far" / "clip10.mp4", (1, 1))
    assert looked(out, address).known == 3


@pytest.mark.parametrize(("rate", "step"), [(30.0, 1), (15.0, 2), (10.0, 3), (1000.0, 1)])
def test_a_rate_passes_over_frames_evenly(clips: Path, rate: float, step: int) -> None:
    with Video(clips / "clip10.mp4") as video:
        times = [time_s for time_s, _ in video]
    with Video(clips / "clip10.mp4", rate) as video:
        promised = video.promised
        some = [time_s for time_s, _ in video]
        assert some == [time_s for time_s in times if round(30 * time_s) % step == 0]
        assert video.source.frames == FRAMES
        assert abs(promised - len(some)) <= 1


def test_progress_tells_clips_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    stream = Terminal()
    with progress.ProgressLine("batch", stream=stream) as line:
        shown = BatchLine(5, 6000, line)
        shown.passed(1000)
        for _ in range(10):
            now[0] += 1.0
            shown.tick(30)
        shown.done(100, 0, failed=True)
        now[0] += 1.0
        shown.done(1000, 200, failed=False)
        now[0] += 1.0
        shown.tick(0)
    said = re.split(r"\s*\r", stream.getvalue())
    assert "batch: 1 of 5 clips, 30 frames/s" in said
    # 200 of the 300 frames so far were a clip of 1000 bytes: by now 1500 of 4900 bytes, in 11 and 12 s
    assert "batch: 3 of 5 clips, 1 failed, 27 frames/s, 0:24 left" in said
    assert "batch: 3 of 5 clips, 1 failed, 25 frames/s, 0:27 left" in said
    assert describe((1, 2, 0), 0.0, 7300.0) == "batch: 1 of 2 clips, 2:01:40 left"
