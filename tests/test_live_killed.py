"""Sessions that are killed: at most the last second is lost, and what is left can be read.

Five moments; `FORMCHECK_KILLS=20` makes it twenty.
"""

from __future__ import annotations

import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import LINUX, SAMPLES, Run
from lively import Session
from results import left, loaded

from formcheck.data import records
from formcheck.data.recording import Recording

MOMENTS = int(os.environ.get("FORMCHECK_KILLS", "5"))
AT_ONCE = 2
LATEST_S = 6.0


class Killed(NamedTuple):
    """A session killed at a time (seconds of the session), its folder, and the code with which it ended."""

    at_s: float
    folder: Path
    code: int


def killed(home: Path, after_s: float) -> Killed:
    session = Session(home, "--camera", SAMPLES / "clip12.mp4", "--model", "lite", "--save-video")
    session.wait_for_pictures(after_s)
    session.process.kill()
    now = time.time()
    session.process.wait()
    (folder,) = session.folders
    began = datetime.fromisoformat(records.read(folder / records.NAME).about["start"]).timestamp()
    return Killed(now - began, folder, session.process.returncode)


def last_s(folder: Path) -> float:
    """The time of the last frame that is left, 0 where none is."""
    times = Recording.load(folder).observations.time_s
    return float(times[-1]) if len(times) else 0.0


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> list[Killed]:
    """Killed at moments drawn anew each time, a few at once."""
    homes = [tmp_path_factory.mktemp("killed") for _ in range(MOMENTS)]
    moments = [random.uniform(0.5, LATEST_S) for _ in homes]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(killed, homes, moments))


def test_at_most_a_second_is_lost(sessions: list[Killed]) -> None:
    lost = [each.at_s - last_s(each.folder) for each in sessions]
    print("seconds lost:", sorted(round(seconds, 3) for seconds in lost))
    assert all(-0.2 < seconds <= 1.0 for seconds in lost), lost


def test_what_is_left_can_be_replayed(sessions: list[Killed], run: Run) -> None:
    for each in sessions:
        assert left(each.folder) in (["camera.mp4", "recording.journal"], ["recording.journal"])
        done = run("replay", each.folder, "--json")
        assert done.returncode == 0, done.stderr
        found = loaded(done.stdout)
        assert each.at_s - 1.0 <= found["source"]["duration_s"] <= each.at_s + 0.2
        assert "broke off" in found["warnings"][0]


def test_they_were_killed_and_at_different_moments(sessions: list[Killed]) -> None:
    assert {each.code for each in sessions} == {-signal.SIGKILL}
    assert len({round(each.at_s, 3) for each in sessions}) > 1


pytestmark = [LINUX, pytest.mark.alone]
