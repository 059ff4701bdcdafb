"""A Python program that may speak with this machine alone, and that ends at once if it tries any other.

    python tests/loopback.py module dask scheduler --host 127.0.0.1    # or any other module with its arguments
    python tests/loopback.py code "print('whatever')"

For programs that need sockets, where `offline.py`, which forbids them, is too strict. Python's audit events tell of
every connection, name and datagram: exit code 97 and a trace for all but loopback addresses.
"""

from __future__ import annotations

import ipaddress
import os
import runpy
import sys
import traceback
from collections.abc import Sequence

CAUGHT = 97
CONNECTING = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})
NAMING = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"})
HERE = frozenset({"localhost", ""})


def watch() -> None:
    """End the process with `CAUGHT` where it reaches beyond loopback."""
    terminal = os.dup(2)

    def seen(event: str, arguments: Sequence[object]) -> None:
        if (event in CONNECTING and is_far(arguments[1])) or (event in NAMING and is_far((arguments[0],))):
            trace = "".join(traceback.format_stack())
            os.write(terminal, f"loopback: {event} {arguments!r}\n{trace}".encode(errors="replace"))
            os._exit(CAUGHT)

    sys.addaudithook(seen)


def is_far(address: object) -> bool:
    """Whether a socket's address, (host, ...), is of another machine; local sockets have paths."""
    if not isinstance(address, tuple):
        return False
    host = address[0].decode() if isinstance(address[0], bytes) else str(address[0] or "")
    if isinstance(address[0], tuple):
        return is_far(address[0])
    try:
        return not ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host not in HERE


def main(kind: str, program: str, *arguments: str) -> None:
    """Run a module or code under watch."""
    watch()
    sys.argv = [program, *arguments]
    if kind == "module":
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    else:
        sys.argv[0] = "-c"
        exec(program, {"__name__": "__main__"})


if __name__ == "__main__":
    main(*sys.argv[1:])
