"""What this machine can do: each pose model, and a live session of the sample from camera to sound."""

from __future__ import annotations

import os
import platform
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import formcheck
from formcheck.inputs import models, sample
from formcheck.inputs.video import USUAL_FPS
from formcheck.live import pace
from formcheck.live.options import Options
from formcheck.live.run import Live
from formcheck.live.stats import Spread, Stats

PICTURES = 60
MODEL_S = 5.0
"""A model that takes longer than this for all pictures is measured by fewer."""
PLAYED_S = 8.0
BESIDE = 0.35
"""So much of the quickest net's time a frame takes besides, most of it the overlay; measured with all three."""


class Found(NamedTuple):
    """Of each model the milliseconds of a picture; the model that a live session takes, and how that session did."""

    models: dict[str, Spread]
    best: str
    session: Stats
    dropped: int
    sound: str


def measure(played_s: float = PLAYED_S) -> Found:
    """Measure everything, in about twenty seconds; nothing is heard or left behind. Raises `FormcheckError`."""
    pictures = sample.pictures(PICTURES)
    found = {name: pace.measure(name, pictures, MODEL_S) for name in models.NAMES}
    best = pace.choice(found, USUAL_FPS)
    session, dropped, sound = _played(best, played_s)
    return Found(found, best, session, dropped, sound)


def _played(model: str, seconds: float) -> tuple[Stats, int, str]:
    """Times of a live session of the sample, dropped frames, and what is amiss with the loudspeaker."""
    with tempfile.TemporaryDirectory() as folder:
        options = Options(str(sample.path()), model, out=Path(folder), volume=0.0, window=False)
        session = Live(options, tell=lambda _: None)
        session.first_time = False  # nobody is told anything
        with session:
            session.over.wait(seconds)
            session.stop()
            session.stop()  # at once, without last words
        return session.stats, session.dropped, session.player.warning


def numbers(found: Found) -> dict[str, Any]:
    """For programs; milliseconds where nothing else is said."""
    return {
        "formcheck": formcheck.__version__,
        "machine": machine(),
        "models": {
            name: {**ms._asdict(), "live": pace.fits(ms), "hour_s": hour_s(found, name)}
            for name, ms in found.models.items()
        },
        "live_model": found.best,
        "live": found.session.numbers(found.dropped),
        "loudspeaker": not found.sound,
    }


def render(found: Found) -> str:
    """For people, as lines for a terminal."""
    heads = f"{'model':<8}{'p50':>8}{'p95':>8}{'p99':>8}   {'live at 30 fps':<16}an hour of video\n"
    units = f"{'':<8}{'ms':>8}{'ms':>8}{'ms':>8}\n"
    rows = "".join(_row(found, name) for name in found.models)
    about = f"formcheck {formcheck.__version__}; {machine()}\n\n"
    played = f"\nThe sample as camera, live with {found.best}:\n\n{found.session.table(found.dropped)}"
    silent = f"The delay of sound is that of a file, for there is {found.sound}\n" if found.sound else ""
    return about + heads + units + rows + played + silent


def _row(found: Found, name: str) -> str:
    ms = found.models[name]
    live = "this one" if name == found.best else "yes" if pace.fits(ms) else "too slow"
    return f"{name:<8}{ms.p50:8.1f}{ms.p95:8.1f}{ms.p99:8.1f}   {live:<16}{spoken(hour_s(found, name))}\n"


def hour_s(found: Found, name: str) -> float:
    """Seconds to analyse an hour of video by a model, with overlay."""
    frame_ms = found.models[name].p50 + BESIDE * min(ms.p50 for ms in found.models.values())
    return round(3600 * USUAL_FPS * frame_ms / 1000, 1)


def spoken(seconds: float) -> str:
    """A length of time in words.

    >>> spoken(1440.0), spoken(6900.0)
    ('24 min', '1 h 55 min')
    """
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def machine() -> str:
    """The class of machine, not its name."""
    cores = os.cpu_count() or 1
    return f"{cores} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
