"""What lenses do to the angles: two tables for docs/validation.md.

python validation/lenses.py            exact joints of an idealised body, projected: the geometry alone
python validation/lenses.py --heavy    pictures of sample clips as other lenses would show them, seen by `heavy`

A picture of another angle of view from the same place is the same one, scaled about its centre; one of a lens that
bends lines is made by `cv2.remap`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import figure  # type: ignore[import-not-found]
from movements import Rep, instants, movement  # type: ignore[import-not-found]
from synthetic import observations, source  # type: ignore[import-not-found]

from formcheck.analyze import analyze
from formcheck.core import posemodel
from formcheck.core.calibrate import calibrate
from formcheck.core.posemodel import HALF_WIDTH, HEAVY, LAG_S
from formcheck.data.lens import USUAL, Lens, Optics, Profile, focal_of
from formcheck.data.recording import Recording, Room
from formcheck.data.result import Result
from formcheck.evaluate import load
from formcheck.inputs.lens import lens_of
from formcheck.session import judge_recording

Floats = NDArray[np.float64]
HERE = Path(__file__).resolve().parent
FOVS, BENDS, YAWS = (50.0, 62.0, 78.0, 95.0), (0.0, 0.08), (-25.0, 0.0, 25.0)
SIZE, CORNER = (640, 480), 400.0
CLIPS = {"clip04": (0.0, 9.0), "clip11": (0.0, 9.0), "clip02": (0.0, 9.0)}
"""Sample clips with yaw 0 and ±30, and the seconds that are looked at."""
RATE_HZ = 10.0
EXACT = "exact"
NUMBERS = ("peak_thigh_elevation_deg", "hold_thigh_elevation_deg", "peak_leg_elevation_deg", "hold_leg_elevation_deg")
HOW = ("measured", "--fov", "unknown")


class Errors(NamedTuple):
    """Frames' errors of leg and thigh, degrees, and how many numbers of reps lie in their bands, of how many."""

    leg: Floats
    thigh: Floats
    inside: int
    of: int


def profile(fov_deg: float, bend: float) -> Profile:
    """A lens that draws the picture's corner in by a share."""
    focal = focal_of(fov_deg, SIZE[0])
    bent = (-bend * (focal / CORNER) ** 2, 0.0, 0.0, 0.0, 0.0)
    return Profile("exact", *SIZE, (focal, focal, SIZE[0] / 2, SIZE[1] / 2), bent)


def told(how: str, fov_deg: float, bend: float) -> Optics:
    """What the program is told of the lens."""
    if how == "measured":
        return Optics(profile=profile(fov_deg, bend))
    return Optics(fov_deg=fov_deg) if how == "--fov" else USUAL


def bent(points: Floats, lens: Profile) -> Floats:
    """Pixels (n, 2) of a pinhole as the lens shows them."""
    fx, fy, cx, cy = lens.matrix
    matrix = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]])
    rays = np.column_stack([(points - [cx, cy]) / [fx, fy], np.ones(len(points))])
    return np.asarray(cv2.projectPoints(rays, np.zeros(3), np.zeros(3), matrix, np.array(lens.distortion))[0][:, 0])


def straightened(points: Floats, lens: Profile, known: Lens) -> Floats:
    """Pixels (n, 2) of the lens in its straightened picture."""
    fx, fy, cx, cy = lens.matrix
    matrix = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]])
    new = np.array([[known.focal_px, 0, SIZE[0] / 2], [0, known.focal_px, SIZE[1] / 2], [0, 0, 1]])
    return np.asarray(cv2.undistortPoints(points[:, None], matrix, np.array(lens.distortion), P=new)[:, 0])


def exact(fov_deg: float, bend: float, yaw_deg: float, how: str) -> Errors:
    """An idealised body before such a lens; joints are known to a pixel, roll and pitch to what a room tells."""
    figure.ARM_DEG = 75.0
    half = 2 * HALF_WIDTH["wrist"]
    posemodel.MODELS[EXACT] = replace(
        HEAVY, hip=0.0, knee=0.0, shoulder=0.0, straight_elbow_deg=0.0, hands_seen=half, depth_gain=1.0
    )
    curve, _, stop = movement((Rep(), Rep()))
    times = instants(stop + 1.0, 30.0)
    camera = figure.Camera(yaw_deg=yaw_deg, pitch_deg=5.0, focal_px=focal_of(fov_deg, SIZE[0]), aim_up_m=0.2)
    seen = observations(times, figure.posed(curve(times - LAG_S)), camera=camera, broad=True, noise_px=1.0)
    lens, known = profile(fov_deg, bend), lens_of(told(how, fov_deg, bend), *SIZE)
    flat = bent(seen.pixels[..., :2].reshape(-1, 2).astype(np.float64), lens)
    ball = seen.ball.copy()
    if how == "measured" and known is not None:
        flat = straightened(flat, lens, known)
        ball[:, 2] *= known.focal_px / camera.focal_px
        ball[:, :2] = (ball[:, :2] - [320, 240]) * known.focal_px / camera.focal_px + [320, 240]
    pixels = seen.pixels.copy()
    pixels[..., :2] = flat.reshape(*pixels.shape[:2], 2)
    seen = replace(seen, pixels=pixels, ball=ball)
    where = replace(source(camera), lens=known)
    room = Room(roll_deg=0.0, roll_sd_deg=0.5, pitch_deg=5.0, pitch_sd_deg=1.5)
    result = judge_recording(Recording(seen, calibrate(seen, where, EXACT, room), where, EXACT, room))
    thigh = curve(result.frames.time_s)
    return _errors(result, figure.leg_elevation(thigh), thigh)


