"""What the coach asks to be heard: plain values, without any sample in them. Times are those of the session."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["hold", "count", "go", "out", "in", "end"]
"""Short sounds: a second of the hold, the count-in, its last, breathe out, breathe in, the end of a set."""

CHAT, COUNT, CUE, WARNING, TROUBLE = range(5)
"""Priorities of phrases, the last first: trouble with camera or position, a warning before a fault, a cue after
one, rep numbers and the like, talk."""


class Guide(NamedTuple):
    """The continuous tone at this instant.

    elevation_deg  where the legs are: the tone's pitch
    target_deg     where they should be by now on the way down: a second, softer voice; `None` for none
    parallel       within the band that counts as parallel: the detent
    warning        0 (pleasant) to 1 (harsh): near the floor, or about to pass parallel
    """

    elevation_deg: float
    target_deg: float | None = None
    parallel: bool = False
    warning: float = 0.0


class Tick(NamedTuple):
    """A short sound at a time of the session (seconds); at once where that has passed."""

    kind: Kind
    at_s: float


class Say(NamedTuple):
    """Phrases to speak without a pause between them, by their keys; one of lower priority gives way."""

    keys: tuple[str, ...]
    priority: int = CHAT


class Hush(NamedTuple):
    """Stop speaking, and forget ticks that are still to come."""


class Heard(NamedTuple):
    """All that one moment brings: the tone from now on (`None`: silent), and what else sounds."""

    guide: Guide | None = None
    sounds: tuple[Tick | Say | Hush, ...] = ()
