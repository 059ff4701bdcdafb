"""The times of pictures, from the stamps of their stream.

Most streams are right and pass unchanged. A stamp that does not go on from the one before (repeated, earlier, far
ahead) waits for those that follow, which tell what it is:

- they go on as if it were not there: it is wrong by itself and is set between its neighbours;
- they go on from it, later than before: there is a hole, and times are as they say;
- they go on from it, but earlier: the clock was set back, as where two files were joined. What follows is set one
  usual step later; how long it truly was in between nobody knows;
- nothing goes on from anything: there is no time in them, and pictures follow at the usual step.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from itertools import combinations, pairwise
from statistics import median

FIRST = 4
"""So many stamps from the start on tell whether the first is wrong."""
STEADY = 2.5
"""A stamp that is at most so many usual steps after the one before goes on from it."""
CONFIRM = 4
"""So many stamps in a row that go on from each other are right."""
HELD = 6
"""So many wait at most, with their pictures."""
SLOWEST_S = 10.0
"""Stamps that are further apart do not go on from each other: so few pictures are no video."""
LEAST_S = 1e-6
"""Stamps that are nearer to each other are the same."""
LAST_S = 1.0
"""At the end of a stream, where none follows to tell, a hole before the last picture is believed up to this."""
USUAL = 31
"""The usual step is the median of so many that were right."""
GUESSED_S = 0.25
"""In a longer stretch without a right stamp tempo is unknown: an inertial sensor's own is some 0.2 s off."""
WHOLLY = 0.9
"""Where times are guessed in more than this share of a stream, there are none in it."""
SHOWN = 3
"""So many places are named."""
NO_TEMPO = "and tempo is not assessable"

Span = tuple[float, float]


