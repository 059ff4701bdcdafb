"""Core and rules as they were when `before.zip` was made: what today's are held against.

    python benchmarks/before.py    # make it anew from today's: only after a slower core was weighed and written down

The same instructions on the same data in turn: whatever the processor is quick or slow at, both sides are. Held against
calls of numpy, one core cost 1.3 on one processor and 1.7 on another, which is more than what the guard is to notice.
The archive holds the sources, their package renamed so that both can be imported.
"""

from __future__ import annotations

import re
import sys
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

from material import ROOT

ARCHIVE = Path(__file__).resolve().parent / "before.zip"
NAME = "formcheck_before"
PARTS = ("core", "rules", "data")
SINGLE = ("session.py", "errors.py")
MADE = (2026, 1, 1, 0, 0, 0)
"""The same time in every archive, so that the same sources give the same bytes."""


def before(module: str) -> Any:
    """A module as it was, such as `before("session")`."""
    if str(ARCHIVE) not in sys.path:
        sys.path.append(str(ARCHIVE))
    return import_module(f"{NAME}.{module}")


def keep(archive: Path = ARCHIVE) -> None:
    """Put today's core and rules into the archive."""
    package = ROOT / "formcheck"
    files = sorted(path for part in PARTS for path in (package / part).rglob("*.py"))
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as kept:
        kept.writestr(zipfile.ZipInfo(f"{NAME}/__init__.py", MADE), '"""As it was."""\n')
        for path in [*files, *(package / name for name in SINGLE)]:
            source = re.sub(r"\bformcheck(?=[. ])", NAME, path.read_text(encoding="utf-8"))
            entry = zipfile.ZipInfo(f"{NAME}/{path.relative_to(package).as_posix()}", MADE)
            kept.writestr(entry, source, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    keep()
