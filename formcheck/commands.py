"""What each command does, between the arguments and the rooms that do the work."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from formcheck.analyze import analyze as analysed
from formcheck.analyze import replay as replayed
from formcheck.analyze import write
from formcheck.data.result import Result
from formcheck.errors import ConfigError, FormcheckError, OutputError
from formcheck.outputs.progress import ProgressLine
from formcheck.rules.catalogue import Row, manual, render, table
from formcheck.rules.limits import Limits
from formcheck.rules.prescription import parse

Arguments = argparse.Namespace


def demo(arguments: Arguments) -> int:
    """Analyse the sample clip."""
    from formcheck.inputs import sample

    arguments.videos, arguments.no_video, arguments.roll = [sample.path()], False, None
    return analyze(arguments)


def analyze(arguments: Arguments) -> int:
    """Analyse each video; one that fails does not stop the rest."""
    from formcheck.outputs.folder import distinct_stems

    limits = _limits(arguments)
    stems = distinct_stems(arguments.videos)
    shown: list[dict[str, Any]] = []
    codes = [_one(arguments, limits, *each, shown) for each in zip(arguments.videos, stems, strict=True)]
    if arguments.json:
        _print_json(shown if len(codes) > 1 else shown[0])
    return max(codes) if len(set(codes)) < 3 else 1


def _one(arguments: Arguments, limits: Limits, video: Path, stem: str, shown: list[dict[str, Any]]) -> int:
    """One video: look, judge, write, print. Errors become a line and an exit code."""
    from formcheck.outputs.summary import summary

    try:
        with ProgressLine(video.name, quiet=arguments.quiet) as progress:
            result = analysed(video, model=arguments.model, limits=limits, roll_deg=arguments.roll, progress=progress)
            drawn = None if arguments.no_video else video
            folder = write(result, arguments.out, video=drawn, stem=stem, progress=progress)
    except FormcheckError as error:
        if isinstance(error, OutputError) or len(arguments.videos) == 1:
            raise
        sys.stderr.write(f"formcheck: {' '.join(str(error).split())}\n")
        shown.append({"source": {"path": str(video)}, "error": str(error)})
        return error.exit_code
    shown.append(summary(result))
    if not arguments.json:
        if len(arguments.videos) > 1:
            _say(arguments, f"\n{video.name}")
        _show(result, arguments)
        _say(arguments, f"report: {folder / 'report.html'}")
    return 0


def replay(arguments: Arguments) -> int:
    """The findings of a recording again."""
    from formcheck.outputs.summary import summary

    result = replayed(arguments.recording, limits=_limits(arguments))
    if arguments.json:
        _print_json(summary(result))
    else:
        _show(result, arguments)
    return 0


def evaluate(arguments: Arguments) -> int:
    """Errors against the truth."""
    from formcheck import evaluate as truth

    limits = _limits(arguments)
    with ProgressLine("evaluate", quiet=arguments.quiet) as progress:
        found = truth.evaluate_folder(
            arguments.folder,
            lambda video: analysed(video, model=arguments.model, limits=limits, progress=progress),
        )
    if arguments.markdown:
        _write_text(arguments.markdown, truth.to_markdown(found))
    if arguments.json:
        _print_json(truth.to_json(found))
    else:
        _say(arguments, truth.to_text(found))
    return 1 if found.failures else 0


def rules(arguments: Arguments) -> int:
    """The catalogue, or one manual page."""
    limits = _limits(arguments)
    if arguments.name:
        text = manual(arguments.name)
        value: Any = {"name": arguments.name, "manual": text}
    else:
        text = render(limits)
        value = _rows(table(limits))
    if arguments.json:
        _print_json(value)
    else:
        sys.stdout.write(text)
    return 0


def _rows(rows: list[Row]) -> list[dict[str, str]]:
    """The catalogue for programs: a rule with several checks is named in each of its rows."""
    whole: list[dict[str, str]] = []
    for row in rows:
        given = {key: value for key, value in row._asdict().items() if value or key not in {"name", "what"}}
        named = {key: whole[-1][key] for key in ("name", "what")} if whole else {}
        whole.append({**named, **given})
    return whole


def doctor(arguments: Arguments) -> int:
    """What works here; exit code 1 where something that is needed does not."""
    from formcheck import doctor as checks

    found = checks.report()
    if arguments.json:
        _print_json([check._asdict() for check in found])
    else:
        sys.stdout.write(checks.render(found))
    return 1 if any(check.ok is False for check in found) else 0


def _limits(arguments: Arguments) -> Limits:
    if arguments.config is None:
        return Limits()
    try:
        text = arguments.config.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ConfigError(f"{arguments.config}: {reason}; give a TOML file with limits") from error
    return parse(text, str(arguments.config))


def _show(result: Result, arguments: Arguments) -> None:
    from formcheck.outputs.tables import rep_table, wants_colour

    for warning in result.warnings:
        sys.stderr.write(f"formcheck: {result.recording.source.name}: {warning}\n")
    if not arguments.quiet:
        sys.stdout.write(rep_table(result, colour=wants_colour(sys.stdout)))


def _say(arguments: Arguments, text: str) -> None:
    if not arguments.quiet:
        sys.stdout.write(text.rstrip("\n") + "\n")


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}; give a file that can be written") from error


def _print_json(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, allow_nan=False, indent=2)
    sys.stdout.write("\n")
