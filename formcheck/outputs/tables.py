"""The tables: `frames.csv` and `reps.csv` for programs, the rep table for a person at a terminal.

Also the one place that says how many decimals a number keeps, which tables and summary share.
"""

from __future__ import annotations

import csv
import math
import os
import textwrap
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from formcheck.data.result import (
    ANGLES,
    FRAME_COLUMNS,
    PHASES,
    REP_COLUMNS,
    REP_NUMBERS,
    Rep,
    Result,
)
from formcheck.rules import score

DECIMALS = {"s": 4, "deg": 2, "px": 1}
OTHER_DECIMALS = 4
WIDTH = 100
MARKS = {"minor": "!", "major": "!!", "severe": "!!!"}
COLOURS = {"minor": "33", "major": "38;5;208", "severe": "1;31", "fine": "32", "quiet": "2"}
HEADS = ("  rep", "   lift", "   hold", "  lower", "   peak", "   knee", "  score", "  faults")
UNITS = ("     ", "      s", "      s", "      s", "    deg", "    deg", "       ", "")
INDENT = sum(len(head) for head in HEADS[:-1]) + 2

Word = tuple[str, str]
"""A text, and which of `COLOURS` it has."""


@cache
def decimals(name: str) -> int:
    """How many decimals a number of this name, or of this unit, keeps."""
    return DECIMALS.get(name.rsplit("_", 1)[-1], OTHER_DECIMALS)


def rounded(name: str, value: float | None) -> float | None:
    """`value` as all files show it; `None` where it is unknown or not finite.

    >>> rounded("lift_s", 1.02345678), rounded("peak_thigh_elevation_deg", float("nan"))
    (1.0235, None)
    """
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), decimals(name)) + 0.0


def write_frames(result: Result, path: Path) -> None:
    """Write `frames.csv`: one row per analysed instant, `visible` 1 or 0, empty where unknown."""
    frames = result.frames
    columns: dict[str, Sequence[str]] = {
        "time_s": _texts(frames.time_s, decimals("s")),
        "visible": np.where(frames.visible, "1", "0").tolist(),
        "phase": np.array([*PHASES, ""])[frames.phase].tolist(),
        "rep": ["" if number == 0 else str(number) for number in frames.rep.tolist()],
    }
    columns |= {name: _texts(frames.angles[name], decimals(name)) for name in ANGLES}
    rows = zip(*(columns[name] for name in FRAME_COLUMNS), strict=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(FRAME_COLUMNS) + "\n")
        file.writelines(",".join(row) + "\n" for row in rows)


