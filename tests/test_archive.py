"""Archives read directly: what numpy and `zipfile` read, bit for bit, or nothing at all."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from batches import RECORDING, recordings
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from laws import same

from formcheck.data import archive
from formcheck.data.archive import Archive, UnusualError
from formcheck.data.recording import Recording
from formcheck.outputs import measures

KEPT = sorted(RECORDING.parent.glob("*.npz"))


def saved(compressed: bool = True, **named: Any) -> io.BytesIO:
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **named)
    return file


def read(file: io.BytesIO) -> dict[str, bytes]:
    """All members, or `UnusualError`."""
    opened = Archive(file)
    return {member.name: opened.read(member.name) for member in opened.members}


def read_by_zipfile(file: io.BytesIO) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def alike(one: Any, two: Any) -> bool:
    return bool(one.dtype == two.dtype and one.shape == two.shape and one.tobytes() == two.tobytes())


# ---------------------------------------------------------------- what numpy reads


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
@pytest.mark.parametrize("compressed", [True, False])
def test_recordings_are_read_as_numpy_reads_them(path: Path, compressed: bool) -> None:
    with np.load(path) as data:
        expected = dict(data)
    opened = Archive(saved(compressed, **expected))
    assert [member.name for member in opened.members] == [f"{name}.npy" for name in expected]
    for name, one in expected.items():
        found = opened.array(f"{name}.npy")
        assert alike(found, one), name
        assert found.flags.writeable
        assert found.flags.c_contiguous


DTYPES = st.one_of(
    arrays.boolean_dtypes(),
    arrays.integer_dtypes(endianness="<"),
    arrays.floating_dtypes(endianness="<"),
    arrays.unicode_string_dtypes(endianness="<", max_len=9),
)
SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, min_side=1, max_side=6)


@settings(max_examples=60, deadline=None)
@given(arrays.arrays(DTYPES, SHAPES), st.booleans())
def test_any_plain_array_is_read(one: Any, compressed: bool) -> None:
    assert alike(Archive(saved(compressed, one=one)).array("one.npy"), one)


@pytest.mark.parametrize(
    "one",
    [
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(3, dtype=">f8"),
        np.array([{}, []], dtype=object),
        np.zeros(2, dtype=[("x", "f4"), ("y", "i2")]),
    ],
    ids=["by columns", "high bytes first", "objects", "structure"],
)
def test_arrays_of_other_kinds_are_left_to_numpy(one: Any) -> None:
    with pytest.raises(UnusualError):
        Archive(saved(one=one)).array("one.npy")


@pytest.mark.parametrize("kind", ["<f8", "<U3"])
def test_an_array_without_numbers_is_numpys_or_left_to_it(kind: str) -> None:
    one = np.zeros((0, 3), kind)
    with suppress(UnusualError):
        assert alike(Archive(saved(one=one)).array("one.npy"), one)


@pytest.mark.parametrize("data", [b"", b"\x93NUMPY", b"\x93NUMPY\x02\x00", b"plain text"])
def test_what_is_no_array(data: bytes) -> None:
    with pytest.raises(UnusualError):
        archive.array(data)


def test_an_array_that_is_cut_short_or_goes_on() -> None:
    data = read(saved(one=np.arange(9.0)))["one.npy"]
    assert alike(archive.array(data), np.arange(9.0))
    for changed in (data[:-1], data + b"\0", data.replace(b"(9,)", b"(8,)"), data.replace(b"<f8", b"<f3")):
        with pytest.raises(UnusualError):
            archive.array(changed)


# ---------------------------------------------------------------- what zipfile reads


@pytest.mark.parametrize("comment", [b"", b"7", b"PK\x05\x06 is how a directory ends", b"x" * 5000, b"x" * 65_000])
def test_members_and_comment(comment: bytes) -> None:
    file = saved(one=np.arange(90.0), two=np.random.default_rng(1).normal(size=9000))
    with zipfile.ZipFile(file, "a") as whole:
        whole.writestr("last.bin", b"stored" * 100)
        whole.comment = comment
    try:
        assert read(file) == read_by_zipfile(file)
        assert Archive(file).comment == comment
    except UnusualError:
        assert len(comment) > archive.TAIL - 1000 or b"PK\x05\x06" in comment


def test_no_such_member() -> None:
    opened = Archive(saved(one=np.zeros(1)))
    assert "one.npy" in opened
    assert "two.npy" not in opened
    with pytest.raises(KeyError):
        opened.read("two.npy")


def large(monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    """An archive with the directory that those beyond 4 GiB have."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    return saved(one=np.random.default_rng(1).normal(size=900), two=np.zeros(5))


