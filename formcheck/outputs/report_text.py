"""The sentences of the report that depend on what was found: camera, advice, praise, empty results."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

import numpy as np

from formcheck.core.uncertainty import OBLIQUE_DEG
from formcheck.data.recording import Calibration
from formcheck.data.result import Rep, Result
from formcheck.rules import remarks, score
from formcheck.rules.catalogue import RULES, find
from formcheck.rules.limits import SPECS, UNITS
from formcheck.rules.rule import Check, Rule, section

SAFETY = (
    "If you have had an injury of the lower back, choose another exercise. This page describes what a camera "
    "measured; it is no medical advice and no diagnosis. Stop when something hurts, and ask a professional."
)
FILMING = (
    "Place the camera at your side, level with your hips and exactly from the side.",
    "Keep the whole body in the picture from hands to toes, with some floor below: two to three metres away.",
    "Put the light in front of you or above, not behind you, and wear clothes that stand out from the room.",
)
A_REP = (
    "In a rep the legs are low, are lifted, held at the top and lowered again. Getting onto the ball, "
    "stretching and leaving are no reps. Below is how to film so that reps are found."
)
THIS_EXERCISE = (
    "One exercise is judged here: face-down over a ball, hands on the floor, both legs are lifted together until they "
    "are level, held and lowered, while trunk and hands stay where they are. If you did that, film it as said below."
)
NOTICEABLE_DEG, CROOKED_DEG = 12.0, 3.0


def quantity(value: float, unit: str) -> str:
    """A limit with its unit, with as many places as it was set with; lengths in centimetres."""
    number, sign = (value * 100, " cm") if unit == "m" else (value, UNITS[unit])
    return f"{number + 0.0:.4g}{sign}".replace("-", "−")


def clock(second: float) -> str:
    """A time in the video: seconds, from a minute on minutes and seconds."""
    if round(second, 1) < 60:
        return f"{second:.1f} s"
    return f"{round(second) // 60}:{round(second) % 60:02d}"


def times(count: int, total: int) -> str:
    """In how many reps something was so."""
    if total == 1:
        return "in the only rep"
    return f"in all {total} reps" if count == total else f"in {count} of {total} reps"


def plural(count: int, word: str) -> str:
    """A count with its word."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def title(name: str) -> str:
    """A fault's name as a heading."""
    return name.replace("-", " ").capitalize()


def limit_line(check: Check, limit: float) -> str:
    """The limit of one check with its reason, as a sentence."""
    word = "at most" if check.side == "above" else "at least"
    usual = SPECS[check.limit].default * check.factor
    if math.isclose(limit, usual):
        reason = f"; {SPECS[check.limit].reason}"
    else:
        reason = f", as your plan sets it; usual: {quantity(usual, check.unit)}"
    return f"{word.capitalize()} {quantity(limit, check.unit)}{reason}."


def clean(result: Result) -> tuple[str, str]:
    """What is said where no fault was found, a heading and a sentence: no more than was seen."""
    if not any(rep.not_assessable for rep in result.reps):
        return "Nothing to correct", "No fault was found."
    return "No fault seen", f"{score.seen(result.checks)}; what was not seen may hide faults."


def praise(result: Result) -> list[str]:
    """What was within its limits in every rep, as far as it was measured."""
    found = {fault.name for rep in result.reps for fault in rep.faults}
    kept = [rule.praise for rule in RULES if rule.name not in found and _well_within(rule, result)]
    return [words.without_ball if result.activity.kind == "no-ball" else words.written for words in kept]


def _well_within(rule: Rule, result: Result) -> bool:
    return bool(result.reps) and all(
        rule.name not in rep.not_assessable and _inside(check, rep, result.limits)
        for rep in result.reps
        for check in rule.checks
    )


def _inside(check: Check, rep: Rep, limits: Mapping[str, float]) -> bool:
    limit = limits.get(check.limit, SPECS[check.limit].default) * check.factor
    excess = (rep.numbers.get(check.column, math.nan) - limit) * check.sign
    band = rep.uncertainty.get(check.column, math.nan)
    doubt = band >= -excess and band > check.steps[0]  # as in `rules.grade`, for rules that are off too
    return excess <= 0 and not doubt  # false where unknown


