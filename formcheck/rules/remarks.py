"""Remarks on a recording as a whole: what about camera, light and picture keeps the numbers from being good."""

from __future__ import annotations

from formcheck.core.uncertainty import OBLIQUE_DEG
from formcheck.data.recording import Recording

DARK = 40.0
"""Mean brightness (0 to 255) below which joints are lost in noise."""
SEEN = 0.9
"""Below this share of frames with a body the camera should stand better."""


def advice(recording: Recording) -> list[str]:
    """Warnings about what a recording shows, in words for the user."""
    seen = ~(recording.observations.visibility == 0).all(axis=1)
    if not seen.any():
        return ["nobody was found in the video"]
    warnings = []
    share = float(seen.mean())
    if share < SEEN:
        warnings.append(f"the body was found in {share:.0%} of the frames only; keep it whole in the picture")
    light = float(recording.observations.brightness.mean())
    if light < DARK:
        warnings.append("the picture is dark; more light makes the joints easier to find")
    yaw = recording.calibration.yaw_deg or 0.0
    if abs(yaw) > OBLIQUE_DEG:
        towards = "feet" if yaw > 0 else "head"
        warnings.append(
            f"the camera stands about {abs(yaw):.0f}° off the side view, too far for angles; "
            f"move it towards the {towards}"
        )
    if recording.calibration.roll_deg is None:
        warnings.append("the camera's roll is unknown and taken as level; give it with --roll if you know it")
    return warnings
