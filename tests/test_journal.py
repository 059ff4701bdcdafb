"""The journal: what was recorded so far comes back bit for bit, whatever ends the writing and wherever it stops."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import LINUX, environment
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import same
from synthetic import recording

import formcheck
from formcheck.data import journal as writer
from formcheck.data import records
from formcheck.data.journal import Journal
from formcheck.data.observations import LATER, Observations
from formcheck.data.recording import Calibration, Recording, Room, Source
from formcheck.errors import RecordingError

pytestmark = pytest.mark.alone

TWO_REPS = Path(__file__).parent / "data" / "two_reps.npz"
SOURCE = Source("camera 0", "camera", "", 640, 480)
FIRST, SECOND = (
    Calibration(leg_px=200.0),
    Calibration(side="right", ball_px=(1.5, 2.25, 80.0), from_s=3.5, model="lite"),
)
ROOM = Room(roll_deg=0.5, roll_sd_deg=0.1)


def bits(seen: Observations) -> list[bytes]:
    return [getattr(seen, f.name).tobytes() for f in fields(Observations)]


def any_bits(n: int, seed: int) -> Observations:
    """Frames of arbitrary bits: every kind of not-a-number, infinities, both zeros."""
    rng, empty = np.random.default_rng(seed), Observations.empty()
    columns = {}
    for f in fields(Observations):
        model = getattr(empty, f.name)
        size = n * int(np.prod(model.shape[1:])) * model.itemsize
        columns[f.name] = np.frombuffer(rng.bytes(size), model.dtype).reshape(n, *model.shape[1:])
    return Observations(**columns)


def seen(n: int) -> Observations:
    return recording(noise_px=1.0)[0].observations[:n]


def head(**changed: object) -> bytes:
    values = {"recording": 1, "source": {"name": "camera 0"}, "model": "full", "versions": {}, "start": ""}
    return records.pack_values(records.HEAD, values | changed)


def kept(path: Path, made: Recording, size: int = 1) -> Journal:
    """A journal of a whole recording, closed."""
    with Journal(path) as journal:
        journal.begin(made.source, made.model, made.versions)
        for calibration in made.calibrations:
            journal.calibration(calibration)
        journal.room(made.room)
        for k in range(0, len(made.observations), size):
            journal.frames(made.observations[k : k + size])
    return journal


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


BLOCKS = [any_bits(n, n) for n in (3, 1, 5)]
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


# ---------------------------------------------------------------- killed


CHILD = """
import os, sys, time
from formcheck.data.journal import Journal
from formcheck.data.recording import Recording, Source
made = Recording.load(sys.argv[1])
journal = Journal(sys.argv[2])
journal.begin(made.source, made.model, made.versions)
journal.calibration(made.calibration)
start = time.monotonic()
for k, t in enumerate(made.observations.time_s):
    time.sleep(max(0.0, start + t - time.monotonic()))
    journal.frames(made.observations[k : k + 1])
    os.write(1, b".")
