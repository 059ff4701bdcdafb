"""Before a set: one instruction at a time until everything is well."""

from __future__ import annotations

from math import inf

from formcheck.live.moment import Moment
from formcheck.outputs.voice.sounds import TROUBLE, Hush, Say

AGAIN_S = 6.0
"""The same instruction is repeated after this time at the earliest."""
NOTE_S = 9.0
"""The note on back injuries takes so long to be said."""
ONCE = ("no-ball",)
"""What is said a single time."""


class Instructions:
    """Speaks the advice of the set-up check; silent until `free_s`."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}
        self._last = ""
        self.free_s = -inf

    def note(self, time_s: float) -> list[Hush | Say]:
        """The note on back injuries; instructions wait for its end."""
        self.free_s = time_s + NOTE_S
        return [Say(("back-note",), TROUBLE)]

    def step(self, moment: Moment, leaving_out: tuple[str, ...] = ()) -> list[Hush | Say]:
        """The instruction of this moment: a new one at once, cutting the old one short; the same after a while."""
        key = moment.advice
        if not key or key in leaving_out or moment.time_s < self.free_s:
            return []
        since = moment.time_s - self._said.get(key, -inf)
        if since < AGAIN_S or (key in ONCE and since < inf):
            return []
        cut: list[Hush | Say] = [Hush()] if self._last not in ("", key) else []
        self._said[key], self._last = moment.time_s, key
        return [*cut, Say((key,), TROUBLE)]
