"""Sessions with getting on and off against their truth: python validation/lived.py [--observe] [--model full]

Judges the stored recordings of the sample sessions again with today's program and prints the evaluation of each
model: counts, faults, and phases told where no rep is under way. Apart from run.py, whose page is about single sets.

--observe  first runs the pose models over the sessions and stores the recordings anew (about a quarter of an hour)
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from observing import observe_all
from stored import MODELS, SAMPLES, SESSIONS, judged, sessions

from formcheck.evaluate import pool, to_text


def main(arguments: Sequence[str] | None = None) -> None:
    """Look anew where that is asked for, judge, print."""
    parser = argparse.ArgumentParser(prog="validation/lived.py", description="sessions with getting on and off")
    parser.add_argument("--model", choices=MODELS, help="one model only")
    parser.add_argument("--observe", action="store_true", help="run the pose models over the sessions anew (slow)")
    given = parser.parse_args(arguments)
    models = (given.model,) if given.model else MODELS
    if given.observe:
        observe_all(SAMPLES.glob("session*.mp4"), models, SESSIONS)
    print(to_text(pool([judged(clip) for model in models for clip in sessions(model)])))


if __name__ == "__main__":
    main()
