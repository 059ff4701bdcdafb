"""What is known of the lens: how wide the camera sees, and how it bends straight lines."""

from __future__ import annotations

from dataclasses import dataclass
from math import radians, tan
from typing import Annotated

from formcheck.data.gate import Label, Length, Meta, Number, Spread

FOVS = (20.0, 150.0)
"""Cameras see between these across the picture, degrees; wider ones are fisheyes, which no pinhole fits."""
GIVEN_SD, FILE_SD, MEASURED_SD = 0.03, 0.08, 0.01
"""How well the focal length is known, one standard deviation as a share of it: where somebody gives the angle of view;
where the file tells it (its film equivalent is rounded, and videos cut the picture for steadiness); where it was
measured with a chessboard."""


Focal = Annotated[float, Meta(gt=0, le=1e6)]
Side = Annotated[int, Meta(gt=0, le=1 << 16)]
Four = tuple[Focal, Focal, Number, Number]
Five = tuple[Number, Number, Number, Number, Number]


@dataclass(frozen=True)
class Lens:
    """How pictures were seen.

    focal_px    focal length in pixels of the pictures that were looked at: straightened where the lens bends lines
    focal_sd    one standard deviation of it, as a share
    by          how it is known: "given", "file" or "profile NAME"
    matrix      (fx, fy, cx, cy) in pixels of the picture as it came, and
    distortion  (k1, k2, p1, p2, k3) as OpenCV has them (Brown 1971); both `None` where lines are taken as straight
    """

    focal_px: Focal
    focal_sd: Spread = GIVEN_SD
    by: Label = "given"
    matrix: Four | None = None
    distortion: Five | None = None


@dataclass(frozen=True)
class Profile:
    """A camera as it was measured; `matrix` and `distortion` as for `Lens`, in pictures of `width` by `height` pixels.

    camera    the name the camera gives itself, empty where unknown: live sessions take its profile by that
    error_px  how far the chessboard's corners are off what the profile says, root mean square
    """

    name: Label
    width: Side
    height: Side
    matrix: Four
    distortion: Five
    camera: Label = ""
    error_px: Length = 0.0


@dataclass(frozen=True)
class Optics:
    """What a user tells of the lens: the angle of view across the picture in degrees, or a measured camera."""

    fov_deg: float | None = None
    profile: Profile | None = None


USUAL = Optics()
"""Nothing told."""


def focal_of(fov_deg: float, width: int) -> float:
    """Focal length in pixels of a picture that shows so many degrees across its width."""
    return width / 2 / tan(radians(fov_deg) / 2)
