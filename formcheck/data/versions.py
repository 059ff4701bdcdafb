"""By what program a recording was made: for whoever wonders later why numbers differ."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from importlib.resources.abc import Traversable

import formcheck

PACKAGES = ("mediapipe", "numpy", "opencv-contrib-python")


def versions() -> dict[str, str]:
    """Versions of formcheck and of the packages that tell on the numbers; those not installed are left out."""
    found = {"formcheck": formcheck.__version__}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def line() -> str:
    """The same with Python and the system, for a report of what went wrong."""
    named = ", ".join(f"{name} {number}" for name, number in versions().items())
    return f"{named}, Python {platform.python_version()} on {platform.platform()}"


@cache
def program(rooms: tuple[str, ...]) -> str:
    """A digest of some rooms of this package's source: a version's number does not tell what was edited since."""
    whole = hashlib.sha256()
    for room in rooms:
        for file in _sources(resources.files("formcheck") / room):
            whole.update(file.name.encode() + b"\0" + file.read_bytes())
    return whole.hexdigest()[:16]


def _sources(place: Traversable) -> list[Traversable]:
    if not place.is_dir():
        return [place] if place.is_file() and place.name.endswith(".py") else []
    inner = sorted(place.iterdir(), key=lambda item: item.name)
    return [file for item in inner if item.name != "__pycache__" for file in _sources(item)]