def write_reps(result: Result, path: Path) -> None:
    """Write `reps.csv`: one row per rep, names joined by `;`, empty where unknown."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(REP_COLUMNS)
        table.writerows(_rep_row(rep) for rep in result.reps)


def rep_table(result: Result, *, colour: bool = False) -> str:
    """The reps as a person reads them: at most 100 columns, plain ASCII, colour only where asked for."""
    if not result.reps:
        return table_foot(result)
    lines = [table_head()]
    sets = {rep.set for rep in result.reps}
    for rep in result.reps:
        if len(sets) > 1 and rep is next(other for other in result.reps if other.set == rep.set):
            lines.append(f"  set {rep.set}")
        lines.append(table_row(rep, colour=colour))
    return "\n".join([*lines, "", table_foot(result, colour=colour)])


def table_head() -> str:
    """The two lines above the table of reps."""
    return "\n".join(["".join(HEADS), "".join(UNITS).rstrip()])


def table_row(rep: Rep, *, colour: bool = False) -> str:
    """The lines of one rep."""
    return "\n".join(_rep_lines(rep, colour))


def table_foot(result: Result, *, colour: bool = False) -> str:
    """What is said below the table: score with what it covers, what could not be told; or why there are no reps."""
    return "\n".join(_foot(result, colour) if result.reps else _no_reps(result.activity.sentence)) + "\n"


def wants_colour(stream: TextIO) -> bool:
    """Whether a stream is a terminal whose user does not object (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _texts(values: NDArray[np.float64], places: int) -> list[str]:
    shown = np.round(values, places) + 0.0
    return ["" if math.isnan(value) else f"{value:.{places}f}" for value in shown.tolist()]


def _rep_row(rep: Rep) -> list[object]:
    numbers: list[object] = []
    for name in REP_NUMBERS:
        value = rounded(name, rep.numbers.get(name))
        numbers.append("" if value is None else f"{value:.{decimals(name)}f}")
    names = ";".join(fault.name for fault in rep.faults), ";".join(rep.not_assessable)
    return [rep.rep, rep.set, *numbers, score.figure(rep.score, ""), *names]


def _rep_lines(rep: Rep, colour: bool) -> list[str]:
    cells = [f"{rep.rep:5d}"]
    cells += [_cell(rep.numbers.get(name), ".1f") for name in ("lift_s", "hold_s", "lower_s")]
    cells.append(_cell(rep.numbers.get("peak_thigh_elevation_deg"), "+.0f"))
    cells.append(_cell(rep.numbers.get("max_knee_flexion_deg"), ".0f"))
    cells.append(f"{score.figure(rep.score):>7}  ")
    first, *rest = _fault_lines(rep, colour)
    return ["".join(cells) + first, *(" " * INDENT + line for line in rest)]


def _cell(value: float | None, form: str) -> str:
    if value is None or not math.isfinite(value):
        return f"{'?':>7}"
    text = format(value, form)
    return f"{'0' if text in {'-0', '+0'} else text:>7}"


def _fault_lines(rep: Rep, colour: bool) -> list[str]:
    """Faults with their marks, broken before a line would pass the width; colours take no room."""
    lines: list[list[Word]] = [[]]
    for word in _words(rep):
        if lines[-1] and INDENT + len(", ".join(text for text, _ in [*lines[-1], word])) > WIDTH:
            lines.append([])
        lines[-1].append(word)
    return [", ".join(_paint(*word, colour) for word in line) for line in lines]


def _words(rep: Rep) -> list[Word]:
    """The faults, or that there are none among what was seen; how much that was, where it has to be said."""
    words = [(f"{fault.name} {MARKS.get(fault.severity, '')}".rstrip(), fault.severity) for fault in rep.faults]
    note = score.note(rep.score, rep.checks)
    if rep.not_assessable and not words:
        note = note or score.seen(rep.checks)
    return [*(words or [("none", "quiet" if note else "fine")]), *([(note, "quiet")] if note else [])]


def _foot(result: Result, colour: bool) -> list[str]:
    lines = [_set_line(result)]
    if any(rep.faults for rep in result.reps):
        marks = "   ".join(f"{mark} {name}" for name, mark in MARKS.items())
        lines.append(_paint(f"  {marks}", "quiet", colour))
    return lines + _unsaid(result.reps) + _wrapped("  ", result.activity.sentence)


def _no_reps(sentence: str) -> list[str]:
    return _wrapped("", f"No reps found: {sentence}." if sentence else "No reps found.")


def _wrapped(indent: str, words: str) -> list[str]:
    """Words on as many lines as they need, in ASCII as the whole table is."""
    return textwrap.wrap(
        words.replace("°", " degrees"),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
        break_long_words=False,
    )


def _set_line(result: Result) -> str:
    whole = score.told(result.score, result.checks)
    if len(result.sets) < 2:
        return f"  {_count(len(result.reps))}, {whole}"
    parts = [f"set {one.set}: {_count(one.reps)}, {score.told(one.score, one.checks)}" for one in result.sets]
    kept = "; ".join(part.replace(" ", "\0") for part in [*parts, f"all: {whole}"])
    lines = textwrap.wrap(kept, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join(lines).replace("\0", " ")


def _count(reps: int) -> str:
    return f"{reps} rep" if reps == 1 else f"{reps} reps"


def _unsaid(reps: Sequence[Rep]) -> list[str]:
    """What could not be judged, with the reps where that is so."""
    names = list(dict.fromkeys(name for rep in reps for name in rep.not_assessable))
    if not names:
        return []
    parts = []
    for name in names:
        where = [rep.rep for rep in reps if name in rep.not_assessable]
        every = len(where) == len(reps)
        parts.append(name if every else f"{name} ({'rep' if len(where) == 1 else 'reps'} {_numbers(where)})")
    return _wrapped("  ", "not assessable: " + ", ".join(parts))


def _numbers(reps: Sequence[int]) -> str:
    return ", ".join(str(number) for number in reps)


def _paint(text: str, kind: str, colour: bool) -> str:
    return f"\x1b[{COLOURS[kind]}m{text}\x1b[0m" if colour and kind in COLOURS else text
