"""What cameras, light, files and codings do to a clip: each made from a clip as it is, at two strengths.

A transformation takes a `Clip` and a strength and gives what is to be written; nothing is random but by a fixed seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.data.landmarks import INDEX
from formcheck.data.result import Result
from formcheck.inputs.video import Picture, Video

Floats = NDArray[np.float64]
MS = Fraction(1, 1000)
FPS = 30
CHAINS = (("ear", "shoulder", "hip", "knee", "ankle", "foot_index"), ("shoulder", "elbow", "wrist", "index"))
LIMB = 0.3
"""How thick limbs are drawn, in legs."""


class Shot(NamedTuple):
    """A picture (height, width, 3) and its stamp in seconds."""

    time_s: float
    picture: Picture


@dataclass(frozen=True)
class Clip:
    """A clip as it is, and what was found in it."""

    path: Path
    result: Result

    def shots(self) -> Iterator[Shot]:
        """Its pictures, decoded anew."""
        with Video(self.path) as video:
            for time_s, picture in video:
                yield Shot(time_s, picture)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        source = self.result.recording.source
        return source.width, source.height

    @property
    def times(self) -> dict[str, float]:
        """Boundaries of the rep in the middle, seconds."""
        reps = self.result.reps
        return reps[len(reps) // 2].numbers

    @property
    def length_s(self) -> float:
        """Seconds."""
        return self.result.recording.source.duration_s

    def body(self, time_s: float) -> Picture:
        """1 where body and ball are, else 0: limbs drawn thick along what was found."""
        recording = self.result.recording
        seen = recording.observations
        joints = seen.pixels[min(int(np.searchsorted(seen.time_s, time_s)), len(seen) - 1), :, :2]
        covered = np.zeros(self.size[::-1], np.uint8)
        if np.isfinite(joints).all():
            for side in ("left", "right"):
                for chain in CHAINS:
                    line = joints[[INDEX[f"{side}_{joint}"] for joint in chain]].round().astype(np.int32)
                    cv2.polylines(covered, [line], False, 1, max(1, round(LIMB * recording.calibration.leg_px)))
        if recording.calibration.ball_px is not None:
            x, y, radius = (round(value) for value in recording.calibration.ball_px)
            cv2.circle(covered, (x, y), round(1.05 * radius), 1, -1)
        return covered


@dataclass(frozen=True)
class Made:
    """What is to be written.

    was     gives the time of the clean clip that is seen at a time of this one
    aspect  width over height of a pixel
    plain   written as MPEG-4 in Matroska, whose stamps may be anything; else as H.264 in MP4
    """

    shots: Iterator[Shot]
    was: Callable[[float], float] = field(default=lambda time_s: time_s)
    aspect: Fraction = Fraction(1)
    crf: int = 18
    plain: bool = False


Transform = Callable[[Clip, float], Made]


def write(made: Made, folder: Path, stem: str) -> Path:
    """The file of what was made."""
    path = folder / f"{stem}{'.mkv' if made.plain else '.mp4'}"
    with av.open(str(path), "w") as file:
        stream: av.VideoStream | None = None
        for number, (time_s, picture) in enumerate(made.shots):
            stream = stream or _stream(file, made, picture)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "bgr24")
            frame.time_base = stream.codec_context.time_base
            frame.pts = number if made.plain else round(time_s / MS)
            for packet in stream.encode(frame):
                if made.plain:  # its coder counts pictures
                    packet.pts = packet.dts = round(time_s / MS)
                    packet.time_base = MS
                file.mux(packet)
        if stream is not None and not made.plain:
            file.mux(stream.encode())
    return path


def _stream(file: av.container.OutputContainer, made: Made, picture: Picture) -> av.VideoStream:
    stream = file.add_stream("mpeg4" if made.plain else "libx264", rate=FPS)
    stream.height, stream.width = picture.shape[:2]
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = Fraction(1, FPS) if made.plain else MS
    stream.codec_context.sample_aspect_ratio = made.aspect
    if made.plain:
        stream.bit_rate = 6_000_000
    else:
        stream.options = {"preset": "veryfast", "crf": str(made.crf)}
    return stream


def each(change: Callable[[Picture, float, int], Picture], **others: object) -> Callable[[Clip], Made]:
    """What changes every picture for itself, given its time and its number."""

    def make(clip: Clip) -> Made:
        return Made((Shot(t, change(p, t, n)) for n, (t, p) in enumerate(clip.shots())), **others)  # type: ignore[arg-type]

    return make


# ---------------------------------------------------------------- light


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


# ---------------------------------------------------------------- time


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


# ---------------------------------------------------------------- place


def squeezed(clip: Clip, aspect: float) -> Made:
    """Pixels that are not square, as the file says."""
    width, height = clip.size
    narrow = (2 * round(width / aspect / 2), height)
    shape = Fraction(width, narrow[0])
    return each(lambda p, *_: cv2.resize(p, narrow, interpolation=cv2.INTER_AREA), aspect=shape)(clip)


def turned(clip: Clip, degrees: float) -> Made:
    """A camera on its side or upside down; nothing in the file says so. Other angles: askew besides."""
    quarter = 90 * round(degrees / 90)
    code = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}[quarter]
    return each(lambda p, *_: cv2.rotate(_warped(p, degrees - quarter), code))(clip)


def rolled(clip: Clip, degrees: float) -> Made:
    """A camera askew."""
    return each(lambda p, *_: _warped(p, degrees))(clip)


def knocked(clip: Clip, degrees: float) -> Made:
    """Askew, and somewhere else, from two thirds of the clip on."""
    at = clip.length_s * 2 / 3
    return each(lambda p, t, _: _warped(p, degrees, shift=(0.02, -0.02)) if t >= at else p)(clip)


def zoomed(clip: Clip, scale: float) -> Made:
    """Framing that draws nearer within two seconds in the middle of the clip."""
    start = clip.length_s / 2
    return each(lambda p, t, _: _warped(p, 0.0, scale ** float(np.clip((t - start) / 2, 0, 1))))(clip)


def sinking(clip: Clip, share: float) -> Made:
    """A camera that sinks forward by that share of the picture's height over the clip."""
    return each(lambda p, t, _: _warped(p, 0.0, shift=(0.0, -share * t / clip.length_s)))(clip)


