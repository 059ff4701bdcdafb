"""What light, cameras and codings do to the pictures of a clip."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from transforming import FPS, Clip, Made, Shot, each

from formcheck.inputs.video import Picture


def noise(clip: Clip, sigma: float) -> Made:
    """A sensor's noise, in levels."""
    cv2.setRNGSeed(1)

    def grainy(picture: Picture, _time_s: float, _number: int) -> Picture:
        grain = np.zeros(picture.shape, np.int16)
        cv2.randn(grain, 0, sigma)
        return _added(picture, grain)

    return each(grainy)(clip)


def dark(clip: Clip, gain: float) -> Made:
    """So much of the light, with the noise that comes with it."""
    cv2.setRNGSeed(2)

    def darker(picture: Picture, _time_s: float, _number: int) -> Picture:
        grain = np.zeros(picture.shape, np.int16)
        cv2.randn(grain, 0, 4.0)
        return _added(cv2.convertScaleAbs(picture, alpha=gain), grain)

    return each(darker)(clip)


def _added(picture: Picture, grain: NDArray[np.int16]) -> Picture:
    """Within 0 to 255."""
    grainy: Picture = cv2.add(picture, grain, dtype=cv2.CV_8U)
    return grainy


def flicker(clip: Clip, share: float) -> Made:
    """Lamps on the mains, seen at 30 pictures a second: brightness up and down by a share, about 7 times a second."""
    return each(lambda p, t, _: cv2.convertScaleAbs(p, alpha=1 + share * np.sin(2 * np.pi * 6.7 * t)))(clip)


def low_rate(clip: Clip, crf: float) -> Made:
    """Coded so coarsely."""
    return Made(clip.shots(), crf=round(crf))


def cast(clip: Clip, strength: float) -> Made:
    """The warm light of a bulb."""
    gains = np.array([1 - 0.5 * strength, 1 - 0.1 * strength, 1 + 0.3 * strength])
    table = np.clip(np.arange(256)[:, None] * gains, 0, 255).astype(np.uint8)[None]
    return each(lambda p, *_: cv2.LUT(p, table))(clip)


def blur(clip: Clip, pictures: float) -> Made:
    """A shutter open for so many pictures."""

    def mixed() -> Iterator[Shot]:
        kept: list[Picture] = []
        for time_s, picture in clip.shots():
            kept = [*kept, picture][-round(pictures) :]
            yield Shot(time_s, np.mean(kept, axis=0).astype(np.uint8))

    late_s = (pictures - 1) / 2 / FPS
    return Made(mixed(), was=lambda time_s: time_s - late_s)


def slow_camera(clip: Clip, rate_hz: float) -> Made:
    """So many pictures a second."""
    step = round(FPS / rate_hz)
    return Made(shot for number, shot in enumerate(clip.shots()) if number % step == 0)


def behind(clip: Clip, height: float) -> Made:
    """Somebody who walks to and fro behind the body: a cat, or a person, of so much of the picture's height."""

    def walked(picture: Picture, time_s: float, _number: int) -> Picture:
        return np.where(clip.body(time_s)[..., None] > 0, picture, _walker(picture.copy(), time_s, height))

    return each(walked)(clip)


def _walker(picture: Picture, time_s: float, share: float) -> Picture:
    """Drawn as round limbs; a person where it is tall."""
    tall, wide = picture.shape[:2]
    h = share * tall
    x, floor = wide * (0.5 + 0.6 * np.sin(2 * np.pi * time_s / 11.0)), 0.66 * tall
    swing = 0.16 * h * np.sin(2 * np.pi * 1.6 * time_s)
    upright, colour = share > 0.3, (70, 60, 90) if share > 0.3 else (40, 60, 110)
    parts = _person(x, floor, h, swing) if upright else _cat(x, floor, h, swing)
    for one, two, thick in parts:
        start, end = ([round(16 * v) for v in place] for place in (one, two))
        cv2.line(picture, start, end, colour, max(1, round(thick * h)), cv2.LINE_AA, 4)
    return picture


Part = tuple[tuple[float, float], tuple[float, float], float]


def _person(x: float, floor: float, h: float, swing: float) -> list[Part]:
    hip, neck = (x, floor - 0.5 * h), (x, floor - 0.82 * h)
    legs: list[Part] = [(hip, (x + s * swing, floor), 0.08) for s in (-1, 1)]
    arms: list[Part] = [(neck, (x - s * swing, floor - 0.5 * h), 0.05) for s in (-1, 1)]
    return [*legs, *arms, (hip, neck, 0.16), ((x, floor - 0.93 * h), (x, floor - 0.95 * h), 0.12)]


def _cat(x: float, floor: float, h: float, swing: float) -> list[Part]:
    back = floor - 0.65 * h
    legs: list[Part] = [((x + a * h, back), (x + a * h + s * swing, floor), 0.12) for a in (-0.6, 0.6) for s in (-1, 1)]
    return [*legs, ((x - 0.6 * h, back), (x + 0.6 * h, back), 0.35), ((x + 0.9 * h, back - 0.25 * h),) * 2 + (0.35,)]
