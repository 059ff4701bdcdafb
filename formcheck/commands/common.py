"""What the commands share: limits from a file, and how things are said."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from formcheck import streams
from formcheck.data.gate import TOML_BYTES
from formcheck.data.lens import Optics
from formcheck.data.result import Result
from formcheck.errors import ConfigError, OutputError, UsageError
from formcheck.inputs import profiles
from formcheck.rules.limits import Limits
from formcheck.rules.plan_file import parse

Arguments = argparse.Namespace


PLAN = Path("formcheck.toml")
"""A plan of this name in the folder where formcheck is called is used without being asked for."""


def limits_of(arguments: Arguments) -> Limits:
    """The limits of `--config`, else of `formcheck.toml` in this folder, else the usual ones; raises `ConfigError`."""
    if arguments.config is not None:
        return _plan(arguments.config)
    if not PLAN.is_file():
        return Limits()
    limits = _plan(PLAN)
    if not arguments.quiet:
        warn(f"the plan in {PLAN} of this folder is used")
    return limits


def _plan(path: Path) -> Limits:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(TOML_BYTES + 1)  # more would be refused
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ConfigError(f"{path}: {reason}; give a TOML file as formcheck rules --toml prints it") from error
    return parse(text, str(path))


def optics_of(arguments: Arguments) -> Optics:
    """What `--fov` or `--camera-profile` tells of the lens; raises `ConfigError` and `UsageError`."""
    if arguments.camera_profile is None:
        return Optics(fov_deg=arguments.fov)
    if arguments.fov is not None:
        raise UsageError("--fov and --camera-profile both tell the lens; give one of them")
    return Optics(profile=profiles.load(arguments.camera_profile))


def show(result: Result, arguments: Arguments) -> None:
    """Warnings, and the table of the reps."""
    from formcheck.outputs.tables import rep_table, wants_colour

    for warning in result.warnings:
        warn(f"{result.recording.source.name}: {warning}")
    if not arguments.quiet:
        streams.put(rep_table(result, colour=wants_colour(sys.stdout)))


def say(arguments: Arguments, text: str, *, unless_json: bool = False) -> None:
    """Lines for people, unless they want none."""
    if not arguments.quiet and not (unless_json and arguments.json):
        streams.put(streams.shown(text.rstrip("\n")) + "\n")


def detail(arguments: Arguments, text: str) -> None:
    """A line about what is used or what it takes, for who asked for it with `--verbose`."""
    if arguments.verbose:
        streams.complain(text)


def write_text(path: Path, text: str) -> None:
    """Write a file that was asked for; raises `OutputError`."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}; give a file that can be written") from error


def print_json(value: Any) -> None:
    """A value for programs, on standard output; in ASCII where that is not UTF-8."""
    plain = "utf" not in (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    text = json.dumps(value, ensure_ascii=plain, allow_nan=False, indent=2)
    streams.put(streams.as_json(text) + "\n")


def warn(line: str) -> None:
    """One line on standard error."""
    streams.complain(line)
