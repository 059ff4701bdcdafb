"""What is said about reps: at most one phrase a rep, a correction in place of the number, praise when it helped.

A rep's turn to be spoken about lasts from the start of its lift to the start of the next. The verdict of a rep
comes only then, so its cue is said during the next lift and takes the place of that rep's number; after the last
rep before a pause it comes in the pause. The number is said when the legs are down, if nothing else was.

Warnings cannot wait for a turn. A rep has at most one "stop" and one "slower", or one "floor"; a warning takes the
rep's turn, so no number follows, and the judged fault it was about is not mentioned again.
"""

from __future__ import annotations

from formcheck.data.result import SEVERITIES, Finding, Rep
from formcheck.live import words
from formcheck.outputs.voice.phrases import slug
from formcheck.outputs.voice.sounds import COUNT, CUE, WARNING, Say

EVERY = 3
"""The same cue comes at most every third rep."""
SEVERE = SEVERITIES.index("severe")


class Talk:
    """Of one set, `planned` reps long; reps are numbered from 1 in it."""

    def __init__(self, planned: int) -> None:
        self.planned = planned
        self.spoken = 0
        self._turn = 1
        self._used = False
        self._cued: dict[str, int] = {}
        self._open: set[str] = set()
        self._warned: dict[int, set[str]] = {}

    def lift(self, n: int) -> None:
        """Rep `n` begins."""
        if n != self._turn:
            self._turn, self._used = n, False

    def warn(self, key: str) -> list[Say]:
        """A warning in this rep, if it may be said."""
        fault, before = words.WARNED[key], self._warned.setdefault(self._turn, set())
        if fault in before or (before and key == "floor"):
            return []
        before.add(fault)
        self._open.add(fault)
        self._used = True
        return [Say((key,), WARNING)]

    def down(self, n: int) -> list[Say]:
        """Rep `n` has come down: its number, unless something was said or it is the last."""
        if n <= self.spoken or n == self.planned:
            return []
        self.spoken = n
        keys = words.counted(n, self.planned)
        if self._used or not keys:
            return []
        self._used = True
        return [Say(keys, COUNT)]

    def judged(self, n: int, rep: Rep, lifting: bool) -> list[Say]:
        """The verdict of rep `n`, given while the next is lifted or in a pause after it."""
        names = {fault.name for fault in rep.faults}
        gone = self._open - names - set(rep.not_assessable)
        self._open -= gone
        cue = self._cue(n, rep)
        said: words.Keys = (slug(cue.cue),) if cue else words.better(sorted(gone)[0]) if gone else ()
        if not said or (self._used and lifting) or self._must_count(cue):
            return []
        if not lifting:
            self._turn = n + 1  # said in the pause, it takes the next rep's turn
        self._used = True
        if cue:
            self._cued[cue.name] = n
            self._open.add(cue.name)
        return [Say(said, CUE)]

    def _cue(self, n: int, rep: Rep) -> Finding | None:
        """The worst fault that may be mentioned; of equal ones the first in the catalogue."""
        warned = self._warned.pop(n, set())
        free = [f for f in rep.faults if f.name not in warned and n - self._cued.get(f.name, -EVERY) >= EVERY]
        return max(free, key=lambda fault: SEVERITIES.index(fault.severity), default=None)

    def _must_count(self, cue: Finding | None) -> bool:
        """Whether this rep's end is "last two" or "last one", which only a severe fault takes the place of."""
        severe = cue is not None and SEVERITIES.index(cue.severity) >= SEVERE
        return self._turn in (self.planned - 2, self.planned - 1) and not severe
