"""A WAV file that can be played at any moment of its writing.

It follows session time: its sample n belongs to n / RATE seconds, whatever gaps and jumps there were.
"""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

import numpy as np

from formcheck.errors import OutputError
from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.shapes import Samples

HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
WIDTH = 2  # bytes of a sample
DRIFT = round(0.1 * RATE)
"""So many samples off are the drift of a loudspeaker's own clock, which is stretched away; more are a gap."""
STRETCH = 200  # one sample more or less in so many cannot be heard


class Wav:
    """Mono, 16 bits. Raises `OutputError` where it cannot be made; what fails later is said in `failure`."""

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() != ".wav":
            raise OutputError(f"{path}: sound is written as WAV; give a name that ends in .wav")
        self.samples = 0
        self.failure = ""
        self._path = path
        try:
            self._file = path.open("wb", buffering=0)
        except OSError as error:
            raise OutputError(f"{path}: {error.strerror}; give a file that can be written") from error
        self._put(0, header(0))

    def write(self, at: int, block: Samples) -> None:
        """Add a block whose first sample is number `at` of the session.

        A gap becomes silence, and what is there already is left out.
        """
        off = at - self.samples
        if self.samples and abs(off) <= DRIFT:
            start, fitted = self.samples, _stretched(block, off)
        else:
            start, fitted = self.samples + max(off, 0), block[max(-off, 0) :]
        if len(fitted) and not self.failure:
            self._put(HEADER.size + start * WIDTH, np.rint(fitted * 32767).astype("<i2").tobytes())
            self.samples = start + len(fitted)
            self._put(0, header(self.samples))  # afterwards, so that it never promises too much

    def cut(self, samples: int) -> None:
        """Leave out what comes after so many samples."""
        if samples < self.samples and not self.failure:
            self.samples = max(samples, 0)
            self._put(0, header(self.samples))
            with suppress(OSError):
                self._file.truncate(HEADER.size + self.samples * WIDTH)

    def close(self) -> None:
        """Nothing more is written."""
        with suppress(OSError):
            self._file.close()

    def _put(self, place: int, data: bytes) -> None:
        try:
            self._file.seek(place)
            written = self._file.write(data)
        except OSError as error:
            self.failure = self.failure or f"{self._path}: {error.strerror}; the sound is not written any further"
            return
        if written < len(data):
            self.failure = self.failure or f"{self._path}: the disk is full; the sound is not written any further"


def header(samples: int) -> bytes:
    """The 44 bytes before so many samples."""
    size = min(samples * WIDTH, 2**32 - 1 - HEADER.size)
    kind = (16, 1, 1, RATE, RATE * WIDTH, WIDTH, 8 * WIDTH)
    return HEADER.pack(b"RIFF", size + HEADER.size - 8, b"WAVE", b"fmt ", *kind, b"data", size)


def _stretched(block: Samples, off: int) -> Samples:
    """The block made longer (or shorter) by up to `off` samples, as far as that cannot be heard."""
    most = len(block) // STRETCH
    length = len(block) + min(max(off, -most), most)
    if length == len(block):
        return block
    places = np.linspace(0, len(block) - 1, length)
    return np.interp(places, np.arange(len(block)), block).astype(np.float32)
