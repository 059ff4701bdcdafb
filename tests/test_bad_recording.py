"""Recordings that are none, are damaged, or of another version: one line, never a wrong result."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from formcheck.data.recording import Recording
from formcheck.errors import RecordingError


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