def prefixed() -> io.BytesIO:
    return io.BytesIO(b"#!/bin/sh\n" + saved(one=np.zeros(5)).getvalue())


def otherwise_packed() -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as whole:
        whole.writestr("one.npy", b"text" * 100)
    return file


def otherwise_named() -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as whole:
        whole.writestr("é.npy", b"text")
    return file


def test_archives_of_other_kinds_are_left_to_zipfile(monkeypatch: pytest.MonkeyPatch) -> None:
    for file in (large(monkeypatch), prefixed(), otherwise_packed(), otherwise_named()):
        assert read_by_zipfile(file)
        with pytest.raises(UnusualError):
            read(file)


@pytest.mark.parametrize("kind", ["large", "commented"])
def test_such_a_recording_is_read_all_the_same(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = Recording.load(RECORDING)
    path = tmp_path / "recording.npz"
    if kind == "large":
        monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
        expected.save(path)
    else:
        path.write_bytes(RECORDING.read_bytes())
        with zipfile.ZipFile(path, "a") as whole:
            whole.comment = b"x" * 65_000
    with path.open("rb") as file, pytest.raises(UnusualError):
        read(io.BytesIO(file.read()))
    assert same(Recording.load(path).observations, expected.observations)


WHOLE = saved(one=np.arange(7.0), two=np.array("text")).getvalue()


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_changed_byte_never_goes_unseen(at: int, change: int) -> None:
    """Whatever is read of a damaged archive is what was in it."""
    data = bytearray(WHOLE)
    data[at] ^= change
    try:
        found = read(io.BytesIO(bytes(data)))
    except UnusualError:
        return
    assert list(found.values()) == list(read(io.BytesIO(WHOLE)).values())


@given(st.binary(max_size=200) | st.integers(0, len(WHOLE) - 1).map(lambda end: WHOLE[:end]))
def test_anything_else_is_unusual(data: bytes) -> None:
    with pytest.raises(UnusualError):
        read(io.BytesIO(data))


def test_a_member_that_claims_more_than_there_is_takes_no_memory() -> None:
    data = bytearray(WHOLE)
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = (0xFFFFFFF0).to_bytes(4, "little")
    with pytest.raises(UnusualError):
        read(io.BytesIO(bytes(data)))


# ---------------------------------------------------------------- measures


def test_measures_are_found_by_either_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = next(recordings(tmp_path / "kept", 1).iterdir())
    identity, quick = measures.find(path)  # type: ignore[misc]
    monkeypatch.setattr(archive, "TAIL", 4)
    other, slow = measures.find(io.BytesIO(path.read_bytes()))  # type: ignore[misc]
    assert (identity, quick.clip, quick.sets) == (other, slow.clip, slow.sets)
    assert same(quick.numbers, slow.numbers)
    assert same(quick.bands, slow.bands)


def test_measures_of_a_long_session_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They begin before the piece that is read at once."""
    path = next(recordings(tmp_path / "kept", 1).iterdir())
    whole = measures.find(path)
    monkeypatch.setattr(archive, "TAIL", 1200)
    with path.open("rb") as file:
        assert Archive(file).members
    monkeypatch.setattr(zipfile, "ZipFile", None)
    found = measures.find(path)
    assert found is not None
    assert whole is not None
    assert found[0] == whole[0]
    assert same(found[1].numbers, whole[1].numbers)


def test_a_recording_without_measures(tmp_path: Path) -> None:
    assert measures.find(RECORDING) is None
    assert measures.find(tmp_path / "nowhere.npz") is None
    assert measures.find(Path(__file__)) is None
