"""Measures formcheck against its bounds: python benchmarks/run.py [--write] [NAME...]

Prints a table and ends with 1 where a figure of bounds.toml is exceeded twice in a row; `--write` puts the
table into README.md beside this file. NAME is whole, core, live or loading; all of them by default.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import core
import live
import loading
import whole
from timing import Figure

HERE = Path(__file__).resolve().parent
GROUPS: dict[str, Callable[[], list[Figure]]] = {
    "whole": whole.measure,
    "core": core.measure,
    "live": live.measure,
    "loading": loading.measure,
}
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, compare; the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks/run.py", description="formcheck against its bounds")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(GROUPS)} (default: all)")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(GROUPS):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    limits = bounds()
    figures = [figure for name in given.names or GROUPS for figure in guarded(GROUPS[name], limits)]
    text = table(figures, limits)
    print(text)
    if given.write:
        write(text)
    return int(bool(broken(figures, limits)))


TRIES = 4
"""A bound must break so often in a row: a busy neighbour slows one measurement down, a slow stage all of them."""


def bounds() -> dict[str, float]:
    """The bounds by name, such as "core.block"."""
    tables = tomllib.loads((HERE / "bounds.toml").read_text(encoding="utf-8"))
    return {f"{group}.{key}": float(value) for group, keys in tables.items() for key, value in keys.items()}


def guarded(measure: Callable[[], list[Figure]], limits: Mapping[str, float]) -> list[Figure]:
    """The figures of a group, measured anew up to `TRIES` times while one is broken; the last time counts."""
    figures = measure()
    for _ in range(TRIES - 1):
        if not broken(figures, limits):
            break
        figures = measure()
    return figures


def broken(figures: Sequence[Figure], limits: Mapping[str, float]) -> list[str]:
    """Names of the figures beyond their bounds."""
    return [figure.name for figure in figures if not figure.value <= limits[figure.name]]


def table(figures: Sequence[Figure], limits: Mapping[str, float]) -> str:
    """The figures as a table in Markdown."""
    head = f"{machine()}\n\n| figure | found | bound | | time | against |\n|---|---:|---:|---|---:|---:|\n"
    rows = [
        f"| {figure.name} | {figure.value:.3f} | {limits[figure.name]:.2f} | {figure.note} "
        f"| {spoken(figure.work_s)} | {spoken(figure.base_s)} |" + (" **broken**" if broken([figure], limits) else "")
        for figure in figures
    ]
    return head + "\n".join(rows)


def spoken(seconds: float) -> str:
    """A time with a unit that suits it.

    >>> spoken(2.5), spoken(0.04), spoken(0.0000015)
    ('2.50 s', '40.0 ms', '1.50 µs')
    """
    unit, factor = next((u, f) for u, f, least in UNITS if seconds >= least)
    return f"{seconds * factor:.{2 if seconds * factor < 10 else 1}f} {unit}"


UNITS = (("s", 1.0, 1.0), ("ms", 1e3, 1e-3), ("µs", 1e6, 0.0))


def machine() -> str:
    """The class of machine, not its name."""
    python = platform.python_version()
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {python}"


def write(text: str) -> None:
    """Put the table between the marks in README.md."""
    path = HERE / "README.md"
    before, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
