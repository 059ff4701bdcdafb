"""Live sessions over streams that go away: the session goes on, and its file is whole."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from coached import STORED
from conftest import SAMPLES, Run
from lively import LABEL, Ended, Session, labels, led_in
from results import files_of, left, loaded, summary
from servers import Served

from formcheck.data.recording import Recording
from formcheck.session import judge_recording

pytestmark = pytest.mark.alone

KINDS = ("mjpeg", "rtsp")
CLIP = SAMPLES / "clip07.mp4"
STILL_S = 4.0
"""Before it begins somebody lies still: starting a session takes a while."""
REPS, TIMES = 2, 3
ON_S, OFF_S = 2.5, 1.0


class Streamed(NamedTuple):
    """A session over a stream that was lost three times, and the label track of its sound."""

    ended: Ended
    heard: list[LABEL]


def streamed(home: Path, kind: str) -> Streamed:
    clip = led_in(CLIP, home / "clip.mp4", STILL_S)
    with Served(kind, clip) as server:
        session = Session(home, "--camera", server.address, "--model", "lite", "--sound-to", "heard.wav", "--stats")
        session.wait_for(lambda: f"\n    {REPS} " in session.out, 90.0)  # judged
        for number in range(1, TIMES + 1):
            server.kill()
            session.wait_for(lambda number=number: session.err.count("trying again") == number)
            session.wait_for_pictures(OFF_S)
            server.start()
            session.wait_for(lambda number=number: session.err.count("the camera is back") == number)
            session.wait_for_pictures(ON_S)
        session.interrupt()
        return Streamed(session.ended(), labels(home / "heard.wav"))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Streamed]]:
    """Both kinds at once, since all that takes time is waiting."""
    homes = [tmp_path_factory.mktemp(kind) for kind in KINDS]
    with ThreadPoolExecutor(len(KINDS)) as pool:
        yield dict(zip(KINDS, pool.map(streamed, homes, KINDS), strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_reps_are_judged_and_all_files_are_there(both: dict[str, Streamed], kind: str) -> None:
    found = both[kind].ended
    assert found.code == 0, found.err
    assert left(found.folder) == sorted(files_of(found.folder.name.removesuffix("_formcheck")))
    expected = judge_recording(Recording.load(STORED / f"{CLIP.stem}_lite.npz")).reps[:REPS]
    reps = summary(found.folder)["reps"][:REPS]
    assert [[fault["name"] for fault in rep["faults"]] for rep in reps] == [
        [fault.name for fault in rep.faults] for rep in expected
    ]
    assert summary(found.folder)["source"]["kind"] == "stream"
    assert "Traceback" not in found.err


@pytest.mark.parametrize("kind", KINDS)
def test_time_goes_on_over_the_gaps(both: dict[str, Streamed], kind: str) -> None:
    times = Recording.load(both[kind].ended.folder).observations.time_s
    steps = np.diff(times)
    assert (steps > 0).all()
    gaps = steps[steps > OFF_S]
    assert len(gaps) == TIMES
    assert gaps.max() < 12.0
    assert times[-1] > 8.0 + TIMES * (ON_S + OFF_S)


@pytest.mark.parametrize("kind", KINDS)
def test_each_loss_and_each_return_is_said(both: dict[str, Streamed], kind: str) -> None:
    said = [what for _, _, what in both[kind].heard if what in {"camera-lost", "camera-back"}]
    assert said == ["camera-lost", "camera-back"] * TIMES


@pytest.mark.parametrize("kind", KINDS)
def test_a_replay_gives_the_same(both: dict[str, Streamed], kind: str, run: Run) -> None:
    folder = both[kind].ended.folder
    assert loaded(run("replay", folder, "--json").stdout)["reps"] == summary(folder)["reps"]
