"""A command in a process that cannot reach a network, and that ends at once if it tries.

    python tests/offline.py formcheck demo            # or any other command of formcheck
    python tests/offline.py python some_script.py     # or any other program, for controls

Two nets, both put up before anything of the program is loaded. Python's own audit events stop connecting and
looking up names with a trace back to the line that tried: exit code 97. Below that a seccomp filter (Linux,
no rights needed, passed on to threads and children) has the kernel kill the process at any attempt to make a
socket other than a local one: signal SIGSYS, whoever asks for it, native code included. Local sockets are
refused with an error instead, so that no name service daemon can ask on our behalf.
"""

from __future__ import annotations

import ctypes
import os
import platform
import runpy
import struct
import sys
import traceback
from pathlib import Path
from typing import NamedTuple

CAUGHT = 97
EVENTS = frozenset(
    {
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyaddr",
        "socket.gethostbyname",
        "socket.getnameinfo",
        "socket.sendmsg",
        "socket.sendto",
        "urllib.Request",
        "http.client.connect",
        "os.exec",
        "os.posix_spawn",
        "os.system",
        "subprocess.Popen",
    }
)
"""Starting a program counts too: its end might go unnoticed."""
SEARCH = frozenset({"ldconfig", "gcc", "cc", "ld", "objdump"})
"""What `ctypes.util.find_library` asks; sounddevice, which mediapipe imports, looks for its library so."""

AF_UNIX = 1
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K of linux/filter.h
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | 97  # EAFNOSUPPORT
_NUMBER, _MACHINE, _FAMILY = 0, 4, 16  # places in struct seccomp_data
_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2


class Calls(NamedTuple):
    """Numbers of the system calls that matter, and of the machine, from linux/audit.h and unistd.h."""

    machine: int
    socket: int
    io_uring_setup: int


CALLS = {"x86_64": Calls(0xC000003E, 41, 425), "aarch64": Calls(0xC00000B7, 198, 425)}


def supported() -> bool:
    """Whether the kernel's net can be put up on this system."""
    return sys.platform == "linux" and platform.machine() in CALLS


def watch() -> None:
    """End the process with `CAUGHT` and a trace when Python connects or looks up a name."""

    terminal = os.dup(2)  # standard error may be pointed elsewhere by then

    def seen(event: str, arguments: tuple[object, ...]) -> None:
        if event not in EVENTS or (event == "subprocess.Popen" and Path(str(arguments[0])).name in SEARCH):
            return
        trace = "".join(traceback.format_stack())
        os.write(terminal, f"offline: {event} {arguments!r}\n{trace}".encode(errors="replace"))
        os._exit(CAUGHT)

    sys.addaudithook(seen)


def seal() -> None:
    """Have the kernel end this process and its children at any socket but a local one; cannot be undone."""
    calls = CALLS[platform.machine()]
    program = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 1, 0, calls.machine),
        (_RETURN, 0, 0, _KILL),  # a foreign calling convention has other numbers
        (_LOAD, 0, 0, _NUMBER),
        (_EQUAL, 5, 0, calls.io_uring_setup),  # makes sockets without the call
        (_EQUAL, 0, 3, calls.socket),
        (_LOAD, 0, 0, _FAMILY),
        (_EQUAL, 0, 2, AF_UNIX),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _KILL),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))

    libc = ctypes.CDLL(None, use_errno=True)
    whole = Program(len(program), ctypes.addressof(code))
    for call in ((_NO_NEW_PRIVS, 1, 0, 0, 0), (_SET_SECCOMP, _FILTER, ctypes.byref(whole), 0, 0)):
        if libc.prctl(*call) != 0:
            raise OSError(ctypes.get_errno(), "the seccomp filter was refused")


def main(arguments: list[str]) -> None:
    """Run a command line of formcheck, or of Python, behind both nets."""
    kind, *rest = arguments
    watch()
    if supported():
        seal()
    if kind == "python":
        sys.argv = rest
        runpy.run_path(rest[0], run_name="__main__")
    else:
        sys.argv = ["formcheck", *rest]
        runpy.run_module("formcheck", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
