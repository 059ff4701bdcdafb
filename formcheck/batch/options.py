"""What a batch is asked to do, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from formcheck.core.grid import RATE_HZ
from formcheck.data.lens import USUAL, Optics
from formcheck.data.recording import SPEEDS
from formcheck.errors import UsageError
from formcheck.rules.limits import Limits

FORMATS = (".parquet", ".csv")
LEAST_HZ = 10.0
"""Frames must not be farther apart than what the core bridges (0.3 s), one lost frame included."""


@dataclass(frozen=True)
class Options:
    """One call of `formcheck batch`.

    paths            files, folders, globs, "@list.txt" or addresses that fsspec opens
    out              the table of clips, `.parquet` or `.csv`
    reps             the table of reps; `None`: beside `out`, with `_reps` behind its stem
    jobs             processes; `None`: one for each core, fewer for few recordings
    scheduler        the address of a Dask scheduler whose workers do it, empty for processes of this machine
    recordings       folder in which recordings are kept, and taken from where one fits
    report           write an overview and single reports into `<out stem>_report/`
    retry_failed     try clips again whose failure is known
    from_recordings  the paths are recordings: judge them again, no video and no model
    rate_hz          look at so many frames a second at most
    optics           what is told of the lens
    speed            seconds that truly went by for each second of a video; `None`: as the phone marked it, else 1
    turn_deg         turn pictures clockwise by 0, 90, 180 or 270; `None`: as the body in them shows
    """

    paths: Sequence[str | Path]
    out: Path = Path("scores.parquet")
    reps: Path | None = None
    jobs: int | None = None
    scheduler: str = ""
    recordings: Path | None = None
    report: bool = False
    retry_failed: bool = False
    from_recordings: bool = False
    rate_hz: float = float(RATE_HZ)
    model: str = "auto"
    limits: Limits = field(default_factory=Limits)
    roll_deg: float | None = None
    speed: float | None = None
    turn_deg: int | None = None
    optics: Optics = USUAL

    def __post_init__(self) -> None:
        for table in (self.out, self.rep_table):
            if table.suffix.lower() not in FORMATS:
                raise UsageError(f"{table}: a table ends in .parquet or .csv; give another name")
        if self.out.absolute() == self.rep_table.absolute():
            raise UsageError(f"{self.out}: clips and reps go to two tables; give --reps another name")
        if self.jobs is not None and self.jobs < 1:
            raise UsageError(f"--jobs {self.jobs}: give 1 or more")
        if self.scheduler and self.jobs is not None:
            raise UsageError("--jobs counts processes of this machine; leave it away with --scheduler")
        if not (math.isfinite(self.rate_hz) and self.rate_hz >= LEAST_HZ):
            raise UsageError(f"--rate {self.rate_hz:g}: too few to follow the movement; give {LEAST_HZ:g} or more")
        if self.speed is not None and not SPEEDS[0] <= self.speed <= SPEEDS[1]:
            raise UsageError(f"--speed {self.speed:g}: give a number from {SPEEDS[0]:g} to {SPEEDS[1]:g}")
        if self.from_recordings:
            self._check_recordings()

    def _check_recordings(self) -> None:
        """What is told of videos is not told of recordings."""
        if self.optics != USUAL:
            raise UsageError("--fov and --camera-profile are for videos; leave them away with --from-recordings")
        if self.speed is not None:
            raise UsageError("--speed is for videos, a recording has true times; leave it away with --from-recordings")
        if self.recordings is not None:
            raise UsageError("--recordings keeps what was seen in videos; leave it away with --from-recordings")

    @property
    def rep_table(self) -> Path:
        """Where the table of reps goes."""
        return self.reps or self.out.with_name(f"{self.out.stem}_reps{self.out.suffix}")

    @property
    def memory(self) -> Path:
        """The file that remembers every clip that was done, beside the table."""
        return self.out.with_name(f"{self.out.name}.sqlite")

    @property
    def journal(self) -> Path:
        """The file in which earlier versions remembered them."""
        return self.out.with_name(f"{self.out.name}.journal")

    @property
    def report_folder(self) -> Path:
        """Where overview and single reports go."""
        return self.out.with_name(f"{self.out.stem}_report")


@dataclass
class Summary:
    """What came of a batch: clips by what became of them, reps in the table, and what was looked at just now.

    clips      all that were named
    scored     done in this run; `known` had been done before
    failed     rows with an error, of this run and before
    first_failures  (clip, error) of the first few
    exercise_s seconds of video or recording scored in this run, `frames` of them looked at, in `wall_s`
    """

    clips: int = 0
    scored: int = 0
    known: int = 0
    failed: int = 0
    reps: int = 0
    exercise_s: float = 0.0
    frames: int = 0
    wall_s: float = 0.0
    first_failures: list[tuple[str, str]] = field(default_factory=list)
