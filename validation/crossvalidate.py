"""Fitting the constants of a pose model again, on all clips but those of one body or one camera.

What is left out is then judged with constants that never saw it. The fit asks for little: yaws by least
squares, and the middle errors of leg, thigh, trunk and elbow to be nothing. That is one constant for each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from stored import Clip, calibrated, judged, seen_by

from formcheck.core.calibrate import calibrate
from formcheck.core.posemodel import PoseModel, named
from formcheck.core.viewpoint import SHOULDER_KNEE_DEG
from formcheck.data.recording import Room
from formcheck.evaluate import ClipEvaluation, Part, pool

Floats = NDArray[np.float64]

OFFSETS = ("hip", "knee", "shoulder")
BALANCED = ("leg_elevation_deg", "thigh_elevation_deg", "trunk_elevation_deg")
"""The offsets are those with which the mean errors of these angles vanish."""
STEP = 0.005
ROUNDS = 3
ELBOW_GAIN = 0.8
FAR = 1e9
BODY_ALONE, HANDS_ALONE = 1e-9, 1 - 1e-9


@dataclass(frozen=True)
class CrossValidation:
    """Parts over all clips: with constants as shipped, fitted to all, without the clip's body, without its camera."""

    shipped: Part
    fitted: Part
    without_body: Part
    without_camera: Part
    bodies: int
    cameras: int

    def ratio(self, name: str) -> float:
        """Mean error of an angle without the clip's body, over that fitted to all clips."""
        return self.without_body.pooled.angles[name].mae / self.fitted.pooled.angles[name].mae


def cross_validate(clips: Sequence[Clip]) -> CrossValidation:
    """All of it for the clips of one pose model."""
    return CrossValidation(
        shipped=_pooled([judged(clip) for clip in clips]),
        fitted=_pooled(_with(clips, fit(clips))),
        without_body=_pooled(left_out(clips, lambda clip: clip.body)),
        without_camera=_pooled(left_out(clips, lambda clip: clip.camera)),
        bodies=len({clip.body for clip in clips}),
        cameras=len({clip.camera for clip in clips}),
    )


def left_out(clips: Sequence[Clip], key: Callable[[Clip], str]) -> list[ClipEvaluation]:
    """Each clip judged with constants fitted to the clips of another key."""
    found: list[ClipEvaluation] = []
    for value in sorted({key(clip) for clip in clips}):
        constants = fit([clip for clip in clips if key(clip) != value])
        found += _with([clip for clip in clips if key(clip) == value], constants)
    return found


def fit(clips: Sequence[Clip]) -> PoseModel:
    """Constants of the pose model that saw these clips, from these clips alone."""
    return _fit_offsets(clips, _fit_view(clips, named(clips[0].recording.model)))


def _with(clips: Sequence[Clip], constants: PoseModel) -> list[ClipEvaluation]:
    with seen_by(clips, constants) as others:
        return [judged(clip) for clip in others]


def _pooled(found: Sequence[ClipEvaluation]) -> Part:
    return pool(sorted(found, key=lambda clip: clip.name)).whole


def _fit_view(clips: Sequence[Clip], model: PoseModel) -> PoseModel:
    """Gains of the two cues of yaw, each by least squares, and the mean pitch; from the body, without the room."""
    true = np.array([clip.yaw_deg for clip in clips])
    body = _views(clips, replace(model, hands_weight=BODY_ALONE, depth_gain=1.0))[:, 0] + SHOULDER_KNEE_DEG
    place = -_views(clips, replace(model, hands_weight=HANDS_ALONE, hands_seen=FAR))[:, 0]
    hands = _views(clips, replace(model, hands_weight=HANDS_ALONE, hands_seen=1.0))[:, 0]
    apart = np.tan(np.radians(hands + place))

    def badness(seen: float) -> float:
        return float(np.sum((np.degrees(np.arctan(apart / seen)) - place - true) ** 2))

    pitch = _views(clips, replace(model, pitch_zero_deg=0.0))[:, 1]
    return replace(
        model,
        depth_gain=float(body @ (true + SHOULDER_KNEE_DEG) / (body @ body)),
        hands_seen=float(minimize_scalar(badness, bounds=(0.1, 0.6), method="bounded").x),
        pitch_zero_deg=float(np.mean([clip.pitch_deg for clip in clips] - pitch)),
    )


def _views(clips: Sequence[Clip], model: PoseModel) -> Floats:
    """Yaw and pitch (n, 2) by what the body shows."""
    rows = []
    with seen_by(clips, model) as others:
        for clip in others:
            seen = clip.recording
            found = calibrate(seen.observations, seen.source, seen.model, Room(), roll_deg=seen.room.roll_deg or 0.0)
            rows.append((found.yaw_deg or 0.0, found.pitch_deg or 0.0))
    return np.array(rows)


def _fit_offsets(clips: Sequence[Clip], model: PoseModel) -> PoseModel:
    """Offsets with which the middle errors vanish: Newton's method, its slopes taken once."""
    balance, _ = _balance(clips, model)
    slopes = [_balance(clips, _moved(model, np.eye(3)[i] * STEP))[0] - balance for i in range(3)]
    inverse = np.linalg.inv(np.column_stack(slopes) / STEP)
    for _ in range(ROUNDS):
        balance, elbow = _balance(clips, model)
        model = replace(
            _moved(model, -inverse @ balance), straight_elbow_deg=model.straight_elbow_deg + ELBOW_GAIN * elbow
        )
    return model


def _moved(model: PoseModel, by: Floats) -> PoseModel:
    hip, knee, shoulder = (float(getattr(model, name) + step) for name, step in zip(OFFSETS, by, strict=True))
    return replace(model, hip=hip, knee=knee, shoulder=shoulder)


def _balance(clips: Sequence[Clip], model: PoseModel) -> tuple[Floats, float]:
    """Mean errors (3,) of the angles that balance the offsets, and the middle error of the elbow; by clips."""
    found = _with(clips, model)
    means = [[float(np.mean(clip.angles[name].error)) for name in BALANCED] for clip in found]
    elbows = [float(np.median(clip.angles["elbow_flexion_deg"].error)) for clip in found]
    return np.mean(means, axis=0), float(np.median(elbows))


@dataclass(frozen=True)
class Step:
    """What the program reaches with one more of its steps."""

    name: str
    part: Part


def steps(clips: Sequence[Clip]) -> list[Step]:
    """From the landmarks as they are to the whole program, one step after the other."""
    model = named(clips[0].recording.model)
    bare = replace(model, hip=0.0, knee=0.0, shoulder=0.0, straight_elbow_deg=3.0)
    rows: list[tuple[str, PoseModel, bool, bool, bool]] = [
        ("landmarks as the pose model gives them, smoothed", bare, False, False, False),
        ("+ level from the room", bare, True, False, False),
        ("+ view: yaw and pitch", bare, True, True, False),
        ("+ from landmarks to joint centres", model, True, True, False),
        ("+ straight knees of this person", model, True, True, True),
    ]
    return [Step(name, _pooled(_step(clips, *what))) for name, what in ((row[0], row[1:]) for row in rows)]


def _step(clips: Sequence[Clip], model: PoseModel, level: bool, view: bool, knees: bool) -> list[ClipEvaluation]:
    found = []
    with seen_by(clips, model) as others:
        for clip in others:
            calibration = calibrated(clip)
            calibration = calibration if level else replace(calibration, roll_deg=0.0)
            calibration = calibration if view else replace(calibration, yaw_deg=0.0, pitch_deg=0.0)
            found.append(judged(clip, calibration if knees else replace(calibration, knee_bias_deg=0.0)))
    return found
