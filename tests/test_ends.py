"""However a command ends: one line, the right code, nothing half-written; and nothing is written through a link."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import LINUX, environment
from results import left

from formcheck import ends
from formcheck.batch.overview import write_overview
from formcheck.cli import main

RECORDING = Path(__file__).parents[1] / "validation" / "recordings" / "clip10_lite.npz"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
SIGNALS = {"SIGINT": 130, "SIGTERM": 143, "SIGHUP": 129}
WORDS = {"SIGINT": "interrupted", "SIGTERM": "told to terminate", "SIGHUP": "the terminal has gone"}

WRITING = """
import sys, time
from pathlib import Path
from formcheck import cli
from formcheck.outputs import files
def slow(result, path):
    path.write_text("half")
    Path("now").touch()
    {wait}
files.write_frames = slow
sys.exit(cli.main())
"""
LOADING = """
import sys, time
from pathlib import Path
class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "{module}":
            Path("now").touch()
            time.sleep(60)
sys.meta_path.insert(0, Slow())
from formcheck import cli
sys.exit(cli.main())
"""


def ended(folder: Path, program: str, name: str, *arguments: object, times: int = 1) -> tuple[int, str]:
    """Exit code and standard error of a program that gets a signal when it says `now`."""
    with subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        until = time.monotonic() + 60
        while not (folder / "now").exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        for number in range(times):
            time.sleep(0.1 if number == 0 else ends.PATIENCE_S + 0.2)
            process.send_signal(getattr(signal, name))
        _, said = process.communicate(timeout=60)
        (folder / "now").unlink(missing_ok=True)
        return process.returncode, said


def told(name: str) -> str:
    return f"formcheck: {WORDS[name]}; nothing half-written was left behind\n"


@POSIX
@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("module", ["argparse", "numpy", "formcheck.session", "jinja2"])
def test_while_it_loads(tmp_path: Path, name: str, module: str) -> None:
    done = ended(tmp_path, LOADING.format(module=module), name, "analyze", RECORDING, "--out", "out")
    assert done == (SIGNALS[name], told(name))
    assert left(tmp_path) == []


@POSIX
@pytest.mark.parametrize("name", SIGNALS)
def test_while_it_writes(tmp_path: Path, name: str) -> None:
    done = ended(tmp_path, WRITING.format(wait="time.sleep(60)"), name, "analyze", RECORDING, "--out", "new/out")
    assert done == (SIGNALS[name], told(name))
    assert left(tmp_path) == []


NATIVE = """
import ctypes
lib = ctypes.CDLL(None)
lock = ctypes.create_string_buffer(128)
lib.pthread_mutex_init(lock, None)
lib.pthread_mutex_lock(lock)
lib.pthread_mutex_lock(lock)
"""
LOST = """
class Odd:
    def __del__(self): time.sleep(60)
