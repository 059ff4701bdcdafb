"""The campaign by a command: `python -m tests.fuzz [--long] [--seed N] [--only KIND]`; prints a table of figures."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

SHORT = 20
LONG = {
    "recordings replayed": 2000,
    "recordings analysed": 300,
    "recordings in a batch": 100,
    "journals": 400,
    "plans": 300,
    "folders of phrases": 200,
    "truths": 300,
    "memories": 150,
    "videos": 400,
}


def main() -> int:
    """Run the cases; 1 where one failed."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from .cases import KINDS  # noqa: PLC0415 - the helpers of the tests stand beside this folder

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--long", action="store_true", help="thousands of cases instead of a few hundred")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=KINDS, help="one kind")
    parser.add_argument("--case", type=int, help="one case of it")
    given = parser.parse_args()
    print("| kind | cases | results | one line | failed | longest, s |\n|---|---:|---:|---:|---:|---:|")
    failed = 0
    for kind in [given.only] if given.only else KINDS:
        count = LONG[kind] if given.long else SHORT
        failed += run(kind, range(count) if given.case is None else [given.case], given.seed)
    return int(failed > 0)


def run(kind: str, cases: range | list[int], seed: int) -> int:
    """The cases of a kind, and a line of the table; how many failed."""
    from .cases import KINDS  # noqa: PLC0415 - as above
    from .guard import FAILED, LINE, RESULT  # noqa: PLC0415 - as above
    from .videos import UNSEEN  # noqa: PLC0415 - as above

    fates: Counter[str] = Counter()
    longest, unseen = 0.0, 0
    for number in cases:
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            how, fate = KINDS[kind](random.Random(f"{kind} {seed} {number}"), Path(folder))
        fates[fate.kind] += 1
        longest = max(longest, fate.took_s)
        unseen += fate.said == UNSEEN
        if fate.kind == FAILED:
            print(f"{kind}, seed {seed}, case {number} ({how}): {fate.said}", file=sys.stderr, flush=True)
    print(
        f"| {kind} | {fates.total()} | {fates[RESULT]} | {fates[LINE]} | {fates[FAILED]} | {longest:.1f} |", flush=True
    )
    if unseen:
        print(f"{unseen} results of {kind} hold {UNSEEN}", file=sys.stderr)
    return fates[FAILED]


if __name__ == "__main__":
    sys.exit(main())
