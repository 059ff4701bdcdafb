"""`report.html`: one page beside its video, for the person who trains and for who helps them.

The page needs no network and no other file than the video: style and script are written into it, and its
content security policy allows nothing else. Without the script it still reads and prints well.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections import Counter
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from formcheck import __version__
from formcheck.data.result import SEVERITIES, Finding, Rep, Result
from formcheck.outputs import report_text as text
from formcheck.outputs.chart import RIBBON, Chart, chart, degrees, parallel_band
from formcheck.rules import score
from formcheck.rules.catalogue import NAMES, find
from formcheck.rules.rule import Check
from formcheck.rules.wording import seen

if TYPE_CHECKING:
    from jinja2 import Template

COLUMNS = {
    "lift_s": "Lift",
    "hold_s": "Hold",
    "lower_s": "Lower",
    "peak_thigh_elevation_deg": "Top",
    "min_thigh_elevation_deg": "Lowest",
    "max_knee_flexion_deg": "Knee bend",
}
SHOWN_IN = {"hold_thigh_elevation_deg": "peak_thigh_elevation_deg"}
ARROWS = {"lift": "↑", "hold": "–", "lower": "↓"}
MAIN = 3


def write_report(result: Result, path: Path, *, video: str | None) -> None:
    """Write the report to `path`; `video` is the file name of the video beside it, `None` for none.

    Raises `OSError` where the file cannot be written.
    """
    path.write_text(render(result, video=video), encoding="utf-8", errors="backslashreplace")


def render(result: Result, *, video: str | None) -> str:
    """The report as HTML."""
    picture = chart(result)
    style, script = _asset("report.css"), _asset("report.js")
    if picture:
        style += f"@media screen {{ .plot {{ min-width: {picture.min_width}px; }} }}\n"
    return _template().render(
        _judgement(result)
        | _context(result, picture)
        | {
            "video": quote(video) if video else None,
            "video_name": video,
            "style": style,
            "script": script,
            "style_hash": _hash(style),
            "script_hash": _hash(script),
        }
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415  slow to load, needed here alone

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["clock"] = text.clock
    environment.globals["told"] = score.told
    return environment.from_string(_asset("report.html.j2"))


@cache
def _asset(name: str) -> str:
    return (resources.files("formcheck.outputs") / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _context(result: Result, picture: Chart | None) -> dict[str, Any]:
    recording = result.recording
    below, above = parallel_band(result.limits)
    tools = "".join(f", {k} {v}" for k, v in sorted(recording.versions.items()) if k != "formcheck")
    return {
        "version": __version__,
        "name": recording.source.name,
        "source": recording.source,
        "picture": picture,
        "marks": [_mark_row(mark) for mark in picture.marks] if picture else [],
        "ribbon": RIBBON,
        "arrows": ARROWS,
        "parallel": f"{degrees(below)} to {degrees(above)}",
        "safety": text.SAFETY,
        "explanation": score.EXPLANATION,
        "camera": text.camera(result),
        "advice": text.advice(result),
        "empty": text.empty(result),
        "exercise": text.about_exercise(result),
        "warnings": text.warnings(result),
        "made_with": f"Made by formcheck {__version__} with the pose model {recording.model}{tools}.",
    }


def _judgement(result: Result) -> dict[str, Any]:
    groups = _groups(result)
    missing = [set(rep.not_assessable) for rep in result.reps]
    everywhere = set.intersection(*missing) if missing else set()
    return {
        "reps": result.reps,
        "score": result.score,
        "score_told": score.told(result.score, result.checks) if result.reps else "no score",
        "counted": _counted(result),
        "covered": _sentence(score.note(result.score, result.checks)) if result.reps else "",
        "clean": text.clean(result),
        "groups": groups,
        "main": groups[:MAIN],
        "good": text.praise(result),
        "good_in": text.times(len(result.reps), len(result.reps)),
        "columns": [{"title": _heading(name)} for name in COLUMNS],
        "sets": _sets(result, everywhere),
        "unjudged": text.unjudged(result),
        "unjudged_everywhere": ", ".join(text.title(name).lower() for name in sorted(everywhere)),
    }


def _counted(result: Result) -> str:
    reps, sets = len(result.reps), len({rep.set for rep in result.reps})
    return f"{text.plural(reps, 'rep')} in {text.plural(sets, 'set')}" if reps else ""


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _fault_row(finding: Finding, rep: int) -> dict[str, Any]:
    return {
        "rep": rep,
        "name": finding.name,
        "title": text.title(finding.name),
        "severity": finding.severity,
        "time_s": finding.time_s,
        "clock": text.clock(finding.time_s),
        "seen": seen(finding),
    }


def _mark_row(mark: Any) -> dict[str, Any]:
    return {
        "x": mark.x,
        "y": mark.y,
        "curve_y": mark.curve_y,
        "rep": mark.rep,
        "fault": _fault_row(mark.finding, mark.rep),
    }


def _groups(result: Result) -> list[dict[str, Any]]:
    """Faults by name, those that matter most first: by severity and by how often."""
    found = [(finding, rep.rep) for rep in result.reps for finding in rep.faults]
    names = dict.fromkeys(finding.name for finding, _ in found)
    groups = [_group([pair for pair in found if pair[0].name == name], len(result.reps)) for name in names]
    return sorted(groups, key=lambda group: (-group["weight"], NAMES.index(group["name"])))


def _group(found: list[tuple[Finding, int]], total: int) -> dict[str, Any]:
    worst = max((finding for finding, _ in found), key=lambda f: SEVERITIES.index(f.severity))
    rule = find(worst.name)
    counts = Counter(finding.severity for finding, _ in found)
    levels = [level for level in reversed(SEVERITIES) if counts[level]]
    lines = dict.fromkeys(text.limit_line(_check(f), f.limit) for f, _ in found)
    return {
        "name": worst.name,
        "title": text.title(worst.name),
        "severity": worst.severity,
        "weight": sum(1 + 2 * SEVERITIES.index(finding.severity) for finding, _ in found),
        "share": text.times(len({rep for _, rep in found}), total),
        "severities": levels[0] if len(levels) == 1 else ", ".join(f"{counts[lv]} {lv}" for lv in levels),
        "short": worst.cue[:1].lower() + worst.cue[1:],
        "cue": worst.cue,
        "faults": [_fault_row(finding, rep) for finding, rep in found],
        "limit": " ".join(lines),
        "why": rule.why,
        "do": rule.do,
    }


def _check(finding: Finding) -> Check:
    """The check of a rule that raised a finding."""
    checks = find(finding.name).checks
    same = [check for check in checks if check.cue == finding.cue]
    return (same or [check for check in checks if check.unit == finding.unit] or list(checks))[0]


def _heading(column: str) -> str:
    unit = "s" if column.endswith("_s") else "°"
    return f"{COLUMNS[column]},\u00a0{unit}"


def _sets(result: Result, everywhere: set[str]) -> list[dict[str, Any]]:
    scores = {part.set: score.told(part.score, part.checks) for part in result.sets}
    parts = []
    for number in dict.fromkeys(rep.set for rep in result.reps):
        reps = [rep for rep in result.reps if rep.set == number]
        told = f", {scores[number]}" if number in scores else ""
        rows = [_row(rep, everywhere) for rep in reps]
        parts.append({"set": number, "text": text.plural(len(reps), "rep") + told, "rows": rows})
    return parts


def _row(rep: Rep, everywhere: set[str]) -> dict[str, Any]:
    start_s, end_s = rep.numbers["lift_start_s"], rep.numbers["end_s"]
    known = math.isfinite(start_s) and math.isfinite(end_s)
    flags: dict[str, Finding] = {}
    for finding in rep.faults:
        column = _check(finding).column
        flags[SHOWN_IN.get(column, column)] = finding
    return {
        "rep": rep.rep,
        "score": score.figure(rep.score, "–"),
        "note": score.note(rep.score, rep.checks),
        "start_s": start_s if known else None,
        "end_s": end_s if known else None,
        "cells": [_cell(rep, name, flags.get(name)) for name in COLUMNS],
        "faults": [_fault_row(finding, rep.rep) for finding in rep.faults],
        "none": f"none, {score.seen(rep.checks)}" if rep.not_assessable else "none found",
        "unjudged": ", ".join(text.title(n).lower() for n in rep.not_assessable if n not in everywhere),
    }


def _cell(rep: Rep, column: str, fault: Finding | None) -> dict[str, Any]:
    value, band = rep.numbers[column], rep.uncertainty.get(column, math.nan)
    places = 2 if column.endswith("_s") else 0
    shown = f"{value:.{places}f}".replace("-", "−") if math.isfinite(value) else "unknown"
    return {
        "title": _heading(column),
        "text": "0" if shown == "−0" else shown,
        "band": f"± {band:.{places}f}" if math.isfinite(band) and math.isfinite(value) else "",
        "fault": _fault_row(fault, rep.rep) if fault else None,
    }
