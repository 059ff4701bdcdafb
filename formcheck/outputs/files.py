"""All files of one result but the overlay, under the names of the contract."""

from __future__ import annotations

from pathlib import Path

from formcheck.data.recording import NAME
from formcheck.data.result import Result
from formcheck.outputs import measures
from formcheck.outputs.opensim import write_mot, write_trc
from formcheck.outputs.report import write_report
from formcheck.outputs.summary import write_summary
from formcheck.outputs.tables import write_frames, write_reps

OVERLAY = "overlay.mp4"


def write_all(result: Result, folder: Path, stem: str, *, video: str | None) -> None:
    """Write into `folder`; the report shows the video of that name beside it, if there will be one."""
    measures.save(result, folder / NAME)
    write_frames(result, folder / "frames.csv")
    write_reps(result, folder / "reps.csv")
    write_trc(result, folder / f"{stem}.trc")
    write_mot(result, folder / f"{stem}.mot")
    write_report(result, folder / "report.html", video=video)
    write_summary(result, folder / "summary.json")
