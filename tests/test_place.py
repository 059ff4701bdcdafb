"""A result belongs to its video: same content, same folder; other content, a folder of its own."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from results import left, summary

import formcheck
from formcheck.cli import main
from formcheck.data.recording import Source
from formcheck.errors import OutputError
from formcheck.outputs import folder, place
from formcheck.outputs.place import Spot, alike, mark_of, stem_of

RECORDINGS = Path(__file__).parents[1] / "validation" / "recordings"
ONE, OTHER = "1" * 64, "2" * 64


def put(spot: Spot, text: str = "{}") -> Path:
    """A result of this content."""
    with folder.result_folder(spot.out, spot.choose) as part:
        (part / "summary.json").write_text(json.dumps({"content_sha256": spot.mark, "text": text}))
        (part / f"{spot.chosen}.trc").write_text("")
    return spot.path


def people(tmp_path: Path) -> list[Path]:
    """Two persons' `set.npz`."""
    clips = []
    for name, clip in (("ada", "clip10_lite"), ("ben", "clip02_lite")):
        (tmp_path / name).mkdir()
        clips.append(Path(shutil.copy(RECORDINGS / f"{clip}.npz", tmp_path / name / "set.npz")))
    return clips


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().err.splitlines() if "belongs to another video" in line]


# ---------------------------------------------------------------- which folder


def test_other_content_never_takes_the_place(tmp_path: Path) -> None:
    assert put(Spot(tmp_path, "set", ONE)).name == "set_formcheck"
    assert put(Spot(tmp_path, "set", OTHER)).name == "set-2_formcheck"
    assert put(Spot(tmp_path, "set", "3" * 64)).name == "set-3_formcheck"
    assert left(tmp_path / "set-2_formcheck") == ["set-2.trc", "summary.json"]
    for mark, name in ((ONE, "set"), (OTHER, "set-2"), ("3" * 64, "set-3")):
        spot = Spot(tmp_path, "set", mark)
        assert spot.choose() == name
        assert bool(spot.told()) == (name != "set")
        assert put(spot, "newer") == spot.path
        assert summary(spot.path)["text"] == "newer"
    assert left(tmp_path) == ["set-2_formcheck", "set-3_formcheck", "set_formcheck"]


def test_its_own_folder_is_found_again_when_the_first_is_gone(tmp_path: Path) -> None:
    first, second = put(Spot(tmp_path, "set", ONE)), put(Spot(tmp_path, "set", OTHER))
    shutil.rmtree(first)
    assert Spot(tmp_path, "set", OTHER).choose() == "set-2"
    assert put(Spot(tmp_path, "set", "3" * 64)) == first
    assert mark_of(second) == OTHER


@pytest.mark.parametrize("text", ["{}", "[]", "no json", '{"content_sha256": 7}', "[" * 100_000])
def test_a_result_of_unknown_content_is_nobodys_to_replace(tmp_path: Path, text: str) -> None:
    (tmp_path / "set_formcheck").mkdir()
    (tmp_path / "set_formcheck" / "summary.json").write_text(text)
    for mark in (ONE, ""):
        assert Spot(tmp_path, "set", mark).choose() == "set-2"
    assert Spot(tmp_path, "set", ONE, overwrite=True).choose() == "set"


def test_a_session_that_broke_off_is_not_replaced_by_a_video_of_its_name(tmp_path: Path) -> None:
    session = tmp_path / "live_1_formcheck"
    session.mkdir()
    (session / "recording.journal").write_bytes(b"frames")
    assert Spot(tmp_path, "live_1", ONE).choose() == "live_1-2"
    assert Spot(tmp_path, "live_1", ONE, own=session).choose() == "live_1"


def test_overwriting_is_for_who_asks_and_never_within_one_call(tmp_path: Path) -> None:
    put(Spot(tmp_path, "set", ONE))
    assert put(Spot(tmp_path, "set", OTHER, overwrite=True)).name == "set_formcheck"
    assert mark_of(tmp_path / "set_formcheck") == OTHER
    assert Spot(tmp_path, "set", ONE, overwrite=True, written={"set"}).choose() == "set-2"


def test_a_number_is_not_the_name_of_another_video_of_the_call(tmp_path: Path) -> None:
    names = ("a/x.mp4", "b/x.mov", "x-2.mp4", "X.mp4", "y.mp4")
    wanted, chosen = {alike(Path(name).stem) for name in names}, []
    for number, name in enumerate(names):
        written = {alike(each) for each in chosen}
        spot = Spot(tmp_path, stem_of(Path(name)), f"{number:064}", written=written, wanted=wanted)
        put(spot)
        chosen.append(spot.chosen)
    assert chosen == ["x", "x-3", "x-2", "X-4", "y"]
    assert alike("e\u0301") == alike("\u00e9")


def test_somebody_else_may_take_the_place_meanwhile(tmp_path: Path) -> None:
    spot = Spot(tmp_path, "set", ONE)
    with folder.result_folder(tmp_path, spot.choose) as part:
        (part / "summary.json").write_text(json.dumps({"content_sha256": ONE}))
        (part / "set.trc").write_text("mine")
        put(Spot(tmp_path, "set", OTHER))
    assert spot.path.name == "set-2_formcheck"
    assert left(spot.path) == ["set-2.trc", "summary.json"]
    assert mark_of(tmp_path / "set_formcheck") == OTHER


# ---------------------------------------------------------------- at the command line