odd = Odd()
del odd
time.sleep(60)
"""
STUBBORN = """
try: time.sleep(60)
except KeyboardInterrupt: time.sleep(60)
"""


def inside(body: str) -> str:
    return WRITING.format(wait=body.strip().replace("\n", "\n    "))


@POSIX
@pytest.mark.parametrize(("body", "times"), [(LOST, 1), (STUBBORN, 2)], ids=["lost", "stubborn"])
def test_where_no_exception_gets_through(tmp_path: Path, body: str, times: int) -> None:
    """Lost while an object is taken down; an end that takes too long, and somebody asks again."""
    done = ended(tmp_path, inside(body), "SIGTERM", "analyze", RECORDING, "--out", "out", times=times)
    assert done == (143, told("SIGTERM"))
    assert left(tmp_path) == []


@LINUX
def test_where_native_code_holds_the_main_thread(tmp_path: Path) -> None:
    """Waiting for a lock is not given up for a signal."""
    body = """
    import ctypes
    lib = ctypes.CDLL(None)
    lock = ctypes.create_string_buffer(128)
    lib.pthread_mutex_init(lock, None)
    lib.pthread_mutex_lock(lock)
    lib.pthread_mutex_lock(lock)
    """
    done = ended(
        tmp_path, inside("\n".join(line.strip() for line in body.splitlines())), "SIGINT", "analyze", RECORDING
    )
    assert done == (130, told("SIGINT"))
    assert left(tmp_path) == []


@POSIX
def test_a_signal_that_is_to_be_ignored_is(tmp_path: Path) -> None:
    """As with `nohup`."""
    program = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + WRITING.format(wait="time.sleep(1)")
    code, said = ended(tmp_path, program, "SIGHUP", "analyze", RECORDING, "--out", "out")
    assert (code, said) == (0, "")
    assert left(tmp_path / "out") == ["clip10_lite_formcheck"]


@POSIX
def test_after_the_end_nothing_changes_the_code(tmp_path: Path) -> None:
    program = (
        "import atexit, sys, time\nfrom pathlib import Path\nfrom formcheck import cli\n"
        "atexit.register(lambda: (Path('now').touch(), time.sleep(1)))\n"
        "sys.exit(cli.main())\n"
    )
    assert ended(tmp_path, program, "SIGTERM", "rules") == (0, "")


def test_called_from_python_signals_are_the_callers(capsys: pytest.CaptureFixture[str]) -> None:
    before = [signal.getsignal(getattr(signal, name)) for name in SIGNALS if hasattr(signal, name)]
    assert main(["rules"]) == 0
    assert [signal.getsignal(getattr(signal, name)) for name in SIGNALS if hasattr(signal, name)] == before


# ---------------------------------------------------------------- streams, memory, handles


def shell(folder: Path, line: str, **others: str) -> subprocess.CompletedProcess[str]:
    """`formcheck` at a shell; `$F` is the command and `$R` a recording."""
    env = {**environment(), "F": f"{sys.executable} -m formcheck", "R": str(RECORDING), **others}
    return subprocess.run(
        ["bash", "-c", line],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        cwd=folder,
        env=env,
        timeout=120,
    )


@LINUX
@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize("command", ["replay $R", "replay $R --json", "rules", "--help", "analyze $R"])
@pytest.mark.parametrize("to", ["/dev/full", "&-"])
def test_standard_output_that_takes_nothing(tmp_path: Path, command: str, to: str, buffered: str) -> None:
    done = shell(tmp_path, f"$F {command} >{to}", PYTHONUNBUFFERED=buffered)
    assert done.returncode == 1
    assert done.stderr.startswith("formcheck: standard output cannot be written (")
    assert done.stderr.count("\n") == 1
    if command.startswith("analyze"):
        assert left(tmp_path) == ["clip10_lite_formcheck"]
        assert (tmp_path / "clip10_lite_formcheck" / "report.html").read_text("utf-8").strip().endswith("</html>")


@LINUX
@pytest.mark.parametrize("line", ["replay $R --quiet >&-", "replay $R 2>&-", "replay $R <&-", "rules <&- 2>&-"])
def test_streams_that_are_not_needed_may_be_closed(tmp_path: Path, line: str) -> None:
    done = shell(tmp_path, f"$F {line}")
    assert (done.returncode, done.stderr) == (0, "")


@LINUX
def test_all_streams_closed(tmp_path: Path) -> None:
    assert shell(tmp_path, "$F analyze $R <&- >&- 2>&-").returncode == 1
    assert left(tmp_path) == ["clip10_lite_formcheck"]


@pytest.mark.parametrize(
    "others",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1:strict"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=lambda value: next(iter(value)),
)
def test_output_that_is_not_utf_8(tmp_path: Path, others: dict[str, str]) -> None:
    clip = shutil.copy(RECORDING, tmp_path / "Übung\N{FLEXED BICEPS}.npz")
    done = shell(tmp_path, f"$F analyze '{clip}' && $F analyze '{clip}' --json >j && $F replay none-ü", **others)
    assert done.returncode == 2
    assert "report: " in done.stdout
    assert done.stderr.count("\n") == 1
    assert b"reps" in (tmp_path / "j").read_bytes()


@LINUX
@pytest.mark.parametrize("kilobytes", [40_000, 120_000, 190_000])
def test_too_little_memory_is_called_that(tmp_path: Path, kilobytes: int) -> None:
    done = shell(tmp_path, f"ulimit -v {kilobytes}; $F replay $R --quiet")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "formcheck: not enough memory; close other programs or give a shorter video\n"


@LINUX
@pytest.mark.parametrize("kilobytes", [500_000, 700_000])
def test_too_little_memory_for_a_video(tmp_path: Path, short: Path, kilobytes: int) -> None:
    done = shell(tmp_path, f"ulimit -v {kilobytes}; $F analyze '{short}' --model lite")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "formcheck: not enough memory; close other programs or give a shorter video\n"
    assert left(tmp_path) == []


@LINUX
def test_little_is_enough(tmp_path: Path) -> None:
    """No home, no temporary folder, few file handles, some memory."""
    bare = "unset HOME; export TMPDIR=/nonexistent; ulimit -n 20; ulimit -v 500000; umask 077"
    done = shell(tmp_path, f"{bare}; $F analyze $R --quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert left(tmp_path) == ["clip10_lite_formcheck"]
    assert (tmp_path / "clip10_lite_formcheck").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "clip10_lite_formcheck" / "reps.csv").stat().st_mode & 0o777 == 0o600


# ---------------------------------------------------------------- links


def test_a_page_is_not_written_through_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name while it is written cannot be guessed, and what is there of that name ends it."""
    monkeypatch.setattr("formcheck.batch.overview.secrets.token_hex", lambda _: "known")
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / ".known.html").symlink_to(mine)
    with pytest.raises(Exception, match="cannot be written"):
        write_overview([], tmp_path / "page", "t")
    assert mine.read_text() == "mine"


def test_hard_ends_are_cleaned_up(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []
    monkeypatch.setattr(os, "_exit", done.append)
    monkeypatch.setattr(ends._run, "told", True)
    cleaner: Callable[[], None] = lambda: done.append("clean")  # noqa: E731
    with ends.litter(cleaner):
        ends._leave(signal.SIGINT)
    assert done == ["clean", 130]
    ends._leave(signal.SIGINT)
    assert done == ["clean", 130, 130]
