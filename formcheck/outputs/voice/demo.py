"""A dozen seconds of the real thing: what a set sounds like, without anybody on the ball."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext

import numpy as np

from formcheck.outputs.voice.mixer import Mixer
from formcheck.outputs.voice.offline import Moments
from formcheck.outputs.voice.player import Player, Quiet
from formcheck.outputs.voice.sounds import COUNT, CUE, Guide, Heard, Say, Tick

LENGTH_S = 12.5
FPS = 30
LIFT_S, TOP_S, LOWER_S, FLOOR_S, QUIET_S = 0.8, 2.3, 5.6, 9.1, 9.6
FLOOR_DEG = -45.0
BAND_DEG, NEAR_DEG = 3.0, 10.0  # parallel; the warning before the floor
NUMBER, CUE_KEY = "n-1", "straighten-your-knees"
_LEGS = (
    (0.0, LIFT_S, TOP_S, LOWER_S + 0.2, FLOOR_S + 0.2, LENGTH_S),
    (FLOOR_DEG + 4, FLOOR_DEG + 4, 0.0, 0.0, FLOOR_DEG, FLOOR_DEG),
)
_TARGET = ((LOWER_S, FLOOR_S), (0.0, FLOOR_DEG + 6))


def demo_moments() -> Iterator[tuple[float, Heard]]:
    """One rep, 30 moments a second: up to parallel, three ticks of the hold, the falling guide, the floor.

    Then the rep's number and a cue.
    """
    sounds: dict[int, tuple[Tick | Say, ...]] = {
        round(TOP_S * FPS): tuple(Tick("hold", TOP_S + second) for second in (1.0, 2.0, 3.0)),
        round(QUIET_S * FPS): (Say((NUMBER,), COUNT),),
        round((QUIET_S + 1.0) * FPS): (Say((CUE_KEY,), CUE),),
    }
    for number in range(round(LENGTH_S * FPS)):
        yield number / FPS, Heard(_guide(number / FPS), sounds.get(number, ()))


def play_demo(mixer: Mixer, *, quiet: Quiet = nullcontext, moments: Moments | None = None) -> str:
    """Play it through the loudspeaker, in its own time; what was amiss is returned, empty where nothing was."""
    start = time.monotonic()
    with Player(mixer, lambda: time.monotonic() - start, quiet=quiet) as player:
        start = time.monotonic()
        for time_s, heard in demo_moments() if moments is None else moments:
            if player.warning:
                break
            time.sleep(max(0.0, start + time_s - time.monotonic()))
            mixer.take(heard)
        player.finish()
        return player.warning


def _guide(time_s: float) -> Guide | None:
    if time_s >= QUIET_S:
        return None
    legs = float(np.interp(time_s, *_LEGS))
    target = float(np.interp(time_s, *_TARGET)) if LOWER_S <= time_s < FLOOR_S else None
    near = (FLOOR_DEG + NEAR_DEG - legs) / NEAR_DEG if time_s > LOWER_S else 0.0
    return Guide(legs, target, abs(legs) <= BAND_DEG, min(max(near, 0.0), 1.0))
