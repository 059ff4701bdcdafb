"""What is said of a batch when it is done."""

from __future__ import annotations

from pathlib import Path

from formcheck.batch.options import Options, Summary
from formcheck.outputs.report_text import plural


def told(summary: Summary, options: Options) -> str:
    """What was done and where it is, one line each."""
    known = f" ({summary.known} known from before)" if summary.known else ""
    lines = [f"{plural(summary.clips, 'clip')}{known}, {plural(summary.reps, 'rep')}"]
    lines += [f"clips:  {options.out}", f"reps:   {options.rep_table}"]
    if options.report:
        lines.append(f"report: {options.report_folder / 'index.html'}")
    return "\n".join(lines)


def warning(summary: Summary, options: Options) -> str:
    """One line about the clips that could not be scored; empty where all were."""
    if not summary.failed:
        return ""
    clip, error = summary.first_failures[0]
    which = f"{Path(clip).name}: {error}"
    most = f"the first is {which}" if summary.failed > 1 else which
    return (
        f"{summary.failed} of {plural(summary.clips, 'clip')} could not be scored ({most}); "
        f"see the column error of {options.out}"
    )
