"""What cameras, light and files cost: python validation/transformed.py [--model lite] [--clips clip02] [--only NAME]

Makes every transformation of `transforms.py` from sample clips at two strengths, one after the other, analyses them,
and prints what changes against the clean clip. Half a minute each on two cores; `--only light`: those of the light.

A change is *silent and wrong* where an angle of a rep is off by more than 2°, a time by more than 0.15 s, where the
count is another, or where a fault is found that the clean clip has not, and nothing says so: no warning that the clean
clip lacks, no band that covers it, and the rule is assessed. A new fault is wrong under any warning.

--write  puts the lines into the table in docs/validation.md, each in place of the one for the same transformation
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
from stored import SAMPLES
from transforming import Clip, Made, write
from transforms import LIGHT, TRANSFORMS

from formcheck import analyze
from formcheck.data.result import Rep, Result
from formcheck.errors import FormcheckError
from formcheck.evaluate.clip import interpolate

TABLE = Path(__file__).resolve().with_name("transformed.md")
PAGE = Path(__file__).resolve().parents[1] / "docs" / "validation.md"
WRONG = {"deg": 2.0, "s": 0.15}
"""By unit: what is more than that must be told."""
RULES = {
    "peak_thigh_elevation_deg": ("incomplete-lift", "hyperextension"),
    "min_thigh_elevation_deg": ("incomplete-lowering",),
    "peak_leg_elevation_deg": ("incomplete-lift", "hyperextension"),
    "lift_s": ("swinging", "slow-lift"),
    "hold_s": ("short-hold",),
    "lower_s": ("fast-descent",),
}
"""The numbers that are compared, and the rules one of which is not assessable where they are not known."""
HEAD = (
    "transformation",
    "strength",
    "reps",
    "leg",
    "thigh",
    "worst angle",
    "worst time",
    "faults",
    "no longer assessed",
    "told",
    "silent and wrong",
)


@dataclass(frozen=True)
class Changes:
    """What a transformation changed.

    reps         found, and in the clean clip
    leg, thigh   mean absolute changes over all instants, degrees
    angle, time  greatest changes of a rep's numbers, degrees and seconds
    faults       those that came (+) and went (-), with their rep
    unknown      how many checks more could not be made
    told         warnings that the clean clip lacks
    silent       what is wrong and not told
    """

    reps: tuple[int, int]
    leg: float = np.nan
    thigh: float = np.nan
    angle: float = np.nan
    time: float = np.nan
    faults: tuple[str, ...] = ()
    unknown: int = 0
    told: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


def changes(clean: Result, found: Result, was: Callable[[float], float] = lambda time_s: time_s) -> Changes:
    """What differs; `was` gives the clean clip's time of a time in the other."""
    pairs = paired(clean.reps, found.reps, was)
    told = said(found) - said(clean)
    rows = [(one, two, *row) for one, two in pairs for row in differences(one, two)]
    faults = [line for one, two in pairs for line in other_faults(one, two)]
    counts = (len(found.reps), len(clean.reps))
    wrong = [f"{counts[0]} reps for {counts[1]}"] if counts[0] != counts[1] else []
    wrong += [f"{name} {change:+.2f} (rep {two.rep})" for _, two, name, change in rows if unsaid(two, name, change)]
    wrong += [line for line in faults if line.startswith("+")]
    return Changes(
        counts,
        _mean_change(clean, found, "leg_elevation_deg", was),
        _mean_change(clean, found, "thigh_elevation_deg", was),
        _most(change for *_, name, change in rows if name.endswith("_deg")),
        _most(change for *_, name, change in rows if name.endswith("_s")),
        tuple(faults),
        sum(len(two.not_assessable) - len(one.not_assessable) for one, two in pairs),
        tuple(sorted(told)),
        tuple(line for line in wrong if not told or line.startswith("+")),
    )


def paired(clean: Sequence[Rep], found: Sequence[Rep], was: Callable[[float], float]) -> list[tuple[Rep, Rep]]:
    """Reps that are the same: whose lifts begin within a second."""
    pairs = []
    for two in found:
        start = was(two.numbers["lift_start_s"])
        near = [one for one in clean if abs(one.numbers["lift_start_s"] - start) < 1.0]
        pairs += [(near[0], two)] if near else []
    return pairs


def said(result: Result) -> set[str]:
    """All that is told of a recording as a whole, without its numbers."""
    lines = {*result.warnings, result.activity.sentence} - {""}
    return {re.sub(r"[-−+]?\d+(\.\d+)?", "#", line) for line in lines}


def differences(one: Rep, two: Rep) -> Iterable[tuple[str, float]]:
    """The known changes of the numbers that are compared."""
    for name in RULES:
        change = two.numbers.get(name, np.nan) - one.numbers.get(name, np.nan)
        if isfinite(change):
            yield name, change


def unsaid(rep: Rep, name: str, change: float) -> bool:
    """Whether a change is too large, not covered by its band, and of something that is assessed."""
    covered = abs(change) <= rep.uncertainty.get(name, 0.0)
    unknown = any(rule in rep.not_assessable for rule in RULES[name])
    return abs(change) > WRONG[name.rpartition("_")[2]] and not covered and not unknown


