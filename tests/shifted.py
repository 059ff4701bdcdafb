"""Recordings and pictures as a camera would have made them that was knocked, sank or zoomed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from formcheck.data.recording import Recording


def moved(recording: Recording, turn_deg: float, zoom: float, start_s: float, stop_s: float) -> Recording:
    """Turned by so much about the picture's middle, and larger, evenly from one time to another, and then so."""
    seen, source = recording.observations, recording.source
    share = np.clip((seen.time_s - start_s) / (stop_s - start_s), 0, 1)
    factor = (1 + (zoom - 1) * share) * np.exp(1j * np.radians(turn_deg * share))
    middle = source.width / 2 + 1j * source.height / 2
    pixels, ball = seen.pixels.astype(np.float64), seen.ball.astype(np.float64)
    for places, by in ((pixels[..., :2], factor[:, None]), (ball[:, :2], factor)):
        now = middle + by * (places[..., 0] + 1j * places[..., 1] - middle)
        places[..., 0], places[..., 1] = now.real, now.imag
    pixels[..., 2] *= abs(factor)[:, None]
    ball[:, 2] *= abs(factor)
    return replace(
        recording, observations=replace(seen, pixels=pixels.astype(np.float32), ball=ball.astype(np.float32))
    )
