"""Writes `share/`: completion for bash, zsh and fish, and the manual page, from the parsers of the command line.

    python scripts/share.py

The wheel puts these files where shells and `man` look for them. Run it after a change of a command's arguments; a
test says when it is due. Needs: pip install -e '.[dev]'
"""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path

import shtab
from build_manpages.manpage import Manpage

from formcheck.arguments import kinds
from formcheck.arguments.page import ABOUT
from formcheck.arguments.parsers import Parser, parser

SHARE = Path(__file__).resolve().parents[1] / "share"
SHELLS = {
    "bash": "bash-completion/completions/formcheck",
    "zsh": "zsh/site-functions/_formcheck",
    "fish": "fish/vendor_completions.d/formcheck.fish",
}
MANUAL = "man/man1/formcheck.1"
DAY = re.compile(r'^(\.TH \S+ "1" )"[^"]*"', re.MULTILINE)


def files() -> dict[str, str]:
    """What belongs into `share/`, by path."""
    found = {path: shtab.complete(_with_paths(parser()), shell) for shell, path in SHELLS.items()}
    return {**{path: text.rstrip() + "\n" for path, text in found.items()}, MANUAL: manual()}


def manual() -> str:
    """The manual page, without the day on which it was made."""
    os.environ["COLUMNS"] = "90"  # by which argparse breaks lines, whatever this terminal has
    top = parser()
    top.lines = {}  # the plain help, not the first page
    top.description = ABOUT
    top.man_short_description = "checks prone thigh extensions on a stability ball"  # type: ignore[attr-defined]
    page = str(Manpage(top)).replace('"Generated Python Manual"', '"formcheck manual"')
    return DAY.sub(r'\1""', page).rstrip() + "\n"


def _with_paths(top: Parser) -> Parser:
    """The parser with files and folders completed where paths are taken."""
    for command in top.commands.values():
        for action in command._actions:
            if action.type in {Path, kinds.local} or action.dest == "paths":
                action.complete = shtab.DIRECTORY if action.metavar == "DIR" else shtab.FILE  # type: ignore[attr-defined]
    return top


def main() -> None:
    """Write the files."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    for path, text in files().items():
        (SHARE / path).parent.mkdir(parents=True, exist_ok=True)
        (SHARE / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
