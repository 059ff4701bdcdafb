"""When a session is over without anybody touching a key: somebody has got up and left."""

from __future__ import annotations

from math import isfinite

from formcheck.live.moment import Moment

GONE_S = 15.0
"""Out of the picture for so long, after at least one rep, is leaving."""
LATE_S = 60.0
"""In a rest people walk about; this long after its end they have left."""
DONE_S = 6.0
"""When all sets are done, getting up is enough."""
GAP_S = 1.0
"""While the camera gave nothing for longer than this, nobody can be said to have been away."""


class Ending:
    """Takes each moment; true from when the session is over."""

    def __init__(self) -> None:
        self._seen_s = self._lay_s = self._last_s = 0.0
        self._reps = 0

    def step(self, moment: Moment, stage: str, rest_until_s: float) -> bool:
        """`stage` is the coach's, `rest_until_s` the end of the rest, not-a-number outside of one."""
        self._reps += len(moment.reps)
        gap = moment.time_s - self._last_s
        self._last_s = moment.time_s
        if gap > GAP_S:
            self._seen_s, self._lay_s = self._seen_s + gap, self._lay_s + gap
        if moment.seen:
            self._seen_s = moment.time_s
        if moment.lying or self._reps == 0:
            self._lay_s = self._seen_s = moment.time_s
        if stage == "done":
            return moment.time_s - self._lay_s > DONE_S
        if isfinite(rest_until_s):
            return moment.time_s > rest_until_s + LATE_S and moment.time_s - self._seen_s > GONE_S
        return moment.time_s - self._seen_s > GONE_S
