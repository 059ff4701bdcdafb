"""Of what versions a recording was made: for whoever wonders later why numbers differ."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

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
