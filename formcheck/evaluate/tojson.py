"""An evaluation as plain values for JSON; what is unknown becomes null."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from formcheck.evaluate.pooled import Coverage, Evaluation, FaultScore, Part, Summary, summarise
from formcheck.evaluate.values import ClipEvaluation, Compared, FalsePhases, FaultOutcome, RepComparison

SCHEMA = 1


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Everything but the errors of single frames; `json.dumps(..., allow_nan=False)` takes it."""
    plain = {
        "evaluation": SCHEMA,
        **_part(evaluation.whole),
        "models": {name: _part(part) for name, part in evaluation.models.items()},
        "failed": [asdict(failure) for failure in evaluation.failures],
    }
    del plain["clips"]  # they stand under their models
    return {key: _finite(value) for key, value in plain.items()}


def _part(part: Part) -> dict[str, Any]:
    return {
        "pooled": _summary(part.pooled),
        "by_yaw": {name: _summary(group) for name, group in part.by_yaw.items()},
        "clips": [_clip(clip) for clip in part.clips],
    }


def _summary(summary: Summary) -> dict[str, Any]:
    plain = asdict(summary)
    plain["faults"] = {name: _score(score) for name, score in summary.faults.items()}
    plain["all_faults"] = _score(summary.all_faults)
    plain["coverage"] = {name: _coverage(one) for name, one in summary.coverage.items()}
    plain["covered"] = _coverage(summary.covered)
    plain["false_phases"] = _false_phases(summary.false_phases)
    return plain


def _score(score: FaultScore) -> dict[str, Any]:
    return {**asdict(score), "precision": score.precision, "recall": score.recall}


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {**asdict(coverage), "share": coverage.share}


def _false_phases(found: FalsePhases | None) -> dict[str, Any] | None:
    return None if found is None else {**asdict(found), "per_minute_s": found.per_minute_s}


def _clip(clip: ClipEvaluation) -> dict[str, Any]:
    return {
        **_summary(summarise([clip])),  # its errors of roll and yaw give way to the numbers themselves
        "name": clip.name,
        "model": clip.model,
        "yaw_deg": clip.yaw_deg,
        "roll_deg": clip.roll_deg,
        "roll": _compared(clip.roll),
        "yaw": _compared(clip.yaw),
        "side_right": clip.side_right,
        "facing_right": clip.facing_right,
        "reps": [_rep(rep) for rep in clip.reps],
    }


def _rep(rep: RepComparison) -> dict[str, Any]:
    return {
        "found": rep.found,
        "true": rep.true,
        "time_s": rep.time_s,
        "numbers": {name: _compared(number) for name, number in rep.numbers.items()},
        "faults": _outcome(rep.faults),
    }


def _compared(number: Compared | None) -> dict[str, Any] | None:
    if number is None:
        return None
    return {**asdict(number), "error": number.error, "inside": number.inside}


def _outcome(outcome: FaultOutcome) -> dict[str, Any]:
    return {k: sorted(v) if isinstance(v, frozenset) else v for k, v in asdict(outcome).items()}


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
