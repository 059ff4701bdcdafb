"""Plays a mixer: through a loudspeaker, into a WAV file, into both, or for nobody; in session time.

With a loudspeaker, its thread asks for the sound, and the file gets what it got. Without one, a thread of ours
asks for it as a loudspeaker would, a little ahead of the session's clock.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Self

from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.labels import Labels
from formcheck.outputs.voice.loudspeaker import Loudspeaker, LoudspeakerError
from formcheck.outputs.voice.mixer import Mixer
from formcheck.outputs.voice.shapes import Samples
from formcheck.outputs.voice.wav import Wav

BLOCK = RATE // 20
AHEAD = BLOCK
"""Without a loudspeaker sound is made so far ahead of the clock: nothing may be heard before it was asked for."""
JUMP = 5 * RATE
"""A clock that leaps further was asleep, and so was the sound: silence is left."""
LOST = 40
"""A loudspeaker that asked for nothing in so many of our blocks is gone."""
PULL = 0.02  # how much of a difference between its clock and ours goes into each block
TORN = round(0.1 * RATE)
OPENING_S, FADING_S, ENDING_S = 4.0, 0.1, 5.0
ADVICE = "connect or switch on a loudspeaker, then start again"
LIBRARY, LIBRARY_ADVICE = "PortAudio library", "install PortAudio (Debian, Ubuntu: libportaudio2)"

Quiet = Callable[[], AbstractContextManager[None]]


class Player:
    """Plays from `start` to `close`, or as a context.

    clock   seconds of the session; it may stand still or jump
    device  play through the system's loudspeaker; where there is none, or it is lost, that is a warning
    wav     a file that gets exactly what is heard, sample n at n / RATE seconds; labels go beside it
    quiet   a context in which native libraries cannot write to the terminal, for opening the loudspeaker

    Raises `OutputError` at once where the file cannot be made.
    """

    def __init__(
        self,
        mixer: Mixer,
        clock: Callable[[], float],
        *,
        device: bool = True,
        wav: Path | None = None,
        quiet: Quiet = nullcontext,
    ) -> None:
        self._mixer, self._clock, self._quiet = mixer, clock, quiet
        self._wanted = device
        self._device: Loudspeaker | None = None
        self._trouble = ""
        self._idle = self._blocks = 0
        self._closing = False
        self._wav = Wav(wav) if wav else None
        self._labels = Labels(wav, mixer) if wav else None
        self._at: int | None = None
        self._delay_s = AHEAD / RATE
        self._heard: queue.SimpleQueue[tuple[int, Samples]] = queue.SimpleQueue()
        self._rendering = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)

    @property
    def warning(self) -> str:
        """What is amiss, in one line; empty while all is well."""
        return self._trouble or (self._wav.failure if self._wav else "")

    @property
    def delay_s(self) -> float:
        """From asking for a sound to hearing it, less the length of one block of the loudspeaker."""
        return self._delay_s

    def start(self) -> None:
        """Open the loudspeaker, which is given up after a few seconds, and play."""
        if self._wanted:
            self._open()
        self._thread.start()

    def finish(self, limit_s: float = 12.0) -> None:
        """Wait until what is being spoken or sounded has been heard, at most so long; the clock must go on."""
        until = time.monotonic() + limit_s
        while self._mixer.busy and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(self._delay_s + BLOCK / RATE)

    def close(self) -> None:
        """Fade out, stop, and make the file as long as the session; may be called twice."""
        if self._closing:
            return
        self._closing = True
        self._mixer.guide(None)
        device = self._device
        if device:
            time.sleep(FADING_S)
            device.close()
        self._stop.set()
        if self._thread.ident is None:
            self._end()
        else:
            self._thread.join(ENDING_S)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _open(self) -> None:
        opening = threading.Thread(target=self._try_open, daemon=True)
        with self._quiet():
            opening.start()
            opening.join(OPENING_S)
        if self._device is None and not self._trouble:
            self._trouble = f"no sound: the loudspeaker does not answer; {ADVICE}"

    def _try_open(self) -> None:
        try:
            device = Loudspeaker(self._fill)
        except LoudspeakerError as error:
            self._trouble = f"no sound: {error}; {LIBRARY_ADVICE if LIBRARY in str(error) else ADVICE}"
            return
        if self._trouble:  # too late
            device.close(lost=True)
        else:
            self._device = device

    def _fill(self, samples: int, delay_s: float) -> Samples:
        """What the loudspeaker's thread gets."""
        self._delay_s = delay_s
        with self._rendering:
            return self._render(self._in_step(round((self._clock() + delay_s) * RATE)), samples)

    def _render(self, at: int, samples: int) -> Samples:
        block = self._mixer.render(samples, at / RATE)
        self._at = at + samples
        if self._wav:
            self._heard.put((at, block))
        return block

    def _in_step(self, now: int) -> int:
        """The session's sample that the next block begins with: on from the last, drawn slowly to the clock."""
        if self._at is None or abs(now - self._at) > TORN:
            return now
        return self._at + round(PULL * (now - self._at))

    def _run(self) -> None:
        while not self._stop.wait(BLOCK / RATE):
            self._watch()
            if self._device is None:
                self._pace(int(self._clock() * RATE) + AHEAD)
            self._write()
        self._end()

    def _watch(self) -> None:
        """Notice a loudspeaker that is gone."""
        device = self._device
        if device is None:
            return
        self._idle = self._idle + 1 if device.blocks == self._blocks else 0
        self._blocks = device.blocks
        gone = device.over or self._idle > LOST
        if gone and not self._closing:  # in this order: closing comes before being over
            self._trouble = f"sound is lost: {device.failure}; {ADVICE}"
            self._device = None
            device.close(lost=True)

    def _pace(self, until: int) -> None:
        """Make sound up to that sample of the session, for nobody but the file."""
        with self._rendering:
            at = self._at or 0
            if until - at > JUMP:
                at = until - BLOCK
            while at < until:
                self._render(at, min(BLOCK, until - at))
                at = self._at or 0

    def _write(self) -> None:
        if self._wav is None or self._labels is None:
            return
        while not self._heard.empty():
            self._wav.write(*self._heard.get())
        self._labels.write(self._wav.samples / RATE)

    def _end(self) -> None:
        now = int(self._clock() * RATE)
        if self._device is None:
            self._pace(now)
        self._write()
        if self._wav and self._labels:
            self._wav.cut(now)
            self._wav.close()
            self._labels.close()