def shaken(clip: Clip, pixels: float) -> Made:
    """A floor that trembles."""
    rng = np.random.default_rng(3)

    def tremble(picture: Picture, _time_s: float, _number: int) -> Picture:
        x, y = rng.normal(0.0, pixels / 2, 2)
        return _warped(picture, 0.0, shift=(x / picture.shape[1], y / picture.shape[0]))

    return each(tremble)(clip)


def _warped(picture: Picture, degrees: float, scale: float = 1.0, shift: tuple[float, float] = (0.0, 0.0)) -> Picture:
    """Turned against the clock, enlarged, moved by shares of its size; beyond the edge comes its mirror image."""
    height, width = picture.shape[:2]
    way = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    way[:, 2] += (shift[0] * width, shift[1] * height)
    flags, border = cv2.INTER_LINEAR, cv2.BORDER_REFLECT
    moved: Picture = cv2.warpAffine(picture, way, (width, height), flags=flags, borderMode=border)
    return moved


def distorted(clip: Clip, share: float) -> Made:
    """A lens that draws the corners in by that share (barrel), or out where it is negative (cushion)."""
    width, height = clip.size
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    u, v = x - width / 2, y - height / 2
    grown = 1 + share * (u * u + v * v) / (width * width / 4 + height * height / 4)
    maps = (width / 2 + u * grown).astype(np.float32), (height / 2 + v * grown).astype(np.float32)
    return each(lambda p, *_: cv2.remap(p, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT))(clip)


def cropped(clip: Clip, share: float) -> Made:
    """Feet outside the picture: cut between toes (0) and knee (1) at the feet's lowest place."""
    recording = clip.result.recording
    side, width = recording.calibration.side, clip.size[0]
    seen = recording.observations.pixels[:, :, 0].astype(np.float64)
    toe, knee = (np.nanmedian(seen[:, INDEX[f"{side}_{name}"]]) for name in ("foot_index", "knee"))
    edge = int(np.clip(toe + share * (knee - toe), 64, width - 64)) // 2 * 2
    part = slice(edge, None) if toe < knee else slice(0, edge)
    return each(lambda p, *_: p[:, part])(clip)


TRANSFORMS: dict[str, tuple[str, Transform, tuple[float, float], str]] = {
    "noise": ("noise", noise, (8.0, 20.0), "{:g} levels"),
    "dark": ("dark", dark, (0.4, 0.15), "{:.0%} of the light"),
    "flicker": ("flicker", flicker, (0.1, 0.3), "± {:.0%}"),
    "low-rate": ("low bit rate", low_rate, (35.0, 45.0), "crf {:g}"),
    "cast": ("colour cast", cast, (0.5, 1.0), "{:.0%}"),
    "blur": ("motion blur", blur, (3.0, 5.0), "{:g} pictures"),
    "slow-camera": ("fewer pictures", slow_camera, (15.0, 10.0), "{:g} a second"),
    "behind": ("cat or person walks behind", behind, (0.16, 0.62), "{:.0%} of the height"),
    "frozen": ("picture stands still", frozen, (0.6, 1.5), "{:g} s"),
    "repeated": ("repeated stamps", repeated, (1.0, 5.0), "{:g}"),
    "gap": ("no pictures", gap, (0.6, 2.0), "{:g} s"),
    "dropped": ("dropped pictures", dropped, (0.2, 0.5), "{:.0%}"),
    "slow-motion": ("slow motion", slow_motion, (2.0, 4.0), "× {:g}"),
    "squeezed": ("pixels not square", squeezed, (4 / 3, 1.82), "{:.2f}"),
    "upside-down": ("upside down", turned, (180.0, 184.0), "{:g}°"),
    "on-its-side": ("lying on its side", turned, (90.0, 270.0), "{:g}°"),
    "knocked": ("camera knocked", knocked, (3.0, 6.0), "{:g}°"),
    "zoomed": ("zoom", zoomed, (1.15, 1.3), "× {:g}"),
    "sinking": ("camera sinks", sinking, (0.04, 0.12), "{:.0%} of the height"),
    "shaken": ("camera trembles", shaken, (2.0, 4.0), "{:g} pixels"),
    "rolled": ("roll", rolled, (4.0, 8.0), "{:g}°"),
    "distorted": ("barrel distortion", distorted, (0.04, 0.08), "{:.0%} at the corner"),
    "cropped": ("feet outside the picture", cropped, (0.1, 0.4), "{:.0%} of the shank"),
}
"""By name: words, what makes it, two strengths, how these are told."""
LIGHT = ("noise", "dark", "flicker", "low-rate", "cast", "blur", "slow-camera", "behind")