def unjudged(result: Result) -> list[str]:
    """What could not be assessed, in which reps, and why."""
    lines = []
    for name in sorted({name for rep in result.reps for name in rep.not_assessable}):
        reps = [rep.rep for rep in result.reps if name in rep.not_assessable]
        where = times(len(reps), len(result.reps))
        if len(reps) < min(len(result.reps), 8):
            where = f"in rep{'s' if len(reps) > 1 else ''} {', '.join(map(str, reps))}"
        lines.append(f"{title(name)}, {where}. {_why_not(name)}")
    return lines


def _why_not(name: str) -> str:
    manual = section(find(name).manual, "What it checks")
    reason = re.search(r"Not assessable [^.]*\.", " ".join(manual.split()))
    return reason.group() if reason else "It could not be seen surely enough there."


def seen_share(result: Result) -> float:
    """Share of the analysed instants in which the body was seen, 0 to 1."""
    return float(np.mean(result.frames.visible)) if len(result.frames) else 0.0


def camera(result: Result) -> list[tuple[str, str]]:
    """How the camera stood and what it saw, as pairs of label and text."""
    source, calibration = result.recording.source, result.recording.calibration
    rows = []
    if seen_share(result) > 0:
        rows += [
            ("View", f"{calibration.side} side towards the camera, head to the {calibration.facing}"),
            ("Off the side view", _yaw(calibration)),
            ("Tilt", _roll(calibration)),
        ]
    rows.append(("Body seen", f"in {seen_share(result):.0%} of {len(result.frames)} instants"))
    if source.width:
        rows.append(("Picture", f"{source.width} × {source.height}, {source.fps:.3g} frames a second"))
    rows.append(("Length", clock(source.duration_s) + (" min" if source.duration_s >= 60 else "")))
    return rows


def _with_band(value: float, sd: float | None, sign: str) -> str:
    band = "" if sd is None else f" ± {2 * sd:.0f}°"
    return f"{round(value):{sign if round(value) else ''}d}°{band}".replace("-", "−")


def _roll(calibration: Calibration) -> str:
    if calibration.roll_deg is None:
        return "unknown, taken as level; give it with --roll if you know it"
    return f"{_with_band(calibration.roll_deg, calibration.roll_sd_deg, '+')}, allowed for"


def _yaw(calibration: Calibration) -> str:
    yaw = calibration.yaw_deg
    if yaw is None:
        return "unknown"
    towards = "head" if yaw > 0 else "feet"
    where = f", moved towards the {towards}" if round(abs(yaw)) else ""
    told = "too far to judge" if abs(yaw) > OBLIQUE_DEG else "allowed for"
    return f"{_with_band(abs(yaw), calibration.yaw_sd_deg, '')}{where}, {told}"


def advice(result: Result) -> list[str]:
    """What to do better when filming; all there is to know where no rep was found."""
    return [*_findings(result), *([] if result.reps else FILMING)]


def warnings(result: Result) -> list[str]:
    """The warnings but for what `advice` and `camera` tell in their own words."""
    given = remarks.advice(result.recording, result.activity.sentence)
    return [warning for warning in result.warnings if warning not in given]


def _findings(result: Result) -> Iterator[str]:
    calibration, found = result.recording.calibration, remarks.seen_share(result.recording)
    brightness = result.recording.observations.brightness
    yaw, roll = calibration.yaw_deg, calibration.roll_deg
    if found and yaw is not None and abs(yaw) > NOTICEABLE_DEG:
        towards, metres = "feet" if yaw > 0 else "head", 2.5 * math.sin(math.radians(min(abs(yaw), 60)))
        yield f"Move the camera towards your {towards} (at 2.5 m distance by about {metres:.1f} m)."
    if found and yaw is None and result.reps:
        yield "Film exactly from the side: how far the camera was off it could not be told."
    if found and roll is not None and abs(roll) > CROOKED_DEG:
        yield f"Set the camera upright: the picture is turned by about {abs(roll):.0f}°."
    share = min(found, seen_share(result))
    if 0 < share < remarks.SEEN and result.reps:
        yield f"Keep the whole body in the picture: it was seen in {share:.0%} of the time only."
    if len(brightness) and np.mean(brightness) < remarks.DARK:
        yield "Switch on more light: the picture is dark."


def about_exercise(result: Result) -> str:
    """What there is to say about which exercise was seen, as a sentence; empty where there is nothing."""
    words = result.activity.sentence
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def empty(result: Result) -> list[str]:
    """Why there are no reps, and what a rep, or this exercise, is."""
    reason = about_exercise(result)
    return [*([reason] if reason else []), THIS_EXERCISE if result.activity.kind == "other" else A_REP]
