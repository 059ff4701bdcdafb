"""Whether this is the first live session of this user: the note on earlier back injuries comes once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from platformdirs import user_state_path

NOTE = (
    "After an injury of the lower back, choose another exercise. formcheck gives no medical advice and no diagnosis; "
    "stop when something hurts."
)


def _mark() -> Path:
    return user_state_path("formcheck") / "note-heard"


def is_first() -> bool:
    """Whether the note has not been given yet; if that cannot be told, it is given."""
    try:
        return not _mark().exists()
    except OSError:
        return True


def remember() -> None:
    """The note has been given; where that cannot be kept, it will come again."""
    with suppress(OSError):
        _mark().parent.mkdir(parents=True, exist_ok=True)
        _mark().touch()
