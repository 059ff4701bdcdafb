"""Recordings: kept and read again without a change, refused in one line, and the same at any frame rate."""

from __future__ import annotations

import doctest
import json
import textwrap
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from laws import same
from movements import Rep, instants
from numpy.typing import NDArray
from synthetic import MODEL, blanks, calibration, recording, resampled, source

import formcheck
from formcheck.data.observations import Observations
from formcheck.data.recording import VERSION, Recording, Room
from formcheck.data.result import TIMES
from formcheck.data.result import Rep as Found
from formcheck.errors import RecordingError

DATA = Path(__file__).parent / "data"
KEPT = sorted(DATA.glob("*.npz"))
ANGLES = (
    "peak_thigh_elevation_deg",
    "hold_thigh_elevation_deg",
    "min_thigh_elevation_deg",
    "max_knee_flexion_deg",
)


# ---------------------------------------------------------------- files


def test_a_recording_is_read_as_it_was_written(tmp_path: Path) -> None:
    made, _ = recording(noise_px=1.0)
    room = Room(roll_deg=1.5, roll_sd_deg=0.4, wall_yaw_deg=-8.0, wall_yaw_sd_deg=2.0)
    known = replace(made.calibration, ball_px=(321.5, 300.25, 80.0), pitch_deg=None)
    made = replace(made, calibration=known, room=room, versions={"formcheck": "1.2.3"})
    made.save(tmp_path / "recording.npz")
    again = Recording.load(tmp_path / "recording.npz")
    for name in ("calibration", "source", "model", "room", "versions"):
        assert getattr(again, name) == getattr(made, name), name
    for f in fields(Observations):
        one, two = getattr(made.observations, f.name), getattr(again.observations, f.name)
        assert one.dtype == two.dtype, f.name
        assert same(one, two), f.name


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_replay_finds_the_same_again(path: Path, tmp_path: Path) -> None:
    first = formcheck.replay(path)
    first.recording.save(tmp_path / "again.npz")
    again = formcheck.replay(tmp_path / "again.npz")
    assert len(first.reps) == 2
    assert same(again.reps, first.reps)
    assert same(again.frames, first.frames)
    assert (again.sets, again.score, again.warnings) == (first.sets, first.score, first.warnings)


def test_a_recording_may_stand_where_a_video_does() -> None:
    path = DATA / "two_reps.npz"
    assert same(formcheck.analyze(path).reps, formcheck.replay(Recording.load(path)).reps)


def test_a_live_session_replays_to_the_same_findings(tmp_path: Path) -> None:
    made, _ = recording(jitter_s=0.01, drop=0.1, noise_px=1.0)
    session = formcheck.Session(made.calibration, made.source, made.model)
    for k in range(len(made.observations)):
        session.push(made.observations[k : k + 1])
    session.finish()
    made.save(tmp_path / "live.npz")
    assert same(formcheck.replay(tmp_path / "live.npz").reps, tuple(session.reps))


def test_recordings_here_are_small_and_tell_nothing_of_where_they_were_made() -> None:
    assert len(KEPT) >= 2
    for path in KEPT:
        assert path.stat().st_size < 300_000
        assert Recording.load(path).source.path == ""


# ---------------------------------------------------------------- what cannot be read


def saved(tmp_path: Path, **changed: object) -> Path:
    """A recording whose text says something else."""
    path = tmp_path / "recording.npz"
    recording([Rep()])[0].save(path)
    with np.load(path) as data:
        arrays = dict(data)
    about = json.loads(str(arrays["about"])) | changed
    np.savez(path, **(arrays | {"about": np.array(json.dumps(about))}))
    return path


def without_array(path: Path, name: str) -> None:
    with np.load(path) as data:
        arrays = {key: data[key] for key in data if key != name}
    np.savez(path, **arrays)


def refused(path: Path) -> str:
    with pytest.raises(RecordingError) as caught:
        Recording.load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    assert caught.value.exit_code == 2
    assert caught.value.__cause__ is not None or "version" in message
    return message


def test_a_missing_file(tmp_path: Path) -> None:
    assert "no such recording" in refused(tmp_path / "nowhere.npz")


