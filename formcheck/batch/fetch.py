"""A clip at hand: the file itself, or for as long as it is needed a copy of what an address leads to."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from formcheck.batch.find import file_system, is_address
from formcheck.errors import FormcheckError


@contextmanager
def here(path: str) -> Iterator[Path]:
    """The file itself, or a copy of what an address leads to, for as long as it is needed."""
    if not is_address(path):
        yield Path(path)
        return
    with tempfile.TemporaryDirectory(prefix="formcheck-") as folder:
        copy = Path(folder) / (Path(path).name or "clip")
        with _opened(path) as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        yield copy


def data_of(address: str) -> bytes:
    """All bytes at an address; raises `FormcheckError`."""
    with _opened(address) as source:
        return bytes(source.read())


@contextmanager
def _opened(address: str) -> Iterator[Any]:
    system, path = file_system(address)
    try:
        with system.open(path, "rb") as file:
            yield file
    except FormcheckError:
        raise
    except Exception as error:  # every file system has errors of its own
        what = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise FormcheckError(f"cannot be fetched: {what or type(error).__name__}") from error
