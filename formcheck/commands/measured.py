"""The command that measures this machine."""

from __future__ import annotations

from formcheck.commands.common import Arguments, print_json
from formcheck.streams import put


def bench(arguments: Arguments) -> int:
    """What each model takes here, and how quick a live session is."""
    from formcheck.live import bench as machine

    found = machine.measure()
    if arguments.json:
        print_json(machine.numbers(found))
    else:
        put(machine.render(found))
    return 0
