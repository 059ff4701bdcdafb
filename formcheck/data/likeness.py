"""A word that somebody typed, and the known one that was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

ALIKE = 0.55
"""The least likeness (`difflib`, 0 to 1) of a typing mistake: two letters exchanged in a word of five have 0.8."""
LONGEST = 80
"""So many letters of a word are looked at."""
FEW = 12
"""So many known words are all named where none is like it."""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like `word`, empty where none is like it.

    >>> nearest("analyse", ["analyze", "replay"]), nearest("zzz", ["analyze"])
    ('analyze', '')
    """
    found = difflib.get_close_matches(word[:LONGEST].lower(), list(known), n=1, cutoff=ALIKE)
    return found[0] if found else ""


def suggestion(word: str, known: Iterable[str], *, what: str = "the nearest") -> str:
    """What may have been meant, to be put into a message.

    >>> suggestion("analyse", ["analyze", "replay"])
    'the nearest is analyze'
    >>> suggestion("zzz", ["analyze", "replay"])
    'known are analyze, replay'
    """
    names = list(known)
    if near := nearest(word, names):
        return f"{what} is {near}"
    return f"known are {', '.join(names)}" if len(names) <= FEW else "none that is known is like it"