@pytest.mark.parametrize("calls", [1, 2])
def test_two_persons_sets_are_two_results(tmp_path: Path, capsys: pytest.CaptureFixture[str], calls: int) -> None:
    clips, out = people(tmp_path), tmp_path / "out"
    given = [clips] if calls == 1 else [[clip] for clip in clips]
    for some in [*given, *given[::-1]]:
        assert main(["analyze", *map(str, some), "--out", str(out), "--quiet"]) == 0
    assert left(out) == ["set-2_formcheck", "set_formcheck"]
    marks = [summary(out / name)["content_sha256"] for name in ("set_formcheck", "set-2_formcheck")]
    assert marks == [hashlib.sha256(clip.read_bytes()).hexdigest() for clip in clips]
    lines = told(capsys)
    assert len(lines) == 2
    assert set(lines) == {
        "formcheck: set.npz: set_formcheck belongs to another video, so this one's result is set-2_formcheck "
        "(--overwrite replaces it)"
    }


def test_the_first_result_keeps_every_byte(tmp_path: Path) -> None:
    ada, ben = people(tmp_path)
    out = tmp_path / "out"
    assert main(["analyze", str(ada), "--out", str(out), "--quiet"]) == 0
    before = {item.name: item.read_bytes() for item in (out / "set_formcheck").iterdir()}
    assert main(["analyze", str(ben), "--out", str(out), "--quiet"]) == 0
    assert {item.name: item.read_bytes() for item in (out / "set_formcheck").iterdir()} == before
    assert main(["analyze", str(ben), "--out", str(out), "--quiet", "--overwrite"]) == 0
    assert left(out) == ["set-2_formcheck", "set_formcheck"]


def test_overwrite_replaces_in_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ada, ben = people(tmp_path)
    out = tmp_path / "out"
    for clip in (ada, ben):
        assert main(["analyze", str(clip), "--out", str(out), "--quiet", "--overwrite"]) == 0
    assert left(out) == ["set_formcheck"]
    assert summary(out / "set_formcheck")["source"]["name"] == "clip02.mp4"
    assert told(capsys) == []


def test_from_python_too(tmp_path: Path) -> None:
    results = [formcheck.replay(clip) for clip in people(tmp_path)]
    folders = [formcheck.write(each, tmp_path / "out", stem="set") for each in (*results, *results)]
    assert [each.name for each in folders] == 2 * ["set_formcheck", "set-2_formcheck"]
    assert formcheck.write(results[1], tmp_path / "out", stem="set", overwrite=True).name == "set-2_formcheck"
    (tmp_path / "out" / "set-2_formcheck" / "summary.json").unlink()
    assert formcheck.write(results[1], tmp_path / "out", stem="set", overwrite=True).name == "set_formcheck"


# ---------------------------------------------------------------- before the first frame


@pytest.fixture
def unlooked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks at a frame fails."""

    def looked(*_: object, **__: object) -> None:
        pytest.fail("the video was looked at")

    monkeypatch.setattr("formcheck.commands.recorded.analysed", looked)


@pytest.mark.usefixtures("unlooked")
def test_the_place_is_checked_before_the_first_frame(
    tmp_path: Path, short: Path, refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "short_formcheck").mkdir()
    (tmp_path / "short_formcheck" / "thesis.txt").write_text("mine")
    assert "a file is in the way" in refused(1, "analyze", short, "--out", tmp_path / "file")
    assert "a file is in the way" in refused(1, "analyze", short, "--out", tmp_path / "file" / "below")
    assert "other files" in refused(1, "analyze", short, "--out", tmp_path)
    free = shutil.disk_usage(tmp_path)._replace(free=200_000)
    monkeypatch.setattr(place.shutil, "disk_usage", lambda _: free)
    line = refused(1, "analyze", short, "--out", tmp_path / "results")
    assert "the disk is full: about 0.3 MB are needed and 0.2 MB are free" in line
    assert left(tmp_path) == ["file", "short_formcheck"]


def test_the_check_leaves_nothing(tmp_path: Path) -> None:
    place.check(Spot(tmp_path / "a" / "b", "set", ONE), 1000)
    assert left(tmp_path) == []
    with pytest.raises(OutputError, match="the disk is full"):
        place.check(Spot(tmp_path / "a" / "b", "set", ONE), 1 << 60)
    assert left(tmp_path) == []


def test_room_is_estimated_within_a_factor_of_three(analysed: Path, sample: Path) -> None:
    said = summary(analysed)["source"]
    source = Source(said["name"], "video", "", said["width"], said["height"], said["fps"], said["frames"])
    used = sum(item.stat().st_size for item in analysed.iterdir())
    size = sample.stat().st_size
    assert used / 3 < place.room_of_video(source, size, overlay=False) < 3 * used
    assert used / 3 < place.room_of_recording((analysed / "recording.npz").stat().st_size) < 3 * used
    assert place.room_of_video(source, size, overlay=True) - place.room_of_video(source, size, overlay=False) > 1e6
    boast = Source("x", "video", "", 1 << 20, 1 << 20, 30.0, 10**8)
    assert place.room_of_video(boast, 10_000, overlay=True) < 10e6, "a header may promise what it likes"


# ---------------------------------------------------------------- rights


def test_a_result_has_the_rights_of_any_new_folder_and_nobody_looks_in_before(tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.mkdir()
    with folder.result_folder(tmp_path, "set") as part:
        assert part.stat().st_mode & 0o777 == 0o700
        (part / "summary.json").write_text("{}")
    assert (tmp_path / "set_formcheck").stat().st_mode == usual.stat().st_mode


def test_without_exchange_an_older_result_is_replaced_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "exchanged", lambda *_: False)
    put(Spot(tmp_path, "set", ONE))
    put(Spot(tmp_path, "set", ONE), "newer")
    assert summary(tmp_path / "set_formcheck")["text"] == "newer"
    assert left(tmp_path) == ["set_formcheck"]
