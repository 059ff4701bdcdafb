"""The text of `docs/validation.md`: words by hand from `template.md`, figures by the program."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from crossvalidate import CrossValidation, Step
from targets import LEFT_OUT, TARGETS, Figures, Target

from formcheck.core.ground import SOLE_SD_M
from formcheck.core.posemodel import named
from formcheck.core.uncertainty import NORMAL_95
from formcheck.data.result import ANGLES
from formcheck.evaluate import ClipEvaluation, Part, Summary, pool, to_markdown

FIRST = "heavy"
"""The model that is judged."""
TEMPLATE = Path(__file__).resolve().parent / "template.md"
SHORT = tuple(name.split("_")[0] for name in ANGLES)
MET = {True: "met", False: "**not met**"}
CONSTANTS = (
    ("hip", "hip's landmark off the joint, across the leg, leg lengths", 4),
    ("knee", "knee's, the same", 4),
    ("shoulder", "shoulder's, across the trunk", 4),
    ("straight_elbow_deg", "what a straight arm reads as, °", 1),
    ("hands_seen", "how far the hands seem apart (truly 0.45), leg lengths", 3),
    ("depth_gain", "what turns in the world landmarks are multiplied by", 2),
    ("pitch_zero_deg", "pitch where the hands tell nothing, °", 2),
)


def filled(sections: Mapping[str, str]) -> str:
    """The template with `{{name}}` replaced; a name on one side only raises `KeyError`."""
    template = TEMPLATE.read_text(encoding="utf-8")
    unused = set(sections) - set(re.findall(r"\{\{(\w+)\}\}", template))
    if unused:
        raise KeyError(f"template.md has no place for {', '.join(sorted(unused))}")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: sections[found[1]].strip(), template)


def clips_sections(models: Mapping[str, Sequence[ClipEvaluation]], kept: Sequence[ClipEvaluation]) -> dict[str, str]:
    """What follows from judging the stored clips, by the names in the template."""
    tables = {name: to_markdown(pool(clips)) for name, clips in models.items()}
    return {
        **tables,
        "held_out": to_markdown(pool(kept)),
        "constants": _constants(list(models)),
        **_limits(pool(models[FIRST]).whole, pool(kept).whole),
    }


def _limits(samples: Part, kept: Part) -> dict[str, str]:
    """Single figures in the text, mostly the worst ones."""
    elbow = max(float(np.abs(clip.angles["elbow_flexion_deg"].error).mean()) for clip in kept.clips)
    return {
        "toe_band_cm": f"{100 * NORMAL_95 * named(FIRST).toe_sd_m:.0f}",
        "sole_band_cm": f"{100 * NORMAL_95 * SOLE_SD_M:.1f}",
        "yaw_rmse": f"{samples.pooled.yaw.rmse:.1f}",
        "yaw_worst": f"{samples.pooled.yaw.worst:.1f}",
        "yaw_kept": f"{kept.pooled.yaw.worst:.1f}",
        "elbow_kept": f"{elbow:.0f}",
        "boundary_worst": f"{max(samples.pooled.boundaries.worst, kept.pooled.boundaries.worst):.1f}",
        "knee_bias": f"{samples.pooled.numbers['max_knee_flexion_deg'].bias:.1f}",
        "knee_bias_kept": f"{kept.pooled.numbers['max_knee_flexion_deg'].bias:.1f}",
    }


def targets_table(reached: Mapping[str, Figures], ratios: Mapping[str, float]) -> str:
    """All targets with what each group of clips reaches; `ratios` are those of `LEFT_OUT`, where they are known."""
    rows = [_target(target, [found[target.name] for found in reached.values()]) for target in TARGETS]
    rows += [_target(LEFT_OUT, [ratios.get(name, np.nan) for name in reached])] if ratios else []
    return _table(["", "target", *reached, f"verdict for {FIRST}"], rows)


def _target(target: Target, values: Sequence[float]) -> list[str]:
    """A row; values beyond the target in bold, the verdict is that of the first."""
    said = [target.said(value) if target.met(value) else f"**{target.said(value)}**" for value in values]
    known = ["" if np.isnan(value) else cell for value, cell in zip(values, said, strict=True)]
    return [target.words, target.asked(), *known, MET[target.met(values[0])]]


def in_short(reached: Figures, ratio: float) -> str:
    """How many targets the first model meets, and which it does not."""
    verdicts = {t.words: t.met(reached[t.name]) for t in TARGETS} | {LEFT_OUT.words: LEFT_OUT.met(ratio)}
    missed = [words for words, met in verdicts.items() if not met]
    return f"{len(verdicts) - len(missed)} of {len(verdicts)} targets are met; not met: {'; '.join(missed) or 'none'}."


def cross_table(found: CrossValidation) -> str:
    """Mean errors with constants as shipped, fitted to all clips, and fitted without the judged one's."""
    rows = [
        _errors("as shipped", found.shipped),
        _errors("fitted to all clips", found.fitted),
        _errors(f"without the clip's body ({found.bodies} fits)", found.without_body),
        _errors(f"without the clip's camera ({found.cameras} fits)", found.without_camera),
        ["without the body, over fitted", *(f"{found.ratio(name):.2f}" for name in ANGLES), "", "", ""],
    ]
    return _table(["constants", *SHORT, "peak", "yaw", "in band"], rows)


def worst_ratio(found: CrossValidation) -> float:
    """The angle that loses most when the body is left out."""
    return max(found.ratio(name) for name in ANGLES)


def _errors(title: str, part: Part) -> list[str]:
    s = part.pooled
    return [title, *_maes(s), f"{s.peak.mae:.2f}", f"{s.yaw.rmse:.1f}", f"{100 * s.covered.share:.1f} %"]


def _maes(s: Summary) -> list[str]:
    return [f"{s.angles[name].mae:.2f}" for name in ANGLES]


def steps_table(found: Sequence[Step]) -> str:
    """Mean errors, one step of the program after the other."""
    rows = [[step.name, *_maes(step.part.pooled), f"{step.part.pooled.peak.mae:.2f}"] for step in found]
    return _table(["", *SHORT, "peak"], rows)


def _constants(models: Sequence[str]) -> str:
    rows = [[words, *(f"{getattr(named(m), name):.{digits}f}" for m in models)] for name, words, digits in CONSTANTS]
    return _table(["constant", *models], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])
