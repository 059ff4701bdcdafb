"""Whether the camera stands, as a session takes it: each move once when it becomes known, and once when it is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from formcheck.data.recording import Move

Camera = Callable[[], tuple[list[Move], float | None]]
"""The moves that are over, and since when it moves now, as `Scene.camera`."""


class Change(NamedTuple):
    """What is new: a move that has begun, one that is over."""

    begun: Move | None = None
    over: Move | None = None


class Stand:
    """Asks now and then; `moving` is the move that goes on, `None` while the camera stands."""

    def __init__(self, camera: Camera) -> None:
        self.moving: Move | None = None
        self._camera = camera
        self._over = 0

    def step(self, now_s: float) -> Change:
        """What has become known by now."""
        moves, since_s = self._camera()
        ended = moves[self._over] if len(moves) > self._over else None
        begun = None
        if self.moving is None and (ended is not None or since_s is not None):
            from_s = ended.from_s if ended is not None else since_s
            begun = self.moving = Move(from_s or 0.0, now_s, known_s=now_s)
        if ended is None or self.moving is None:
            return Change(begun)
        self._over += 1
        over, self.moving = replace(ended, from_s=self.moving.from_s, known_s=self.moving.known_s), None
        return Change(begun, over)
