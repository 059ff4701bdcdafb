"""What is amiss with camera, sound, disk and speed: spoken aloud once, and a line for the terminal."""

from __future__ import annotations

from collections.abc import Callable

from formcheck.outputs.voice.mixer import Mixer
from formcheck.outputs.voice.sounds import TROUBLE, Say


class Notices:
    """Keeps `standing`, what is amiss with camera or sound now; what must be said waits until nothing else is."""

    def __init__(self, mixer: Mixer, tell: Callable[[str], None]) -> None:
        self.standing = ""
        self._mixer, self._tell = mixer, tell
        self._lost = False
        self._sound = self._disk = ""
        self._waiting: Say | None = None

    def camera(self, lost: bool, trouble: str) -> None:
        """Whether the camera is lost; to be called often."""
        if lost != self._lost:
            self._lost = lost
            self._mixer.guide(None)
            self.say("camera-lost" if lost else "camera-back")
            self._tell(f"{trouble}; trying again" if lost else "the camera is back")
        self.standing = trouble if lost else self._sound
        if self._waiting is not None and self._mixer.play(self._waiting):
            self._waiting = None

    def sound(self, trouble: str) -> None:
        """What keeps us from being heard, empty while all is well."""
        if trouble and trouble != self._sound:
            self._tell(trouble)
        self._sound = trouble

    def disk(self, trouble: str) -> None:
        """What keeps the session from being written, empty while all is well."""
        if trouble != self._disk:
            self._disk = trouble
            self._tell(trouble or "the session is being written again")

    def say(self, key: str) -> None:
        """Have it said as soon as nothing else is being said; only the newest such phrase waits."""
        said = Say((key,), TROUBLE)
        self._waiting = None if self._mixer.play(said) else said
