"""Before a set: one instruction at a time until everything is well; the note on back injuries, until it is heard."""

from __future__ import annotations

from math import inf

from formcheck.live.moment import Moment
from formcheck.outputs.voice.sounds import TROUBLE, Hush, Say

AGAIN_S = 6.0
"""The same instruction is repeated after this time at the earliest."""
NOTE_S = 9.0
"""The note on back injuries takes 6.6 s to be said; what it says may be thought about for a moment."""
SPOKEN_S = 6.2
"""By then it was heard nearly to its end."""
QUIET_S = {"setup": 3.0, "paused": 3.0, "rest": 12.0, "done": 12.0}
"""So long after the beginning of a stage nothing else is being said: a summary takes up to 10 s."""
ONCE = ("no-ball",)
"""What is said a single time."""


class Instructions:
    """Speaks the advice of the set-up check; silent until `free_s`."""

    def __init__(self, *, note: bool = False) -> None:
        self._said: dict[str, float] = {}
        self._last = ""
        self.free_s = -inf
        self._note, self._note_s = note, -inf
        self._stage, self._since_s = "", -inf

    def note(self, moment: Moment, stage: str, rest_until_s: float) -> list[Hush | Say]:
        """The note on back injuries, at once or where it is quiet; instructions wait for its end."""
        now = moment.time_s
        if stage != self._stage:
            self._stage, self._since_s = stage, now if self._stage else -inf
        early = now - self._since_s < QUIET_S.get(stage, inf)
        instructed = stage in {"setup", "paused"} and moment.advice != "" and self._since_s > -inf
        busy = instructed or rest_until_s - now < NOTE_S
        if not self._note or early or busy:
            return []
        self._note, self._note_s, self.free_s = False, now, now + NOTE_S
        return [Say(("back-note",), TROUBLE)]

    def cut(self, time_s: float) -> bool:
        """Something that cannot wait is next; whether that cuts the note short, which then comes again."""
        under_way = time_s - self._note_s < SPOKEN_S
        if under_way:
            self._note, self._note_s, self.free_s = True, -inf, -inf
        return under_way

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
