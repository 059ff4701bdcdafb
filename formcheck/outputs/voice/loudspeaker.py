"""The device that sound is played through, by PortAudio. Whatever is wrong with it becomes one exception."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

import numpy as np

from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.shapes import Samples

Fill = Callable[[int, float], Samples]
"""`fill(samples, delay_s)` gives the next block, whose first sample is heard in so many seconds."""

BLOCK_S = 0.02
LATENCY_S = 0.06  # asked for; the pose net may keep us from working for tens of milliseconds
LONGEST_S = 1.0  # a longer delay is a mistake of the driver
CLOSING_S = 2.0
SETTINGS = ((1, 1), (1, 2), (2, 1), (2, 2))  # times RATE, channels: what nearly every device can do, then hardware


class LoudspeakerError(Exception):
    """No sound can be played; the message says why."""


class Loudspeaker:
    """Asks `fill` for sound from its own thread until closed. Raises `LoudspeakerError` where there is none."""

    def __init__(self, fill: Fill) -> None:
        self.blocks = 0
        self.over = False
        self.failure = "it stopped asking for sound"
        self._fill, self._delay_s = fill, LATENCY_S
        try:
            self._stream = self._opened(import_module("sounddevice"))
            self._delay_s = _likely(self._stream.latency, LATENCY_S)
            self._stream.start()
        except LoudspeakerError:
            raise
        except Exception as error:
            raise LoudspeakerError(_line(error)) from error

    def close(self, *, lost: bool = False) -> None:
        """Stop playing, what is under way being heard first; never waits long for a device that is `lost`."""
        self.over = True
        ending = threading.Thread(target=self._end, args=(lost,), daemon=True)
        ending.start()
        ending.join(0.0 if lost else CLOSING_S)

    def _end(self, lost: bool) -> None:
        with suppress(Exception):  # it is of no more use, whatever it says
            if not lost:
                self._stream.stop()
            self._stream.close(ignore_errors=True)

    def _opened(self, sound: Any) -> Any:
        failure: Exception = LoudspeakerError("no loudspeaker")
        for times, channels in SETTINGS:
            try:
                return sound.OutputStream(
                    samplerate=RATE * times,
                    channels=channels,
                    blocksize=round(RATE * times * BLOCK_S),
                    dtype="float32",
                    latency=LATENCY_S,
                    callback=self._callback(times),
                    finished_callback=self._finished,
                )
            except sound.PortAudioError as error:
                failure = error
        raise failure

    def _callback(self, times: int) -> Callable[[Any, int, Any, Any], None]:
        last = np.zeros(1, np.float32)

        def play(out: Any, frames: int, time: Any, _status: Any) -> None:
            nonlocal last
            self.blocks += 1
            out.fill(0)
            if self.over:
                return
            delay_s = _likely(time.outputBufferDacTime - time.currentTime, self._delay_s)
            try:
                block = self._fill(frames // times, delay_s)
            except Exception as error:  # noqa: BLE001 - PortAudio would write it all over the terminal
                self.over, self.failure = True, _line(error)
                return
            out[:] = (block if times == 1 else doubled(block, last[-1]))[:, None]
            last = block

        return play

    def _finished(self) -> None:
        self.over = True


def doubled(block: Samples, before: np.float32) -> Samples:
    """The block at twice the rate, with what lies between its samples and the one `before` them."""
    made = np.empty(2 * len(block), np.float32)
    made[1::2] = block
    made[0::2] = (block + np.concatenate([[before], block[:-1]])) / 2
    return made


def _likely(delay_s: float, otherwise_s: float) -> float:
    return delay_s if 0 < delay_s <= LONGEST_S else otherwise_s


def _line(error: Exception) -> str:
    return " ".join(f"{error}".split())[:200] or type(error).__name__