def _errors(result: Result, leg: Floats, thigh: Floats) -> Errors:
    frames = result.frames
    pairs = ((frames.angles["leg_elevation_deg"], leg), (frames.angles["thigh_elevation_deg"], thigh))
    found = [(shown - true)[np.isfinite(shown) & np.isfinite(true)] for shown, true in pairs]
    inside = []
    for rep in result.reps:
        times = ("lift_start_s", "hold_start_s", "lower_start_s", "end_s")
        lift, hold, lower, end = (rep.numbers[name] for name in times)
        for name in NUMBERS:
            true = leg if "leg" in name else thigh
            first, last = (lift, end) if "peak" in name else (hold, lower)
            part = true[(frames.time_s >= first) & (frames.time_s <= last)]
            if len(part):
                truth = np.nanmax(part) if "peak" in name else np.nanmedian(part)
                inside.append(bool(abs(rep.numbers[name] - truth) <= rep.uncertainty[name]))
    return Errors(found[0], found[1], sum(inside), len(inside))


def seen_by_heavy(clip: str, fov_deg: float, bend: float, how: str) -> Errors:
    """A sample clip as such a lens would show it."""
    path = HERE.parent / "samples" / f"{clip}.mp4"
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / "other.avi"
        _filmed(path, other, profile(fov_deg, bend), CLIPS[clip])
        result = analyze(other, model="heavy", optics=told(how, fov_deg, bend))
    truth = load(path.with_suffix(".truth.json"))
    at = result.frames.time_s + CLIPS[clip][0]
    legs = [np.interp(at, truth.time_s, truth.angles[name]) for name in ("leg_elevation_deg", "thigh_elevation_deg")]
    return _errors(result, *legs)


def _filmed(path: Path, out: Path, lens: Profile, span_s: tuple[float, float]) -> None:
    """The video as the lens shows it: each pixel of the new picture is looked up in the old one, of 62 degrees."""
    video = cv2.VideoCapture(str(path))
    fps = video.get(cv2.CAP_PROP_FPS)
    grid = np.stack(np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1])), axis=-1).reshape(-1, 1, 2).astype(np.float64)
    fx, fy, cx, cy = lens.matrix
    matrix = np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]])
    old = focal_of(62.0, SIZE[0])
    maps = cv2.undistortPoints(grid, matrix, np.array(lens.distortion))[:, 0] * old + [SIZE[0] / 2, SIZE[1] / 2]
    maps = maps.reshape(SIZE[1], SIZE[0], 2).astype(np.float32)
    writer = cv2.VideoWriter(str(out), cv2.VideoWriter.fourcc(*"MJPG"), RATE_HZ, SIZE)
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, 95)
    for number in range(int(span_s[1] * fps)):
        good, picture = video.read()
        if not good:
            break
        if number >= span_s[0] * fps and number % round(fps / RATE_HZ) == 0:
            writer.write(cv2.remap(picture, maps, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT))
    writer.release()
    video.release()


def rows(*, heavy: bool) -> Iterator[str]:
    """The table."""
    hows = HOW[::2] if heavy else HOW
    yield "| across | corner drawn in | " + " | ".join(f"{how}: leg, thigh, in band" for how in hows) + " |"
    yield "| ---: | ---: |" + " ---: |" * len(hows)
    for fov in FOVS:
        for bend in BENDS:
            cells = [_cell(list(_cases(fov, bend, how, heavy=heavy))) for how in hows]
            yield f"| {fov:.0f}° | {bend:.0%} | " + " | ".join(cells) + " |"


def _cases(fov: float, bend: float, how: str, *, heavy: bool) -> Iterator[Errors]:
    if heavy:
        yield from (seen_by_heavy(clip, fov, bend, how) for clip in CLIPS)
    else:
        yield from (exact(fov, bend, yaw, how) for yaw in YAWS)


def _cell(each: list[Errors]) -> str:
    leg, thigh = (float(np.abs(np.concatenate([getattr(e, n) for e in each])).mean()) for n in ("leg", "thigh"))
    inside, of = sum(e.inside for e in each), sum(e.of for e in each)
    return f"{leg:.2f}°, {thigh:.2f}°, {inside} of {of}"


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--heavy", action="store_true", help="pictures, seen by the model heavy")
    for row in rows(heavy=parser.parse_args().heavy):
        print(row, flush=True)


if __name__ == "__main__":
    main()
