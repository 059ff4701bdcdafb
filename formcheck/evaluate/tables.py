"""The tables of an evaluation, as plain text cells: the terminal and Markdown show the same ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from formcheck.data.result import ANGLES, REP_NUMBERS
from formcheck.evaluate.falsephases import TOLERANCE_S
from formcheck.evaluate.pooled import Counts, Evaluation, FaultScore, Part, Summary, summarise
from formcheck.evaluate.stats import Stats
from formcheck.evaluate.values import ClipEvaluation, Compared, Failure, FalsePhases, RepComparison

UNITS = {"deg": "°", "s": "s", "m": "m"}
NONE = "-"
SHORT = ("thigh", "leg", "trunk", "hip", "knee", "elbow")
ERROR_HEAD = ("bias", "MAE", "RMSE", "p95", "worst", "limits of agreement")


@dataclass(frozen=True)
class Table:
    """Cells by row; the first column and those in `left` are text, the rest are numbers."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    left: tuple[int, ...] = (0,)


def tables(evaluation: Evaluation) -> list[Table]:
    """All tables that have something to say, the most important ones first."""
    shown: list[Table] = []
    if len(evaluation.models) > 1:
        shown.append(_by_model(evaluation))
    for name, part in evaluation.models.items():
        shown += _of_part(part, f", model {name}" if len(evaluation.models) > 1 else "")
    if evaluation.failures:
        shown.append(_failed(evaluation.failures))
    return [table for table in shown if table.rows]


def _of_part(part: Part, suffix: str) -> list[Table]:
    return [
        _angles(part.pooled, suffix),
        _numbers(part.pooled, suffix),
        _faults(part.pooled, suffix),
        _by_yaw(part, suffix),
        _clips(part, suffix),
        _false_phases(part, suffix),
        _camera(part, suffix),
        _wrong(part, suffix),
    ]


def counts_line(counts: Counts) -> str:
    """Reps in words."""
    return (
        f"count exact on {counts.exact} of {counts.clips} clips; {counts.found} found, {counts.true} true,"
        f" {counts.missed} missed, {counts.extra} extra"
    )


def headlines(part: Part) -> list[str]:
    """The results that are single numbers, one sentence each."""
    s, clean = part.pooled, part.pooled.clean
    raised, due = s.all_faults.hit + s.all_faults.false, s.all_faults.hit + s.all_faults.missed
    lines = [
        f"Reps: {counts_line(s.counts)}.",
        f"Faults: precision {number(s.all_faults.precision, 3)} of {raised} raised,"
        f" recall {number(s.all_faults.recall, 3)} of {due} due"
        f" ({s.all_faults.unassessed} of them not assessable).",
        f"Reps without faults: {clean.reps}, of them {clean.alarmed} with false alarms ({clean.alarms}).",
        f"Uncertainty: {percent(s.covered.share)} of {s.covered.of} truths inside the 95 % band"
        f" ({s.covered.without} numbers without a band).",
        f"Seen: {percent(s.seen)} of the true instants.",
    ]
    if s.false_phases is not None:
        lines.append(
            f"Phases where no rep is under way: {number(s.false_phases.per_minute_s)} s a minute,"
            f" at longest {number(s.false_phases.longest_s)} s."
        )
    if s.side_wrong or s.facing_wrong:
        lines.append(f"Wrong side on {s.side_wrong} clips, wrong facing on {s.facing_wrong}.")
    return lines


def number(value: float, digits: int = 2, sign: bool = False) -> str:
    """A number without a negative zero; a dash where unknown."""
    if not math.isfinite(value):
        return NONE
    return f"{value:+z.{digits}f}" if sign else f"{value:z.{digits}f}"


def percent(part: float) -> str:
    """Part of 1 as per cent: whole ones only where they are exact, so that 100 % means all."""
    if not math.isfinite(part):
        return NONE
    return f"{100 * part:.0f} %" if part in (0, 1) else f"{min(max(100 * part, 0.1), 99.9):.1f} %"


def label(name: str) -> str:
    """`peak_thigh_elevation_deg` as `peak thigh elevation (°)`."""
    words, _, unit = name.rpartition("_")
    return f"{words.replace('_', ' ')} ({UNITS[unit]})" if unit in UNITS else name.replace("_", " ")


def _digits(name: str) -> int:
    return 2 if name.endswith("_deg") else 3


