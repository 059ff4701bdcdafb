"""Recordings and acted movements as moments of a session, one frame at a time, and what the coach says to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from movements import Curve

from formcheck.core import angles, exercise, smooth, turns
from formcheck.core.exercise import in_position
from formcheck.core.grid import RATE_HZ
from formcheck.data.recording import Recording
from formcheck.data.result import Finding, Rep
from formcheck.live.coach import Coach
from formcheck.live.moment import Moment
from formcheck.outputs.voice.sounds import Guide, Say, Tick
from formcheck.rules import score
from formcheck.rules.limits import Limits
from formcheck.session import Session

ROOT = Path(__file__).resolve().parents[1]
STORED, HELD_OUT = ROOT / "validation" / "recordings", ROOT / "validation" / "heldout"
CLIPS = [path.name.removesuffix(".truth.json") for path in sorted((ROOT / "samples").glob("clip*.truth.json"))]
NAMES = [f"{clip}_{model}" for model in ("heavy", "full") for clip in CLIPS]
HELD = [path.stem for path in sorted(HELD_OUT.glob("*.npz"))]


class Line(NamedTuple):
    """A sound and the moment at which it was asked for."""

    at_s: float
    sound: Any


class Coached(NamedTuple):
    """One recording with its truth, and all that came of it."""

    truth: dict[str, Any]
    reps: list[Rep]
    lines: list[Line]
    guides: list[tuple[float, Guide | None]]
    last: list[Line]
    coach: Coach


def load(name: str) -> tuple[Recording, dict[str, Any]]:
    """A stored recording and the truth about its clip."""
    stored = (HELD_OUT if name in HELD else STORED) / f"{name}.npz"
    truth = HELD_OUT / f"{name}.truth.json" if name in HELD else ROOT / "samples" / f"{name[:6]}.truth.json"
    return Recording.load(stored), json.loads(truth.read_text(encoding="utf-8"))


def moments(recording: Recording) -> tuple[list[Moment], list[Rep]]:
    """Each frame's moment, as a live session would give it, and one more with the reps that close at the end."""
    session = Session(recording.calibration, recording.source, recording.model)
    seen = recording.observations
    found, lying = [], False
    for k, time_s in enumerate(seen.time_s.tolist()):
        reps = session.push(seen[k : k + 1])
        first, rows = session.news
        lying = bool(in_position(rows)[-1]) if len(rows) else lying
        found.append(Moment(time_s, first, rows, True, lying, tuple(reps)))
    late = tuple(session.finish())
    first, rows = session.news
    return [*found, Moment(found[-1].time_s, first, rows, True, lying, late)], session.reps


def listen(coach: Coach, given: Iterable[Moment]) -> tuple[list[Line], list[tuple[float, Guide | None]]]:
    """All sounds with their moments, and the tone of each."""
    lines, guides = [], []
    for moment in given:
        heard = coach.step(moment)
        lines += [Line(moment.time_s, sound) for sound in heard.sounds]
        guides.append((moment.time_s, heard.guide))
    return lines, guides


@cache
def coached(name: str) -> Coached:
    """A stored recording, coached frame by frame."""
    recording, truth = load(name)
    given, reps = moments(recording)
    coach = Coach(Limits(), breathing=True)
    lines, guides = listen(coach, given[:-1])
    listen(coach, given[-1:])  # what comes of the last verdicts is cut short by the summary
    last = [Line(given[-1].time_s, sound) for sound in coach.finish().sounds]
    return Coached(truth, reps, lines, guides, last, coach)


def said(lines: Sequence[Line]) -> list[tuple[str, ...]]:
    """The keys of what was said, in order."""
    return [line.sound.keys for line in lines if isinstance(line.sound, Say)]


def when(lines: Sequence[Line], *keys: str) -> list[float]:
    """When phrases with one of these keys were asked for."""
    return [line.at_s for line in lines if isinstance(line.sound, Say) and set(keys) & set(line.sound.keys)]


def ticks(lines: Sequence[Line], kind: str) -> list[float]:
    """When ticks of a kind are to be heard."""
    return [line.sound.at_s for line in lines if isinstance(line.sound, Tick) and line.sound.kind == kind]


def act(
    curve: Curve,
    seconds: float,
    *,
    away: Callable[[float], bool] = lambda _: False,
    faults: dict[int, tuple[str, ...]] | None = None,
    advice: Callable[[float], str] = lambda _: "",
    still: Callable[[float], bool] = lambda _: False,
    noise_deg: float = 0.0,
    every: int = 1,
) -> list[Moment]:
    """Moments of legs that move along `curve` (deg), without camera and pose model.

    away    nobody lies there at that time
    faults  of which rep which faults are found; a verdict comes when a session would give it
    every   a frame comes for so many instants
    """
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    rows = np.zeros((len(t), len(angles.SIGNALS)))
    rows[:, angles.SMOOTHED :] = np.nan
    noise = np.random.default_rng(0).normal(0.0, 1.0, len(t)) * noise_deg
    rows[:, angles.THIGH] = rows[:, angles.LEG] = curve(t) + noise
    rows[:, angles.TOE] = 0.15 + np.sin(np.radians(rows[:, angles.LEG] + 30.0))
    gone = np.array([away(x) for x in t])
    rows[gone] = np.nan
    smoothing, turning, made, found = smooth.State(), turns.State(), 0, []
    for k in range(0, len(t), every):
        part = rows[k : k + every]
        smoothing, signals = smooth.step(smoothing, part)
        postures = np.where(in_position(signals), exercise.READY, exercise.UNSEEN)
        places = rows[: len(signals), exercise.COLUMNS]  # nowhere
        turning, closed = turns.step(turning, (signals[:, angles.LEG], postures, places))
        reps = tuple(verdict(made + n, (faults or {}).get(made + n, ())) for n in range(1, len(closed) + 1))
        made += len(closed)
        now = float(t[min(k + every, len(t)) - 1])
        lying = not gone[min(k + every, len(t)) - 1]
        found.append(Moment(now, k, part, bool(lying), bool(lying), reps, advice(now), bool(lying) and still(now)))
    return found


CUES = {
    "bent-knees": "Straighten your knees",
    "short-hold": "Hold the top, count to three",
    "fast-descent": "Lower slowly, count to four",
    "hyperextension": "Not so high, stop at parallel",
    "legs-apart": "Keep your feet together",
}


def verdict(number: int, faults: Sequence[str], severity: str = "minor", unsure: tuple[str, ...] = ()) -> Rep:
    """A judged rep; "name!" is a severe fault."""
    found = tuple(
        Finding(
            name.strip("!"),
            "severe" if name.endswith("!") else severity,
            1.0,
            0.0,
            0.1,
            "deg",
            0.0,
            CUES[name.strip("!")],
        )
        for name in faults
    )
    checks, points = score.rep(found, unsure, score.switched_on(Limits()))
    return Rep(number, 1, {}, {}, found, unsure, points, checks)
