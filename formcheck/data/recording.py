"""A recording: what a camera or a video showed of the body, without any picture.

`recording.npz` holds the arrays of `Observations` and one JSON text with everything else; `recording.journal`
(`records.py`) holds the same while a live session goes on, and what is left of one that was killed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from formcheck.data import archive, arrays, gate, records
from formcheck.data.gate import Degrees, Flank, Label, Length, Meta, Pixels, Seconds, Spread
from formcheck.data.lens import Lens
from formcheck.data.observations import Observations
from formcheck.errors import RecordingError

VERSION = 1
NAME = "recording.npz"
SPEEDS = (1 / 64, 64.0)
"""A video is played back at a share of its true speed between these; no phone slows down, or speeds up, by more."""
ARRAYS = tuple(f.name for f in fields(Observations))
MOVED, ZOOMED, CUT = "moved", "zoomed", "cut"
"""What a camera may do: move, show a smaller or larger part, show something else."""


@dataclass(frozen=True)
class Calibration:
    """How the body and the camera stand: a value given to the session and kept in the recording.

    side      the flank that faces the camera: "left" or "right"
    facing    where the head points in the picture: "left" or "right"
    roll_deg  the picture is turned by that much, `None` where unknown (then taken as 0); `roll_sd_deg` one
              standard deviation of it
    yaw_deg   the camera off the side view, positive: moved towards the head; `None` where unknown (then 0)
    pitch_deg the camera looking down by that much; `None` where unknown (then 0)
    focal_px  focal length in pixels; 0 where unknown (then that of a usual webcam)
    leg_px    usual length of the near leg, hip over knee to ankle, pixels; 0 where unknown
    leg_plane the same in the body's plane, in distances to the camera
    arm_plane the same of the near arm, shoulder over elbow to wrist
    world_leg_m  the leg's in the world landmarks, metres
    knee_bias_deg  what the pose model adds to this person's straight knee
    lens_sd_deg   one standard deviation of a level leg's elevation by what is not known of the focal length, and
    lens_stretch  what it adds to that for each degree of elevation
    ball_px   usual x, y and radius of the ball, pixels; `None` where none was found
    from_s    the time from which this calibration holds, seconds
    model     the pose model that looks from then on; empty where it is that of the whole recording
    """

    side: Flank = "left"
    facing: Flank = "left"
    roll_deg: Degrees | None = None
    roll_sd_deg: Spread | None = None
    yaw_deg: Degrees | None = None
    yaw_sd_deg: Spread | None = None
    pitch_deg: Degrees | None = None
    pitch_sd_deg: Spread | None = None
    focal_px: Length = 0.0
    leg_px: Length = 0.0
    leg_plane: Length = 0.0
    arm_plane: Length = 0.0
    world_leg_m: Length = 0.0
    knee_bias_deg: Degrees = 0.0
    ball_px: tuple[Pixels, Pixels, Pixels] | None = None
    from_s: Seconds = 0.0
    model: Label = ""
    lens_sd_deg: Spread = 0.0
    lens_stretch: Spread = 0.0


@dataclass(frozen=True)
class Room:
    """What the room behind the body tells of the camera; `None` where it does not.

    roll_deg      the picture is turned by that much
    pitch_deg     the camera looks down by that much
    wall_yaw_deg  the camera is turned to the right of square to a wall by that much
    Each has its standard deviation.
    """

    roll_deg: Degrees | None = None
    roll_sd_deg: Spread | None = None
    pitch_deg: Degrees | None = None
    pitch_sd_deg: Spread | None = None
    wall_yaw_deg: Degrees | None = None
    wall_yaw_sd_deg: Spread | None = None


@dataclass(frozen=True)
class Source:
    """Where a recording comes from; `path` is empty for a camera.

    guessed_s  stretches (from, to), seconds, in which times had to be guessed: tempo across them is unknown
    speed      seconds that truly went by for each second of the video, 0.25 for one played back four times as slowly;
               all times are the true ones
    lens       what is known of the lens, `None` where nothing is
    bits       for each pixel of each picture in the file; 0 where that is not known
    turn_deg   pictures were turned clockwise by that much (0, 90, 180, 270), besides what the file itself asks for

    `width` and `height` are those of the pictures as they were looked at: turned, and with square pixels.
    """

    name: gate.Text
    kind: Label = "video"
    path: gate.Text = ""
    width: gate.Size = 0
    height: gate.Size = 0
    fps: gate.Rate = 0.0
    frames: gate.Count = 0
    duration_s: Seconds = 0.0
    guessed_s: Annotated[tuple[tuple[Seconds, Seconds], ...], Meta(max_length=100_000)] = ()
    speed: Annotated[float, Meta(ge=SPEEDS[0], le=SPEEDS[1])] = 1.0
    turn_deg: gate.Turn = 0
    lens: Lens | None = None
    bits: gate.Rate = 0.0


@dataclass(frozen=True)
class Move:
    """A move of the camera: what was seen before and after it cannot be compared.

    from_s    the last moment at which the camera surely stood as before, seconds
    to_s      the first at which it stood still again; what comes after has a calibration of its own
    what      `MOVED`, `ZOOMED` or `CUT`
    turn_deg  the picture is turned by so much afterwards, as `Calibration.roll_deg`; `None` where unknown
    known_s   when it became known, in a live session; `None`: at `from_s`. What was judged before that stays
    """

    from_s: Seconds
    to_s: Seconds
    what: Annotated[str, Meta(pattern=rf"^({MOVED}|{ZOOMED}|{CUT})\Z")] = MOVED
    turn_deg: Degrees | None = None
    known_s: Seconds | None = None


@dataclass(frozen=True)
class Recording:
    """Observations with all that is needed to judge them again.

    `calibration` is the one that held at the end; a live session settles while it goes on, and `earlier` has
    those that held before, in the order of their times. `moves` are those of the camera, in the order of their times,
    `None` where nobody looked for them; the calibration of what comes after a move is the next in time.
    """

    observations: Observations
    calibration: Calibration
    source: Source
    model: str
    room: Room = Room()
    versions: dict[str, str] = field(default_factory=dict)
    earlier: tuple[Calibration, ...] = ()
    moves: tuple[Move, ...] | None = None

    def with_calibration(self, calibration: Calibration) -> Recording:
        """The same observations seen with another calibration from beginning to end, even if the camera moved."""
        return replace(self, calibration=calibration, earlier=(), moves=())

    @property
    def calibrations(self) -> tuple[Calibration, ...]:
        """All that held, in the order of their times."""
        return (*self.earlier, self.calibration)

    @property
    def changes(self) -> list[tuple[float, Move | Calibration]]:
        """What changes while it goes on, with the times from which on it does; a move before what is found after it."""
        waiting = [(move.from_s if move.known_s is None else move.known_s, move) for move in self.moves or ()]
        changes: list[tuple[float, Move | Calibration]] = []
        for each in self.calibrations[1:]:
            while waiting and waiting[0][0] <= each.from_s:
                changes.append(waiting.pop(0))
            changes.append((each.from_s, each))
        return [*changes, *waiting]

    def save(self, path: Path | str) -> None:
        """Write `recording.npz`; raises `OSError` where the file cannot be written."""
        about = {
            "recording": VERSION,
            "calibration": asdict(self.calibration),
            "source": asdict(self.source),
            "model": self.model,
            "room": asdict(self.room),
            "versions": self.versions,
            "earlier": [asdict(each) for each in self.earlier],
            **({} if self.moves is None else {"moves": [asdict(each) for each in self.moves]}),
        }
        arrays = {name: getattr(self.observations, name) for name in ARRAYS}
        np.savez_compressed(path, about=np.array(json.dumps(about)), **arrays)

    @classmethod
    def load(cls, path: Path | str) -> Recording:
        """Read `recording.npz`, a journal, or the folder that holds one of them.

        Raises `RecordingError` where it is broken or of another version; a journal that breaks off is read up to there.
        """
        return load_remarked(path)[0]


def load_remarked(path: Path | str) -> tuple[Recording, list[str]]:
    """As `Recording.load`, and in words what is missing of a session that broke off."""
    path = _file(Path(path))
    try:
        about, observations, remarks = _journal(path) if records.is_journal(path) else _archive(path)
        return _assembled(about, observations), remarks
    except (RecordingError, MemoryError):
        raise
    except FileNotFoundError as error:
        raise RecordingError(f"{path}: no such recording; give the path of a {NAME} or {records.NAME}") from error
    except Exception as error:  # whatever `zipfile`, zlib and numpy make of damage
        reason = gate.reason(error)
        raise RecordingError(f"{path}: not a whole recording ({reason}); analyse the video again") from error


@dataclass(frozen=True)
class _About:
    """What a recording holds besides arrays."""

    model: Label
    calibration: Calibration
    source: Source
    room: Room
    versions: Annotated[dict[Label, Label], Meta(max_length=100)]
    earlier: Annotated[tuple[Calibration, ...], Meta(max_length=10_000)] = ()
    moves: Annotated[tuple[Move, ...], Meta(max_length=10_000)] | None = None
    recording: gate.Count = VERSION
    start: gate.Text = ""


ALWAYS = {
    "calibration": (
        *("side", "facing", "roll_deg", "roll_sd_deg", "yaw_deg", "yaw_sd_deg", "pitch_deg", "pitch_sd_deg"),
        *("focal_px", "leg_px", "leg_plane", "arm_plane", "world_leg_m", "knee_bias_deg", "ball_px", "from_s"),
    ),
    "source": ("name", "kind", "path", "width", "height", "fps", "frames", "duration_s"),
    "room": ("roll_deg", "roll_sd_deg", "pitch_deg", "pitch_sd_deg"),
}
"""What every version has written into `recording.npz`; a field that came later may be missing."""


def _assembled(values: dict[str, Any], observations: Observations) -> Recording:
    gate.whole(values, _About)
    for part, kind in (("calibration", Calibration), ("source", Source), ("room", Room)):
        gate.whole(values.get(part), kind)
    for each in values.get("earlier", ()):
        gate.whole(each, Calibration)
    about = gate.typed(values, _About)
    named = replace(about.source, name=gate.printable(about.source.name), path=gate.printable(about.source.path))
    rest = (about.room, about.versions, about.earlier, about.moves)
    return Recording(observations, about.calibration, named, about.model, *rest)


def _file(path: Path) -> Path:
    """The recording in a folder, the journal only where there is none; any other path as it is."""
    if not path.is_dir():
        if path.exists() and not path.is_file():
            raise RecordingError(f"{path}: not a file; give the path of a {NAME} or {records.NAME}")
        return path
    return next((path / name for name in (NAME, records.NAME) if (path / name).is_file()), path / NAME)


def _archive(path: Path) -> tuple[dict[str, Any], Observations, list[str]]:
    try:
        with path.open("rb", buffering=0) as raw:
            text, observations = arrays.unpacked(archive.Archive(raw))
    except archive.UnusualError:  # `zipfile` reads more, or says what is wrong
        with path.open("rb") as file:
            text, observations = arrays.unpacked(archive.Usual(file))
    about = gate.json_of(text)
    _check_version(about, path)
    for part, names in ALWAYS.items():
        if lacking := [name for name in names if name not in (about.get(part) or ())]:
            raise gate.GateError(f"{part} lacks {lacking[0]}")
    return about, observations, []


def _journal(path: Path) -> tuple[dict[str, Any], Observations, list[str]]:
    about, observations, unread = records.read(path)
    _check_version(about, path)
    end_s = observations.time_s[-1] if len(observations) else 0.0
    if unread:
        return about, observations, [f"damaged after {end_s:.1f} s: {unread} bytes that follow cannot be read"]
    return about, observations, [f"the session broke off after {end_s:.1f} s; its last second may be missing"]


def _check_version(about: Any, path: Path) -> None:
    if not isinstance(about, dict) or "recording" not in about:
        raise gate.GateError("about is no table with a version")
    if (found := about["recording"]) != VERSION or isinstance(found, bool):
        said = gate.printable(str(found))[:40]
        raise RecordingError(
            f"{path}: recording of version {said}, this formcheck reads version {VERSION}; analyse the video again"
        )
