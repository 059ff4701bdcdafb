"""What a journal holds comes back bit for bit, up to wherever it is cut off or damaged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journals import FIRST, SECOND, SOURCE, TWO_REPS, any_bits, bits, head, kept, possible
from laws import same
from synthetic import recording

import formcheck
from formcheck.data import records
from formcheck.data.journal import Journal
from formcheck.data.observations import LATER, Observations
from formcheck.data.recording import Calibration, Recording, Room
from formcheck.errors import RecordingError

ROOM = Room(roll_deg=0.5, roll_sd_deg=0.1)


# ---------------------------------------------------------------- there and back


@given(st.lists(st.integers(0, 9), max_size=4), st.integers(0, 99))
@settings(deadline=None, max_examples=60)
def test_every_bit_of_a_frame_comes_back(sizes: list[int], seed: int) -> None:
    for k, n in enumerate(sizes):
        block = any_bits(n, seed + k)
        packed = records.pack_frames(block)
        ((kind, payload),) = records._records(packed, 0)
        again = records._frames(payload)
        assert kind == records.FRAMES
        assert bits(again) == bits(block)
        assert [getattr(again, f.name).dtype for f in fields(again)] == [
            getattr(block, f.name).dtype for f in fields(block)
        ]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_recording_comes_back_from_its_journal(tmp_path: Path, size: int) -> None:
    made, _ = recording(noise_px=1.0, jitter_s=0.01)
    made = replace(made, calibration=SECOND, earlier=(FIRST,), room=ROOM, versions={"formcheck": "1.2.3"})
    journal = kept(tmp_path / "recording.journal", made, size)
    assert journal.trouble == ""
    again = Recording.load(tmp_path / "recording.journal")
    assert bits(again.observations) == bits(made.observations)
    for name in ("calibration", "earlier", "room", "model", "versions"):
        assert getattr(again, name) == getattr(made, name), name
    assert again.source.name == made.source.name
    assert again.source.frames == len(made.observations)
    assert again.source.fps == pytest.approx(30.0, abs=0.1)


def test_a_replay_of_the_journal_finds_the_same(tmp_path: Path) -> None:
    made = Recording.load(TWO_REPS)
    kept(tmp_path / "recording.journal", made)
    found, expected = formcheck.replay(tmp_path / "recording.journal"), formcheck.replay(TWO_REPS)
    assert len(found.reps) == 2
    assert same(found.reps, expected.reps)
    assert same(found.frames, expected.frames)
    assert found.recording.source == made.source
    assert found.warnings[0].startswith("the session broke off after ")
    assert same(formcheck.analyze(tmp_path / "recording.journal").reps, expected.reps)


def test_a_folder_stands_for_what_is_in_it(tmp_path: Path) -> None:
    made, _ = recording()
    kept(tmp_path / "recording.journal", made)
    assert len(Recording.load(tmp_path).observations) == len(made.observations)
    replace(made, model="lite").save(tmp_path / "recording.npz")
    assert Recording.load(tmp_path).model == "lite"


def test_a_journal_is_known_by_its_content_not_its_name(tmp_path: Path) -> None:
    kept(tmp_path / "odd", recording()[0])
    assert Recording.load(tmp_path / "odd").model == "heavy"


def test_a_session_without_calibration_or_frames_is_read_too(tmp_path: Path) -> None:
    with Journal(tmp_path / "recording.journal") as journal:
        journal.begin(SOURCE, "full", {})
    again = Recording.load(tmp_path)
    assert (len(again.observations), again.calibration, again.earlier) == (0, Calibration(), ())
    assert formcheck.replay(tmp_path).reps == ()


def test_it_is_small(tmp_path: Path) -> None:
    made = Recording.load(TWO_REPS)
    kept(tmp_path / "recording.journal", made, 9)
    assert (tmp_path / "recording.journal").stat().st_size < 500 * len(made.observations)


# ---------------------------------------------------------------- cut off, damaged, not one


BLOCKS = [possible(n, n) for n in (3, 1, 5)]
BLOCKS = [replace(b, time_s=np.arange(k, k + len(b)) / 30) for k, b in zip((0, 3, 4), BLOCKS, strict=True)]
PIECES = [
    records.START + head(),
    records.pack_values(records.CALIBRATION, {"leg_px": 200.0}),
    *(records.pack_frames(block) for block in BLOCKS),
]
WHOLE = b"".join(PIECES)
ENDS = np.cumsum([len(piece) for piece in PIECES])


def check_prefix(path: Path, data: bytes, whole_pieces: int) -> None:
    path.write_bytes(data)
    if whole_pieces == 0:
        with pytest.raises(RecordingError) as told:
            Recording.load(path)
        assert "\n" not in str(told.value)
        return
    expected = Observations.join(BLOCKS[: max(0, whole_pieces - 2)])
    again = Recording.load(path)
    assert bits(again.observations) == bits(expected)
    assert again.calibration == (FIRST if whole_pieces > 1 else Calibration())


def check_cut(path: Path, cut: int) -> None:
    check_prefix(path, WHOLE[:cut], int(np.searchsorted(ENDS, cut, side="right")))


@given(st.integers(0, len(WHOLE)))
@settings(deadline=None, max_examples=200)
def test_cut_at_any_byte_all_whole_blocks_before_it_are_there(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    check_cut(tmp_path_factory.getbasetemp() / "cut", cut)


@pytest.mark.parametrize("end", [0, *ENDS.tolist()])
def test_cut_near_the_edge_of_a_record(tmp_path: Path, end: int) -> None:
    for cut in range(max(0, end - 12), min(len(WHOLE), end + 12) + 1):
        check_cut(tmp_path / "cut", cut)


@given(place=st.integers(0, len(WHOLE) - 1), mask=st.integers(1, 255), tail=st.binary(max_size=40))
@settings(deadline=None, max_examples=300)
def test_a_damaged_byte_costs_what_comes_after_never_what_is_before(
    tmp_path_factory: pytest.TempPathFactory, place: int, mask: int, tail: bytes
) -> None:
    data = bytearray(WHOLE)
    data[place] ^= mask
    damaged = int(np.searchsorted(ENDS, place, side="right"))
    check_prefix(tmp_path_factory.getbasetemp() / "damaged", bytes(data) + tail, damaged)


def test_damage_is_told(tmp_path: Path) -> None:
    path = tmp_path / "recording.journal"
    kept(path, recording()[0])
    path.write_bytes(path.read_bytes() + b"\0" * 700)
    assert any("700 bytes that follow cannot be read" in text for text in formcheck.replay(path).warnings)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a whole recording"),
        (records.START, "holds nothing yet"),
        (records.START[:-1], "version '1'"),
        (b"formcheck journal 2\n" + head(), "version '2'"),
        (records.START + head(recording=99), "version 99"),
        (records.START + records.pack(records.HEAD, b"[]"), "not a whole recording"),
        (records.START + head() + records.pack(records.FRAMES, b"\1\0\0\0abc"), "not a whole recording"),
        (records.START + head() + records.pack_frames(any_bits(2, 1)), "not a whole recording"),
    ],
)
def test_what_is_no_journal_is_refused_in_one_line(
    tmp_path: Path, content: bytes, words: str, refused: Callable[..., str]
) -> None:
    path = tmp_path / "recording.journal"
    path.write_bytes(content)
    for command in ("replay", "analyze"):
        line = refused(2, command, path)
        assert words in line
        assert str(path) in line


def test_kinds_of_a_later_formcheck_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "recording.journal"
    path.write_bytes(PIECES[0] + records.pack(b"z", b"?") + PIECES[2])
    assert len(Recording.load(path).observations) == len(BLOCKS[0])


def test_frames_of_an_earlier_formcheck_lack_what_it_did_not_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tuple(pair for pair in records._ARRAYS if pair[0] not in LATER)
    with monkeypatch.context() as earlier:
        earlier.setattr(records, "_ARRAYS", before)
        block = records.pack_frames(BLOCKS[0])
    path = tmp_path / "recording.journal"
    path.write_bytes(PIECES[0] + block)
    found = Recording.load(path).observations
    assert bits(replace(found, sole=BLOCKS[0].sole)) == bits(BLOCKS[0])
    assert np.isnan(found.sole).all()


def test_a_session_that_began_anew_holds_only_what_came_after(tmp_path: Path) -> None:
    """More told of the source is no new beginning."""
    recording = Recording.load(Path(__file__).parent / "data" / "two_reps.npz")
    seen, turned = recording.observations, replace(recording.source, turn_deg=90)
    with Journal(tmp_path / "recording.journal") as journal:
        journal.begin(recording.source, "lite", {})
        journal.frames(seen[:10])
        journal.begin(turned, "lite", {})
        journal.calibration(recording.calibration)
        journal.frames(seen[10:20])
        journal.source(replace(turned, guessed_s=((0.0, 1.0),)))
        journal.frames(seen[20:30])
    found = Recording.load(tmp_path / "recording.journal")
    assert found.observations.time_s.tolist() == seen.time_s[10:30].tolist()
    assert (found.source.turn_deg, found.calibration) == (90, recording.calibration)
