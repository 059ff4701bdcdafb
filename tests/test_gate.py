"""What comes from outside is checked once: each odd value is refused in one line that names it."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from batches import RECORDING, reps_of, rescore, rows
from conftest import LINUX
from pyarrow import parquet
from synthetic import recording as made

from formcheck.analyze import replay
from formcheck.data import gate, records
from formcheck.data.recording import ALWAYS, Calibration, Recording, Room, Source
from formcheck.errors import ConfigError, RecordingError
from formcheck.outputs import measures
from formcheck.rules.plan_file import parse


def parts() -> dict[str, Any]:
    with np.load(RECORDING) as held:
        return dict(held)


def saved(path: Path, text: dict[str, Any] | None = None, /, **arrays: Any) -> Path:
    """A recording with other values in its text and other arrays."""
    held = parts()
    told = json.loads(str(held["about"]))
    for key, value in (text or {}).items():
        part, _, name = key.rpartition(".")
        (told[part] if part else told)[name] = value
    np.savez(path, **(held | {"about": np.array(json.dumps(told))} | arrays))
    return path


TEXTS: dict[str, tuple[dict[str, Any], str]] = {
    "a flank that is none": ({"calibration.side": "x"}, "calibration.side"),
    "a line behind a word": ({"calibration.facing": "left\n"}, "calibration.facing"),
    "twice round": ({"calibration.yaw_deg": 720.0}, "calibration.yaw_deg"),
    "no number": ({"calibration.pitch_deg": float("nan")}, "calibration.pitch_deg"),
    "a yes for a name": ({"model": True}, "$.model"),
    "signs that move a cursor": ({"model": "\x1b[2J"}, "$.model"),
    "a text for a number": ({"source.width": "640"}, "source.width"),
    "beyond any picture": ({"source.height": 10**9}, "source.height"),
    "less than none": ({"source.frames": -1}, "source.frames"),
    "more digits than a number has": ({"source.fps": 10**400}, "source.fps"),
    "half a ball": ({"calibration.ball_px": [1.0, 2.0]}, "ball_px"),
    "a key of a newer one": ({"room.tilt_deg": 1.0}, "tilt_deg"),
    "too many versions": ({"versions": {str(k): "1" for k in range(101)}}, "versions"),
    "earlier ones that are none": ({"earlier": [3]}, "calibration is no table"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_value_that_cannot_be(tmp_path: Path, refused: Callable[..., str], name: str) -> None:
    about, words = TEXTS[name]
    line = refused(2, "replay", saved(tmp_path / "a.npz", about))
    assert words in line
    assert line.isprintable()


ARRAYS: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "halves": (lambda held: {"pixels": held["pixels"].astype(np.float16)}, "pixels"),
    "other order": (lambda held: {"world": held["world"].astype(">f4")}, "world is >f4"),
    "beyond": (lambda held: {"pixels": held["pixels"] * np.float32(1e9)}, "pixels has a number outside"),
    "infinite": (lambda held: {"ball": np.full_like(held["ball"], np.inf)}, "ball has a number outside"),
    "surer than sure": (lambda held: {"visibility": held["visibility"] + 2}, "visibility has a number outside"),
    "no light": (lambda held: {"brightness": held["brightness"] * np.nan}, "brightness is not a number"),
    "half a body": (lambda held: {"pixels": put(held["pixels"], np.nan)}, "part of a body"),
    "backwards": (lambda held: {"time_s": held["time_s"][::-1]}, "do not rise"),
    "before the first": (lambda held: {"time_s": held["time_s"] - 1}, "before the first frame"),
    "half of the frames": (lambda held: {"world": held["world"][:9]}, "world takes"),
    "two texts": (lambda held: {"about": np.array([str(held["about"])] * 2)}, "about is"),
}


def put(array: Any, value: float) -> Any:
    changed = array.copy()
    changed.reshape(len(changed), -1)[7, 3] = value
    return changed


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_that_cannot_be(tmp_path: Path, refused: Callable[..., str], name: str) -> None:
    change, words = ARRAYS[name]
    assert words in refused(2, "replay", saved(tmp_path / "a.npz", **change(parts())))


@pytest.mark.parametrize("part", ALWAYS)
def test_what_every_version_wrote_must_be_there(tmp_path: Path, part: str) -> None:
    told = json.loads(str(parts()["about"]))[part]
    del told[ALWAYS[part][0]]
    with pytest.raises(RecordingError, match=f"{part} lacks {ALWAYS[part][0]}"):
        Recording.load(saved(tmp_path / "a.npz", {part: told}))


def test_what_is_made_here_always_passes(tmp_path: Path) -> None:
    """Also with all that a field may hold, and the odd name of a file."""
    whole, _ = made()
    source = replace(whole.source, name="two\nlines\ud800.mp4", path="/tmp/\x1b[2J", width=65_536)
    extreme = Calibration("right", "right", -180.0, 1e4, 180.0, 0.0, ball_px=(1e5, -1e5, 0.0))
    for each in (whole, replace(whole, source=source), replace(whole, calibration=extreme, earlier=(extreme,) * 9)):
        each.save(tmp_path / "a.npz")
        again = Recording.load(tmp_path / "a.npz")
        assert (again.calibration, again.earlier, again.room) == (each.calibration, each.earlier, each.room)
        assert again.source.name.isprintable()
    assert Recording.load(tmp_path / "a.npz").source == whole.source
    assert (Calibration(), Room(), Source("a")) == tuple(
        gate.typed(values, kind) for values, kind in (({}, Calibration), ({}, Room), ({"name": "a"}, Source))
    )


def test_a_member_that_claims_more_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(RECORDING) as whole, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        for member in whole.infolist():
            more = bytes(50 << 20) if member.filename == "pixels.npy" else b""
            bomb.writestr(member.filename, whole.read(member) + more)
    monkeypatch.setattr("formcheck.data.archive._inflated", only_small)
    with pytest.raises(RecordingError, match="pixels takes 52"):
        Recording.load(path)


def only_small(data: bytes, member: Any) -> bytes:
    assert member.size < 1 << 20, "unpacked"
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data) if member.method else data


@pytest.mark.parametrize("count", [89, 91, 500_001, 2**32 - 1])
def test_a_block_of_a_journal_that_claims_another_number_of_frames(tmp_path: Path, count: int) -> None:
    block = records.pack_frames(Recording.load(RECORDING).observations[:90])
    payload = count.to_bytes(4, "little") + block[13:]
    head = {"recording": 1, "source": {"name": "c"}, "model": "full", "versions": {}}
    data = records.START + records.pack_values(records.HEAD, head) + records.pack(records.FRAMES, payload)
    (tmp_path / "a.journal").write_bytes(data)
    with pytest.raises(RecordingError, match="frames"):
        Recording.load(tmp_path / "a.journal")


@LINUX
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.npz")
    with pytest.raises(RecordingError, match="not a file"):
        Recording.load(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a." * 100_000 + "a = 1", "dots"),
        ("[limits]\nhold_min_s" + ".a" * 90 + " = 1", "nested"),
        ("[limits]\nhold_min_s = " + "[" * 9 + "]" * 9, "nested"),
        ("# " + "x" * 300_000, "longer than"),
        ("x = " + "[" * 100_000, "nested"),
    ],
    ids=range(5),
)
def test_a_plan_of_any_depth_ends_at_once(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        parse(text)


def test_measures_of_another_recording_are_none(tmp_path: Path) -> None:
    """They would tell the verdict of the recording that they were taken from."""
    path, other = tmp_path / "a.npz", tmp_path / "b.npz"
    path.write_bytes(RECORDING.read_bytes())
    measures.add(replay(path), path, "c" * 64)
    assert measures.find(path)
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(other, "w") as mixed:
        for member in whole.infolist():
            changed = member.filename == "about.npy"
            content = whole.read(member)
            mixed.writestr(member.filename, content.replace(b"h\0\0\0t", b"h\0\0\0T", 1) if changed else content)
    assert measures.find(other) is None


def test_damaged_recordings_beside_good_ones_are_the_same_rows_each_time(tmp_path: Path) -> None:
    """20 good, and as many ways to be none, as there are above: each an error of its own, in every run and table."""
    kept = tmp_path / "kept"
    kept.mkdir()
    data = RECORDING.read_bytes()
    for number in range(20):
        (kept / f"good{number:02}.npz").write_bytes(data)
        with zipfile.ZipFile(kept / f"good{number:02}.npz", "a") as one:
            one.comment = b"%d" % number
    for number, (about, _) in enumerate(TEXTS.values()):
        saved(kept / f"text{number:02}.npz", about)
    for number, (change, _) in enumerate(ARRAYS.values()):
        saved(kept / f"array{number:02}.npz", **change(parts()))
    cut = bytearray(data)
    at = cut.rfind(b"PK\x01\x02")
    cut[at + 16] ^= 1  # a checksum
    (kept / "zipped.npz").write_bytes(cut)
    (kept / "cut.npz").write_bytes(data[:-9])
    bad = len(TEXTS) + len(ARRAYS) + 2
    for out in (tmp_path / "scores.csv", tmp_path / "scores.parquet"):
        first, second = rescore(out, kept), rescore(out, kept)
        assert (first.scored, first.failed, second.failed) == (20, bad, bad)
        assert second.scored == 0
        before = out.read_bytes(), reps_of(out).read_bytes()
        rescore(out, kept)
        assert (out.read_bytes(), reps_of(out).read_bytes()) == before
    errors = [row["error"] for row in rows(tmp_path / "scores.csv") if row["error"]]
    assert len(errors) == bad
    assert len(set(errors)) == bad
    assert all(error.isprintable() and not error.startswith("unexpected") for error in errors)
    told = parquet.read_table(tmp_path / "scores.parquet").to_pylist()
    scored = rows(tmp_path / "scores.csv")
    assert len(told) == len(scored) == 20 + bad
    assert [(row["clip"], row["error"] or "") for row in told] == [(row["clip"], row["error"]) for row in scored]
    assert [str(row["reps"]) for row in told if not row["error"]] == [row["reps"] for row in scored if not row["error"]]