@pytest.mark.parametrize("content", [b"", b"hello\n", b"PK\x03\x04 cut off", bytes(range(256)) * 20], ids=range(4))
def test_a_file_that_is_no_recording(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "text.npz"
    path.write_bytes(content)
    refused(path)


def test_a_folder(tmp_path: Path) -> None:
    refused(tmp_path)


def test_a_file_cut_short(tmp_path: Path) -> None:
    path = saved(tmp_path)
    content = path.read_bytes()
    for share in (0.1, 0.5, 0.99):
        path.write_bytes(content[: int(len(content) * share)])
        refused(path)


def test_a_plain_array(tmp_path: Path) -> None:
    path = tmp_path / "array.npz"
    with path.open("wb") as file:
        np.save(file, np.arange(5))
    refused(path)


def test_another_version(tmp_path: Path) -> None:
    message = refused(saved(tmp_path, recording=VERSION + 1))
    assert f"version {VERSION + 1}" in message
    assert "again" in message


@pytest.mark.parametrize("name", ["about", "time_s", "pixels", "world", "visibility", "brightness"])
def test_a_missing_array(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path)
    without_array(path, name)
    refused(path)


def test_in_a_recording_of_an_earlier_formcheck_nobody_looked_at_the_feet(tmp_path: Path) -> None:
    path = saved(tmp_path)
    without_array(path, "sole")
    seen = Recording.load(path).observations
    assert seen.sole.shape == (len(seen), 3)
    assert np.isnan(seen.sole).all()


@pytest.mark.parametrize(
    "changed",
    [{"calibration": {"sideways": 1}}, {"calibration": None}, {"source": {}}, {"source": 3}],
    ids=["unknown key", "nothing", "no name", "number"],
)
def test_a_text_that_does_not_fit(tmp_path: Path, changed: dict[str, object]) -> None:
    refused(saved(tmp_path, **changed))


def test_a_text_that_is_no_table(tmp_path: Path) -> None:
    path = saved(tmp_path)
    with np.load(path) as data:
        arrays = dict(data)
    np.savez(path, **(arrays | {"about": np.array("[1, 2]")}))
    refused(path)


def test_arrays_of_unequal_length(tmp_path: Path) -> None:
    path = saved(tmp_path)
    with np.load(path) as data:
        arrays = dict(data)
    np.savez(path, **(arrays | {"brightness": arrays["brightness"][:-1]}))
    assert "brightness" in refused(path)


def test_an_array_of_objects_is_not_unpacked(tmp_path: Path) -> None:
    path = saved(tmp_path)
    with np.load(path) as data:
        arrays = dict(data)
    np.savez(path, **(arrays | {"brightness": np.array([{}, []], dtype=object)}))
    refused(path)


# ---------------------------------------------------------------- the program in the package's docstring


def test_the_program_in_the_docstring_runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA.parents[1])
    lines = (formcheck.__doc__ or "").splitlines()
    program = textwrap.dedent("\n".join(line for line in lines if line.startswith("    ")))
    assert "import formcheck" in program
    exec(compile(program, "docstring", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 3  # two reps, and which exercise was seen
    assert printed[0].startswith("rep 1: held 3.")
    assert "no faults" in printed[0]
    assert "short-hold" in printed[1]
    assert doctest.testmod(formcheck).failed == 0


# ---------------------------------------------------------------- the same at any frame rate


SOURCES = {
    **{path.stem: (lambda path=path: Recording.load(path)) for path in KEPT},
    "synthetic": lambda: recording([Rep(), Rep(top_deg=-14.0, hold_s=1.0)], fps=120.0, knee=5.0)[0],
}


def at_times(made: Recording, time_s: NDArray[np.float64]) -> Sequence[Found]:
    seen = made.observations
    time_s = time_s[time_s <= seen.time_s[-1]]
    return formcheck.replay(replace(made, observations=resampled(seen, time_s))).reps


def check_alike(found: Sequence[Found], expected: Sequence[Found], times_s: float = 0.05, deg: float = 0.5) -> None:
    assert len(found) == len(expected) > 0
    for one, two in zip(found, expected, strict=True):
        for names, bound in ((TIMES, times_s), (ANGLES, deg)):
            for name in names:
                assert one.numbers[name] == pytest.approx(two.numbers[name], abs=bound), f"rep {one.rep}: {name}"
        assert [fault.name for fault in one.faults] == [fault.name for fault in two.faults]
        assert one.not_assessable == two.not_assessable


@pytest.mark.parametrize("fps", [15, 24, 25, 30, 50, 60])
@pytest.mark.parametrize("name", SOURCES)
def test_any_frame_rate_finds_the_same(name: str, fps: int) -> None:
    made = SOURCES[name]()
    check_alike(at_times(made, instants(60.0, fps)), formcheck.replay(made).reps)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", SOURCES)
def test_uneven_times_and_lost_frames_find_the_same(name: str, seed: int) -> None:
    made = SOURCES[name]()
    shaken = instants(60.0, 30.0, jitter_s=0.012, drop=0.15, seed=seed)
    check_alike(at_times(made, shaken), formcheck.replay(made).reps, deg=0.8)


def test_a_rate_that_changes_on_the_way_finds_the_same() -> None:
    made = SOURCES["two_reps"]()
    changing = np.concatenate([np.arange(0.0, 4.0, 1 / 60), np.arange(4.0, 9.0, 1 / 15), np.arange(9.0, 13.0, 1 / 24)])
    check_alike(at_times(made, changing), formcheck.replay(made).reps)


def test_times_need_not_begin_at_an_instant() -> None:
    made = SOURCES["two_reps"]()
    check_alike(at_times(made, instants(60.0, 30.0) + 0.0171), formcheck.replay(made).reps)


# ---------------------------------------------------------------- nobody, or nearly


@pytest.mark.parametrize("frames", [0, 1, 90])
def test_a_recording_of_nobody_says_so(frames: int) -> None:
    made = Recording(blanks(frames), calibration(), source(), MODEL)
    result = formcheck.replay(made)
    assert result.reps == ()
    assert result.score is None
    assert result.activity.kind == "nothing"
    assert "nobody" in result.activity.sentence or frames == 0


def test_one_frame_alone() -> None:
    made, _ = recording([Rep()])
    result = formcheck.replay(replace(made, observations=made.observations[:1]))
    assert result.reps == ()
    assert len(result.frames) == 1
