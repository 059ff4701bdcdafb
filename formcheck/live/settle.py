"""Side, level and view while somebody gets into position: when to look for them, and which frames wait for it.

Frames are held back while nobody lies over the ball, so that a stay begins with its own calibration. As the stay
goes on it is found again from more and more frames; the session takes it up when it comes.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np

from formcheck.core.calibrate import in_place
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration

FIRST = 15
"""So many frames in which somebody lies (half a second) give the first calibration; then twice as many, and so on."""
MOST = 2000
"""So many frames are kept for it; when there are more, every other one goes."""
HELD_S = 10.0
"""Frames are held back for this long at most."""
AWAY_S = 2.5
"""Somebody who has not lain for this long has left: longer than the session needs to close the last rep."""


class Settling:
    """Takes frames one by one; tells which the session may have, and what a calibration is to be made of.

    `settled` while a calibration of the present stay holds; `stay` counts the stays, and the models.
    """

    def __init__(self) -> None:
        self.settled = False
        self.stay = 0
        self._moves = False  # the camera does
        self._held: deque[Observations] = deque()
        self._stay: list[Observations] = []
        self._lying = 0
        self._next = FIRST
        self._lain_s = -np.inf

    def take(self, frame: Observations) -> Observations:
        """One more frame; those (often this one, or none) that go to the session now."""
        now, lies = float(frame.time_s[0]), bool(in_place(frame)[0])
        if lies:
            self._lain_s = now
            if not self._moves:
                self._keep(frame)
        elif now - self._lain_s > AWAY_S:
            self._leave()
        if self.settled:
            return frame
        self._held.append(frame)
        return self._overdue(now)

    def due(self) -> list[Observations] | None:
        """The frames of this stay, when it is time to find the calibration from them; `None` otherwise.

        To be joined by whoever has the time: of a long stay that takes as long as all else of a frame.
        """
        if self._lying < self._next:
            return None
        self._next = 2 * self._lying
        return list(self._stay)

    def settle(self, calibration: Calibration, now_s: float) -> tuple[Calibration, Observations]:
        """A calibration was found: the same with its time, and the frames that waited for it."""
        held = self.release()
        from_s = float(held.time_s[0]) if len(held) else now_s
        self.settled = True
        return replace(calibration, from_s=from_s), held

    def release(self) -> Observations:
        """The frames that wait, which then wait no longer."""
        held = Observations.join(list(self._held))
        self._held.clear()
        return held

    def anew(self) -> None:
        """Another model looks from now on: what it sees is gathered by itself."""
        self.stay += 1
        self._lying, self._next = 0, FIRST
        self._stay.clear()

    def camera_moves(self) -> Observations:
        """What was seen so far tells nothing of what comes: the frames that wait, which then wait no longer."""
        self.anew()
        self.settled, self._moves = False, True
        return self.release()

    def camera_stands(self, since_s: float) -> Observations:
        """The frames that waited and were seen before; those since then begin a stay."""
        held, self._moves = self.release(), False
        since = held.time_s >= since_s
        for k in since.nonzero()[0].tolist():
            frame = held[k : k + 1]
            self._held.append(frame)
            if in_place(frame)[0]:
                self._keep(frame)
        return held[~since]

    def _keep(self, frame: Observations) -> None:
        self._lying += 1
        self._stay.append(frame)
        if len(self._stay) > MOST:
            self._stay = self._stay[::2]

    def _leave(self) -> None:
        if self._lying:
            self.anew()
        self.settled = False

    def _overdue(self, now: float) -> Observations:
        """Held frames that are too old to wait any longer."""
        old = []
        while self._held and now - float(self._held[0].time_s[0]) > HELD_S:
            old.append(self._held.popleft())
        return Observations.join(old)
