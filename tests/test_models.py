"""The shipped models are the ones their page describes, and a wrong file is refused in one line."""

import re
import zipfile
from pathlib import Path

import pytest

from formcheck.errors import ModelError
from formcheck.inputs import models

PAGE = Path(__file__).parents[1] / "models" / "README.md"
PAGE_SHA256 = dict(re.findall(r"`pose_landmarker_(\w+)\.task` \| `([0-9a-f]{64})`", PAGE.read_text()))


@pytest.mark.parametrize("name", models.NAMES)
def test_the_files_are_those_of_the_page(name: str) -> None:
    assert models.sha256(models.find(name)) == PAGE_SHA256[name]


@pytest.mark.parametrize("name", models.NAMES)
def test_entries_are_stored_and_aligned(name: str) -> None:
    path = models.find(name)
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        assert tuple(archive.namelist()) == models.PARTS
        for entry in archive.infolist():
            file.seek(entry.header_offset + 26)
            lengths = file.read(4)
            start = entry.header_offset + 30 + sum(int.from_bytes(lengths[i : i + 2], "little") for i in (0, 2))
            assert entry.compress_type == zipfile.ZIP_STORED
            assert start % 64 == 0


def test_a_file_of_the_users_own(tmp_path: Path) -> None:
    own = tmp_path / "my own.task"
    with zipfile.ZipFile(own, "w") as archive:
        for part in models.PARTS:
            archive.writestr(part, b"net")
    assert models.find(str(own)) == own.resolve()


def test_wrong_files_are_refused_in_one_line(tmp_path: Path) -> None:
    text = tmp_path / "text.task"
    text.write_text("no zip")
    half = tmp_path / "half.task"
    with zipfile.ZipFile(half, "w") as archive:
        archive.writestr(models.PARTS[0], b"net")
    reasons = {
        "hevy": "lite, full, heavy",
        str(tmp_path): "folder",
        str(text): "whole",
        str(half): models.PARTS[1],
    }
    for name, reason in reasons.items():
        with pytest.raises(ModelError, match=re.escape(reason)) as caught:
            models.find(name)
        assert "\n" not in str(caught.value)


def test_a_missing_shipped_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "FOLDERS", (tmp_path,))
    with pytest.raises(ModelError, match="install formcheck again"):
        models.find("lite")
