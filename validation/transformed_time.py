"""What happens to the times of a clip: pictures that are missing, stand still or have wrong stamps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from transforming import Clip, Made, Shot

from formcheck.inputs.video import Picture


def frozen(clip: Clip, seconds: float) -> Made:
    """The picture stands still for so long, half a second into a lowering."""
    start = clip.times["lower_start_s"] + 0.5

    def held() -> Iterator[Shot]:
        kept: Picture | None = None
        for time_s, picture in clip.shots():
            kept = picture if kept is None or not start <= time_s < start + seconds else kept
            yield Shot(time_s, kept)

    return Made(held())


def gap(clip: Clip, seconds: float) -> Made:
    """No pictures for so long, half a second into a lowering."""
    start = clip.times["lower_start_s"] + 0.5
    return Made(shot for shot in clip.shots() if not start <= shot.time_s < start + seconds)


def dropped(clip: Clip, share: float) -> Made:
    """So many of the pictures are missing, here and there."""
    rng = np.random.default_rng(2)
    return Made(shot for number, shot in enumerate(clip.shots()) if number < 2 or rng.random() >= share)


def repeated(clip: Clip, count: float) -> Made:
    """So many stamps are those of the picture before."""
    frames = clip.result.recording.source.frames
    at = {round(frames * (number + 1) / (count + 1)) for number in range(round(count))}

    def stamped() -> Iterator[Shot]:
        last = 0.0
        for number, (time_s, picture) in enumerate(clip.shots()):
            last = last if number in at else time_s
            yield Shot(last, picture)

    return Made(stamped(), plain=True)


def slow_motion(clip: Clip, factor: float) -> Made:
    """Filmed quickly, played slowly."""
    shots = (Shot(factor * time_s, picture) for time_s, picture in clip.shots())
    return Made(shots, was=lambda time_s: time_s / factor)
