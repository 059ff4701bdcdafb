"""Every limit of the rules, in one place: default, unit, what may be set, and why.

A plan (`formcheck.rules.plan_file`) replaces single values; nothing else in the program holds a
limit of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from formcheck.errors import ConfigError

UNITS = {"deg": "°", "s": " s", "m": " m"}
"""How a unit is written behind a number."""


@dataclass(frozen=True)
class Spec:
    """What is fixed about one limit: `unit` is one of `UNITS`, `low` and `high` bound what may be set."""

    name: str
    default: float
    unit: str
    low: float
    high: float
    reason: str


@dataclass(frozen=True)
class Plan:
    """What is to be done: `reps` in a set, `sets`, and `rest_s` seconds between sets.

    Defaults from the exercise text: it aims at sets of 15 to 20 after some weeks, with about a minute's rest.
    """

    reps: int = 15
    sets: int = 1
    rest_s: float = 60.0


PLAN_RANGE = {"reps": (1, 100), "sets": (1, 20), "rest_s": (0, 900)}


def _limit(default: float, unit: str, low: float, high: float, reason: str) -> Any:
    return field(default=default, metadata={"facts": (default, unit, low, high, reason)})


@dataclass(frozen=True)
class Limits:
    """The limits in force, the rules that are switched off, and the plan.

    Raises `ConfigError` where a value is no number or outside what may be set.
    """

    parallel_tolerance_deg: float = _limit(
        5.0,
        "deg",
        1,
        30,
        "thighs within 5° of the floor's line look parallel, and a camera cannot tell much finer",
    )
    knee_flexion_max_deg: float = _limit(
        15.0, "deg", 5, 90, "a straight knee is often measured 5° bent, and soft knees of 10° do no harm"
    )
    elbow_flexion_max_deg: float = _limit(
        15.0, "deg", 5, 90, "a straight arm on the floor is often measured several degrees bent"
    )
    lift_min_s: float = _limit(
        0.7, "s", 0.2, 5, "the lift should take about one second; well below that the legs are thrown"
    )
    overshoot_max_deg: float = _limit(
        2.0, "deg", 0.5, 30, "a controlled lift ends within 1° of the level that is then held"
    )
    oscillation_max_deg: float = _limit(2.5, "deg", 0.5, 30, "legs held still sway by about 1° from crest to trough")
    hold_min_s: float = _limit(2.5, "s", 0, 30, "a count of three, with half a second for a quick count")
    lower_min_s: float = _limit(
        2.5,
        "s",
        0,
        20,
        "lowering should take 3 to 4 seconds, with half a second for where it starts and ends",
    )
    touch_max_s: float = _limit(0.1, "s", 0, 10, "a brush of a tenth of a second takes no load off the muscles")
    toe_clearance_max_m: float = _limit(
        0.10, "m", 0.02, 0.5, "toes within a hand's breadth of the floor are 'almost touching'"
    )
    leg_difference_max_deg: float = _limit(
        6.0, "deg", 1, 45, "6° between the legs are about 9 cm between the feet, plain to the eye"
    )
    feet_gap_max_m: float = _limit(
        0.15,
        "m",
        0.02,
        1,
        "feet straight behind the hips leave about this much; feet that are together leave less",
    )
    support_shift_max_m: float = _limit(
        0.06, "m", 0.01, 0.5, "hands and ball give a few centimetres under load; more is a slip or a roll"
    )
    ball_offset_max_m: float = _limit(
        0.12, "m", 0.02, 0.5, "within 12 cm of the hips a ball of 55 to 65 cm bears belly, pelvis and thighs"
    )
    off: tuple[str, ...] = ()
    plan: Plan = Plan()

    def __post_init__(self) -> None:
        for name in SPECS:
            complaint = objection(name, getattr(self, name))
            if complaint:
                raise ConfigError(complaint)

    def values(self) -> dict[str, float]:
        """The limits alone, by name."""
        return {name: float(getattr(self, name)) for name in SPECS}


SPECS: dict[str, Spec] = {f.name: Spec(f.name, *f.metadata["facts"]) for f in fields(Limits) if "facts" in f.metadata}


def objection(name: str, value: object) -> str:
    """What is wrong with a value for the limit `name`; empty where it may be set."""
    spec = SPECS[name]
    return _objection(name, value, spec.low, spec.high, UNITS[spec.unit])


def plan_objection(name: str, value: object) -> str:
    """What is wrong with a value for `name` in the plan; empty where it may be set."""
    if name in ("reps", "sets") and not (isinstance(value, int) and not isinstance(value, bool)):
        return f"{name} must be a whole number, not {shown(value)}"
    return _objection(name, value, *PLAN_RANGE[name], " s" if name == "rest_s" else "")


def _objection(name: str, value: object, low: float, high: float, unit: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{name} must be a number, not {shown(value)}"
    if not low <= value <= high:  # also true of not-a-number
        return f"{name} = {shown(value)} is outside {low:g} to {high:g}{unit}; choose a value in between"
    return ""


def shown(value: object) -> str:
    """A value on one line and short, for messages."""
    text = str(value).lower() if isinstance(value, bool) else _text(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _text(value: object) -> str:
    if isinstance(value, int) and abs(value) >= 10**30:
        return "a huge number"  # printing it would hit the interpreter's limit on digits
    return repr(value)
