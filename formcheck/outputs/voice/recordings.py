"""Recordings of a voice: reading any audio file as samples, trimmed and as loud as all others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from formcheck.data import gate
from formcheck.errors import ConfigError
from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.shapes import Samples

LOUDNESS = 0.1
"""Root mean square of a phrase while it is being spoken; 1 is full scale."""
PEAK = 0.95
SILENT = 1e-3
LONGEST_S = 15.0
LARGEST = 64 << 20
"""Bytes of a file: 15 s of eight channels at 96 kHz, uncompressed, are half of it."""
WINDOW = RATE // 50
BEFORE, AFTER = RATE // 100, RATE // 25
"""Samples kept around the speech: soft beginnings and endings are below the threshold."""
QUIET = 10 ** (-40 / 20)
SPOKEN = 10 ** (-25 / 20)


def read(path: Path) -> Samples:
    """The sound of a file as mono float32 at `RATE`; raises `ConfigError` where there is none to be had."""
    try:
        blocks = _blocks(path) if path.stat().st_size <= LARGEST else None
    except MemoryError:
        raise
    except Exception as error:  # whatever FFmpeg makes of damage
        reason = getattr(error, "strerror", None) or gate.reason(error)
        raise ConfigError(
            f"{path}: no sound can be read from it ({reason}); save it again as WAV, FLAC or Ogg"
        ) from error
    if blocks is None:
        raise ConfigError(f"{path}: lasts longer than {LONGEST_S:g} s; record the phrase alone")
    samples: Samples = np.concatenate([np.zeros(0, np.float32), *blocks]).astype(np.float32)
    if not np.isfinite(samples).all() or not len(samples) or np.abs(samples).max() < SILENT:
        raise ConfigError(f"{path}: holds no sound, or only silence; record it again, louder")
    return samples


def _blocks(path: Path) -> list[Samples] | None:
    """All sound of a file, `None` where it is longer than a phrase; raises what FFmpeg raises."""
    import av  # noqa: PLC0415  (slow to load; only a coach who speaks needs it)

    blocks: list[Samples] = []
    with av.open(str(path), metadata_errors="replace") as opened:
        resampler = av.AudioResampler("flt", "mono", RATE)
        for frame in opened.decode(audio=0):
            blocks += [even.to_ndarray()[0] for even in resampler.resample(frame)]
            if sum(map(len, blocks)) > LONGEST_S * RATE:
                return None
        return blocks + [even.to_ndarray()[0] for even in resampler.resample(None)]


def level(samples: Samples) -> Samples:
    """The same with silence cut off at both ends, as loud as every phrase, never above `PEAK`."""
    trimmed = trim(samples)
    gain = min(LOUDNESS / loudness(trimmed), PEAK / float(np.abs(trimmed).max()))
    return (trimmed * np.float32(gain)).astype(np.float32)


def trim(samples: Samples) -> Samples:
    """Without the silence before and after: what is 40 dB below the loudest 20 ms."""
    strength = power(samples)
    loud = np.flatnonzero(strength >= strength.max() * QUIET**2)
    return samples[max(0, int(loud[0]) - BEFORE) : int(loud[-1]) + 1 + AFTER]


def loudness(samples: Samples) -> float:
    """Root mean square over what is spoken: pauses (25 dB below the loudest 20 ms) do not count."""
    strength = power(samples)
    return float(np.sqrt(strength[strength >= strength.max() * SPOKEN**2].mean()))


def power(samples: Samples) -> NDArray[np.float64]:
    """Mean square in a window of 20 ms around each sample."""
    total = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    middle = np.arange(len(samples))
    first, last = np.maximum(middle - WINDOW // 2, 0), np.minimum(middle + WINDOW // 2, len(samples))
    mean: NDArray[np.float64] = (total[last] - total[first]) / WINDOW
    return mean
