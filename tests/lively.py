"""Live sessions as a user starts them, in processes of their own, and what they leave behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from conftest import environment

LINE = [sys.executable, "-m", "formcheck", "live", "--no-window"]
STATE = "XDG_STATE_HOME"
EMPTY = 100
"""A journal of no more bytes has its first line only."""
LABEL = tuple[float, float, str]


class Ended(NamedTuple):
    """A session that is over: exit code, what it wrote to the terminal, its results folders."""

    code: int
    out: str
    err: str
    folders: list[Path]

    @property
    def folder(self) -> Path:
        assert len(self.folders) == 1, self.err
        return self.folders[0]

    @property
    def dropped(self) -> int:
        """Frames that were dropped, by `--stats`."""
        found = re.search(r"(\d+) frames, (\d+) dropped", self.out + self.err)
        assert found, self.out + self.err
        return int(found[2])


class Session:
    """`formcheck live` in its own folder; `first` leaves the note on back injuries to be given."""

    def __init__(
        self,
        home: Path,
        *arguments: object,
        first: bool = False,
        to: int | None = None,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self.home = home
        if not first:
            (home / "state" / "formcheck").mkdir(parents=True)
            (home / "state" / "formcheck" / "note-heard").touch()
        with (home / "out").open("w") as out, (home / "err").open("w") as err:
            self.process = subprocess.Popen(
                [*LINE, *map(str, arguments)],
                cwd=home,
                env={**environment(), STATE: str(home / "state")},
                stdin=subprocess.DEVNULL,
                stdout=out if to is None else to,
                stderr=err,
                preexec_fn=prepare,  # noqa: PLW1509 - it takes no lock
            )

    @property
    def folders(self) -> list[Path]:
        """Its results folders."""
        return sorted(self.home.rglob("*_formcheck"))

    @property
    def out(self) -> str:
        return (self.home / "out").read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        return (self.home / "err").read_text(encoding="utf-8")

    def wait_for(self, what: Callable[[], object], limit_s: float = 60.0) -> None:
        """Until something holds."""
        until = time.monotonic() + limit_s
        while not what():
            assert self.process.poll() is None, f"it ended: {self.err}"
            assert time.monotonic() < until, f"waited in vain: {self.out}{self.err}"
            time.sleep(0.02)

    def wait_for_pictures(self, seconds: float = 0.0) -> None:
        """Until pictures come, and then so many seconds."""
        self.wait_for(lambda: any(size(each / "recording.journal") > EMPTY for each in self.folders))
        time.sleep(seconds)

    def interrupt(self, number: int = signal.SIGINT) -> None:
        os.kill(self.process.pid, number)

    def ended(self, limit_s: float = 120.0) -> Ended:
        """Wait for its end."""
        try:
            self.process.wait(limit_s)
        finally:
            self.process.kill()
        return Ended(self.process.returncode, self.out, self.err, self.folders)


def size(path: Path) -> int:
    """Bytes of a file that may be gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def labels(wav: Path) -> list[LABEL]:
    """The label track beside a WAV file: start, end (seconds), what."""
    lines = wav.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    parts = [line.split("\t") for line in lines]
    return [(float(start), float(end), what) for start, end, what in parts]


def noisy(frame: av.VideoFrame, dice: np.random.Generator) -> av.VideoFrame:
    """A picture with noise of a few steps."""
    shown = frame.to_ndarray(format="rgb24").astype(np.int16)
    noise = dice.normal(0.0, 3.0, (*shown.shape[:2], 1))
    return av.VideoFrame.from_ndarray(np.clip(shown + noise, 0, 255).astype(np.uint8), format="rgb24")


def led_in(source: Path, target: Path, seconds: float) -> Path:
    """A video whose first picture stands still for so long before it goes on, with the noise that every camera has."""
    dice = np.random.default_rng(1)
    with av.open(str(source)) as given, av.open(str(target), "w") as made:
        seen = given.streams.video[0]
        rate = round(seen.average_rate)
        stream = made.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = seen.width, seen.height, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "18"}
        number = 0
        for frame in given.decode(seen):
            for _ in range(round(seconds * rate) if number == 0 else 1):
                shown = noisy(frame, dice) if number < seconds * rate else frame
                shown.pts, shown.time_base, shown.pict_type = number, Fraction(1, rate), 0
                made.mux(stream.encode(shown))
                number += 1
        made.mux(stream.encode())
    return target