def _errors(stats: Stats, digits: int) -> tuple[str, ...]:
    limits = f"{number(stats.low, digits, True)} to {number(stats.high, digits, True)}"
    return (
        number(stats.bias, digits, True),
        *(number(value, digits) for value in (stats.mae, stats.rmse, stats.p95, stats.worst)),
        limits if math.isfinite(stats.low) else NONE,
    )


def _by_model(evaluation: Evaluation) -> Table:
    rows = [
        (name, f"{s.counts.exact}/{s.counts.clips}", *_short(s), *_quality(s))
        for name, s in ((name, part.pooled) for name, part in evaluation.models.items())
    ]
    head = ("model", "count", *SHORT, "peak", "bounds", "durat.", "prec.", "recall", "in band")
    note = "Mean absolute errors, degrees and seconds; count: clips with an exact count."
    return Table("Models", head, tuple(rows), note)


def _short(summary: Summary) -> tuple[str, ...]:
    """Mean absolute errors of the angles, the peak, the boundaries and the durations."""
    return (
        *(number(summary.angles[name].mae) for name in ANGLES),
        number(summary.peak.mae),
        number(summary.boundaries.mae, 3),
        number(summary.durations.mae, 3),
    )


def _quality(summary: Summary) -> tuple[str, ...]:
    return (
        number(summary.all_faults.precision),
        number(summary.all_faults.recall),
        percent(summary.covered.share),
    )


def _angles(summary: Summary, suffix: str) -> Table:
    rows = [
        (label(name), str(stats.n), percent(summary.known[name]), *_errors(stats, 2))
        for name, stats in summary.angles.items()
        if not math.isnan(summary.known[name])
    ]
    note = "Found minus true, every frame of every clip; known: share of true instants with an angle."
    return Table(f"Angles{suffix}", ("angle", "frames", "known", *ERROR_HEAD), tuple(rows), note)


def _numbers(summary: Summary, suffix: str) -> Table:
    rows = [_number_row(label(n), s, n, percent(summary.coverage[n].share)) for n, s in summary.numbers.items()]
    wanted = [row for name, row in zip(summary.numbers, rows, strict=True) if _worth(summary, name)]
    totals = [
        _number_row("all boundaries (s)", summary.boundaries, "s", ""),
        _number_row("all durations (s)", summary.durations, "s", ""),
    ]
    note = "Matched reps; in band: share of truths inside the stated 95 % band."
    rows = [*wanted, *(totals if summary.boundaries.n else [])]
    return Table(f"Reps{suffix}", ("number", "reps", *ERROR_HEAD, "in band"), tuple(rows), note)


def _number_row(title: str, stats: Stats, name: str, inside: str) -> tuple[str, ...]:
    return (title, str(stats.n), *_errors(stats, _digits(name)), inside)


def _worth(summary: Summary, name: str) -> bool:
    return summary.numbers[name].n > 0 or (name in REP_NUMBERS and summary.counts.true > 0)


def _faults(summary: Summary, suffix: str) -> Table:
    rows = [_fault_row(name, score) for name, score in summary.faults.items() if _tells(score)]
    if rows:
        rows.append(_fault_row("all", summary.all_faults))
    head = ("fault", "due", "hit", "missed", "of them n/a", "false", "allowed", "n/a", "precision", "recall")
    note = "due: must be raised; n/a: called not assessable; allowed: raised where either is right, of so many."
    return Table(f"Faults{suffix}", head, tuple(rows), note)


def _tells(s: FaultScore) -> bool:
    return bool(s.hit + s.missed + s.false + s.allowed + s.not_assessable)


def _fault_row(name: str, s: FaultScore) -> tuple[str, ...]:
    counts = map(str, (s.hit + s.missed, s.hit, s.missed, s.unassessed, s.false))
    allowed = f"{s.allowed}/{s.borderline}"
    return (name, *counts, allowed, str(s.not_assessable), number(s.precision), number(s.recall))


def _by_yaw(part: Part, suffix: str) -> Table:
    rows = [(name, str(s.clips), *_short(s), *_quality(s)) for name, s in part.by_yaw.items()]
    head = ("yaw", "clips", *SHORT, "peak", "bounds", "durat.", "prec.", "recall", "in band")
    known = any(clip.yaw_deg is not None for clip in part.clips)
    note = "Mean absolute errors, degrees and seconds, by how far the camera was off the side view."
    return Table(f"By yaw{suffix}", head, tuple(rows if known else ()), note)


