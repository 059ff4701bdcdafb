"""The arrays of a recording, checked: what they may be is known before anything is unpacked, and of every number after.

A recording says with its times how many frames it has; each other array has so many rows, of a fixed kind and width.
So the directory of the archive tells what each member must take, and what takes more or less is never unpacked.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from formcheck.data.gate import GateError
from formcheck.data.observations import LATER, Observations

MOST_FRAMES = 500_000
"""Four hours and a half at 30 a second; they take half a gigabyte."""
LATEST_S = 1e9
"""Thirty years: that long no camera runs, and beyond it numbers of 64 bits no longer tell microseconds."""
ABOUT_BYTES = 32 << 20
HEADER = range(64, 1025)
"""Bytes before the numbers of a `.npy` file (numpy, NEP 1): a multiple of 64, usually 128."""
MODELS = {f.name: getattr(Observations.empty(), f.name) for f in fields(Observations)}
BOUNDS = {
    "pixels": (-1e5, 1e5),
    "world": (-100.0, 100.0),
    "visibility": (0.0, 1.0),
    "brightness": (0.0, 255.0),
    "ball": (-1e5, 1e5),
    "sole": (-1e5, 1e5),
}
"""Pixels six times beyond the widest picture, metres far beyond a room."""
ALWAYS_KNOWN = ("visibility", "brightness")
TOLERANCE = 1e-3
"""Shares and means come from sums of 32-bit floats."""


class Archived(Protocol):
    """An archive of arrays by the names of their members: the bytes of each as unpacked, and the array itself."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Bytes of each member."""

    def array(self, name: str) -> NDArray[Any]:
        """A member; never more bytes than `sizes` says."""


def unpacked(held: Archived) -> tuple[str, Observations]:
    """The text and the arrays of `recording.npz`; raises `GateError`, and what the archive raises.

    Members of other names are left alone, and packed.
    """
    names = {name.removesuffix(".npy") for name in held.sizes if name.endswith(".npy")}
    if lacking := [name for name in ("about", *MODELS) if name not in names and name not in LATER]:
        raise GateError(f"{lacking[0]} is missing")
    for name, most in (("about", ABOUT_BYTES), ("time_s", 8 * MOST_FRAMES)):
        if held.sizes[f"{name}.npy"] > most + HEADER[-1]:
            raise GateError(f"{name} takes {held.sizes[f'{name}.npy']:,} bytes, more than any recording needs")
    about = held.array("about.npy")
    if about.dtype.kind != "U" or about.shape:
        raise GateError(f"about is {about.dtype} {about.shape}, not a text")
    time_s = rows_of("time_s", held.array("time_s.npy"))
    others = {name: _rows(held, name, len(time_s)) for name in MODELS if name in names and name != "time_s"}
    observations = Observations(time_s=time_s, **others)
    check(observations)
    return str(about), observations


def check(observations: Observations) -> None:
    """Raise `GateError` where a number of a recording cannot be one."""
    times = observations.time_s
    if len(times) > MOST_FRAMES:
        raise GateError(f"has more than {MOST_FRAMES:,} frames")
    if not (np.isfinite(times).all() and (np.diff(times) > 0).all()):
        raise GateError("its times do not rise")
    if len(times) and not 0 <= times[0] <= times[-1] <= LATEST_S:
        raise GateError("its times lie before the first frame, or beyond all bounds")
    for name, (low, high) in BOUNDS.items():
        _check_range(name, getattr(observations, name), low, high)
    if (observations.ball[:, 2] <= 0).any():
        raise GateError("ball has a radius that is none")
    for name in ("pixels", "world"):
        _check_bodies(name, getattr(observations, name))


def rows_of(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """The array; raises `GateError` where it is of another kind, or its rows of another shape, than they should be."""
    model = MODELS[name]
    if array.dtype != model.dtype or array.ndim != model.ndim or array.shape[1:] != model.shape[1:]:
        raise GateError(f"{name} is {array.dtype} {array.shape}, not {model.dtype} {('T', *model.shape[1:])}")
    return array


def _rows(held: Archived, name: str, count: int) -> NDArray[Any]:
    """An array of so many rows, unpacked only where it takes what they take."""
    model, size = MODELS[name], held.sizes[f"{name}.npy"]
    if size - count * math.prod(model.shape[1:]) * model.itemsize not in HEADER:
        raise GateError(f"{name} takes {size:,} bytes, not what {count} frames take")
    return rows_of(name, held.array(f"{name}.npy"))


def _check_range(name: str, values: NDArray[Any], low: float, high: float) -> None:
    if not values.size:
        return
    least, most = np.fmin.reduce(values, axis=None), np.fmax.reduce(values, axis=None)
    if least < low - TOLERANCE or most > high + TOLERANCE:
        raise GateError(f"{name} has a number outside {low:g} to {high:g}")
    if name in ALWAYS_KNOWN and np.isnan(values.sum()):
        raise GateError(f"{name} is not a number in some frames")


def _check_bodies(name: str, values: NDArray[Any]) -> None:
    width = math.prod(values.shape[1:])
    unknown = np.count_nonzero(np.isnan(values).reshape(len(values), width), axis=1)
    if ((unknown != 0) & (unknown != width)).any():
        raise GateError(f"{name} is not a number for a part of a body")
