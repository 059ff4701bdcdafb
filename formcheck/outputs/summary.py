"""`summary.json`: all that was found, for other programs.

The shape is fixed by `summary.schema.json` beside this file (JSON Schema, draft 2020-12). Numbers are rounded
here, once, by the rule that the tables use; what is unknown is `null`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any

from formcheck import __version__
from formcheck.data.recording import Source
from formcheck.data.result import REP_NUMBERS, Finding, Rep, Result
from formcheck.outputs.tables import rounded

SCHEMA = 1
CAMERA = (
    "roll_deg",
    "roll_sd_deg",
    "yaw_deg",
    "yaw_sd_deg",
    "pitch_deg",
    "pitch_sd_deg",
)


def summary(result: Result) -> dict[str, Any]:
    """The contents of `summary.json` as plain values, ready for any JSON writer."""
    recording = result.recording
    calibration = recording.calibration
    return {
        "formcheck": __version__,
        "schema": SCHEMA,
        **({"content_sha256": result.content_sha256} if result.content_sha256 else {}),
        "source": _source(recording.source),
        "model": recording.model,
        "versions": dict(recording.versions),
        "side": calibration.side,
        "facing": calibration.facing,
        "camera": _rounded({name: getattr(calibration, name) for name in CAMERA}),
        "limits": _rounded(result.limits),
        "reps": [_rep(rep) for rep in result.reps],
        "sets": [_rounded(asdict(one)) for one in result.sets],
        "score": result.score,
        "checks": asdict(result.checks),
        "exercise": asdict(result.activity),
        "warnings": list(result.warnings),
    }


def as_json(result: Result) -> str:
    """`summary` as text, ending with a newline."""
    return json.dumps(summary(result), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_summary(result: Result, path: Path) -> None:
    """Write `summary.json`."""
    path.write_text(as_json(result), encoding="utf-8", errors="backslashreplace", newline="\n")


def schema() -> dict[str, Any]:
    """The JSON Schema that every summary follows."""
    text = resources.files(__package__).joinpath("summary.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _source(source: Source) -> dict[str, Any]:
    guessed = [[rounded("s", start), rounded("s", stop)] for start, stop in source.guessed_s]
    lens = None if source.lens is None else asdict(source.lens)
    return _rounded(asdict(source)) | {"guessed_s": guessed, "lens": lens, "bits": source.bits}


def _rep(rep: Rep) -> dict[str, Any]:
    others = {name: value for name, value in rep.numbers.items() if name not in REP_NUMBERS}
    return {
        "rep": rep.rep,
        "set": rep.set,
        **{name: rounded(name, rep.numbers.get(name)) for name in REP_NUMBERS},
        "measures": _rounded(others),
        "uncertainty": _rounded(rep.uncertainty),
        "score": rep.score,
        "checks": asdict(rep.checks),
        "faults": [_fault(fault) for fault in rep.faults],
        "not_assessable": list(rep.not_assessable),
    }


def _fault(fault: Finding) -> dict[str, Any]:
    return {
        "name": fault.name,
        "severity": fault.severity,
        "value": rounded(fault.unit, fault.value),
        "limit": rounded(fault.unit, fault.limit),
        "uncertainty": rounded(fault.unit, fault.uncertainty),
        "unit": fault.unit,
        "time_s": rounded("time_s", fault.time_s),
        "cue": fault.cue,
    }


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: rounded(name, value) if isinstance(value, float) else value for name, value in values.items()}
