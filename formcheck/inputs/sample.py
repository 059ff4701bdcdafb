"""The clip that comes with formcheck: for the demo, and to measure how fast this machine is."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from formcheck.inputs.video import Picture, Video

NAME = "clip10.mp4"
"""Three reps, the later two swung."""
MODEL = "lite"
"""The quickest model that finds in it what `heavy` finds, in a fifth of the time; a test says so."""
_PACKAGE = Path(__file__).resolve().parents[1]


def path() -> Path:
    """Where the clip lies: in the installed package, or in a source checkout."""
    folders = (_PACKAGE / "samples", _PACKAGE.parent / "samples")
    return next((f / NAME for f in folders if (f / NAME).is_file()), folders[0] / NAME)


def pictures(most: int) -> list[tuple[float, Picture]]:
    """Times (seconds) and pictures of its first frames."""
    with Video(path()) as video:
        return list(islice(video, most))
