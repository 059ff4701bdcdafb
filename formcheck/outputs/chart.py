"""Geometry of the picture of a whole set: time to the right in percent, elevations upwards in pixels.

Along time everything is a share of the video's length, so the picture stretches with its page; heights
are fixed, so that text and symbols keep their size. The template turns these values into SVG.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from formcheck.data.result import PHASES, Finding, Frames, Rep, Result
from formcheck.outputs.along import Along, along
from formcheck.rules.limits import SPECS

Floats = NDArray[np.float64]

PX_PER_S = 14.0  # narrower than this, a rep of nine seconds and its marks can no longer be told apart
NARROWEST_PX = 300.0  # what a telephone leaves for the picture
UNITS_PER_S = 100  # of a curve along time
LANE, PLOT, RIBBON, FOOT = 24, 216, 22, 46
BUDGET = 3_000  # points of one curve
TOLERANCE_PX = 0.35
PARALLEL_DEG = SPECS["parallel_tolerance_deg"].default
CLOCK_FROM_S = 90  # longer clips are read in minutes and seconds


@dataclass(frozen=True)
class Band:
    """A stretch of one phase; `start` and `width` in percent of the length."""

    phase: str
    start: float
    width: float
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Mark:
    """A fault: `x` in percent, `y` of its symbol and of the curve below it in pixels."""

    finding: Finding
    rep: int
    x: float
    y: float
    curve_y: float


@dataclass(frozen=True)
class RepSpan:
    """Where a rep lies: percent of the length, and seconds."""

    rep: Rep
    start: float
    width: float
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Chart:
    """All of one picture; heights and `y` in pixels from the top, `x` in percent.

    `knots` are pairs of seconds and of seconds of the picture's length, straight in between.
    """

    duration_s: float
    knots: list[list[float]]
    min_width: int
    wide: int
    height: int
    top: int
    bottom: int
    bands: tuple[Band, ...]
    gaps: tuple[Band, ...]
    reps: tuple[RepSpan, ...]
    marks: tuple[Mark, ...]
    leg: str
    thigh: str
    parallel_y: float
    limit_top: float
    limit_bottom: float
    y_ticks: tuple[tuple[float, str], ...]
    x_ticks: tuple[tuple[float, str], ...]
    clock: bool


@dataclass(frozen=True)
class Axes:
    """Seconds to percent of the length, degrees to pixels."""

    along: Along
    top: int
    low: float
    high: float

    def x(self, second: float) -> float:
        """A time as percent of the length, within the picture."""
        return round(min(max(self.along.place(second) / self.along.length_s, 0.0), 1.0) * 100, 3)

    def y(self, deg: Floats) -> Floats:
        """Elevations as pixels from the top, kept within the picture."""
        y = self.top + (self.high - deg) * (PLOT / (self.high - self.low))
        return np.clip(y, self.top, self.top + PLOT)

    def at(self, deg: float) -> float:
        """One elevation as pixels from the top."""
        return round(float(self.y(np.array(deg))), 1)


def chart(result: Result) -> Chart | None:
    """The picture of a result; `None` where there is nothing to draw."""
    frames = result.frames
    duration = max([result.recording.source.duration_s, *frames.time_s[-1:].tolist()])
    if len(frames) < 2 or not duration > 0 or not np.isfinite(frames.angles["leg_elevation_deg"]).any():
        return None
    time = along(frames.time_s, duration)
    density = max(PX_PER_S, NARROWEST_PX / time.length_s)
    rows, lanes = _lanes(result.reps, 22.0 / density)
    axes = Axes(time, lanes * LANE + 10, *_range(result))
    leg = axes.y(frames.angles["leg_elevation_deg"])
    below, above = parallel_band(result.limits)
    return Chart(
        duration_s=duration,
        knots=time.knots,
        min_width=round(time.length_s * density),
        wide=max(round(time.length_s * UNITS_PER_S), 1),
        height=axes.top + PLOT + RIBBON + FOOT,
        top=axes.top,
        bottom=axes.top + PLOT,
        bands=tuple(_bands(frames, axes)),
        gaps=tuple(_gaps(frames, leg, axes)),
        reps=tuple(_spans(result.reps, axes)),
        marks=tuple(_mark(row, frames.time_s, leg, axes) for row in rows),
        leg=curve(time.shown(frames.time_s), leg),
        thigh=curve(time.shown(frames.time_s), axes.y(frames.angles["thigh_elevation_deg"])),
        parallel_y=axes.at(0.0),
        limit_top=axes.at(above),
        limit_bottom=axes.at(below),
        y_ticks=tuple((axes.at(deg), degrees(deg)) for deg in _steps(axes.low, axes.high)),
        x_ticks=tuple(_seconds(axes, density, duration)),
        clock=duration > CLOCK_FROM_S,
    )


def degrees(deg: float) -> str:
    """A whole number of degrees with its sign, as a reader expects it."""
    return f"{deg:+.0f}°".replace("-", "−") if deg else "0°"


def parallel_band(limits: Mapping[str, float]) -> tuple[float, float]:
    """Lowest and highest elevation that counts as parallel to the floor, degrees."""
    tolerance = limits.get("parallel_tolerance_deg", PARALLEL_DEG)
    return -tolerance, tolerance


def curve(time_s: Floats, y: Floats) -> str:
    """SVG path of `y` (pixels) over time; a gap where `y` is not a number."""
    return "".join(_piece(time_s[run], y[run]) for run in runs(np.isfinite(y)))


def _piece(time_s: Floats, y: Floats) -> str:
    kept = simplify(y, TOLERANCE_PX, BUDGET)
    xs = np.rint(time_s[kept] * UNITS_PER_S).astype(int)
    ys = np.round(y[kept], 1)
    return "M" + "L".join(f"{x} {value:g}" for x, value in zip(xs.tolist(), ys.tolist(), strict=True))


def runs(keep: NDArray[np.bool_]) -> Iterator[slice]:
    """Slices of consecutive true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], keep, [False])).astype(np.int8)))
    return (slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))


