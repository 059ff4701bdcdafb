"""What an exception comes from, in one line for a person: the input, memory, file handles, or formcheck itself."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from formcheck.errors import FormcheckError, OutputError

MEMORY = "not enough memory; close other programs or give a shorter video"
HANDLES = "too few files may be open at once; allow more (ulimit -n 256)"
_MEMORY = re.compile(
    r"bad[_ ]alloc|insufficient memory|out of memory|cannot allocate memory|can't start new thread"
    r"|failed to map segment|unable to allocate|failed to allocate",
    re.IGNORECASE,
)
"""How libraries say it that have no `MemoryError`: C++, OpenCV, the linker, threads."""
_HANDLES = re.compile("too many open files", re.IGNORECASE)
NEARLY = 0.85
"""A process that has once had so much of what it may have is short of memory, whatever a library makes of it."""


def line(error: BaseException) -> str:
    """What went wrong, and where it can be told what to do."""
    if is_memory(error):
        return MEMORY
    if is_handles(error):
        return HANDLES
    if isinstance(error, FormcheckError):
        return str(error)
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error or type(error).__name__}"
    text = " ".join(str(error).split())[:300]
    return f"unexpected {type(error).__name__}{f': {text}' if text else ''}{_place(error)}; please report it"


def code(error: BaseException) -> int:
    """What the command line ends with: 2 where the call or the input is to blame, else 1."""
    own = isinstance(error, FormcheckError) and not is_memory(error) and not is_handles(error)
    return error.exit_code if own and isinstance(error, FormcheckError) else 1


def is_memory(error: BaseException) -> bool:
    """Whether there was too little memory."""
    chain = list(_chain(error))
    if any(isinstance(each, MemoryError) or _errno(each) == errno.ENOMEM or _says(_MEMORY, each) for each in chain):
        return True
    return not isinstance(error, OutputError) and _is_native(chain) and _is_pressed()


def is_handles(error: BaseException) -> bool:
    """Whether too few files may be open."""
    return any(_errno(each) in {errno.EMFILE, errno.ENFILE} or _says(_HANDLES, each) for each in _chain(error))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _errno(error: BaseException) -> object:
    return getattr(error, "errno", None)


def _says(words: re.Pattern[str], error: BaseException) -> bool:
    return words.search(str(error)) is not None


def _is_native(chain: list[BaseException]) -> bool:
    """Whether a library failed that may not know why."""
    told = [each for each in chain if not isinstance(each, NotImplementedError | RecursionError)]
    return any(isinstance(each, RuntimeError | SystemError | ImportError) for each in told)


def _is_pressed() -> bool:
    """Whether this process has come close to the memory that it may have (Linux)."""
    with suppress(OSError, ValueError, ImportError, IndexError):
        import resource  # noqa: PLC0415 - not on every system

        most = resource.getrlimit(resource.RLIMIT_AS)[0]
        if most == resource.RLIM_INFINITY:
            return False
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return 1024 * int(status.split("VmPeak:")[1].split()[0]) > NEARLY * most
    return False


def _place(error: BaseException) -> str:
    """The innermost line of formcheck's own, for whoever looks into it."""
    found, trace = "", error.__traceback__
    home = Path(__file__).parent
    while trace is not None:
        found, trace = _line_of(trace, home) or found, trace.tb_next
    return f" ({found})" if found else ""


def _line_of(trace: TracebackType, home: Path) -> str:
    with suppress(ValueError):
        inside = Path(trace.tb_frame.f_code.co_filename).relative_to(home)
        return f"{inside.as_posix()}:{trace.tb_lineno}, Python {sys.version_info[0]}.{sys.version_info[1]}"
    return ""
