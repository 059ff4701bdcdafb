"""Makes docs/validation.md: python validation/run.py [--observe] [--write]

Calibrates and judges the stored recordings of the sample clips again with today's program and compares them
with the truth. Prints the targets and what is reached; ends with 1 where a bound of bounds.toml is broken.

--write    also fits the pose models' constants with bodies and cameras left out, and writes the page and its picture
--observe  first runs the pose models over the samples and stores the recordings anew (about a quarter of an hour)
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import page
import targets
from crossvalidate import CrossValidation, cross_validate, steps
from observing import observe_all
from stored import MODELS, RECORDINGS, SAMPLES, held_out, judged, samples

from formcheck.evaluate import ClipEvaluation, pool

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = DOCS / "validation.md"
TRANSFORMED = Path(__file__).resolve().with_name("transformed.md")
"""The table that `transformed.py --write` keeps."""
HELD_OUT = "held out"

Judged = dict[str, list[ClipEvaluation]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge, print, perhaps write; the exit code."""
    given = _parser().parse_args(arguments)
    if given.observe:
        observe_all(SAMPLES.glob("clip*.mp4"), MODELS, RECORDINGS)
    found = judged_clips()
    if given.write:
        write(found)
    print(page.targets_table(figures(found), {}))
    lines = broken(found)
    print("\n".join(["", *lines]) if lines else "\nall bounds hold")
    return int(bool(lines))


def judged_clips() -> Judged:
    """Every stored clip against its truth: by model, and those held out."""
    models = {model: [judged(clip) for clip in samples(model)] for model in MODELS}
    return {**models, HELD_OUT: [judged(clip) for clip in held_out()]}


def figures(found: Judged) -> dict[str, targets.Figures]:
    """The figures of the targets, for the models and for the clips held out."""
    return {name: targets.figures(pool(clips).whole) for name, clips in found.items()}


def broken(found: Judged) -> list[str]:
    """What is beyond its bound, one line each."""
    limits, reached = targets.bounds(), figures(found)
    return [f"{name}, {line}" for name in reached for line in targets.broken(reached[name], limits[name])]


def sections(found: Judged) -> dict[str, str]:
    """Those parts of the page that follow from the stored clips within seconds."""
    models = {model: found[model] for model in MODELS}
    table = TRANSFORMED.read_text(encoding="utf-8")
    return {**page.clips_sections(models, found[HELD_OUT]), "transformed": table}


def cross_sections(found: Judged, crossed: Mapping[str, CrossValidation]) -> dict[str, str]:
    """Those that need the fits."""
    reached = figures(found)
    ratios = {model: page.worst_ratio(values) for model, values in crossed.items()}
    tables = {f"cross_{model}": page.cross_table(values) for model, values in crossed.items()}
    return {
        **tables,
        "targets": page.targets_table(reached, ratios),
        "in_short": page.in_short(reached[page.FIRST], ratios[page.FIRST]),
        "steps": page.steps_table(steps(samples(page.FIRST))),
    }


def write(found: Judged) -> None:
    """The page and its pictures."""
    import plots  # noqa: PLC0415 - matplotlib is needed for nothing else

    crossed = {model: cross_validate(samples(model)) for model in MODELS}
    PAGE.write_text(page.filled({**sections(found), **cross_sections(found, crossed)}), encoding="utf-8")
    (DOCS / "images").mkdir(exist_ok=True)
    plots.draw(found[page.FIRST], DOCS / "images" / f"bland_altman_{page.FIRST}.png")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="validation/run.py", description="formcheck against the truth")
    parser.add_argument("--observe", action="store_true", help="run the pose models over the samples anew (slow)")
    parser.add_argument("--write", action="store_true", help="write docs/validation.md and its pictures")
    return parser


if __name__ == "__main__":
    sys.exit(main())
