"""Sounds that are due at a time to come, handed out shortly before it, so that they can still be called off."""

from __future__ import annotations

from formcheck.outputs.voice.sounds import Say, Tick

AHEAD_S = 0.12
"""A tick asked for this early is heard on time although a frame takes a while to be looked at; what is not asked for
yet can be called off."""


class Agenda:
    """Ticks and phrases with their times, seconds of the session."""

    def __init__(self) -> None:
        self._due: list[tuple[float, Tick | Say]] = []

    def tick(self, tick: Tick) -> None:
        """A tick at its time."""
        self._due.append((tick.at_s - AHEAD_S, tick))

    def say(self, at_s: float, say: Say) -> None:
        """A phrase from the first moment at or after that time on."""
        self._due.append((at_s, say))

    def clear(self) -> None:
        """Nothing is due any more."""
        self._due = []

    def take(self, now_s: float) -> list[Tick | Say]:
        """What has come due, in the order of time."""
        ready = sorted((item for item in self._due if item[0] <= now_s), key=lambda item: item[0])
        self._due = [item for item in self._due if item[0] > now_s]
        return [sound for _, sound in ready]
