"""When pictures were taken, in seconds of the session."""

from __future__ import annotations

import math

from formcheck.inputs.camera.source import Frame

AGREE_S = 0.5
LEAK = 0.001  # how much a stream's clock may lag behind ours, seconds a second
LEAST_S = 0.001  # from one frame to the next
CHANCES = 3


class Times:
    """Strictly rising seconds from the first frame, by the monotonic clock; gaps stay gaps.

    A stream's own stamps tell the distances between its frames better than their arrival, but not when its
    zero was: that is found from the frame that came soonest, and no frame is set later than it came. Stamps
    that do not rise, or stray from the arrival by more than half a second, are passed over; after the third
    time all those of the connection are.
    """

    def __init__(self) -> None:
        self.start = math.nan  # of the session, `time.perf_counter`
        self._last = -math.inf
        self.connected()

    def connected(self) -> None:
        """The stamps of a new connection begin at any zero."""
        self._offset = math.nan  # from a stamp to the monotonic clock
        self._stamp = -math.inf
        self._chances = CHANCES

    def of(self, frame: Frame) -> float:
        """The time of the next frame."""
        if math.isnan(self.start):
            self.start = frame.arrived
        taken = frame.arrived if frame.stamp_s is None else self._taken(frame.arrived, frame.stamp_s)
        self._last = max(taken - self.start, self._last + LEAST_S)
        return self._last

    def _taken(self, arrived: float, stamp_s: float) -> float:
        """When it was taken, by the monotonic clock."""
        if not self._chances:
            return arrived
        rises = stamp_s > self._stamp
        offset = arrived - stamp_s
        if not math.isnan(self._offset) and rises:
            offset = min(offset, self._offset + LEAK * (stamp_s - self._stamp))
        if not rises or arrived - (stamp_s + offset) > AGREE_S:
            self._chances -= 1
            offset = arrived - stamp_s
        self._stamp, self._offset = stamp_s, offset
        return stamp_s + offset
