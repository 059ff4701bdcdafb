"""Faces of the live window from real frames: pictures of a sample, what was recorded and judged of them,
and how two pictures differ."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.data.recording import Recording
from formcheck.data.result import PHASES, Result
from formcheck.outputs.timeline import timeline
from formcheck.outputs.window.face import Face
from formcheck.outputs.window.live_body import body_of, standing
from formcheck.session import judge_recording

Image = NDArray[np.uint8]
ROOT = Path(__file__).resolve().parents[1]
TARGETS = dict(zip(PHASES, (None, 1.0, 3.0, 3.5), strict=True))
FAULT = ("clip10", 12.7)
"""A clip and a time at which a fault is told."""
CAMERAS = {"4:3": (640, 480), "16:9": (1280, 720), "phone": (720, 1280)}


@cache
def judged(clip: str, model: str = "full") -> Result:
    """The findings of a clip, from its recording."""
    return judge_recording(Recording.load(ROOT / "validation" / "recordings" / f"{clip}_{model}.npz"))


@cache
def frame(clip: str, time_s: float) -> Image:
    """The first picture of a clip that is not before a time."""
    with av.open(str(ROOT / "samples" / f"{clip}.mp4")) as file:
        for shown in file.decode(video=0):
            if shown.time >= time_s:
                return shown.to_ndarray(format="bgr24")
    raise ValueError(f"{clip} ends before {time_s} s")


def face_at(clip: str, time_s: float, **others: Any) -> Face:
    """The face of a clip at a time; `others` replace what it would hold."""
    result = judged(clip)
    seen, moment = result.recording.observations, timeline(result)(time_s)
    calibration = result.recording.calibration
    row = int(np.searchsorted(seen.time_s, time_s))
    steady = np.nan_to_num(seen.visibility[max(row - 20, 0) : row + 1].astype(np.float64)).mean(axis=0)
    values = {
        "body": body_of(seen.pixels[row], steady, calibration.side),
        "standing": standing(calibration, result.recording.source),
        "leg_deg": moment.leg_deg,
        "phase": moment.phase,
        "clock_s": moment.clock_s,
        "target_s": TARGETS[moment.phase] if moment.phase else None,
        "rep": moment.rep,
        "reps": 15,
        "set": 1,
        "sets": 3,
        "faults": moment.faults,
        "fps": 29.97,
        "delay_ms": 31.4,
        "model": "full",
    }
    return Face(**{**values, **others})


def camera(shape: str) -> Image:
    """A real frame in the shape of a camera."""
    picture = frame(*FAULT)
    if shape == "phone":
        picture = picture[:, 185:455]
    elif shape == "16:9":
        picture = picture[60:420]
    return cv2.resize(picture, CAMERAS[shape])


def blank(shape: str = "4:3") -> Image:
    width, height = CAMERAS[shape]
    return np.zeros((height, width, 3), np.uint8)


def changed(one: Image, other: Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of all that differs."""
    rows, columns = np.nonzero((one != other).any(axis=2))
    assert len(rows), "nothing differs"
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
