"""The command: exit codes, errors as one line, and an end in order whenever it comes.

Exit code 0: done (faults found are a result); 1: something failed; 2: wrong usage or input; 128 and the number of a
signal that ended it. What takes time to load is loaded when signals are caught.
"""

from __future__ import annotations

import sys

from formcheck import ends

TYPE_CHECKING = False  # as type checkers know it, without `typing`
if TYPE_CHECKING:
    from collections.abc import Sequence

DONE = 0
DEBUG = "--debug"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Without `argv` it is that of this process, whose signals and streams are ours."""
    if argv is not None:
        return _run(argv)
    ends.catch()
    from formcheck import streams  # noqa: PLC0415 - what comes with it takes time

    streams.prepare()
    try:
        code = _run(sys.argv[1:])
    except SystemExit as error:  # help and version
        code = error.code if isinstance(error.code, int) else DONE
    code = streams.finish(code)
    ends.over(code)
    return code


def _run(argv: Sequence[str]) -> int:
    from formcheck import blame, streams  # noqa: PLC0415

    try:
        code = _command(argv)
        streams.flush()
    except KeyboardInterrupt as error:
        return _complain(ends.line(error), ends.code(error))
    except BrokenPipeError:
        streams.lose_output()
        return DONE
    except Exception as error:  # noqa: BLE001 - whatever it is, one line of it
        if DEBUG in argv:
            streams.trace(error)
        return _complain(blame.line(error), blame.code(error))
    return code


def _command(argv: Sequence[str]) -> int:
    from formcheck import streams  # noqa: PLC0415
    from formcheck.inputs import memory  # noqa: PLC0415

    memory.require(memory.NUMBERS)
    from formcheck import commands  # noqa: PLC0415
    from formcheck.arguments import read  # noqa: PLC0415 - numpy comes with it
    from formcheck.data import versions  # noqa: PLC0415

    arguments = read(argv)
    run = commands.load(arguments.run)  # scipy comes with it
    ends.loaded()
    memory.one_store()
    if arguments.verbose:
        streams.complain(versions.line())
    return run(arguments)


def _complain(message: str, code: int) -> int:
    from formcheck import streams  # noqa: PLC0415

    streams.complain(message)
    return code