def _clips(part: Part, suffix: str) -> Table:
    head = ("clip", "yaw", "reps", *SHORT, "peak", "bounds", "durat.", "faults")
    note = (
        "Mean absolute errors, degrees and seconds; reps: found/true, ! where the count is not exact;"
        " faults: hit/missed/false."
    )
    return Table(f"Clips{suffix}", head, tuple(_clip_row(clip) for clip in part.clips), note)


def _clip_row(clip: ClipEvaluation) -> tuple[str, ...]:
    s = summarise([clip])
    yaw = NONE if clip.yaw_deg is None else number(clip.yaw_deg, 0)
    mark = "" if s.counts.exact else "!"
    score = s.all_faults
    faults = f"{score.hit}/{score.missed}/{score.false}"
    return (clip.name, yaw, f"{mark}{s.counts.found}/{s.counts.true}", *_short(s), faults)


def _false_phases(part: Part, suffix: str) -> Table:
    rows = [(clip.name, *_false_row(clip.false_phases)) for clip in part.clips if clip.false_phases is not None]
    note = (
        "Lift, hold or lowering told where no rep is under way, farther than"
        f" {TOLERANCE_S} s from a true rep: seconds a minute of clip, the longest stretch and where it begins."
    )
    return Table(f"False phases{suffix}", ("clip", "s a minute", "longest (s)", "at (s)"), tuple(rows), note)


def _false_row(found: FalsePhases) -> tuple[str, str, str]:
    return (number(found.per_minute_s), number(found.longest_s), number(found.longest_at_s, 1))


def _camera(part: Part, suffix: str) -> Table:
    rows = [_camera_row(clip) for clip in part.clips if clip.roll is not None or clip.yaw is not None]
    if rows:
        roll, yaw = part.pooled.roll, part.pooled.yaw
        rows.append(("largest", "", "", number(roll.worst), "", "", number(yaw.worst), ""))
    head = ("clip", "roll true", "found", "error", "yaw true", "found", "error", "side, facing")
    note = "Degrees; found with half its 95 % band where it is stated."
    return Table(f"Camera{suffix}", head, tuple(rows), note, left=(0, 7))


def _camera_row(clip: ClipEvaluation) -> tuple[str, ...]:
    wrong = [name for name, right in (("side", clip.side_right), ("facing", clip.facing_right)) if right is False]
    stand = f"wrong {' and '.join(wrong)}" if wrong else "right"
    known = clip.side_right is not None or clip.facing_right is not None
    return (clip.name, *_found(clip.roll), *_found(clip.yaw), stand if known else NONE)


def _found(value: Compared | None) -> tuple[str, str, str]:
    if value is None:
        return (NONE, NONE, NONE)
    band = f" ±{value.uncertainty:.1f}" if math.isfinite(value.uncertainty) else ""
    found = number(value.found, 1, True)
    return (number(value.true, 1, True), found + band * (found != NONE), number(value.error, 2, True))


def _wrong(part: Part, suffix: str) -> Table:
    rows = [(clip.name, _where(rep), _what(rep)) for clip in part.clips for rep in clip.reps]
    rows = [row for row in rows if row[2]]
    return Table(f"What went wrong{suffix}", ("clip", "rep", "what"), tuple(rows), left=(0, 1, 2))


def _where(rep: RepComparison) -> str:
    time = f"at {rep.time_s:.1f} s" if math.isfinite(rep.time_s) else "somewhere"
    return time if rep.true is None else f"{rep.true}, {time}"


def _what(rep: RepComparison) -> str:
    parts = []
    if rep.true is None:
        parts.append("extra rep")
    if rep.found is None:
        parts.append("rep not found")
    kinds = (
        ("missed", rep.faults.missed - rep.faults.unassessed),
        ("not assessable", rep.faults.unassessed),
        ("false", rep.faults.false),
    )
    parts += [f"{kind}: {', '.join(sorted(names))}" for kind, names in kinds if names]
    return "; ".join(parts)


def _failed(failures: Sequence[Failure]) -> Table:
    rows = tuple((one.name, one.model or NONE, one.error) for one in failures)
    return Table("Not evaluated", ("clip", "model", "why"), rows, left=(0, 1, 2))
