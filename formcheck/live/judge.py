"""What one frame brings, from what is seen in it to what is heard: settling, session, set-up check and coach.

Takes rows of observations, and knows no camera, picture, net, clock or thread: what takes long is handed to `later`.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import replace
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from formcheck.core.angles import SIGNALS
from formcheck.core.calibrate import calibrate
from formcheck.core.exercise import in_position
from formcheck.data.journal import Journal
from formcheck.data.observations import Observations
from formcheck.data.recording import Calibration, Room, Source
from formcheck.data.result import Rep
from formcheck.live.coach import Coach
from formcheck.live.moment import Moment
from formcheck.live.place import EVERY_S, Place, Placing
from formcheck.live.settle import Settling
from formcheck.live.setup import Setup
from formcheck.live.stand import Camera, Change, Stand
from formcheck.live.trouble import Watch
from formcheck.outputs.voice.sounds import TROUBLE, Heard, Say
from formcheck.rules.limits import Limits
from formcheck.session import Session

Answer = TypeVar("Answer")
Floats = NDArray[np.float64]
CAMERA_MOVED = "camera-moved"
LAST_S = 1.0
"""At the end a calibration that is being found is waited for so long."""


class Later(Protocol):
    """Does jobs one after the other, soon."""

    def __call__(self, job: Callable[[], Answer], /) -> Future[Answer]:
        """What will be the job's answer."""


class Found(NamedTuple):
    """What was found beside: the calibration of which stay, by which model."""

    calibration: Calibration
    room: Room
    stay: int
    model: str


