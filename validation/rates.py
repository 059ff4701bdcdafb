"""What fewer frames a second cost: python validation/rates.py [--model full] [clips]

Looks at samples (by default six) 30, 15 and 10 times a second and prints the
errors against the exact truth, as the table in docs/validation.md shows them. Some minutes on one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import targets
from stored import SAMPLES

from formcheck.core.calibrate import calibrate
from formcheck.data.recording import Recording
from formcheck.data.versions import versions
from formcheck.evaluate import ClipEvaluation, Part, compare, load, pool
from formcheck.inputs.observe import observe
from formcheck.session import judge_recording

RATES = (30.0, 15.0, 10.0)
CLIPS = ("clip01", "clip03", "clip05", "clip07", "clip10", "clip12")
HEAD = "| `--rate` | frames | thigh, MAE | knee | elbow | boundaries, MAE | reps | faults found, false |"


def main() -> None:
    """Look and print."""
    parser = argparse.ArgumentParser(prog="validation/rates.py", description="what fewer frames a second cost")
    parser.add_argument("--model", default="full")
    parser.add_argument("clips", nargs="*", default=CLIPS)
    given = parser.parse_args()
    print(HEAD, "|---|" + "---:|" * (HEAD.count("|") - 2), sep="\n")
    for rate_hz in RATES:
        print(row(given.clips, given.model, rate_hz), flush=True)


def row(clips: Sequence[str], model: str, rate_hz: float) -> str:
    """One line of the table."""
    looked = [judged(name, model, rate_hz) for name in clips]
    frames = sum(count for _, count in looked)
    return told(rate_hz, frames, pool(clip for clip, _ in looked).whole)


def judged(name: str, model: str, rate_hz: float) -> tuple[ClipEvaluation, int]:
    """A sample against its truth, and the number of frames looked at."""
    observations, source, room, *_ = observe(SAMPLES / f"{name}.mp4", model, rate_hz=rate_hz)
    calibration = calibrate(observations, source, model, room)
    result = judge_recording(Recording(observations, calibration, source, model, room, versions()))
    return compare(result, load(SAMPLES / f"{name}.truth.json")), len(observations)


def told(rate_hz: float, frames: int, part: Part) -> str:
    """The figures of some clips in one line."""
    found, faults = targets.figures(part), part.pooled.all_faults
    angles = " | ".join(f"{found[f'{name}_mae']:.2f}°" for name in ("thigh", "knee", "elbow"))
    counts = part.pooled.counts
    reps = f"{counts.found} of {counts.true}"
    right = f"{faults.hit} of {faults.hit + faults.missed + faults.unassessed}, {faults.false}"
    return f"| {rate_hz:g} | {frames:,} | {angles} | {found['boundaries_mae']:.3f} s | {reps} | {right} |"


if __name__ == "__main__":
    main()
