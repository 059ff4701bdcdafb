"""How somebody and the camera stand to each other just now: plain numbers from the last second.

What the set-up check and the watch over a session both judge. Nothing is decided here. A few times a second
the newest frames are measured with the core's own geometry; in between the last answer holds.
"""

from __future__ import annotations

from collections import deque
from math import inf, nan
from typing import NamedTuple

import numpy as np

from formcheck.core.calibrate import calibrate, is_lying
from formcheck.core.posemodel import named
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration, Room, Source
from formcheck.live import framing, prone

EVERY_S = 0.2
"""How often the numbers are taken anew."""
CALIBRATE_S = 0.5
KEPT_S = 1.3
"""Frames looked back on: a second for stillness, and a little for uneven times."""
STILL_S = 1.0
NOW_S = 0.5
"""Light, presence and places are means and medians over this."""
FEWEST = 2
"""Frames with somebody prone that are needed to say anything of how they lie: slow cameras have not many."""
MOST_ROWS = 15
"""Frames a calibration is made of: their medians tell as much as those of 40 at two thirds of the cost."""


class Place(NamedTuple):
    """Numbers about one instant; not-a-number or `None` where not known.

    time_s      of the newest frame
    light       mean brightness, 0 to 255
    seen        share of the last half second in which somebody was seen
    people      how many are in view, `None` where nobody has looked
    prone_s     for how long the trunk has been nearer to the horizontal than to the vertical; 0 while it is not
    over        how far the body reaches past the edges of the picture
    room_roll_deg  the picture is turned by that much, by the room
    roll_deg    the same, by the room or else by hands and toes on the floor
    down_deg    the camera looks down on the body by that much, by the body and, where it tells, the room
    yaw_deg     the line of sight off the side view, positive from the head's side, by the body alone
    fused_deg   the same as the session's calibration has it
    facing      where the head points in the picture
    leg_deg, knee_deg  elevation of the leg, flexion of the knee
    ball        one is found
    ball_offset_m  its middle from under the hips, positive towards the head
    moved       how far joints moved within the last second, in legs; infinite while there was no whole one
    leg_px      the leg's usual length
    hands, ball_px  where they are: x, y, and x, y, radius, pixels
    """

    time_s: float
    light: float = nan
    seen: float = 0.0
    people: int | None = None
    prone_s: float = 0.0
    over: framing.Over = framing.INSIDE
    room_roll_deg: float = nan
    roll_deg: float = nan
    down_deg: float = nan
    yaw_deg: float = nan
    fused_deg: float = nan
    facing: str = "left"
    leg_deg: float = nan
    knee_deg: float = nan
    ball: bool = False
    ball_offset_m: float = nan
    moved: float = inf
    leg_px: float = nan
    hands: tuple[float, float] = (nan, nan)
    ball_px: tuple[float, float, float] = (nan, nan, nan)


class Placing:
    """Takes frames one by one; says how things stand. Keeps a second of frames. `model` may change."""

    def __init__(self, source: Source, model: str) -> None:
        self.model = model
        self._source = source
        self._frames: deque[Observations] = deque()
        self._last = Place(-inf)
        self._prone_since = inf
        self._own: Calibration | None = None
        self._own_s = -inf

    def step(
        self,
        frame: Observations,
        room: Room | None = None,
        people: int | None = None,
        calibration: Calibration | None = None,
    ) -> Place:
        """How things stand at a frame (one row).

        `room` is the newest, `people` how many were seen at the last look; `calibration` one of the last
        seconds, where somebody has it already; else it is found here.
        """
        now = float(frame.time_s[0])
        self._keep(frame, now)
        if now - self._last.time_s < EVERY_S:
            if self._own is not None and now - self._own_s >= CALIBRATE_S:
                self._calibrate(self._joined(), room or Room(), now)  # not at the frame that measures: 1 ms each
            return self._last
        self._last = self._measured(now, room or Room(), people, calibration)
        return self._last

    def _keep(self, frame: Observations, now: float) -> None:
        self._frames.append(frame)
        while now - float(self._frames[0].time_s[0]) > KEPT_S:
            self._frames.popleft()

    def _measured(self, now: float, room: Room, people: int | None, given: Calibration | None) -> Place:
        frames = self._joined()
        recent = frames[frames.time_s > now - NOW_S]
        seen = np.isfinite(recent.pixels[:, 0, 0])
        flat = is_lying(recent) & seen
        lies = bool(flat.sum() >= FEWEST and 2 * flat.sum() > seen.sum())
        self._prone_since = min(self._prone_since, float(recent.time_s[flat][0])) if lies else inf
        turned = prone.roll(room)
        light, share = float(recent.brightness.mean()), float(seen.mean())
        place = Place(now, light, share, people, room_roll_deg=turned, roll_deg=turned)
        if not lies:
            self._own = None
            return place
        own = self._own if now - self._own_s < 2 * CALIBRATE_S else None
        view = given or own or self._calibrate(frames, room, now)
        moved = prone.moved(frames[frames.time_s >= now - STILL_S], view) if self._whole_second(now) else inf
        seen_so = prone.Seen(recent[flat], view, self._source, named(self.model))
        numbers = prone.numbers(seen_so, room, still=moved < prone.STILL)
        return place._replace(prone_s=now - self._prone_since, moved=moved, **numbers)

    def _whole_second(self, now: float) -> bool:
        return now - float(self._frames[0].time_s[0]) >= 0.95 * STILL_S

    def _joined(self) -> Observations:
        return Observations.join(list(self._frames))

    def _calibrate(self, frames: Observations, room: Room, now: float) -> Calibration:
        few = frames[:: 1 + len(frames) // MOST_ROWS]
        self._own, self._own_s = calibrate(few, self._source, self.model, room), now
        return self._own