class Judge:
    """Takes frames; holds session, settling, set-up check and coach, and writes the journal.

    `later` does what takes long, `room` tells (there) how the camera stands; `roll_deg` fixes how far the picture is
    turned until the camera moves, which `camera` tells. What a job raised is raised by the next step.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - a session's parts
        self,
        source: Source,
        model: str,
        limits: Limits,
        coach: Coach,
        journal: Journal,
        later: Later,
        room: Callable[[], Room],
        roll_deg: float | None = None,
        camera: Camera = lambda: ([], None),
    ) -> None:
        self.source, self.model, self.coach = source, model, coach
        self.session = Session(Calibration(), source, model, limits, endless=True)
        self._first_model, self._roll_deg, self._journal = model, roll_deg, journal
        self._later, self._look_at_room = later, room
        self._settling, self._setup, self._trouble = Settling(), Setup(limits), Watch()
        self._placing = _Aside(Placing(source, model), later)
        self._stand = Stand(camera)
        self._finding: Future[Found] | None = None
        self._room = Room()
        self._last_s = 0.0
        self._anew = False  # another calibration has been taken up
        self._next = 0  # number of the instant that the coach has not been told of
        journal.calibration(self.session.calibration)

    def step(self, frame: Observations, people: int | None = None) -> tuple[Moment, Heard]:
        """All that one frame (one row) brings; `people`: so many were in view at the last look."""
        self._last_s = float(frame.time_s[0])
        self._journal.frames(frame)
        change = self._stand.step(self._last_s)
        late = self._moved(change)
        reps, rows = self._judge(frame)
        moment = self._moment(frame, rows, late + reps, people)
        if change.begun is not None or (self._stand.moving is not None and moment.trouble == CAMERA_MOVED):
            moment = moment._replace(trouble=CAMERA_MOVED if change.begun is not None else "")
        heard = self.coach.step(moment)
        if moment.trouble:
            heard = heard._replace(sounds=(*heard.sounds, Say((moment.trouble,), TROUBLE)))
        return moment, heard

    def guessed(self, spans: tuple[tuple[float, float], ...]) -> None:
        """Times had to be guessed in these stretches so far: tempo is unknown there."""
        if spans != self.session.guessed_s:
            self.session.guessed_s = spans
            self._journal.source(replace(self.source, guessed_s=spans))

    def exchange(self, model: str) -> list[Rep]:
        """Another model looks from the next frame on; the reps that close with frames that waited for it."""
        after = float(np.nextafter(self._last_s, np.inf))
        reps = self.session.push(self._settling.release())
        self.model = model
        self._placing.anew(model)
        self._settling.anew()
        self._take_up(replace(self.session.calibration, model=self._other(model), from_s=after))
        return reps

    def finish(self) -> tuple[list[Rep], Heard]:
        """No more frames: the reps that were still open, and what is said at the end."""
        if self._finding is not None:
            wait([self._finding], LAST_S)
        reps, _ = self._calibrated()
        if self._stand.moving is not None:
            self._journal.move(replace(self._stand.moving, to_s=self._last_s))
        reps += self.session.push(self._settling.release())
        reps += self.session.finish()
        nothing = np.zeros((0, len(SIGNALS)))
        self.coach.step(Moment(self._last_s, self._next, nothing, seen=False, lying=False, reps=tuple(reps)))
        return reps, self.coach.finish()

    def _moved(self, change: Change) -> list[Rep]:
        """Nothing is judged across a move of the camera, and all is found anew; the reps that close with it."""
        reps: list[Rep] = []
        if change.begun is not None:
            reps += self.session.push(self._settling.camera_moves())
            self.session.camera_moved(change.begun.from_s)
            self._journal.move(change.begun)
        if change.over is not None:
            reps += self.session.push(self._settling.camera_stands(change.over.to_s))
            self._journal.move(change.over)
            known = self._roll_deg is not None and change.over.turn_deg is not None
            self._roll_deg = (self._roll_deg or 0.0) + (change.over.turn_deg or 0.0) if known else None
        if change != Change():
            self._trouble.camera_moved()
            self._room = Room()
        return reps

    def _judge(self, frame: Observations) -> tuple[list[Rep], Floats]:
        """The reps that close with a frame, and the instants that became known, from `_next` on."""
        reps, rows = self._calibrated()
        reps += self.session.push(self._settling.take(frame))
        rows = self._joined(rows)
        if self._finding is None and (stay := self._settling.due()) is not None:
            self._finding = self._later(self._find(stay, self._settling.stay, self.model))
        return reps, rows

    def _calibrated(self) -> tuple[list[Rep], Floats]:
        """Take up a calibration where one has been found, with the frames that waited for it."""
        nothing = np.zeros((0, len(SIGNALS)))
        if self._finding is None or not self._finding.done():
            return [], nothing
        found, self._finding = self._finding.result(), None
        if (found.stay, found.model) != (self._settling.stay, self.model):
            return [], nothing
        calibration, held = self._settling.settle(found.calibration, self._last_s)
        self._room = found.room
        self._journal.room(found.room)
        self._take_up(replace(calibration, model=self._other(found.model)))
        return self.session.push(held), self._joined(nothing) if len(held) else nothing

    def _joined(self, rows: Floats) -> Floats:
        """These instants and the session's newest; what was known to nobody in between stays unknown."""
        first, news = self.session.news
        missing = first - self._next - len(rows)
        unknown = np.full((max(0, missing), len(SIGNALS)), np.nan)
        return np.concatenate([rows, unknown, news])

    def _find(self, frames: list[Observations], stay: int, model: str) -> Callable[[], Found]:
        def find() -> Found:
            room = self._look_at_room()
            seen = Observations.join(frames)
            return Found(calibrate(seen, self.source, model, room, roll_deg=self._roll_deg), room, stay, model)

        return find

    def _take_up(self, calibration: Calibration) -> None:
        self._anew = True
        self.session.recalibrate(calibration)
        self._journal.calibration(calibration)

    def _other(self, model: str) -> str:
        """How a calibration names the model: not at all where it is the recording's."""
        return "" if model == self._first_model else model

    def _moment(self, frame: Observations, rows: Floats, reps: list[Rep], people: int | None) -> Moment:
        first, self._next = self._next, self._next + len(rows)
        settled = self.session.calibration if self._settling.settled else None
        if settled is None:
            rows = np.full_like(rows, np.nan)
        place = self._placing.step(frame, self._room, people, settled)
        advice = self._setup.step(place)
        anew, self._anew = self._anew, False
        known = len(rows) > 0 and settled is not None
        return Moment(
            self._last_s,
            first,
            rows,
            seen=bool(np.isfinite(frame.pixels[0, 0, 0])),
            lying=bool(in_position(rows[-1:])[0]) if known else place.prone_s > 0,
            reps=tuple(reps),
            advice=advice.key,
            still=advice.still,
            trouble=self._trouble.step(place),
            anew=anew,
            late_s=self.session.late_s,
        )


class _Aside:
    """`Placing` beside: every so often with all frames that have come since; in between the last answer holds."""

    def __init__(self, placing: Placing, later: Later) -> None:
        self._placing, self._later = placing, later
        self._frames: list[Observations] = []
        self._last = Place(-np.inf)
        self._asked_s = -np.inf
        self._answer: Future[Place] | None = None

    def anew(self, model: str) -> None:
        """Another model looks from now on."""
        self._placing.model = model

    def step(self, frame: Observations, room: Room, people: int | None, calibration: Calibration | None) -> Place:
        """How things stood a moment ago."""
        now = float(frame.time_s[0])
        self._frames.append(frame)
        if self._answer is None and now - self._asked_s >= EVERY_S:
            frames, self._frames = self._frames, []
            self._answer, self._asked_s = self._later(lambda: self._over(frames, room, people, calibration)), now
        if self._answer is not None and self._answer.done():
            self._last, self._answer = self._answer.result(), None
        return self._last

    def _over(
        self, frames: list[Observations], room: Room, people: int | None, calibration: Calibration | None
    ) -> Place:
        return [self._placing.step(frame, room, people, calibration) for frame in frames][-1]
