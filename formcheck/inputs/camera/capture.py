"""Pictures as they come: read on threads of their own, only the newest kept, and again after trouble."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal, NamedTuple

from formcheck.inputs.camera.reader import Reader, stands_still
from formcheck.inputs.camera.source import Camera, Frame, Picture
from formcheck.inputs.camera.tap import Tap
from formcheck.inputs.camera.times import Times
from formcheck.inputs.frozen import Repeats

State = Literal["running", "lost", "ended"]
PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0)
CLOSE_S = 0.4
STILL_S = 1.0
"""A picture that stands still for so long is as good as none."""


class Shot(NamedTuple):
    """A captured picture.

    number       among all that were captured, from 0; gaps are frames that were dropped
    time_s       seconds of the session: from its first frame, strictly rising
    picture      (height, width, 3) uint8 in blue, green, red; the tap sees the same: do not draw on it
    captured_at  when it came in, `time.perf_counter`
    guessed_s    stretches (from, to) of a file's times that had to be guessed so far
    """

    number: int
    time_s: float
    picture: Picture
    captured_at: float
    guessed_s: tuple[tuple[float, float], ...] = ()


class Capture:
    """Reads a camera until closed, or until the file ends. Pictures that repeat the one before are passed over.

    captured  frames that came in
    dropped   those that were replaced by a newer one before anybody took them
    losses    how often the camera was lost
    trouble   the last trouble in one line, empty if there was none; it stays when the camera is back
    tap       sees every frame, on a thread of its own; `untapped` counts those that came while it was more
              than a second behind, `tap_failed` is what it raised
    """

    def __init__(self, camera: Camera, *, tap: Callable[[Shot], object] | None = None) -> None:
        self.camera = camera
        self.captured = self.dropped = self.losses = 0
        self.trouble = ""
        self._state: State = "running"
        self._slot: Shot | None = None
        self._times = Times()
        self._repeats = Repeats()
        self._true_at = 0.0  # when the last picture came in that was none of them
        self._news = threading.Condition()
        self._stop = threading.Event()
        self._fresh = False  # a frame came over the present connection
        self._tap = Tap(tap) if tap else None
        self._reader = Reader(camera, self._take)
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        self._thread.start()

    def __enter__(self) -> Capture:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def state(self) -> State:
        """ "running"; "lost" until the camera gives pictures again; "ended" when no shot comes any more."""
        with self._news:
            return "running" if self._state == "ended" and self._slot else self._state

    @property
    def started_at(self) -> float:
        """When the session's time was 0, `time.perf_counter`; not-a-number before the first frame."""
        return self._times.start

    @property
    def untapped(self) -> int:
        """Frames that the tap has missed."""
        return self._tap.lost if self._tap else 0

    @property
    def tap_failed(self) -> Exception | None:
        """What the tap raised."""
        return self._tap.failed if self._tap else None

    def next(self, timeout_s: float) -> Shot | None:
        """The newest shot that has not been taken; waits for one, and gives `None` when none came in time.

        At the end it is `None` at once: ask `state`.
        """
        with self._news:
            self._news.wait_for(lambda: self._slot is not None or self._state == "ended", timeout_s)
            shot, self._slot = self._slot, None
            return shot

    def close(self) -> None:
        """Stop, within a second, whatever the camera is doing."""
        self._stop.set()
        with self._news:
            self._state, self._slot = "ended", None
            self._news.notify_all()
            reader = self._reader
        reader.give_up()
        self._thread.join(CLOSE_S)
        reader.join(CLOSE_S / 2)
        if self._tap:
            self._tap.close(CLOSE_S)

    def _run(self) -> None:
        """The thread that watches over the one that reads."""
        tries = 0
        while not self._stop.is_set():
            self._reader.start()
            trouble = self._reader.watch()
            self._reader.give_up()
            if self._stop.is_set():
                return
            if not trouble or self.camera.kind == "file":
                self._tell("ended", trouble)
                return
            tries = 0 if self._fresh else tries
            self._tell("lost", trouble)
            if self._stop.wait(PAUSES_S[min(tries, len(PAUSES_S) - 1)]):
                return
            tries += 1
            self._begin_again()

    def _begin_again(self) -> None:
        with self._news:
            self._reader = Reader(self.camera, self._take)
            self._times.connected()
            self._fresh = False

    def _tell(self, state: State, trouble: str) -> None:
        with self._news:
            if self._stop.is_set():
                return
            self.losses += state == "lost" and self._state != "lost"
            self._state = state
            self.trouble = trouble or self.trouble
            self._news.notify_all()

    def _take(self, frame: Frame, reader: Reader) -> bool:
        """Called by the reading thread with each frame; one that was given up is not heard any more."""
        with self._news:
            if reader is not self._reader or self._state == "ended":
                return True
            if self._repeats.step(frame.picture):
                if self._state == "running" and frame.arrived - self._true_at > STILL_S:
                    self._tell("lost", stands_still(self.camera))
                return False
            self._true_at = frame.arrived
            shot = Shot(self.captured, self._times.of(frame), frame.picture, frame.arrived)
            if self.camera.kind == "file" and frame.stamp_s is not None:
                shot = shot._replace(time_s=frame.stamp_s, guessed_s=frame.guessed_s)  # as `analyze` has them
            self.captured += 1
            self.dropped += self._slot is not None
            self._slot, self._state, self._fresh = shot, "running", True
            self._news.notify_all()
        if self._tap:
            self._tap.put(shot)
        return True
