"""A process in which everything is loaded; each command runs in a fork of it, under a limit, and may die as it likes.

`python -m fuzz.server` reads a line of JSON (the arguments of the command) and answers one: the exit code (minus the
signal that killed it, `null` where it took too long), what it printed, seconds, and megabytes on top of what was there.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

LONGEST_S, MOST_MB, MOST_ADDRESSES = 20.0, 600, 6 << 30
LOADED = (
    *("formcheck.cli", "formcheck.commands.recorded", "formcheck.inputs.observe", "formcheck.outputs.files"),
    *("formcheck.outputs.overlay", "formcheck.outputs.sound", "formcheck.outputs.place", "av", "mediapipe"),
)


class Ran(NamedTuple):
    """What a command in a process of its own came to."""

    code: int | None
    out: str
    err: str
    took_s: float
    more_mb: float


class Server:
    """Commands, each in a process of its own that begins with everything loaded."""

    def __init__(self) -> None:
        folders = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
        around = {**os.environ, "PYTHONPATH": os.pathsep.join(folders)}
        line = [sys.executable, "-W", "ignore", "-m", "fuzz.server"]
        self._process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=around, text=True)

    def run(self, *arguments: object) -> Ran:
        """One command."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([str(each) for each in arguments]), file=self._process.stdin, flush=True)
        return Ran(*json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def serve() -> None:
    """Answer until nothing more is asked."""
    for name in LOADED:
        import_module(name)
    for line in sys.stdin:
        print(json.dumps(_forked(json.loads(line))), flush=True)


def _forked(arguments: list[str]) -> Ran:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began, before = time.monotonic(), _memory_mb("VmRSS")
        child = os.fork()
        if child == 0:
            _become(arguments, out.fileno(), err.fileno())
        code, peak_mb = _waited(child, began)
        took_s = time.monotonic() - began
        said = [_text(each) for each in (out, err)]
    return Ran(code, said[0], said[1], took_s, peak_mb - before)


def _become(arguments: list[str], out: int, err: int) -> None:
    """Run the command and end; nothing of the server goes on in the child."""
    import resource  # noqa: PLC0415 - not on Windows

    code = 70
    try:
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
        code = import_module("formcheck.cli").main(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 - its text is what the test looks at
        import traceback  # noqa: PLC0415 - rarely needed

        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _waited(child: int, began: float) -> tuple[int | None, float]:
    """The exit code, and the most memory that the child had, MB; it is killed where it takes too long."""
    while True:
        ended, status, used = os.wait4(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status), used.ru_maxrss / 1024
        if time.monotonic() - began > LONGEST_S:
            os.kill(child, signal.SIGKILL)
            return None, os.wait4(child, 0)[2].ru_maxrss / 1024
        time.sleep(0.01)


def _memory_mb(name: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.split(f"{name}:")[1].split()[0]) / 1024


def _text(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode("utf-8", "backslashreplace"))


if __name__ == "__main__":
    serve()
