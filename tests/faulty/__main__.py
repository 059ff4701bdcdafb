"""Every n of every command: `python -m tests.faulty [--few] [--only NAME]`; prints a table of figures."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from faulty.runs import faults, files, ran
from faulty.steps import BROKEN, FULL, KILL
from faulty.tasks import TASKS


def main() -> int:
    """Try all; 1 where something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faulty")
    parser.add_argument("--only", choices=TASKS)
    parser.add_argument("--few", action="store_true", help="of all steps the first, the last and some between")
    given = parser.parse_args()
    print("| what is written | steps | killed | full disk | broken disk | failed |\n|---|---:|---:|---:|---:|---:|")
    failed = sum(tried(name, few=given.few) for name in ([given.only] if given.only else TASKS))
    return int(failed > 0)


def tried(name: str, *, few: bool) -> int:
    """Steps of a task with each fault, and a line of the table; how many went wrong."""
    task, wrong, counts = TASKS[name], 0, {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve()
        task.before(folder)
        old = files(task, folder)
        steps = ran(task, folder).steps
        new = files(task, folder)
        for fault in (KILL, FULL, BROKEN):
            for at in sorted({1, steps // 3, 2 * steps // 3, steps}) if few else range(1, steps + 1):
                for line in (found := faults(task, folder, fault, at, (old, new))):
                    print(f"{name}, {fault} at step {at}: {line}", file=sys.stderr, flush=True)
                wrong += bool(found)
                counts[fault] = counts.get(fault, 0) + 1
    tries = " | ".join(str(counts.get(fault, 0)) for fault in (KILL, FULL, BROKEN))
    print(f"| {name} | {steps} | {tries} | {wrong} |", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
