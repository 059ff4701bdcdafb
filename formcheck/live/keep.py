"""What is left of a live session when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from formcheck.data.recording import Recording
from formcheck.data.result import Result
from formcheck.outputs import live_folder
from formcheck.rules.limits import Limits
from formcheck.rules.remarks import remarked
from formcheck.session import judge_recording


def keep(folder: live_folder.LiveFolder, limits: Limits, remarks: Sequence[str] = ()) -> tuple[Path, Result]:
    """Judge what was recorded once more, which gives the same, and write all files in place of the journal.

    `remarks` become the first of its warnings.

    Raises `OutputError`, and `RecordingError` where the journal could not be written at all.
    """
    recording = _with_length(Recording.load(folder.journal))
    result = remarked(judge_recording(recording, limits, remarks))
    return live_folder.finish(folder, result), result


def _with_length(recording: Recording) -> Recording:
    """The recording with the number of its frames, their rate and its length, which only its end tells."""
    times = recording.observations.time_s
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    fps = round(1 / step, 3) if step > 0 else recording.source.fps
    length = round(float(times[-1]) + step, 6)
    return replace(recording, source=replace(recording.source, frames=len(times), fps=fps, duration_s=length))
