"""Measures formcheck against its bounds: python benchmarks/run.py [--profile] [--write | NAME...]

Prints a table and ends with 1 where a figure of bounds.toml is exceeded four times in a row; `--profile` prints where
a frame's time goes instead; `--write` puts either into README.md beside this file. NAME is that of a file,
`bench_NAME.py`; all of them by default.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import platform
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace

from timing import Figure

HERE = Path(__file__).resolve().parent
NAMES = tuple(sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py")))
MARKS = {what: (f"<!-- {what} -->", f"<!-- end of {what} -->") for what in ("figures", "profile")}
TRIES = 4
"""A bound must break so often in a row: a busy neighbour slows one measurement down, a slow stage all of them."""
ALONE = ("--assert=plain", "--capture=no", "-Wignore", "-pno:faulthandler")

Measured = dict[str, list[Figure]]
"""Figures by the benchmark that found them, as pytest calls it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, compare; the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks/run.py", description="formcheck against its bounds")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)} (default: all)")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    parser.add_argument("--profile", action="store_true", help="where a frame's time goes, instead of the figures")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    if given.names and given.write:
        parser.error("--write puts the whole table into README.md; name no benchmark")
    if given.profile:
        shown("profile", profile(), put=given.write)
        return 0
    limits = bounds()
    found = [figure for name in given.names or NAMES for figure in guarded(f"bench_{name}.py", limits)]
    figures = sorted(found, key=lambda figure: list(limits).index(figure.name))
    shown("figures", table(figures, limits), put=given.write)
    lacking = set() if given.names else set(limits) - {figure.name for figure in figures}
    for name in sorted(lacking):
        print(f"benchmarks: nothing measures {name}, which bounds.toml names", file=sys.stderr)
    return int(bool(broken(figures, limits) or lacking))


def bounds() -> dict[str, float]:
    """The bounds by name, such as "core.block"."""
    tables = tomllib.loads((HERE / "bounds.toml").read_text(encoding="utf-8"))
    return {f"{group}.{key}": float(value) for group, keys in tables.items() for key, value in keys.items()}


def guarded(file: str, limits: Mapping[str, float]) -> list[Figure]:
    """The figures of a file; benchmarks with a broken one up to `TRIES` times anew, the last time counts."""
    found = measured(file)
    for _ in range(TRIES - 1):
        again = [name for name, figures in found.items() if broken(figures, limits)]
        if not again:
            break
        found |= measured(*again)
    return [figure for figures in found.values() for figure in figures]


def measured(*names: str) -> Measured:
    """Run files or single benchmarks by pytest; raises `SystemExit` where one fails."""
    import pytest  # noqa: PLC0415 - processes that a benchmark starts import this file too

    said = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(said):
        path = Path(folder) / "benchmarks.json"
        kept = [f"--benchmark-json={path}", "--benchmark-quiet", f"--basetemp={folder}/work"]
        options = [f"--config-file={HERE / 'pytest.ini'}", f"--rootdir={HERE}", *ALONE, *kept]
        code = pytest.main([*options, *(str(HERE / name) for name in names)], plugins=[NAMELESS])
        if code == 0:
            found = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
            return {each["fullname"]: [Figure(**figure) for figure in each["extra_info"]["figures"]] for each in found}
    raise SystemExit(f"{said.getvalue()}\nbenchmarks: {', '.join(names)} cannot be measured; see above")


NAMELESS = SimpleNamespace(pytest_benchmark_generate_machine_info=lambda: {"machine": machine()})
"""A plugin: the library need not ask for the processor and the machine's name each time."""


def broken(figures: Sequence[Figure], limits: Mapping[str, float]) -> list[str]:
    """Names of the figures beyond their bounds."""
    return [figure.name for figure in figures if not figure.value <= limits[figure.name]]


def table(figures: Sequence[Figure], limits: Mapping[str, float]) -> str:
    """The figures as a table in Markdown."""
    head = f"{machine()}\n\n| figure | found | bound | | work | against |\n|---|---:|---:|---|---:|---:|\n"
    rows = [
        f"| {figure.name} | {figure.value:.3f} | {limits[figure.name]:.2f} | {figure.note} "
        f"| {spoken(figure.work, figure.unit)} | {spoken(figure.base, figure.unit)} |"
        + (" **broken**" if broken([figure], limits) else "")
        for figure in figures
    ]
    return head + "\n".join(rows)


def spoken(amount: float, unit: str = "s") -> str:
    """A time or a number of bytes with a unit that suits it.

    >>> spoken(2.5), spoken(0.04), spoken(0.0000015), spoken(250e6, "B")
    ('2.50 s', '40.0 ms', '1.50 µs', '250.0 MB')
    """
    name, factor = next((u, f) for u, f, least in UNITS[unit] if amount >= least)
    return f"{amount * factor:.{2 if amount * factor < 10 else 1}f} {name}"


UNITS = {"s": (("s", 1.0, 1.0), ("ms", 1e3, 1e-3), ("µs", 1e6, 0.0)), "B": (("MB", 1e-6, 0.0),)}


def machine() -> str:
    """The class of machine, not its name."""
    python = platform.python_version()
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {python}"


def profile() -> str:
    """Where a frame's time goes, as tables in Markdown."""
    import stages  # noqa: PLC0415 - needs everything

    return f"{machine()}\n\n{stages.tables()}"


def shown(what: str, text: str, *, put: bool) -> None:
    """Print a table, and put it into README.md if that is wanted."""
    print(text)
    if put:
        write(what, text)


def write(what: str, text: str) -> None:
    """Put a table between its marks in README.md."""
    path = HERE / "README.md"
    begin, end = MARKS[what]
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
