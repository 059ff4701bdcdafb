"""The stored recordings with their truths, and what today's program makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from formcheck.core import posemodel
from formcheck.core.calibrate import calibrate
from formcheck.core.posemodel import PoseModel
from formcheck.data.recording import Calibration, Recording
from formcheck.evaluate import ClipEvaluation, Truth, compare, load
from formcheck.session import judge_recording

HERE = Path(__file__).resolve().parent
RECORDINGS, HELD_OUT, SESSIONS = HERE / "recordings", HERE / "heldout", HERE / "sessions"
SAMPLES = HERE.parent / "samples"
MODELS = ("heavy", "full", "lite")
BODY_HEIGHT_M, AIM_DEG = 0.4, -0.4
"""Cameras look at the middle of the body, so high above the floor; the body is a little above the picture's centre."""


@dataclass(frozen=True)
class Clip:
    """One stored recording with its truth; `body` and `camera` tell clips apart that share neither.

    pitch_deg  the camera looks down by that much, from its true height and distance
    """

    recording: Recording
    truth: Truth
    body: str
    camera: str
    pitch_deg: float

    @property
    def yaw_deg(self) -> float:
        """The true yaw."""
        return self.truth.yaw_deg or 0.0


def samples(model: str) -> tuple[Clip, ...]:
    """The sample clips as one pose model saw them."""
    return _seen_by_model(RECORDINGS, model)


def sessions(model: str) -> tuple[Clip, ...]:
    """The sample sessions, with getting on and off, as one pose model saw them; in no table of the page."""
    return _seen_by_model(SESSIONS, model)


def _seen_by_model(folder: Path, model: str) -> tuple[Clip, ...]:
    paths = sorted(folder.glob(f"*_{model}.npz"))
    return tuple(_clip(path, SAMPLES / f"{path.stem.removesuffix(f'_{model}')}.truth.json") for path in paths)


def held_out() -> tuple[Clip, ...]:
    """Clips that were never used in fitting."""
    return tuple(_clip(path, path.with_name(f"{path.stem}.truth.json")) for path in sorted(HELD_OUT.glob("*.npz")))


def _clip(path: Path, sidecar: Path) -> Clip:
    about = json.loads(sidecar.read_text(encoding="utf-8"))
    camera = about["camera"]
    pitch = float(np.degrees(np.arctan2(camera["height_m"] - BODY_HEIGHT_M, camera["distance_m"]))) + AIM_DEG
    return Clip(Recording.load(path), load(sidecar), f"{about['stature_m']} m", json.dumps(camera), pitch)


def calibrated(clip: Clip) -> Calibration:
    """The calibration that today's program finds."""
    seen = clip.recording
    return calibrate(seen.observations, seen.source, seen.model, seen.room)


def judged(clip: Clip, calibration: Calibration | None = None) -> ClipEvaluation:
    """What today's program finds, against the truth; with another calibration where one is given."""
    recording = clip.recording.with_calibration(calibration or calibrated(clip))
    return compare(judge_recording(recording), clip.truth)


@contextmanager
def seen_by(clips: Sequence[Clip], constants: PoseModel) -> Iterator[tuple[Clip, ...]]:
    """The same clips, judged with other constants of their pose model as long as the context lasts."""
    name = "other constants"
    posemodel.MODELS[name] = constants
    try:
        yield tuple(replace(clip, recording=replace(clip.recording, model=name)) for clip in clips)
    finally:
        del posemodel.MODELS[name]
