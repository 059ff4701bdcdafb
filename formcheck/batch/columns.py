"""The columns of both tables: names, kinds and the rows of a result.

A row is a list of plain values in the order of the columns; numbers are rounded as all files round them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from formcheck import __version__
from formcheck.batch.key import Settings
from formcheck.data import gate
from formcheck.data.result import REP_NUMBERS, Rep, Result
from formcheck.data.versions import versions
from formcheck.outputs.measures import lasting_values, listed
from formcheck.outputs.tables import decimals
from formcheck.rules.score import Scored

LAYOUT = 1
"""Of what a row holds; the memory of a batch tells which one it has."""
MEASURES = (
    *("peak_s", "hold_thigh_elevation_deg", "peak_leg_elevation_deg", "hold_leg_elevation_deg", "range_deg"),
    *("leg_difference_deg", "difference_s", "knee_s", "max_elbow_flexion_deg", "elbow_s", "overshoot_deg"),
    *("oscillation_deg", "toe_clearance_m", "touch_s", "touch_start_s", "support_shift_m", "ball_offset_m"),
    "feet_gap_m",
)
"""What a rep has besides `REP_NUMBERS`."""
BANDED = (*REP_NUMBERS, *(name for name in MEASURES if not name.endswith("_s")))
BAND = "_band"

Row = list[Any]
Kinds = dict[str, type]

CLIP: Kinds = {
    "clip": str,
    "content_sha256": str,
    "error": str,
    "score": int,
    "reps": int,
    "sets": int,
    "faults": str,
    "not_assessable": str,
    "checks_seen": int,
    "checks_of": int,
    "exercise": str,
    "note": str,
    "warnings": str,
    "duration_s": float,
    "frames": int,
    "fps": float,
    "width": int,
    "height": int,
    "seen": float,
    "side": str,
    "facing": str,
    "roll_deg": float,
    "yaw_deg": float,
    "pitch_deg": float,
    "recording": str,
    "model": str,
    "settings": str,
    "formcheck": str,
    "versions": str,
}
"""The table of clips, see docs/batch.md; `faults` and `not_assessable` are names with the number of reps."""
REP: Kinds = {
    "clip": str,
    "content_sha256": str,
    "rep": int,
    "set": int,
    **dict.fromkeys(REP_NUMBERS, float),
    "score": int,
    "faults": str,
    "severities": str,
    "not_assessable": str,
    "checks_seen": int,
    "checks_of": int,
    **dict.fromkeys(MEASURES, float),
    **{name + BAND: float for name in BANDED},
    "model": str,
    "settings": str,
    "formcheck": str,
    "versions": str,
}
"""The table of reps: the columns of `reps.csv`, more measures, half the 95 % band of each number."""
SHARED = (("clip", "content_sha256"), ("model", "settings", "formcheck", "versions"))
"""What a rep's row takes from its clip's, before and after its own."""
OWN = tuple(REP)[len(SHARED[0]) : -len(SHARED[1])]
_CHECKS: dict[type, Any] = {str: gate.Cell, int: gate.Int32, float: gate.Number}
_CLIP = gate.table("Clip", {name: _CHECKS[kind] for name, kind in CLIP.items()})
_ROWS = gate.decoder(tuple[_CLIP, list[gate.row([_CHECKS[REP[name]] for name in OWN])]])  # type: ignore[misc,valid-type]
"""What both tables can hold: whole numbers of 32 bits, numbers that are some, texts of whole characters."""


_NUMBERS, _MEASURES, _BANDED = ([(name, decimals(name)) for name in names] for names in (REP_NUMBERS, MEASURES, BANDED))


def failure(what: str, error: str, settings: Settings) -> dict[str, Any]:
    """The row of a clip that could not be scored."""
    return {
        "content_sha256": what or None,
        "error": error,
        "model": Path(settings.model).name or None,
        "settings": settings.shown(),
        "formcheck": __version__,
        "versions": listed(versions()),
    }


def verdict_values(reps: Sequence[Rep], scored: Scored) -> dict[str, Any]:
    """What a clip's row has from the verdicts on its reps."""
    return {
        "score": scored.score,
        "reps": len(reps),
        "sets": len({rep.set for rep in reps}),
        "faults": _counted(fault.name for rep in reps for fault in rep.faults),
        "not_assessable": _counted(name for rep in reps for name in rep.not_assessable),
        "checks_seen": scored.checks.seen,
        "checks_of": scored.checks.of,
    }


def clip_values(result: Result) -> dict[str, Any]:
    """A whole row of a result but for the clip's name, its content and the settings."""
    values = lasting_values(result) | verdict_values(result.reps, Scored(result.checks, result.score))
    return values | {"warnings": "; ".join(result.warnings), "formcheck": __version__}


def rep_row(rep: Rep) -> Row:
    """What is a rep's own, in the order of `OWN`."""
    faults = rep.faults
    return [
        rep.rep,
        rep.set,
        *_rounded(rep.numbers, _NUMBERS),
        rep.score,
        ";".join([fault.name for fault in faults]),
        ";".join([fault.severity for fault in faults]),
        ";".join(rep.not_assessable),
        rep.checks.seen,
        rep.checks.of,
        *_rounded(rep.numbers, _MEASURES),
        *_rounded(rep.uncertainty, _BANDED),
    ]


def told(text: bytes) -> tuple[dict[str, Any], list[Row]]:
    """A clip's row and the rows of its reps from their JSON; raises `ValueError` where no table can hold a value."""
    clip, reps = gate.decoded(text, _ROWS)
    return clip, [list(rep) for rep in reps]


def is_digest(text: object) -> bool:
    """Whether bytes are the hexadecimal digits of a SHA-256."""
    return isinstance(text, bytes) and re.fullmatch(rb"[0-9a-f]{64}", text) is not None


def named(path: str) -> str:
    """A path as a table can hold it: names of files need not be text."""
    return path.encode(errors="surrogateescape").decode(errors="backslashreplace")


def clip_row(values: dict[str, Any]) -> Row:
    """A clip's row in the order of the columns, `None` where there is no value."""
    return [values.get(name) for name in CLIP]


def whole_rep_row(clip: dict[str, Any], own: Row) -> Row:
    """A rep's row, between what it shares with its clip."""
    first, last = ([clip.get(name) for name in shared] for shared in SHARED)
    return [*first, *own, *last]


def _rounded(values: Mapping[str, float], places: Sequence[tuple[str, int]]) -> Row:
    """As `rounded` does it, for many numbers: rows are made by the million."""
    get, known, unknown = values.get, math.isfinite, math.nan
    return [round(value, place) + 0.0 if known(value := get(name, unknown)) else None for name, place in places]


def _counted(names: Iterable[str]) -> str:
    return ";".join(f"{name} {count}" for name, count in Counter(names).most_common())
