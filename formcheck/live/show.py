"""The window of a live session: what the newest frame brought, as a picture; keys back to the session."""

from __future__ import annotations

import time
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from formcheck.core.quick import Estimate
from formcheck.data.result import Finding
from formcheck.live import first
from formcheck.live.look import View
from formcheck.live.run import Live
from formcheck.outputs.body import Body
from formcheck.outputs.voice.phrases import Pack
from formcheck.outputs.window.face import Face, Tone
from formcheck.outputs.window.live_body import body_of, standing, steadied
from formcheck.outputs.window.screen import Window

PERIOD_S = 1 / 30
NOTE_S = 12.0
"""The note on earlier injuries stands for so long."""
FRESH_S = 0.5
WARNING_S = 10.0
FAULTS_S = 6.0
"""Faults stand for so long after their verdict: what they say is over when the legs are down again."""
TARGETS_S = {"lift": 1.0, "hold": 3.0, "lower": 3.5}
"""How long the phases of a rep should last, by the exercise's text."""


def show(live: Live, *, mirrored: bool = False) -> None:
    """Show the session until it is over or somebody ends it; belongs on the main thread.

    Raises `UsageError` where there is no screen.
    """
    window = Window()
    try:
        _loop(live, window, mirrored)
    finally:
        window.close()


def _loop(live: Live, window: Window, mirrored: bool) -> None:
    face, shown = _Faces(live, mirrored), -1
    while not live.over.is_set():
        began = time.perf_counter()
        view = live.view
        if view is None or view.shot.number != shown:
            shown = -1 if view is None else view.shot.number
            window.show(None if view is None else view.shot.picture, face.of(view))
        keys = window.poll()
        face.mirrored ^= "mirror" in keys
        if "quit" in keys:
            live.stop()
            return
        live.over.wait(max(0.001, PERIOD_S - (time.perf_counter() - began)))


class _Faces:
    """Makes the face of each frame; remembers what must not flicker."""

    def __init__(self, live: Live, mirrored: bool) -> None:
        self.mirrored = mirrored
        self._live, self._pack, self._plan = live, Pack.load(live.options.voice), live.options.limits.plan
        self._warned: dict[str, float] = {}
        self._judged, self._verdict_s = 0, 0.0
        self._steady: NDArray[np.float64] | None = None
        self._last_s = 0.0
        self._frames, self._since, self._fps = 0, time.perf_counter(), float("nan")

    def of(self, view: View | None) -> Face:
        """What is shown now; before the first frame only what is waited for."""
        if view is None:
            return Face(message=self._live.trouble or "Waiting for the camera", mirrored=self.mirrored)
        live, coach, moment = self._live, self._live.coach, view.judged.moment
        self._count()
        message, tone = self._message(view)
        estimate = coach.now if coach.now and moment.time_s - coach.now.time_s < FRESH_S else None
        counted = coach.stage in ("set", "paused")
        return Face(
            body=self._body(view) if moment.seen else None,
            standing=standing(view.calibration, view.source),
            leg_deg=estimate.elevation_deg if estimate and moment.lying and isfinite(estimate.elevation_deg) else None,
            band_deg=live.options.limits.parallel_tolerance_deg,
            phase=estimate.phase if estimate and counted else "",
            clock_s=_clock(estimate) if counted else None,
            target_s=TARGETS_S.get(estimate.phase) if estimate else None,
            rep=coach.reps,
            reps=self._plan.reps,
            set=min(coach.set, self._plan.sets),
            sets=self._plan.sets,
            faults=self._faults(moment.time_s),
            message=message,
            tone=tone,
            left_s=max(0.0, coach.rest_until_s - moment.time_s) if isfinite(coach.rest_until_s) else None,
            left_of_s=self._plan.rest_s,
            paused=coach.stage == "paused",
            mirrored=self.mirrored,
            fps=self._fps if isfinite(self._fps) else None,
            delay_ms=live.stats.recent("verdict").p50,
            model=live.model,
            warnings=self._warnings(moment.time_s),
        )

    def _count(self) -> None:
        """Pictures a second, from those judged."""
        now, frames = time.perf_counter(), self._live.stats.frames
        if now - self._since >= 1.0:
            self._fps = (frames - self._frames) / (now - self._since)
            self._frames, self._since = frames, now

    def _body(self, view: View) -> Body:
        frame, now = view.judged.frame, view.judged.moment.time_s
        self._steady = steadied(self._steady, frame.visibility[0], now - self._last_s)
        self._last_s = now
        return body_of(frame.pixels[0], self._steady, view.calibration.side)

    def _message(self, view: View) -> tuple[str, Tone]:
        """An instruction, or how things stand."""
        coach, moment = self._live.coach, view.judged.moment
        if self._live.first_time and moment.time_s < NOTE_S and coach.stage in ("setup", "count"):
            return first.NOTE, "plain"
        if coach.stage in ("setup", "paused") and moment.advice:
            return self._pack.text(moment.advice), "act"
        words: dict[str, tuple[str, Tone]] = {
            "setup": ("Lie still to begin", "plain"),
            "count": ("Ready", "good"),
            "rest": (f"Rest: {self._pack.text('stretch').lower()}", "plain"),
            "done": (self._pack.text("all-done"), "good"),
        }
        return words.get(coach.stage, ("", "plain"))

    def _warnings(self, now_s: float) -> tuple[str, ...]:
        """What is amiss, each for some seconds: it is on the terminal too."""
        now = tuple(each for each in (self._live.trouble, self._live.disk_trouble) if each)
        since = {each: self._warned.get(each, now_s) for each in now}
        self._warned = since
        return tuple(each for each, began in since.items() if now_s - began < WARNING_S)

    def _faults(self, now_s: float) -> tuple[Finding, ...]:
        """Those of the last rep, for some seconds after its verdict; in a rest, until it ends."""
        coach = self._live.coach
        if len(coach.judged) != self._judged:
            self._judged, self._verdict_s = len(coach.judged), now_s
        old = now_s - self._verdict_s > FAULTS_S and coach.stage in ("set", "paused")
        return () if old or not coach.judged else coach.judged[-1].faults


def _clock(estimate: Estimate | None) -> float | None:
    """Seconds since the phase began."""
    if estimate is None:
        return None
    began = {"lift": estimate.lift_s, "hold": estimate.hold_s, "lower": estimate.lower_s}.get(estimate.phase)
    return max(0.0, estimate.time_s - began) if began is not None and isfinite(began) else None
