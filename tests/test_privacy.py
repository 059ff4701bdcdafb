"""Nothing leaves the machine: every command runs where a connection or a name lookup ends the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import environment
from offline import CAUGHT, supported

OFFLINE = Path(__file__).with_name("offline.py")
KILLED = -signal.SIGSYS if hasattr(signal, "SIGSYS") else None
kernel = pytest.mark.skipif(not supported() and os.environ.get("CI") != "true", reason="the kernel's net needs Linux")

PYTHON_TRIES = {
    "connect": "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
    "datagram": "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "lookup": "import socket; socket.getaddrinfo('example.org', 80)",
    "urlopen": "import urllib.request as r; r.urlopen('http://192.0.2.1/', timeout=1)",
    "program": "import subprocess, sys; subprocess.run([sys.executable, '-c', ''])",
}
NATIVE_TRIES = {
    "connect": "ctypes.CDLL(None).socket(2, 1, 0)",
    "datagram": "ctypes.CDLL(None).socket(10, 2, 0)",
    "lookup": "ctypes.CDLL(None).gethostbyname(b'example.org')",
    "thread": "t = threading.Thread(target=lambda: ctypes.CDLL(None).socket(2, 1, 0)); t.start(); t.join()",
}


def offline(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(OFFLINE), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment(),
        timeout=300,
    )


def check(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode != KILLED, f"native code tried to open a network socket: {done.stderr}"
    assert done.returncode == 0, done.stderr
    assert "offline:" not in done.stderr


def test_demo_connects_nowhere(tmp_path: Path) -> None:
    check(offline(tmp_path, "formcheck", "demo", "--model", "lite"))
    assert len(list(tmp_path.glob("*_formcheck/overlay.mp4"))) == 1


def test_analyze_connects_nowhere(tmp_path: Path, short: Path) -> None:
    check(offline(tmp_path, "formcheck", "analyze", short, "--model", "full"))
    assert (tmp_path / "short_formcheck" / "overlay.mp4").is_file()


def test_replay_connects_nowhere(tmp_path: Path, analysed: Path) -> None:
    done = offline(tmp_path, "formcheck", "replay", analysed / "recording.npz")
    check(done)
    assert "3 reps" in done.stdout


@pytest.mark.parametrize("command", ["rules", "doctor"])
def test_the_others_connect_nowhere(tmp_path: Path, command: str) -> None:
    done = offline(tmp_path, "formcheck", command)
    assert done.returncode in (0, 1), done.stderr  # 1: the doctor found something
    assert "offline:" not in done.stderr


@pytest.mark.parametrize("name", PYTHON_TRIES)
def test_control_an_attempt_in_python_is_caught(tmp_path: Path, name: str) -> None:
    script = tmp_path / "try.py"
    script.write_text(f"{PYTHON_TRIES[name]}\nprint('got through')\n")
    done = offline(tmp_path, "python", script)
    assert done.returncode in (CAUGHT, KILLED)
    assert "got through" not in done.stdout


@kernel
@pytest.mark.parametrize("name", NATIVE_TRIES)
def test_control_an_attempt_in_native_code_is_caught(tmp_path: Path, name: str) -> None:
    script = tmp_path / "try.py"
    script.write_text(f"import ctypes, threading\n{NATIVE_TRIES[name]}\nprint('got through')\n")
    done = offline(tmp_path, "python", script)
    assert done.returncode == KILLED
    assert "got through" not in done.stdout


def test_control_an_innocent_program_passes(tmp_path: Path) -> None:
    script = tmp_path / "try.py"
    script.write_text("import socket, ssl\nopen('file', 'w').close()\nprint('got through')\n")
    done = offline(tmp_path, "python", script)
    assert (done.returncode, done.stdout) == (0, "got through\n")