def simplify(y: Floats, tolerance: float, budget: int) -> list[int]:
    """Indices of the points that a polyline needs (Douglas and Peucker 1973, vertical distances).

    The worst stretch is split first, so that a tight budget is spent where it shows most.
    """
    if len(y) < 3:
        return list(range(len(y)))
    kept = {0, len(y) - 1}
    heap = [_worst(y, 0, len(y) - 1)]
    while heap and len(kept) < budget:
        error, middle, first, last = heapq.heappop(heap)
        if -error <= tolerance:
            break
        kept.add(middle)
        for a, b in ((first, middle), (middle, last)):
            if b - a > 1:
                heapq.heappush(heap, _worst(y, a, b))
    return sorted(kept)


def _worst(y: Floats, first: int, last: int) -> tuple[float, int, int, int]:
    line = np.linspace(y[first], y[last], last - first + 1)
    distance = np.abs(y[first : last + 1] - line)
    middle = int(distance[1:-1].argmax()) + 1
    return -float(distance[middle]), first + middle, first, last


def _range(result: Result) -> tuple[float, float]:
    """Lowest and highest elevation to draw: those of the reps where there are any, in tens of degrees."""
    frames = result.frames
    both = np.stack([frames.angles["leg_elevation_deg"], frames.angles["thigh_elevation_deg"]])
    shown = both[:, frames.rep > 0] if (frames.rep > 0).any() else both
    shown = shown[np.isfinite(shown)]
    below, above = parallel_band(result.limits)
    low, high = np.percentile(shown, [0.2, 99.8]) if shown.size else (below, above)
    low, high = min(float(low), below - 4.0), max(float(high), above + 4.0)
    return math.floor((max(low, -90) - 1) / 10) * 10, math.ceil((min(high, 90) + 1) / 10) * 10


def _steps(low: float, high: float) -> range:
    step = 10 if high - low <= 80 else 20
    return range(math.ceil(low / step) * step, int(high) + 1, step)


def _seconds(axes: Axes, density: float, duration_s: float) -> Iterator[tuple[float, str]]:
    step = next(s for s in (0.5, 1, 2, 5, 10, 30, 60, 1e9) if s * density >= 40)
    for second in axes.along.multiples(step):
        clock = f"{int(second // 60)}:{int(second % 60):02d}"
        yield axes.x(second), clock if duration_s > CLOCK_FROM_S else f"{second:g} s"


def _band(phase: str, start_s: float, end_s: float, axes: Axes) -> Band:
    start = axes.x(start_s)
    return Band(phase, start, round(axes.x(end_s) - start, 3), round(start_s, 3), round(end_s, 3))


def _bands(frames: Frames, axes: Axes) -> Iterator[Band]:
    changes = np.flatnonzero(np.diff(frames.phase)) + 1
    for first, last in pairwise([0, *changes.tolist(), len(frames) - 1]):
        code = int(frames.phase[first])
        if code >= 0 and last > first:
            yield _band(PHASES[code], float(frames.time_s[first]), float(frames.time_s[last]), axes)


def _gaps(frames: Frames, leg: Floats, axes: Axes) -> Iterator[Band]:
    last = len(frames) - 1
    for gap in runs(~np.isfinite(leg)):
        start, end = max(gap.start - 1, 0), min(gap.stop, last)
        yield _band("gap", float(frames.time_s[start]), float(frames.time_s[end]), axes)


def _spans(reps: Sequence[Rep], axes: Axes) -> Iterator[RepSpan]:
    for rep in reps:
        start_s, end_s = rep.numbers["lift_start_s"], rep.numbers["end_s"]
        if math.isfinite(start_s) and math.isfinite(end_s):
            start = axes.x(start_s)
            yield RepSpan(rep, start, round(axes.x(end_s) - start, 3), start_s, end_s)


def _lanes(reps: Sequence[Rep], apart_s: float) -> tuple[list[tuple[Finding, int, int]], int]:
    """Every fault with its rep and the lane in which its symbol covers no other."""
    faults = sorted(((f, rep.rep) for rep in reps for f in rep.faults), key=lambda row: row[0].time_s)
    free_from: list[float] = []
    rows = []
    for fault, rep in faults:
        lane = next((n for n, time_s in enumerate(free_from) if time_s <= fault.time_s), len(free_from))
        free_from[lane : lane + 1] = [fault.time_s + apart_s]
        rows.append((fault, rep, lane))
    return rows, len(free_from)


def _mark(row: tuple[Finding, int, int], time_s: Floats, leg: Floats, axes: Axes) -> Mark:
    fault, rep, lane = row
    y = float(np.interp(fault.time_s, time_s, leg))
    curve_y = round(y, 1) if math.isfinite(y) else float(axes.top + PLOT)
    return Mark(fault, rep, axes.x(fault.time_s), axes.top - 10 - LANE * lane - LANE / 2, curve_y)
