"""Whether the camera of a live session stands on its head or lies on its side: told beside, from the body."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from formcheck.data.observations import Observations
from formcheck.inputs.pose import Scout
from formcheck.inputs.turn import Turning
from formcheck.inputs.video import Picture, shrunk

ENOUGH_S = 2.0
"""Somebody who lies the other way up for so long is not on the way elsewhere."""
DOUBT_S = 6.0
"""And so long until it is told that no ball says it."""
TRY_EVERY_S = 4.0
"""How often a picture in which nobody is found is looked at in all turns; that takes a tenth of a second, beside."""


class Later(Protocol):
    """Does jobs one after the other, soon."""

    def __call__(self, job: Callable[[], None], /) -> Future[None]:
        """What tells when it is done."""


class WayUp:
    """Takes frames until it is sure; `turn` is by how much pictures are to be turned, `doubt` a remark in words."""

    def __init__(self, later: Later, scout: Callable[[], Scout]) -> None:
        self._later, self._scout = later, scout
        self._turning = Turning()
        self._looking: Future[None] | None = None
        self._tried_s = 0.0

    @property
    def turn(self) -> int:
        """Clockwise, degrees; 0 while nothing speaks clearly for it."""
        return 0 if self._busy() else self._turning.turn(ENOUGH_S)

    @property
    def doubt(self) -> str:
        """That the body lies the other way up without a ball that would tell it; empty where it does not."""
        return "" if self._busy() else self._turning.doubt(DOUBT_S)

    def step(self, picture: Picture, frame: Observations) -> None:
        """Take in a picture (height, width, 3) and what was found in it."""
        turning = self._turning
        if turning.sure or self._busy():
            return
        now, pixels = float(frame.time_s[0]), frame.pixels[0]
        if turn := turning.see(now, pixels):
            small = shrunk(picture)
            scaled = pixels * (small.shape[1] / picture.shape[1])
            self._looking = self._later(lambda: turning.look(small, scaled, turn))
        elif turning.hardly_seen and now - self._tried_s >= TRY_EVERY_S:
            self._tried_s = now
            self._looking = self._later(lambda: turning.try_all(shrunk(picture), self._scout()))

    def _busy(self) -> bool:
        """Whether something is being looked at; what went wrong there is raised."""
        if self._looking is None:
            return False
        if not self._looking.done():
            return True
        self._looking.result()
        self._looking = None
        return False
