"""From the words of a call to what is asked for; words that nobody knows are answered with those that may be meant."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from formcheck.arguments.parsers import Parser, parser
from formcheck.data.likeness import suggestion
from formcheck.errors import UsageError
from formcheck.streams import one_line

_NUMBER = re.compile(r"-\.?\d")
"""How negative numbers begin, which are values."""


def read(argv: Sequence[str]) -> argparse.Namespace:
    """What a call asks for: `run` names the command, the others are its arguments.

    Raises `UsageError` with one line, and `SystemExit` after a page of help or the version.
    """
    top = parser()
    words = _asked_for_help(argv)
    name = next((word for word in words if not word.startswith("-")), "")
    if name and name not in top.commands:
        raise UsageError(
            f"no command is called {one_line(name)!r}; {suggestion(name, top.commands)}; see formcheck --help"
        )
    end = words.index("--") if "--" in words else len(words)
    for word in words[:end]:
        _known(word, top.commands.get(name, top))
    return top.parse_args(words)


def _asked_for_help(argv: Sequence[str]) -> list[str]:
    """`help` and `help COMMAND` are the pages that `--help` shows, and so is a call without a word."""
    if not argv or argv[0] == "help":
        return [*argv[1:2], "--help"]
    return list(argv)


def _known(word: str, command: Parser) -> None:
    """Raise `UsageError` where a word is an option that the command does not have."""
    option = word.split("=", maxsplit=1)[0]
    if not option.startswith("-") or option == "-" or _NUMBER.match(option):
        return
    known = [each for each in command.known if each.startswith(option) or (option[1] != "-" and each == option[:2])]
    if not known:
        near = suggestion(option, [each for each in command.known if each.startswith("--")], what="the nearest option")
        name = command.prog.removeprefix("formcheck").strip()
        what = f"{name} has no option" if name else "there is no option"
        raise UsageError(f"{what} {one_line(option)}; {near}; see {command.prog} --help")
