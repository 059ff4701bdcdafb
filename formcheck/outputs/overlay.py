"""`overlay.mp4`: the video with the body, the legs' angle, the phase and the faults drawn on it.

Everything is measured in a unit that grows with the picture, so that 480 lines and 1080 look the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.data.result import Result
from formcheck.outputs.body import Body, bodies
from formcheck.outputs.draw import LONGEST_SIDE, Picture
from formcheck.outputs.encode import video_writer
from formcheck.outputs.figure import figure
from formcheck.outputs.palette import PHASE_COLOURS
from formcheck.outputs.panels import bottom_strip, cues, top_strip
from formcheck.outputs.sound import Tell
from formcheck.outputs.stage import Stage, staging
from formcheck.outputs.timeline import Moment, timeline


def write_overlay(  # noqa: PLR0913, PLR0917 - a whole job
    result: Result,
    frames: Iterable[tuple[float, NDArray[np.uint8]]],
    size: tuple[int, int],
    out_path: Path,
    audio_from: Path | None = None,
    progress: Callable[[int], None] | None = None,
    tell: Tell = lambda _: None,
) -> int:
    """Write the overlay of `frames`, pairs of seconds and (height, width, 3) pictures; return their number.

    `size` is (width, height) of the pictures; those with a side above 1280 pixels are scaled down. Sound is
    taken from `audio_from`; `progress` is told how many pictures are done, and `tell` what the sound lacks. Raises
    `OutputError` where the file cannot be written.
    """
    shown, scale = _shown_size(size)
    stage = staging(result, shown)
    at, body_at = timeline(result), bodies(result.recording, scale)
    done = 0
    fps = result.recording.source.fps or 30.0
    with video_writer(out_path, shown, fps, audio_from, tell) as put:
        for done, (time_s, frame) in enumerate(frames, 1):
            picture = _fitted(frame, shown)
            paint(picture, stage, at(time_s), body_at(time_s))
            put(time_s, picture)
            if progress is not None:
                progress(done)
    return done


def paint(picture: Picture, stage: Stage, moment: Moment, body: Body) -> None:
    """Draw one moment on a picture, in place."""
    colour = PHASE_COLOURS.get(moment.phase, PHASE_COLOURS["rest"])
    figure(picture, stage, body, moment.leg_deg, colour)
    top_strip(picture, stage, moment, colour)
    cues(picture, stage, moment)
    bottom_strip(picture, stage)


def _fitted(frame: Picture, shown: tuple[int, int]) -> Picture:
    """A copy of the frame in the size that is shown; the given one stays as it is."""
    if frame.shape[1::-1] == shown:
        return frame.copy()
    fitted: Picture = cv2.resize(frame, shown, interpolation=cv2.INTER_AREA)
    return fitted


def _shown_size(size: tuple[int, int]) -> tuple[tuple[int, int], float]:
    scale = min(1.0, LONGEST_SIDE / max(size))
    return (max(2, round(size[0] * scale)), max(2, round(size[1] * scale))), scale
