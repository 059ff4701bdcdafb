"""All sounds into one: a tone, ticks, one voice at a time. It knows session time and samples, no clock, no device."""

from __future__ import annotations

import threading
from typing import Literal

import numpy as np

from formcheck.outputs.voice import RATE
from formcheck.outputs.voice.schedule import Schedule, Ticked
from formcheck.outputs.voice.shapes import CHUNK, Samples, between, limited, slide
from formcheck.outputs.voice.sounds import Guide, Heard, Hush, Say, Tick
from formcheck.outputs.voice.speech import Pack, Speech, Spoken
from formcheck.outputs.voice.tone import Tone

Mode = Literal["full", "voice", "tones", "off"]
TONAL: tuple[Mode, ...] = ("full", "tones")
VOCAL: tuple[Mode, ...] = ("full", "voice")
DUCK_DB = -10.0
DUCK_S, UNDUCK_S = 0.06, 0.3  # down and up again
LOUDEST = 4.0


class Mixer:
    """What is to be heard: asked for by one thread, rendered by another.

    mode    "full"; "voice": phrases only; "tones": tone and ticks only; "off". May be changed at any time: the
            tone fades, ticks no longer come, a phrase that has begun is spoken to its end
    volume  1 is as loud as recorded; may be changed at any time

    Tone, phrases and loudness move on in chunks of 10 ms, so what is asked for takes effect within that; ticks
    begin on their exact sample. The sizes of the blocks that are asked for do not change what is heard.
    """

    def __init__(self, pack: Pack, *, mode: Mode = "full", volume: float = 0.8) -> None:
        self.mode: Mode = mode
        self.volume = volume
        self._lock = threading.Lock()  # held for microseconds only
        self._speech, self._schedule = Speech(pack), Schedule()
        self._guide: Guide | None = None
        self._tone = Tone()
        self._duck = 0.0
        self._loud = self._volume()
        self._bed, self._used = np.zeros(CHUNK, np.float32), CHUNK

    def guide(self, guide: Guide | None) -> None:
        """The tone from now on; `None` fades it out."""
        self._guide = guide

    def play(self, sound: Tick | Say | Hush) -> bool:
        """Have something heard; `False` where it is muted, unknown, or gives way to what is being said.

        A phrase of a higher priority cuts the one being spoken; any other gives way to it, and none waits. Of
        a phrase of several keys those that the pack does not have are left out.
        """
        match sound:
            case Hush():
                return self._hush()
            case Tick():
                return self._plan(sound)
            case Say():
                return self._say(sound)

    def take(self, heard: Heard) -> None:
        """All that one moment brings, in its order."""
        self.guide(heard.guide)
        for sound in heard.sounds:
            self.play(sound)

    @property
    def spoken(self) -> list[Spoken]:
        """What has been spoken, in order; of a phrase that is being spoken, the end is when it will be done."""
        with self._lock:
            return list(self._speech.spoken)

    @property
    def ticked(self) -> list[Ticked]:
        """The short sounds that have begun, in order."""
        with self._lock:
            return list(self._schedule.ticked)

    def heard(self, key: str) -> bool:
        """Whether this was spoken to its end, or nearly."""
        with self._lock:
            return key in self._speech.heard

    @property
    def busy(self) -> bool:
        """Whether a phrase or a short sound is being heard."""
        with self._lock:
            return self._speech.active or self._schedule.sounding

    def render(self, samples: int, at_s: float) -> Samples:
        """The next block (samples,), within ±1; its first sample is heard at session time `at_s`."""
        made = np.empty(samples, np.float32)
        at, done = round(at_s * RATE), 0
        while done < samples:
            if self._used == CHUNK:
                self._bed, self._used = self._chunk(at + done), 0
            part = self._bed[self._used : self._used + samples - done]
            made[done : done + len(part)] = part
            self._used += len(part)
            done += len(part)
        if self._schedule.active:
            with self._lock:
                self._schedule.mix(made, at, self._loud)
        return limited(made)

    def _chunk(self, at: int) -> Samples:
        """Tone and speech of the next chunk, which begins with sample `at` of the session."""
        made = self._tone.step(self._guide if self.mode in TONAL else None)
        with self._lock:
            said = self._speech.step(at)
        before = self._duck
        self._duck = slide(before, float(said is not None), UNDUCK_S if said is None else DUCK_S)
        if made is not None and (before or self._duck):
            made *= np.power(np.float32(10.0), np.float32(DUCK_DB / 20) * between(before, self._duck))
        if said is not None:
            made = said if made is None else made + said
        was, self._loud = self._loud, self._volume()
        return np.zeros(CHUNK, np.float32) if made is None else made * between(was, self._loud)

    def _volume(self) -> float:
        return min(max(self.volume, 0.0), LOUDEST)

    def _hush(self) -> bool:
        with self._lock:
            self._schedule.clear()
            self._speech.hush()
        return True

    def _plan(self, sound: Tick) -> bool:
        if self.mode not in TONAL:
            return False
        with self._lock:
            self._schedule.plan(sound)
        return True

    def _say(self, sound: Say) -> bool:
        with self._lock:
            wanted = self.mode in VOCAL and self._speech.yields(sound.priority)
        words = self._speech.words(sound.keys) if wanted else None  # may read from the disk, so not under the lock
        if words is None:
            return False
        with self._lock:
            return self._speech.say(words, sound.priority)
