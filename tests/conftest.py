"""What several tests use: short videos, one whole result, commands in a clean process or refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from importlib import import_module
from pathlib import Path
from typing import Any

import av
import hypothesis
import numpy as np
import pytest
from truths import read, truth_dict
from turns import turn

import formcheck
from formcheck.cli import main
from formcheck.evaluate import Truth

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
BENCHMARKS = SAMPLES.with_name("benchmarks")
PACKAGE = Path(formcheck.__file__).resolve().parents[1]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
pytest.register_assert_rewrite("judged")  # so that its failures show values too
hypothesis.settings.register_profile("any machine", deadline=None)  # 200 ms for an example is one look, and at a clock
hypothesis.settings.load_profile("any machine")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as for what a shell puts in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # Ctrl-C reaches what tests start
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a path of Linux")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Tests that measure time wait until the others stand still."""
    with turn(alone=item.get_closest_marker("alone") is not None):
        return (yield)


def cut(source: Path, target: Path, frames: int) -> Path:
    """The first frames of a video, copied without coding them again."""
    with av.open(str(source)) as whole, av.open(str(target), "w") as part:
        seen = whole.streams.video[0]
        stream = part.add_stream_from_template(seen)
        for number, packet in enumerate(whole.demux(seen)):
            if number >= frames or packet.dts is None:
                break
            packet.stream = stream
            part.mux(packet)
    return target


def sound_alone(path: Path) -> Path:
    """A file with sound and no picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        for number in range(10):
            frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), "fltp", "stereo")
            frame.sample_rate, frame.pts = 44100, 1024 * number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def environment() -> dict[str, str]:
    """For a process that starts in another folder: the same formcheck as here, messages in plain English."""
    found = {key: value for key, value in os.environ.items() if not key.startswith("COV_")}
    return {**found, "PYTHONPATH": str(PACKAGE), "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}


@pytest.fixture(scope="session")
def sample() -> Path:
    """A whole clip with reps and faults, 17 s."""
    return SAMPLES / "clip10.mp4"


@pytest.fixture(scope="session")
def short(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its first 40 frames: somebody is there, no rep is."""
    return cut(sample, tmp_path_factory.mktemp("short") / "short.mp4", 40)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`run("rules", "--json")`: the command in a process of its own, in an empty folder, no terminal."""

    def command(*arguments: object, **others: object) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "formcheck", *map(str, arguments)]
        settings: dict[str, object] = {"cwd": tmp_path, "timeout": 300, **others}
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            line,
            capture_output=True,
            text=True,
            check=False,
            env=environment(),
            stdin=subprocess.DEVNULL,
            **settings,
        )

    return command


@pytest.fixture(scope="session")
def analysed(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result folder of the whole clip, seen with the quick model, without a video."""
    out = tmp_path_factory.mktemp("analysed")
    line = [sys.executable, "-m", "formcheck", "analyze", str(sample), "--model", "lite", "--no-video"]
    done = subprocess.run(
        [*line, "--out", str(out)],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        cwd=out,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return out / f"{sample.stem}_formcheck"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A folder for results that is not there yet."""
    return tmp_path / "results"


@pytest.fixture
def refused(out: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """`refused(2, "analyze", ...)`: the one line that a failing command says; checks all else about it."""

    def check(code: int, *arguments: object) -> str:
        assert main([str(argument) for argument in arguments]) == code
        said = capfd.readouterr()
        lines = said.err.splitlines()
        assert len(lines) == 1, said.err
        assert lines[0].startswith("formcheck: ")
        assert "Traceback" not in said.err + said.out
        assert said.out == ""
        assert not out.exists(), "something was left behind"
        return lines[0]

    return check


@pytest.fixture
def recording(analysed: Path) -> Path:
    """What was seen of the whole clip."""
    return analysed / "recording.npz"


@pytest.fixture
def truth(tmp_path: Path) -> Truth:
    """Three reps in 28 s; see `truths.py`."""
    return read(tmp_path, truth_dict())


@pytest.fixture
def benchmarks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module `benchmarks/run.py`; its own pytest is none of the outer one's processes."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    for path in BENCHMARKS.glob("*.py"):
        sys.modules.pop(path.stem, None)
    return import_module("run")


@pytest.fixture
def sized(benchmarks: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`sized("core", ROUNDS=1)`: a file's own sizes, smaller."""

    def change(name: str, **values: object) -> None:
        module = import_module(f"bench_{name}")
        for key, value in values.items():
            monkeypatch.setattr(module, key, value)

    return change
