"""Form checker for the prone thigh extension on a stability ball.

    import formcheck

    recording = formcheck.Recording.load("tests/data/two_reps.npz")   # or formcheck.observe("set.mp4")
    result = formcheck.replay(recording)                               # or formcheck.analyze("set.mp4")
    for rep in result.reps:
        held = rep.numbers["hold_s"]
        print(f"rep {rep.rep}: held {held:.1f} s,", ", ".join(f.name for f in rep.faults) or "no faults")
    print(result.activity.kind, result.activity.sentence)              # which exercise was seen, why no rep was found

Names load on first use: neither OpenCV nor MediaPipe is imported before a video is read.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

TYPE_CHECKING = False  # as type checkers know it; `typing` takes as long to load as all else here
if TYPE_CHECKING:
    from typing import Any

    from formcheck.analyze import analyze, observe, replay, write
    from formcheck.data.observations import Observations
    from formcheck.data.recording import Calibration, Recording, Source
    from formcheck.data.result import Activity, Finding, Rep, Result
    from formcheck.errors import FormcheckError
    from formcheck.rules.limits import Limits
    from formcheck.session import Session

__version__ = "0.1.0"

_HOMES = {
    "analyze": "analyze",
    "observe": "analyze",
    "replay": "analyze",
    "write": "analyze",
    "Observations": "data.observations",
    "Calibration": "data.recording",
    "Recording": "data.recording",
    "Source": "data.recording",
    "Activity": "data.result",
    "Finding": "data.result",
    "Rep": "data.result",
    "Result": "data.result",
    "FormcheckError": "errors",
    "Limits": "rules.limits",
    "Session": "session",
}

__all__ = [
    "Activity",
    "Calibration",
    "Finding",
    "FormcheckError",
    "Limits",
    "Observations",
    "Recording",
    "Rep",
    "Result",
    "Session",
    "Source",
    "__version__",
    "analyze",
    "observe",
    "replay",
    "write",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'formcheck' has no attribute {name!r}")
    return getattr(import_module(f"formcheck.{home}"), name)


class _Package(ModuleType):
    """Loading a module of the same name (`analyze`) must not hide the function."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    return sorted(__all__)
