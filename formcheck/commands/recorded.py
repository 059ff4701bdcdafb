"""Commands on videos and recordings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from formcheck.analyze import analyze as analysed
from formcheck.analyze import replay as replayed
from formcheck.analyze import write
from formcheck.commands.common import Arguments, limits_of, print_json, say, show, write_text
from formcheck.errors import FormcheckError, OutputError
from formcheck.outputs.progress import ProgressLine
from formcheck.rules.limits import Limits


def demo(arguments: Arguments) -> int:
    """Analyse the sample clip, with the quickest model that finds what is in it unless another is named."""
    from formcheck.inputs import sample

    if arguments.model == "auto":
        arguments.model = sample.MODEL
    arguments.videos, arguments.no_video = [sample.path()], False
    arguments.roll = arguments.speed = None
    return analyze(arguments)


def analyze(arguments: Arguments) -> int:
    """Analyse each video; one that fails does not stop the rest."""
    from formcheck.outputs.folder import distinct_stems

    limits = limits_of(arguments)
    stems = distinct_stems(arguments.videos)
    shown: list[dict[str, Any]] = []
    codes = [_one(arguments, limits, *each, shown) for each in zip(arguments.videos, stems, strict=True)]
    if arguments.json:
        print_json(shown if len(codes) > 1 else shown[0])
    return max(codes) if len(set(codes)) < 3 else 1


def _one(arguments: Arguments, limits: Limits, video: Path, stem: str, shown: list[dict[str, Any]]) -> int:
    """One video: look, judge, write, print. Errors become a line and an exit code."""
    from formcheck.outputs.summary import summary

    try:
        with ProgressLine(video.name, quiet=arguments.quiet) as progress:
            given = {"roll_deg": arguments.roll, "speed": arguments.speed}
            result = analysed(video, model=arguments.model, limits=limits, progress=progress, **given)
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
            say(arguments, f"\n{video.name}")
        show(result, arguments)
        say(arguments, f"report: {folder / 'report.html'}")
    return 0


def replay(arguments: Arguments) -> int:
    """The findings of a recording again."""
    from formcheck.outputs.summary import summary

    result = replayed(arguments.recording, limits=limits_of(arguments))
    if arguments.json:
        print_json(summary(result))
    else:
        show(result, arguments)
    return 0


def evaluate(arguments: Arguments) -> int:
    """Errors against the truth."""
    from formcheck import evaluate as truth

    limits = limits_of(arguments)
    with ProgressLine("evaluate", quiet=arguments.quiet) as progress:
        found = truth.evaluate_folder(
            arguments.folder,
            lambda video: analysed(video, model=arguments.model, limits=limits, progress=progress),
        )
    if arguments.markdown:
        write_text(arguments.markdown, truth.to_markdown(found))
    if arguments.json:
        print_json(truth.to_json(found))
    else:
        say(arguments, truth.to_text(found))
    return 1 if found.failures else 0
