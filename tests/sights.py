"""What the set-up check sees of pictures and recordings, and what it says of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from formcheck.data.observations import Observations
from formcheck.data.recording import Recording, Room, Source
from formcheck.inputs import models
from formcheck.inputs.observe import brightness
from formcheck.inputs.pose import Pose, PoseModel
from formcheck.inputs.scene import Scene
from formcheck.inputs.video import Picture, Video
from formcheck.live.place import Place, Placing
from formcheck.live.setup import Setup
from formcheck.live.trouble import Watch

ROOT = Path(__file__).resolve().parents[1]
VIEWS = Path(__file__).resolve().parent / "data" / "views"
FPS = 30.0


class Sight(NamedTuple):
    """What was seen for a moment, by which model."""

    frames: Observations
    room: Room
    source: Source
    model: str = "lite"
    people: int | None = 1


class Said(NamedTuple):
    """Times and keys of what was said, in order, and when somebody first lay still (none: infinite)."""

    keys: list[tuple[float, str]]
    still_s: float
    blocked: set[str]

    @property
    def names(self) -> list[str]:
        return [key for _, key in self.keys]


def clip(name: str, frames: int = 8, start: int = 0) -> list[Picture]:
    """Some pictures of a sample."""
    with Video(ROOT / "samples" / f"{name}.mp4") as video:
        return [picture for _, (_, picture) in zip(range(start + frames), video, strict=False)][start:]


def look(pictures: Sequence[Picture], *, people: int | None = 1) -> Sight:
    """Pictures seen by the quick net, and the ball and the room in them."""
    scene, rows = Scene(), []
    with PoseModel(models.find("lite")) as net:
        for number, picture in enumerate(pictures):
            found = net.detect(picture, number / FPS)
            scene.look(picture, number / FPS, found.pixels)
            rows.append(row(number / FPS, found, brightness(picture), scene.places(np.array([number / FPS]))))
    height, width = pictures[0].shape[:2]
    return Sight(Observations.join(rows), scene.room(), Source("x", width=width, height=height, fps=FPS), people=people)


def row(time_s: float, pose: Pose, light: float, ball: np.ndarray) -> Observations:
    """One frame."""
    return Observations(
        np.array([time_s]),
        pose.pixels[None],
        pose.world[None],
        pose.visibility[None],
        np.array([light], np.float32),
        ball.astype(np.float32),
    )


def stored(name: str) -> Sight:
    """A view that samples do not have: eight frames of a rendered clip, seen by the quick net."""
    kept = Recording.load(VIEWS / f"{name}.npz")
    return Sight(kept.observations, kept.room, kept.source, kept.model)


def lasting(sight: Sight, seconds: float) -> Observations:
    """The last frames of a sight, over and over."""
    n = round(seconds * FPS)
    some = min(4, len(sight.frames))
    part = sight.frames[np.arange(n) % some + len(sight.frames) - some]
    return replace(part, time_s=np.arange(n) / FPS)


def after(sight: Sight, seconds: float = 1.5, room: Room | None = None) -> Place:
    """How things stand once a sight has lasted."""
    placing = Placing(sight.source, sight.model)
    places = [placing.step(f, room or sight.room, sight.people) for f in each(lasting(sight, seconds))]
    return places[-1]


def each(frames: Observations) -> list[Observations]:
    """Row by row."""
    return [frames[i : i + 1] for i in range(len(frames))]


def said(sight: Sight, seconds: float = 7.0, frames: Observations | None = None, room: Room | None = None) -> Said:
    """What the set-up check says while a sight lasts, or of these frames in its place."""
    placing, setup = Placing(sight.source, sight.model), Setup()
    keys: list[tuple[float, str]] = []
    still_s = np.inf
    last = ""
    for frame in each(lasting(sight, seconds) if frames is None else frames):
        now = float(frame.time_s[0])
        advice = setup.step(placing.step(frame, room or sight.room, sight.people))
        if advice.key != last and advice.key:
            keys.append((now, advice.key))
        last = advice.key
        if advice.still:
            still_s = min(still_s, now)
    return Said(keys, still_s, {key for _, key in keys})


def troubles(*parts: tuple[Sight, float]) -> list[tuple[float, str]]:
    """What is said in the middle of a session in which sights of one size follow each other, each for some seconds."""
    placing, watch = Placing(parts[0][0].source, parts[0][0].model), Watch()
    heard, start = [], 0.0
    for sight, seconds in parts:
        for frame in each(lasting(sight, seconds)):
            now = start + float(frame.time_s[0])
            key = watch.step(placing.step(replace(frame, time_s=np.array([now])), sight.room, sight.people))
            if key:
                heard.append((now, key))
        start += seconds
    return heard


def window(pictures: Sequence[Picture], left: int, top: int, width: int, height: int | None = None) -> list[Picture]:
    """What a camera sees that shows less of the same: 4 to 3 if nothing else is said."""
    height = height or width * 3 // 4
    return [np.ascontiguousarray(p[top : top + height, left : left + width]) for p in pictures]


def rolled(pictures: Sequence[Picture], degrees: float, width: int = 500) -> list[Picture]:
    """The pictures turned clockwise, and their middle cut out, so that no corner is empty."""
    high, wide = pictures[0].shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), -degrees, 1.0)
    turned = [cv2.warpAffine(p, turn, (wide, high), borderMode=cv2.BORDER_REFLECT) for p in pictures]
    return window(turned, (wide - width) // 2, (high - width * 3 // 4) // 2, width)


def on_end(pictures: Sequence[Picture]) -> list[Picture]:
    """As if who lies there stood upright."""
    return [np.ascontiguousarray(cv2.rotate(p, cv2.ROTATE_90_CLOCKWISE)) for p in pictures]