def other_faults(one: Rep, two: Rep) -> list[str]:
    """Faults that came, and those that went without being called not assessable."""
    before, after = ({fault.name for fault in rep.faults} for rep in (one, two))
    gone = before - after - set(two.not_assessable)
    return [f"+{name} ({two.rep})" for name in sorted(after - before)] + [f"-{n} ({two.rep})" for n in sorted(gone)]


def _mean_change(clean: Result, found: Result, name: str, was: Callable[[float], float]) -> float:
    times = np.array([was(float(time_s)) for time_s in found.frames.time_s])
    before = interpolate(clean.frames.time_s, clean.frames.angles[name], times)
    off = np.abs(found.frames.angles[name] - before)
    return float(np.nanmean(off)) if np.isfinite(off).any() else np.nan


def _most(values: Iterable[float]) -> float:
    return max((abs(value) for value in values), default=np.nan)


def looked_at(clip: Clip, name: str, strength: float, model: str) -> Changes | str:
    """What one transformation changes; a refusal in words."""
    made: Made = TRANSFORMS[name][1](clip, strength)
    with tempfile.TemporaryDirectory() as folder:
        try:
            return changes(clip.result, analyze(write(made, Path(folder), name), model=model), made.was)
        except FormcheckError as error:
            return str(error).replace(f"{folder}/", "")


def row(name: str, strength: float, clip: str, found: Changes | str) -> list[str]:
    """One line of the table."""
    words, _, _, how = TRANSFORMS[name]
    first = [f"{words} ({clip})", how.format(strength)]
    if isinstance(found, str):
        return [*first, "refused", *[""] * 6, found, ""]
    return [
        *first,
        "{} of {}".format(*found.reps),
        _number(found.leg, 2, "°"),
        _number(found.thigh, 2, "°"),
        _number(found.angle, 1, "°"),
        _number(found.time, 2, " s"),
        ", ".join(found.faults),
        f"{found.unknown:+d}",
        "; ".join(found.told),
        "; ".join(found.silent),
    ]


def _number(value: float, digits: int, unit: str) -> str:
    return f"{value:.{digits}f}{unit}" if isfinite(value) else ""


def line(cells: Iterable[str]) -> str:
    """One line of Markdown."""
    return f"| {' | '.join(cells)} |"


TOP = (line(HEAD), line(["---", "---", *["---:"] * 5, *["---"] * 4]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Make, look, print, perhaps write; 1 where something is silent and wrong."""
    given = _parser().parse_args(arguments)
    names = [name for each in given.only or TRANSFORMS for name in (LIGHT if each == "light" else (each,))]
    rows: list[list[str]] = []
    print(*TOP, sep="\n", flush=True)
    for stem in given.clips:
        path = SAMPLES / f"{stem}.mp4"
        clip = Clip(path, analyze(path, model=given.model))
        for name in names:
            for strength in TRANSFORMS[name][2]:
                found = looked_at(clip, name, strength, given.model)
                rows.append(row(name, strength, stem, found))
                print(line(rows[-1]), flush=True)
    silent = sum(bool(cells[-1]) for cells in rows)
    print(f"silent and wrong: {silent or 'none'}", file=sys.stderr)
    if given.write:
        put(rows, given.model)
    return int(silent > 0)


def put(rows: Sequence[Sequence[str]], model: str) -> None:
    """Keep the rows, each in place of the one for the same, and put the table into the page in place of the old one."""
    page, before = PAGE.read_text(encoding="utf-8"), TABLE.read_text(encoding="utf-8").strip()
    if before not in page:
        raise SystemExit(f"{PAGE.name}: the last table is not in it; run python validation/run.py --write first")
    table = merged(before, rows, model)
    TABLE.write_text(table + "\n", encoding="utf-8")
    PAGE.write_text(page.replace(before, table), encoding="utf-8")


def merged(table: str, rows: Sequence[Sequence[str]], model: str) -> str:
    """A table with rows that are new or another; of rows made with another model none stays."""
    *lines, foot = table.splitlines()
    kept = [text[2:-2].split(" | ") for text in lines[2:] if text] if f"model {model};" in foot else []
    found = {(cells[0], cells[1]): cells for cells in [*kept, *rows]}
    order = list(dict.fromkeys(words for words, *_ in TRANSFORMS.values()))
    whole = sorted(found.values(), key=lambda cells: order.index(cells[0].rpartition(" (")[0]))
    silent = sum(bool(cells[-1].strip()) for cells in whole)
    foot = f"{len(whole)} transformed clips, model {model}; silent and wrong: {silent or 'none'}."
    return "\n".join([*TOP, *map(line, whole), "", foot])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="validation/transformed.py", description="what cameras and light cost")
    parser.add_argument("--model", default="heavy")
    parser.add_argument("--clips", nargs="+", default=["clip02"], help="samples by name")
    parser.add_argument("--only", nargs="+", choices=["light", *TRANSFORMS], help="some of the transformations")
    parser.add_argument("--write", action="store_true", help="put the table into docs/validation.md")
    return parser


if __name__ == "__main__":
    sys.exit(main())