"""


def killed(made: Path, path: Path, after_s: Sequence[float]) -> list[int]:
    """So many frames each writing process had handed over when it was killed, that long after its first."""
    line = [sys.executable, "-c", CHILD, str(made)]
    running = [
        subprocess.Popen([*line, str(path / f"{k}.journal")], stdout=subprocess.PIPE, env=environment())
        for k in range(len(after_s))
    ]
    try:
        begun = []
        for process in running:
            assert process.stdout is not None
            assert process.stdout.read(1) == b"."
            begun.append(time.monotonic())
        for process, at, wait in sorted(zip(running, begun, after_s, strict=True), key=lambda each: each[1] + each[2]):
            time.sleep(max(0.0, at + wait - time.monotonic()))
            process.send_signal(signal.SIGKILL)
        return [1 + len(process.communicate()[0]) for process in running]
    finally:
        for process in running:
            process.kill()


@LINUX
def test_killed_at_any_moment_it_loses_a_second_at_most(tmp_path: Path) -> None:
    lost = []
    for part in ("one", "two"):
        (tmp_path / part).mkdir()
        waits = np.random.default_rng().uniform(0.0, 1.2, 10).tolist()
        handed = killed(TWO_REPS, tmp_path / part, waits)
        lost += [n - came_back(tmp_path / part / f"{k}.journal") for k, n in enumerate(handed)]
    assert max(lost) <= 30, f"frames lost, 30 a second: {lost}"
    assert min(lost) >= -1  # killed between handing over and saying so


def came_back(path: Path) -> int:
    """So many frames of the recording, each bit as it was."""
    if not path.exists() or path.stat().st_size <= len(records.START):
        return 0
    found = formcheck.replay(path).recording.observations
    assert bits(found) == bits(Recording.load(TWO_REPS).observations[: len(found)])
    return len(found)


# ---------------------------------------------------------------- the disk gives trouble


def until(true: Callable[[], Any], seconds: float = 5.0) -> None:
    stop = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < stop
        time.sleep(0.01)


def test_a_full_disk_is_told_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, full = writer._write_at, [True]

    def perhaps(file: Any, place: int, data: bytes) -> None:
        if full and place > 0:
            write(file, place, data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(file, place, data)

    monkeypatch.setattr(writer, "_write_at", perhaps)
    made, _ = recording()
    with Journal(tmp_path / "recording.journal") as journal:
        journal.begin(SOURCE, "full", {})
        journal.frames(made.observations[:50])
        until(lambda: journal.trouble)
        assert journal.trouble == f"{tmp_path}: the disk is full; free some space, the session goes on and tries again"
        journal.frames(made.observations[50:60])
        full.clear()
        until(lambda: not journal.trouble)
        journal.frames(made.observations[60:])
    assert journal.trouble == ""
    assert bits(Recording.load(tmp_path).observations) == bits(made.observations)


def test_a_folder_that_is_gone_is_told_and_tried_again(tmp_path: Path) -> None:
    with Journal(tmp_path / "gone" / "recording.journal") as journal:
        journal.begin(SOURCE, "full", {})
        journal.frames(seen(3))
        until(lambda: journal.trouble)
        assert "cannot be written (No such file" in journal.trouble
        (tmp_path / "gone").mkdir()
        until(lambda: not journal.trouble)
    assert len(Recording.load(tmp_path / "gone").observations) == 3


def test_what_is_there_already_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "recording.journal").write_text("mine")
    with Journal(tmp_path / "recording.journal") as journal:
        journal.begin(SOURCE, "full", {})
    assert "File exists" in journal.trouble
    assert (tmp_path / "recording.journal").read_text() == "mine"


LIMITED = """
import resource, sys
from formcheck.data.journal import Journal
from formcheck.data.recording import Recording
made = Recording.load(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))
with Journal(sys.argv[2]) as journal:
    journal.begin(made.source, made.model, made.versions)
    for k in range(len(made.observations)):
        journal.frames(made.observations[k : k + 1])
        if k % 50 == 0:
            import time; time.sleep(0.35)
print(journal.trouble)
"""


@LINUX
def test_a_file_that_may_not_grow_ends_no_session(tmp_path: Path) -> None:
    line = [sys.executable, "-c", LIMITED, str(TWO_REPS), str(tmp_path / "recording.journal")]
    done = subprocess.run(line, capture_output=True, text=True, env=environment(), timeout=60, check=True)
    assert "cannot be written (File too large)" in done.stdout
    found = Recording.load(tmp_path).observations
    assert 0 < len(found) < 40
    assert bits(found) == bits(Recording.load(TWO_REPS).observations[: len(found)])


def test_an_odd_value_ends_no_session(tmp_path: Path) -> None:
    with Journal(tmp_path / "recording.journal") as journal:
        journal.begin(SOURCE, "full", {"odd": object()})  # type: ignore[dict-item]
        journal.calibration(replace(FIRST, yaw_deg=np.float32(1.5)))
        journal.frames(seen(2))
    assert journal.trouble == ""
    assert Recording.load(tmp_path).calibration.yaw_deg == 1.5


# ---------------------------------------------------------------- what it costs


def test_handing_over_a_frame_costs_next_to_nothing(tmp_path: Path) -> None:
    block = seen(1)
    with Journal(tmp_path / "recording.journal") as journal:
        journal.begin(SOURCE, "full", {})
        costs = []
        for _ in range(2000):
            start = time.perf_counter()
            journal.frames(block)
            costs.append(time.perf_counter() - start)
    assert np.median(costs) < 30e-6
