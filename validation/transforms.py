"""What cameras, light, files and codings do to a clip: each made from a clip as it is, at two strengths."""

from __future__ import annotations

import transformed_camera as camera
import transformed_light as light
import transformed_time as time
from transforming import Transform

TRANSFORMS: dict[str, tuple[str, Transform, tuple[float, float], str]] = {
    "noise": ("noise", light.noise, (8.0, 20.0), "{:g} levels"),
    "dark": ("dark", light.dark, (0.4, 0.15), "{:.0%} of the light"),
    "flicker": ("flicker", light.flicker, (0.1, 0.3), "± {:.0%}"),
    "low-rate": ("low bit rate", light.low_rate, (35.0, 45.0), "crf {:g}"),
    "cast": ("colour cast", light.cast, (0.5, 1.0), "{:.0%}"),
    "blur": ("motion blur", light.blur, (3.0, 5.0), "{:g} pictures"),
    "slow-camera": ("fewer pictures", light.slow_camera, (15.0, 10.0), "{:g} a second"),
    "behind": ("cat or person walks behind", light.behind, (0.16, 0.62), "{:.0%} of the height"),
    "frozen": ("picture stands still", time.frozen, (0.6, 1.5), "{:g} s"),
    "repeated": ("repeated stamps", time.repeated, (1.0, 5.0), "{:g}"),
    "gap": ("no pictures", time.gap, (0.6, 2.0), "{:g} s"),
    "dropped": ("dropped pictures", time.dropped, (0.2, 0.5), "{:.0%}"),
    "slow-motion": ("slow motion", time.slow_motion, (2.0, 4.0), "× {:g}"),
    "squeezed": ("pixels not square", camera.squeezed, (4 / 3, 1.82), "{:.2f}"),
    "upside-down": ("upside down", camera.turned, (180.0, 184.0), "{:g}°"),
    "on-its-side": ("lying on its side", camera.turned, (90.0, 270.0), "{:g}°"),
    "knocked": ("camera knocked", camera.knocked, (3.0, 6.0), "{:g}°"),
    "zoomed": ("zoom", camera.zoomed, (1.15, 1.3), "× {:g}"),
    "sinking": ("camera sinks", camera.sinking, (0.04, 0.12), "{:.0%} of the height"),
    "shaken": ("camera trembles", camera.shaken, (2.0, 4.0), "{:g} pixels"),
    "rolled": ("roll", camera.rolled, (4.0, 8.0), "{:g}°"),
    "distorted": ("barrel distortion", camera.distorted, (0.04, 0.08), "{:.0%} at the corner"),
    "cropped": ("feet outside the picture", camera.cropped, (0.1, 0.4), "{:.0%} of the shank"),
}
"""By name: words, what makes it, two strengths, how these are told."""
LIGHT = ("noise", "dark", "flicker", "low-rate", "cast", "blur", "slow-camera", "behind")
