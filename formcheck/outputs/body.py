"""Where the overlay draws the body: smoothed joints, and the plane in which the legs' angle is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from formcheck.core.grid import BRIDGE_S
from formcheck.core.view import View, to_plane, view
from formcheck.data.landmarks import BONES, INDEX
from formcheck.data.observations import Observations
from formcheck.data.recording import Recording

Floats = NDArray[np.float64]

PARTS = tuple(dict.fromkeys(part for bone in BONES for part in bone))
SMOOTH_S = 0.05
LEAST_VISIBLE = 0.1
STEADY_S = 0.7
"""Over this time visibility is averaged, so that joints do not flicker."""


@dataclass(frozen=True)
class Body:
    """`near` and `far`: joints of either side by the names in `BONES`, each (x, y) in pixels, only those that
    were seen; on the far side only those that were not merely guessed."""

    near: dict[str, Floats]
    far: dict[str, Floats]


@dataclass(frozen=True)
class Plane:
    """The body's own plane: `leg` is the length of hip to ankle in it, 0 where unknown."""

    view: View
    leg: float

    def ray(self, hip: Floats, angle_deg: float | Floats, length: float) -> Floats:
        """The pixel at `length` legs from the hip, `angle_deg` above the parallel to the floor; one for each angle."""
        tail, up = to_plane(self.view, hip[0], hip[1])
        angle = np.radians(angle_deg)
        along, above = tail + self.leg * length * np.cos(angle), up + self.leg * length * np.sin(angle)
        t, u, n = self.view.tail, self.view.up, self.view.depth
        a, b, c = (t[i] - along * n[i] for i in range(3))  # where the form of `tail` has this value
        d, e, f = (u[i] - above * n[i] for i in range(3))
        w = a * e - b * d
        return np.stack([(b * f - c * e) / w, (c * d - a * f) / w], axis=-1)


def bodies(recording: Recording, scale: float) -> Callable[[float], Body]:
    """A function from a time to the body then; `scale` is the picture's size over the recording's."""
    times = recording.observations.time_s
    near = recording.calibration.side
    far = "left" if near == "right" else "right"
    tracks = _tracks(recording.observations, (near, far)) * scale
    tracks[:, len(PARTS) :][_guessed(recording.observations, far)] = np.nan

    def at(time_s: float) -> Body:
        joints = _between(times, tracks, time_s)
        return Body(_seen(joints[: len(PARTS)]), _seen(joints[len(PARTS) :]))

    return at


def plane(recording: Recording, scale: float) -> Plane:
    """The plane of the body in pictures scaled by `scale`."""
    seen = view(recording.calibration, recording.source)
    side, pixels = recording.calibration.side, recording.observations.pixels.astype(np.float64)
    ends = [to_plane(seen, *pixels[:, INDEX[f"{side}_{part}"], :2].T) for part in ("hip", "ankle")]
    lengths = np.hypot(ends[1][0] - ends[0][0], ends[1][1] - ends[0][1])
    lengths = lengths[np.isfinite(lengths)]
    return Plane(placed(seen, scale), float(np.median(lengths)) if len(lengths) else 0.0)


def placed(seen: View, scale: float, mirrored: int = 0) -> View:
    """The view for pictures scaled by `scale`, and flipped left to right where `mirrored` is their width."""
    forms = ((form[0] / scale, form[1] / scale, form[2]) for form in (seen.tail, seen.up, seen.depth))
    if mirrored:
        forms = ((-a, b, a * (mirrored - 1) + c) for a, b, c in forms)
    tail, up, depth = forms
    return View(tail, up, depth)


def leg_px(recording: Recording) -> float:
    """The longest that hip to ankle is seen, but for rare moments; pixels, 0 where unknown."""
    side, pixels = recording.calibration.side, recording.observations.pixels[..., :2].astype(np.float64)
    lengths = np.linalg.norm(pixels[:, INDEX[f"{side}_ankle"]] - pixels[:, INDEX[f"{side}_hip"]], axis=-1)
    lengths = lengths[np.isfinite(lengths)]
    return float(np.quantile(lengths, 0.99)) if len(lengths) else 0.0


def body_rows(recording: Recording, scale: float) -> tuple[float, float] | None:
    """The highest and lowest row of the picture that the body keeps to, but for rare moments."""
    rows = recording.observations.pixels[..., 1]
    rows = rows[np.isfinite(rows)]
    if not len(rows):
        return None
    high, low = np.quantile(rows, (0.01, 0.99)) * scale
    return float(high), float(low)


def _tracks(observations: Observations, sides: tuple[str, str]) -> Floats:
    """Joints of the first, then of the second side, (T, 2 * parts, 2), lightly smoothed without lag."""
    places = [INDEX[f"{side}_{part}"] for side in sides for part in PARTS]
    joints = observations.pixels[:, places, :2].astype(np.float64)
    known = np.isfinite(joints)
    step = float(np.median(np.diff(observations.time_s))) if len(joints) > 1 else 1.0
    reach = min(round(3 * SMOOTH_S / step), len(joints) - 1) if len(joints) > 1 else 0
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / SMOOTH_S) ** 2)
    total, count = np.zeros_like(joints), np.zeros_like(joints)
    values, n = np.where(known, joints, 0.0), len(joints)
    for shift, weight in zip(range(-reach, reach + 1), weights, strict=True):
        to, of = slice(max(-shift, 0), n - max(shift, 0)), slice(max(shift, 0), n + min(shift, 0))
        total[to] += weight * values[of]
        count[to] += weight * known[of]
    return np.where(known, total / np.maximum(count, 1e-9), np.nan)


def _guessed(observations: Observations, side: str) -> NDArray[np.bool_]:
    """Where joints of a side, (T, parts), are hidden and only guessed: drawing them would mislead."""
    visible = np.nan_to_num(observations.visibility[:, [INDEX[f"{side}_{part}"] for part in PARTS]])
    if len(visible) < 2:
        return visible < LEAST_VISIBLE
    size = max(1, round(STEADY_S / float(np.median(np.diff(observations.time_s)))))
    steady: Floats = uniform_filter1d(visible.astype(np.float64), size, axis=0, mode="nearest")
    return steady < LEAST_VISIBLE


def _seen(joints: Floats) -> dict[str, Floats]:
    pairs = zip(PARTS, joints, strict=True)
    return {part: point for part, point in pairs if np.isfinite(point).all()}


def _between(times: Floats, tracks: Floats, time_s: float) -> Floats:
    """Joints at a time, between the two nearest frames; not-a-number where these are far apart."""
    after = int(np.searchsorted(times, time_s))
    if after < len(times) and times[after] == time_s:
        exact: Floats = tracks[after]
        return exact
    nearest = min(max(after, 0), len(times) - 1) if len(times) else 0
    if after == 0 or after >= len(times):
        near = len(times) > 0 and abs(times[nearest] - time_s) < BRIDGE_S
        return tracks[nearest] if near else np.full(tracks.shape[1:], np.nan)
    before, gap = after - 1, times[after] - times[after - 1]
    if gap > BRIDGE_S:
        return np.full(tracks.shape[1:], np.nan)
    share = (time_s - times[before]) / gap
    mixed: Floats = tracks[before] * (1 - share) + tracks[after] * share
    return mixed
