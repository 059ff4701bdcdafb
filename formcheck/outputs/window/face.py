"""What the window shows at one moment: a plain value, drawn by `picture.draw`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from formcheck.data.result import Finding
from formcheck.outputs.body import Body
from formcheck.outputs.stage import USUAL_BAND_DEG
from formcheck.outputs.window.live_body import Standing

Tone = Literal["plain", "act", "good"]


@dataclass(frozen=True)
class Face:
    """All that is drawn at one moment.

    body, standing   from `live_body`: joints and the legs' plane, in pixels of the camera's picture
    leg_deg          angle of the legs above the parallel, `None` where unknown
    band_deg         how far from the parallel still counts as parallel
    phase            one of `PHASES`, empty for none
    clock_s          seconds since the phase began
    target_s         how long the phase should last: a bar fills up to it
    rep, reps        counted in this set and asked for; `None` hides the card, 0 asked for means no target
    set, sets        number of the set and how many there are; 0 hides them
    faults           of the last rep, the first of them large
    message          an instruction or a state ("Turn the camera a little to the left", "ready", "last two")
    tone             of the message: "act" where something must be done, "good" where all is well
    left_s           a countdown, drawn huge (rest between sets, count-in); `left_of_s` its whole length
    paused           the picture is dimmed, and says so
    mirrored         the camera's picture and the body in it are flipped; words never are
    fps, delay_ms    pictures a second, and from a picture to its verdict
    warnings         short sentences about trouble
    """

    body: Body | None = None
    standing: Standing | None = None
    leg_deg: float | None = None
    band_deg: float = USUAL_BAND_DEG
    phase: str = ""
    clock_s: float | None = None
    target_s: float | None = None
    rep: int | None = None
    reps: int = 0
    set: int = 0
    sets: int = 0
    faults: tuple[Finding, ...] = ()
    message: str = ""
    tone: Tone = "plain"
    left_s: float | None = None
    left_of_s: float | None = None
    paused: bool = False
    mirrored: bool = False
    fps: float | None = None
    delay_ms: float | None = None
    model: str = ""
    warnings: tuple[str, ...] = ()
