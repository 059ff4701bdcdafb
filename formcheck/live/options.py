"""What a live session is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from formcheck.data.lens import USUAL, Optics
from formcheck.outputs.voice.mixer import Mode
from formcheck.rules.limits import Limits


@dataclass(frozen=True)
class Options:
    """As the command line gives them.

    camera      a number, a device path, an address, or a video file
    model       "auto" for the best that keeps up
    out         the folder in which the session's own folder is made
    roll_deg    the picture is turned by that much; `None`: found from the scene
    turn_deg    pictures are turned clockwise by that much (0, 90, 180, 270); `None`: as the body shows
    optics      what is told of the lens
    sound       what is heard; `volume` 1 is as loud as recorded; `voice` a folder of own phrases; `sound_to` a WAV
                file that gets all that is heard; `loudspeaker` off: nothing is played aloud
    """

    camera: str = "0"
    model: str = "auto"
    limits: Limits = field(default_factory=Limits)
    out: Path = Path()
    roll_deg: float | None = None
    turn_deg: int | None = None
    optics: Optics = USUAL
    sound: Mode = "full"
    volume: float = 0.8
    voice: Path | None = None
    sound_to: Path | None = None
    loudspeaker: bool = True
    breathing: bool = False
    window: bool = True
    mirrored: bool = False
    save_video: bool = False
