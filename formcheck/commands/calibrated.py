"""The command that measures a camera."""

from __future__ import annotations

from dataclasses import asdict
from math import atan, degrees

from formcheck.commands.common import Arguments, print_json, say


def calibrate(arguments: Arguments) -> int:
    """Measure a camera with a printed chessboard, and keep what was found."""
    from formcheck.inputs import chessboard, profiles

    name = arguments.name
    profiles.check(name)
    shown = chessboard.pictures(arguments.pictures)
    profile = chessboard.measured(shown, arguments.corners, name, arguments.camera_name)
    path = profiles.save(profile)
    across = 2 * degrees(atan(profile.width / 2 / profile.matrix[0]))
    if arguments.json:
        print_json({**asdict(profile), "fov_deg": across, "path": str(path)})
    say(arguments, f"{name}: {across:.1f}° across the picture, off by {profile.error_px:.2f} pixels", unless_json=True)
    say(arguments, f"use it with --camera-profile {name}; kept in {path}", unless_json=True)
    return 0
