"""What the tests of playing share: session time that a test moves, and a loudspeaker that asks when it is told to."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np


class Clock:
    """Session time that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def read(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / np.float32(32767)


class Sound(ModuleType):
    """Stands for the library: each stream asks for a block when `ask` is called, as a device of its own clock would."""

    class PortAudioError(Exception):
        pass

    def __init__(self) -> None:
        super().__init__("sounddevice")
        self.streams: list[Stream] = []
        self.refuse: Callable[[dict[str, Any]], str] = lambda _: ""

    def OutputStream(self, **settings: Any) -> Stream:  # noqa: N802
        reason = self.refuse(settings)
        if reason:
            raise self.PortAudioError(reason)
        self.streams.append(Stream(settings))
        return self.streams[-1]


class Stream:
    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.latency = settings["latency"]
        self.calls: list[str] = []
        self.delay_s = 0.08

    def start(self) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")

    def close(self, ignore_errors: bool) -> None:
        assert ignore_errors
        self.calls.append("close")

    def ask(self) -> np.ndarray:
        size = self.settings["blocksize"]
        out = np.full((size, self.settings["channels"]), np.nan, np.float32)
        times = SimpleNamespace(currentTime=100.0, outputBufferDacTime=100.0 + self.delay_s)
        self.settings["callback"](out, size, times, None)
        return out
