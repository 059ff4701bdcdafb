"""The coach: what to say and sound at each moment of a session. Pure: no clock, no thread, no file.

Setting up, counting in, the set, pauses, rests, the end. Sounds of a set follow the quick estimate, so that they come
in time; counting and verdicts are those of the session, to which the numbers spoken are kept equal.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan
from typing import Literal

from formcheck.core import quick
from formcheck.core.automaton import FIRST_RISE_DEG
from formcheck.core.phases import DROPPING_DEG_S, HOLD, LIFT, LOWER, REST
from formcheck.data.result import Rep
from formcheck.live import alarm, words
from formcheck.live.agenda import AHEAD_S, Agenda
from formcheck.live.getready import Instructions
from formcheck.live.moment import Moment
from formcheck.live.talk import Talk
from formcheck.outputs.voice.sounds import COUNT, TROUBLE, Guide, Heard, Hush, Say, Tick
from formcheck.rules.limits import Limits
from formcheck.rules.sets import SET_REST_S

Stage = Literal["setup", "count", "set", "paused", "rest", "done"]
Sound = Tick | Say | Hush

COUNT_IN = 3
"""Ticks before "go", a second apart."""
HOLD_TICKS = 3
"""A hold is a count of three."""
LATE_S = 0.1
"""A second of the hold that was over this long ago is not ticked any more."""
REST_S = 2.0
"""A verdict comes at most so long after the legs came down."""
OTHERS = 2
"""After so many movements that were no reps, and none that was, it is said that this is another exercise."""
LEFT_S = 2.0
"""Not lying for longer than this is leaving."""
VERDICT_S = 4.0
"""The verdict of the last rep comes some 2.5 s after it; the summary waits no longer than this."""
AWAY = ("nobody", "lie-down", "hold-still")
"""Not said in a pause: whoever is away knows."""
STALE_S = 0.5
"""An estimate older than this says nothing about now."""
SOON_S, FIRST_S = 10.0, 20.0
"""Ten seconds before its end a rest is told to end, if it is longer than twenty."""


class Coach:
    """Takes each moment, gives what is to be heard.

    For the window: `stage`, `set` (from 1), `reps` (in this set), `judged` (their verdicts), `now` (the last estimate),
    `rest_until_s` (not-a-number outside of rests).
    """

    def __init__(self, limits: Limits, *, breathing: bool = False, first_time: bool = False) -> None:
        self.limits, self.breathing = limits, breathing
        self.stage: Stage = "setup"
        self.set, self.reps = 1, 0
        self.judged: list[Rep] = []
        self.now: quick.Estimate | None = None
        self.rest_until_s = nan
        self._quick = quick.State()
        self._talk = Talk(limits.plan.reps)
        self._agenda = Agenda()
        self._instructions = Instructions(note=first_time)
        self._base = 0  # reps before this set
        self._ahead = 0  # reps that only the quick estimate has counted
        self._ticked = 0
        self._deepest = nan
        self._in_place = True  # where the legs began to come down
        self._lay_s = self._moved_s = self._ended_s = self._go_s = -inf
        self._told_another = False
        self._summed = True  # nothing done, nothing to sum up

    def step(self, moment: Moment) -> Heard:
        """What this moment brings."""
        sounds: list[Sound] = [*self._instructions.note(moment, self.stage, self.rest_until_s)]
        if moment.lying:
            self._lay_s = moment.time_s
        if moment.anew:
            self._quick = quick.anew(self._quick)
        self._quick, estimates = quick.step(quick.late(self._quick, moment.late_s), moment.rows)
        for estimate in estimates:
            sounds += self._follow(estimate, moment)
        for rep in moment.reps:
            sounds += self._verdict(rep, moment)
        sounds += _STAGES[self.stage](self, moment)
        sounds += self._agenda.take(moment.time_s)
        return Heard(self._guide(moment), tuple(sounds))

    def finish(self) -> Heard:
        """The session is over: the summary of the set, unless it was given. Hand in late verdicts by `step` before."""
        said = None if self._summed else self._summary("set-done")
        return Heard(None, (Hush(), said) if said else ())

    @property
    def counted(self) -> int:
        """Reps of the session so far, as the session will count them."""
        return self.now.reps - self._ahead if self.now else 0

    def _guide(self, moment: Moment) -> Guide | None:
        now = self.now
        fresh = now is not None and now.phase != "" and moment.time_s - now.time_s < STALE_S
        if now is None or not fresh or self.stage != "set" or not moment.lying:
            return None
        return alarm.guide(now, moment.time_s, self.limits)

    # The legs

    def _follow(self, now: quick.Estimate, moment: Moment) -> list[Sound]:
        """What one estimate brings: the start of phases, ticks, warnings."""
        was = self.now.phase if self.now else ""
        self.now = now
        if now.phase in (LIFT, HOLD, LOWER):
            self._moved_s = moment.time_s
        sounds: list[Sound] = [*self._another(now)]
        if self.stage != "set" and moment.lying and _lifts(now):
            sounds += self._begin(moment)
        if self.stage != "set":
            return sounds
        if now.phase != was:
            sounds += self._phase(now, was, moment)
        sounds += self._hold_ticks(now, moment)
        key = alarm.warning(now, self._deepest, self.limits)
        return sounds + (self._talk.warn(key) if key else [])

    def _another(self, now: quick.Estimate) -> list[Sound]:
        """Said once: nothing that was seen so far is this exercise."""
        if self._told_another or now.reps or now.others < OTHERS:
            return []
        self._told_another = True
        return [Say(("another-exercise",), COUNT)]

    def _phase(self, now: quick.Estimate, was: str, moment: Moment) -> list[Sound]:
        if now.phase == LIFT and was != HOLD:
            self._ticked = 0
            self._talk.lift(self.reps + 1)
            return self._breath("out", moment)
        if now.phase == LOWER:
            self._deepest, self._in_place = now.floor_legs, not now.arranges
            return self._breath("in", moment)
        return self._down(moment) if now.phase == REST else []

    def _breath(self, kind: Literal["in", "out"], moment: Moment) -> list[Sound]:
        return [Tick(kind, moment.time_s)] if self.breathing else []

    def _hold_ticks(self, now: quick.Estimate, moment: Moment) -> list[Sound]:
        """The seconds of the hold, each asked for shortly before it is over; none once the legs sink."""
        sounds: list[Sound] = []
        while now.phase == HOLD and self._ticked < HOLD_TICKS:
            at_s = now.hold_s + self._ticked + 1
            if not at_s <= moment.time_s + AHEAD_S:
                break
            self._ticked += 1
            if at_s > moment.time_s - LATE_S and now.speed_deg_s > -DROPPING_DEG_S:
                sounds.append(Tick("hold", at_s))
        return sounds

    def _down(self, moment: Moment) -> list[Sound]:
        """The legs are down: the rep's number, or the end of the set; where the body moved, the session counts."""
        n = self.counted - self._base
        if n <= self.reps or not (self._in_place or n == self.limits.plan.reps):
            return []
        self.reps = n
        sounds: list[Sound] = [*self._talk.down(n)]
        return sounds + (self._end(moment.time_s, moment.time_s) if n == self.limits.plan.reps else [])

    def _verdict(self, rep: Rep, moment: Moment) -> list[Sound]:
        """A rep was judged, so the session has counted so many: what was counted beyond that was none."""
        self._ahead = self.now.reps - rep.rep if self.now else 0
        n = rep.rep - self._base
        if n < 1:
            return []
        self.reps = max(self.reps, n)
        self._moved_s = max(self._moved_s, moment.time_s - REST_S)
        self.judged.append(rep)
        if self.stage != "set":
            return []
        return [*self._talk.judged(n, rep, lifting=self.now is not None and self.now.phase != REST)]

    # From one stage to the next

    def _begin(self, moment: Moment) -> list[Sound]:
        """A lift: whatever was going on before, the set goes on, or the next begins."""
        quiet, resting = self.stage == "paused", self.stage in ("rest", "done")
        if not quiet and not (resting and moment.time_s - self._ended_s < SET_REST_S):
            self.set += resting
            self._fresh()
        self._agenda.clear()
        self.stage, self._moved_s, self._ticked, self.rest_until_s = "set", moment.time_s, 0, nan
        self._summed = False
        self._talk.lift(self.reps + 1)
        cut = self._instructions.cut(moment.time_s) or not quiet
        return [*([Hush()] if cut else []), *self._breath("out", moment)]

    def _fresh(self) -> None:
        """Nothing of the next set is done yet."""
        self.reps, self.judged, self._base = 0, [], self.counted
        self._talk = Talk(self.limits.plan.reps)
        self._summed = False

    def _end(self, since_s: float, now_s: float) -> list[Sound]:
        """The set is over since some time: a sign now, the summary when the last verdict is there."""
        last = self.set >= self.limits.plan.sets
        self.stage = "done" if last else "rest"
        self._ended_s, self._summed = since_s, False
        if not last:
            self._plan_rest(since_s)
        return [Tick("end", now_s)]

    def _plan_rest(self, time_s: float) -> None:
        until = self.rest_until_s = time_s + self.limits.plan.rest_s
        if self.limits.plan.rest_s > FIRST_S:
            self._agenda.say(until - SOON_S, Say(("rest-10",), COUNT))
            for left in range(COUNT_IN, 0, -1):
                self._agenda.tick(Tick("count", until - left))

    def _summary(self, first: str, *after: str) -> Say | None:
        said = words.summary(self.judged)
        return Say((first, *said, *after), COUNT) if said else None

    def _sum_up(self, moment: Moment) -> list[Sound]:
        """The summary of the set that is over, once."""
        if self._summed or (len(self.judged) < self.reps and moment.time_s - self._ended_s < VERDICT_S):
            return []
        self._summed = True
        said = self._summary("all-done") if self.stage == "done" else self._summary("set-done", "rest", "stretch")
        return [said] if said else []

    def _left(self, moment: Moment) -> bool:
        return not moment.lying and moment.time_s - self._lay_s > LEFT_S

    def _setting_up(self, moment: Moment) -> list[Sound]:
        if not moment.still or moment.time_s < self._instructions.free_s:
            return [*self._instructions.step(moment)]
        self.stage = "count"
        for k in range(COUNT_IN):
            self._agenda.tick(Tick("count", moment.time_s + k + 1))
        self._go_s = moment.time_s + COUNT_IN + 1
        self._agenda.tick(Tick("go", self._go_s))
        self._agenda.say(self._go_s, Say(("go",), COUNT))
        return [Hush(), Say(("ready",), COUNT)]

    def _counting_in(self, moment: Moment) -> list[Sound]:
        if self._left(moment):
            self.stage = "setup"
            self._agenda.clear()
        elif moment.time_s >= self._go_s:
            self._fresh()
            self.stage, self._moved_s = "set", moment.time_s
        return []

    def _in_set(self, moment: Moment) -> list[Sound]:
        if self.reps and moment.time_s - self._moved_s > SET_REST_S:
            return [*self._end(self._moved_s, moment.time_s)]
        if self._left(moment):
            self.stage = "paused"
            return [Say(("paused",), TROUBLE)]
        return []

    def _pausing(self, moment: Moment) -> list[Sound]:
        if self.reps and moment.time_s - self._moved_s > SET_REST_S:
            return [*self._end(self._moved_s, moment.time_s)]
        if moment.still:
            self.stage = "set"
            self._instructions.cut(moment.time_s)
            return [Hush(), Say(("welcome-back",), COUNT)]
        return [*self._instructions.step(moment, leaving_out=AWAY)] if moment.lying else []

    def _resting(self, moment: Moment) -> list[Sound]:
        sounds = self._sum_up(moment)
        if moment.time_s < self.rest_until_s or not self._summed:
            return sounds
        self.stage, self.rest_until_s = "setup", nan
        self.set += 1
        return [*sounds, Say(("get-ready",), COUNT)]

    def _over(self, moment: Moment) -> list[Sound]:
        return self._sum_up(moment)


_STAGES: dict[Stage, Callable[[Coach, Moment], list[Sound]]] = {
    "setup": Coach._setting_up,
    "count": Coach._counting_in,
    "set": Coach._in_set,
    "paused": Coach._pausing,
    "rest": Coach._resting,
    "done": Coach._over,
}


def _lifts(now: quick.Estimate) -> bool:
    """Whether a rep has surely begun, without waiting for anybody."""
    return now.phase == LIFT and now.elevation_deg - now.low_deg > FIRST_RISE_DEG