class Clock:
    """Strictly rising times, seconds, of pictures with these stamps.

    `fps` is the nominal rate; `ahead` the first stamps, at most `FIRST` count; `wraps_s` the stamp at which the
    stream's clock begins again at zero (ISO/IEC 13818-1, 2.4.3.7: 2^33 ticks of 90 kHz).

    repaired  so many stamps were wrong and set right
    guessed   stretches (from, to) in which times follow the usual step or their neighbours
    seams     (time, next time) between which the stamps begin again at an earlier one
    """

    def __init__(self, fps: float, ahead: Sequence[float] = (), wraps_s: float = math.inf) -> None:
        self.fps = fps
        self.repaired = 0
        self.guessed: list[Span] = []
        self.seams: list[Span] = []
        self._ahead, self._wraps_s = list(ahead[:FIRST]), wraps_s
        self._last = math.nan
        self._shift = 0.0  # a stamp is so much later than its time
        self._held: list[float] = []
        self._last_ones = 0
        self._steps: deque[float] = deque(maxlen=USUAL)
        self._told_s = math.nan  # the last time that a right stamp gave

    @property
    def step_s(self) -> float:
        """The usual time from a picture to the next, seconds."""
        return median(self._steps) if len(self._steps) >= CONFIRM else 1 / self.fps

    def read(self, stamp_s: float) -> list[float]:
        """The times that are settled with the next picture's stamp: none, its own, or those that waited for it too."""
        if math.isnan(self._last):
            return [self._begin(stamp_s)]
        self._held.append(stamp_s)
        time_s = stamp_s - self._shift
        if self._last < time_s <= self._last + STEADY * self.step_s * len(self._held):
            return self._mended(time_s)
        if self._line() == CONFIRM:
            return self._jumped()
        return [self._guess(self._held.pop(0))] if len(self._held) == HELD else []

    def finish(self) -> list[float]:
        """The times of the pictures that still wait: no more come."""
        settled, repaired = [], self.repaired
        alone = len(self._held) - (self._line() if len(self._held) > 1 else 0)
        alone += alone == len(self._held) - 1  # one by itself is no line
        for k, stamp_s in enumerate(self._held):
            time_s = stamp_s - self._shift
            believed = self._last < time_s and (k >= alone or time_s <= self._last + LAST_S)
            settled.append(self._right(time_s) if believed else self._guess(stamp_s))
        self._held.clear()
        self._last_ones = self.repaired - repaired
        return settled

    def spans(self, start_s: float = 0.0, speed: float = 1.0) -> tuple[Span, ...]:
        """Where tempo is unknown: times less `start_s`, then times `speed`.

        Stretches without a right stamp, unless they are short, and the places where the clock was set back.
        """
        long = [span for span in self.guessed if (span[1] - span[0]) * speed > GUESSED_S]
        found = sorted(long + self.seams)
        return tuple((max(a - start_s, 0.0) * speed, (b - start_s) * speed) for a, b in found)

    def remarks(self, start_s: float = 0.0, speed: float = 1.0) -> list[str]:
        """What was wrong with the stamps, in words; times as those of `spans`."""
        long = [span for span in self.spans(start_s, speed) if span[1] - span[0] > GUESSED_S]
        if sum(b - a for a, b in long) > WHOLLY * (self._last - start_s) * speed:
            return [f"time stamps are missing or do not rise; times follow the {self._rate(speed)}, {NO_TEMPO}"]
        said = []
        if long:
            where = _listed([f"{a:.1f} to {b:.1f} s" for a, b in long])
            said.append(f"time stamps from {where} are of no use; times there are guessed, {NO_TEMPO}")
        elif (count := self.repaired - self._last_ones) > 0:  # decoders give the last pictures without any
            wrong = "time stamp was wrong and is" if count == 1 else "time stamps were wrong and are"
            said.append(f"{count} {wrong} set between the neighbours")
        if self.seams:
            where = _listed([f"{(at - start_s) * speed:.1f} s" for at, _ in self.seams])
            said.append(f"time starts again after {where}; what follows is set one picture later, {NO_TEMPO} across it")
        return said

    def _rate(self, speed: float) -> str:
        kind = "usual" if len(self._steps) >= CONFIRM else "nominal"
        return f"{kind} {1 / (self.step_s * speed):.4g} pictures a second"

    def _begin(self, stamp_s: float) -> float:
        """The first time: its stamp, unless more of the next are in order without it."""
        _, *others = ahead = self._ahead or [stamp_s]
        alone = not math.isfinite(stamp_s) or _in_order(others) > _in_order(ahead, first=True)
        if len(others) > 1 and all(0 < b - a <= SLOWEST_S for a, b in pairwise(others)):
            alone = alone or others[0] - stamp_s > SLOWEST_S
        if not alone:
            self._last = self._told_s = stamp_s
            return stamp_s
        start = others[0] if others and math.isfinite(others[0]) else 0.0
        steps = [b - a for a, b in pairwise(others) if 0 < b - a <= SLOWEST_S]
        self.repaired += 1
        self._last = self._told_s = start - (median(steps) if steps else 1 / self.fps)
        return self._last

    def _mended(self, time_s: float) -> list[float]:
        """All that wait, the newest being right: those that are not in order before it go between their neighbours."""
        kept: list[float | None] = []
        last = self._last
        for stamp_s in self._held[:-1]:
            right = last < stamp_s - self._shift < time_s
            last = stamp_s - self._shift if right else last
            kept.append(last if right else None)
        self._held.clear()
        if None not in kept:
            return [self._right(each) for each in (*kept, time_s) if each is not None]
        return self._between([*kept, time_s])

    def _between(self, times: Sequence[float | None]) -> list[float]:
        """Times with those that are missing evenly between their neighbours; the last one is there."""
        settled: list[float] = []
        missing = 0
        for time_s in times:
            if time_s is None:
                missing += 1
                continue
            if missing:
                start, part = self._last, (time_s - self._last) / (missing + 1)
                settled += [start + part * (k + 1) for k in range(missing)]
                self.repaired += missing
                self._note(time_s)
            settled.append(self._right(time_s, after_hole=missing > 0))
            missing = 0
        return settled

    def _jumped(self) -> list[float]:
        """All that wait, the last ones going on from each other at another time."""
        line = self._held[-CONFIRM:]
        settled = [self._guess(stamp_s) for stamp_s in self._held[:-CONFIRM]]
        self._held.clear()
        ahead_s = line[0] - self._shift - self._last
        if not 0 < ahead_s <= self._wraps_s / 2:
            self.seams.append((self._last, self._last + self.step_s))
            self._shift = line[0] - (self._last + self.step_s)
        return settled + [self._right(stamp_s - self._shift) for stamp_s in line]

    def _line(self) -> int:
        """So many of the newest that wait go on from each other."""
        count = 1
        for before, after in pairwise(reversed(self._held)):
            if not LEAST_S < before - after <= SLOWEST_S:
                break
            count += 1
        return count

    def _right(self, time_s: float, *, after_hole: bool = False) -> float:
        step_s = time_s - self._last
        if self._told_s == self._last and step_s <= SLOWEST_S and not after_hole:
            self._steps.append(step_s)
        elif self._told_s != self._last:
            self._note(time_s)
        self._last = self._told_s = time_s
        return time_s

    def _guess(self, _: float) -> float:
        """One usual step after the last."""
        self.repaired += 1
        self._last += self.step_s
        self._note(self._last)
        return self._last

    def _note(self, until_s: float) -> None:
        """Since the last right stamp times are guessed, up to here."""
        if self.guessed and self.guessed[-1][0] == self._told_s:
            self.guessed.pop()
        self.guessed.append((self._told_s, until_s))


def _listed(places: Sequence[str]) -> str:
    return ", ".join(places[:SHOWN]) + (" and more" if len(places) > SHOWN else "")


def _in_order(stamps: Sequence[float], *, first: bool = False) -> int:
    """So many of a few stamps rise, the others left out; with `first` the first is none of those."""
    for count in range(len(stamps), 0, -1):
        for some in combinations(range(len(stamps)), count):
            chosen = [stamps[k] for k in some]
            if (some[0] == 0 or not first) and all(b > a for a, b in pairwise(chosen)):
                return count
    return 0
