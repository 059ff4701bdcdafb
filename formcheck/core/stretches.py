"""A recording in which the camera moved: each stretch between two moves has a calibration of its own.

A stretch in which hardly anybody lies in position cannot be calibrated; it is taken as part of the moves around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.core import moves as finder
from formcheck.core.calibrate import GIVEN_ROLL_SD_DEG, calibrate, in_place
from formcheck.core.view import to_plane, view
from formcheck.data.landmarks import INDEX
from formcheck.data.observations import Observations
from formcheck.data.recording import MOVED, Calibration, Move, Recording, Room, Source

Floats = NDArray[np.float64]

FEWEST = 15
"""So many frames with somebody in position give a calibration: as many as the first of a live session."""
TURN_SD_DEG = 1.5
"""How well a turn of the camera is known by landmarks and ball."""
FLOOR_DEG, FLOOR_SD_DEG = 2.1, 1.7
"""So much higher than the hands toes seem at their low, both nearly on one floor: in 70 recordings, by eight bodies."""
LOW = 20
"""Percentile of the toes' heights that is taken as their low."""


class Stretches(NamedTuple):
    """Calibrations in the order of their times, and the moves between them."""

    calibrations: tuple[Calibration, ...]
    moves: tuple[Move, ...]


class Seen(NamedTuple):
    """What was seen, and through what."""

    observations: Observations
    source: Source
    model: str

    def between(self, from_s: float, to_s: float) -> Observations:
        """The frames from one time to another, both included."""
        time_s = self.observations.time_s
        return self.observations[(time_s >= from_s) & (time_s <= to_s)]


def calibrated(seen: Seen, rooms: Sequence[Room], moves: Sequence[Move], roll_deg: float | None = None) -> Stretches:
    """The calibrations of all stretches; `rooms` has the room of each, one more than there are moves.

    A roll that is given holds until the camera moves, and by how much it turned is known as long as it was watched.
    Where a room does not tell the roll, it follows likewise from that of the stretch before.
    """
    kept = _kept(seen, moves)
    if not kept or not moves:
        room = rooms[kept[0]] if kept else rooms[-1]
        return Stretches((calibrate(*seen, room, roll_deg=roll_deg),), tuple(moves))
    told = [_with_roll(rooms, moves, number, roll_deg) for number in kept]
    given = [roll_deg if number == 0 else None for number in kept]
    return _together(seen, moves, kept, list(zip(told, given, strict=True)))


def recorded(  # noqa: PLR0913 - all that a recording holds
    seen: Seen,
    rooms: Sequence[Room],
    moves: Sequence[Move] | None,
    *,
    name: str,
    versions: dict[str, str],
    roll_deg: float | None = None,
) -> Recording:
    """The recording of a video: `name` is that of the model as it is shown; the rest as `calibrated` takes it."""
    found = calibrated(seen, rooms, moves or (), roll_deg)
    *earlier, last = found.calibrations
    observed, source, _ = seen
    whole = Recording(observed, last, source, name, rooms[-1], versions, tuple(earlier))
    return replace(whole, moves=None if moves is None else found.moves)


def looked_after(recording: Recording) -> Recording:
    """The recording with its moves and calibrations, where nobody looked for moves and there are any.

    The roll that it has holds for one of the stretches; for which, hands and toes on the floor tell, as surely as
    they can.
    """
    known = recording.calibration
    if recording.moves is not None or recording.earlier:
        return recording
    moves = finder.find(recording.observations, known.leg_px)
    seen = Seen(recording.observations, recording.source, recording.model)
    kept = _kept(seen, moves)
    if not moves or not kept:
        return recording
    rooms = _shared(seen, moves, kept, recording)
    found = _together(seen, moves, kept, [(room, None) for room in rooms])
    *earlier, last = found.calibrations
    return replace(recording, calibration=last, earlier=tuple(earlier), moves=found.moves)


def _bounds(moves: Sequence[Move]) -> list[tuple[float, float]]:
    """From when to when each stretch lasts."""
    return list(zip([-np.inf, *(m.to_s for m in moves)], [*(m.from_s for m in moves), np.inf], strict=True))


def _kept(seen: Seen, moves: Sequence[Move]) -> list[int]:
    """The numbers of the stretches that can be calibrated."""
    lies = in_place(seen.observations)
    time_s = seen.observations.time_s[lies]
    counts = [int(((time_s >= a) & (time_s <= b)).sum()) for a, b in _bounds(moves)]
    return [number for number, count in enumerate(counts) if count >= FEWEST]


def _together(seen: Seen, moves: Sequence[Move], kept: list[int], rooms: list[tuple[Room, float | None]]) -> Stretches:
    """Calibrations of the stretches that can have one; what lies between them is one move each."""
    bounds, last_s = _bounds(moves), float(seen.observations.time_s[-1])
    found = [
        calibrate(seen.between(*bounds[number]), seen.source, seen.model, room, roll_deg=given)
        for number, (room, given) in zip(kept, rooms, strict=True)
    ]
    between = [_one(moves[a:b]) for a, b in pairwise(kept)]
    calibrations = [replace(each, from_s=move.to_s) for each, move in zip(found[1:], between, strict=True)]
    first = [found[0]]
    if kept[0] > 0:
        between.insert(0, replace(_one(moves[: kept[0]]), from_s=0.0))
        first.append(replace(found[0], from_s=between[0].to_s))
    if kept[-1] < len(moves):
        between.append(replace(_one(moves[kept[-1] :]), to_s=last_s))
    return Stretches((*first, *calibrations), tuple(between))


def _one(moves: Sequence[Move]) -> Move:
    """Several moves taken as one."""
    if len(moves) == 1:
        return moves[0]
    return Move(moves[0].from_s, moves[-1].to_s, MOVED, _turn(moves))


def _turn(moves: Sequence[Move]) -> float | None:
    """By how much all of them turned the picture; `None` where that is not known of one."""
    turns = [move.turn_deg for move in moves]
    return None if None in turns else round(sum(turn for turn in turns if turn is not None), 2)


def _with_roll(rooms: Sequence[Room], moves: Sequence[Move], number: int, given: float | None) -> Room:
    """The room of a stretch with the roll that follows from what is known before it, where that counts."""
    room = rooms[number]
    if given is None and room.roll_deg is not None:
        return room
    for before in range(number - 1, -1, -1):
        turn = _turn(moves[before:number])
        known = rooms[before].roll_deg, rooms[before].roll_sd_deg
        if given is not None:
            known = (given, GIVEN_ROLL_SD_DEG) if before == 0 else (None, None)
        if turn is not None and known[0] is not None:
            sd = float(np.hypot(known[1] or 0.0, TURN_SD_DEG))
            return replace(room, roll_deg=round(known[0] + turn, 3), roll_sd_deg=round(sd, 3))
    return room


def _shared(seen: Seen, moves: Sequence[Move], kept: list[int], recording: Recording) -> list[Room]:
    """The rooms of the stretches, from the one roll that is known and how the camera turned."""
    known, turned = recording.calibration, np.cumsum([0.0, *(move.turn_deg or 0.0 for move in moves)])[kept]
    if known.roll_deg is None:
        return [Room()] * len(kept)
    bounds = _bounds(moves)
    off = []
    for number, turn in zip(kept, turned, strict=True):
        part = seen.between(*bounds[number])
        trial = calibrate(part, seen.source, seen.model, Room(known.roll_deg, known.roll_sd_deg))
        off.append(_floor_roll(part, trial, seen.source) - turn)
    apart = np.array([float(np.mean(off)) - known.roll_deg + turn for turn in turned])
    weights = np.exp(-0.5 * (apart / FLOOR_SD_DEG) ** 2) + 1e-9
    weights /= weights.sum()
    best = int(weights.argmax())
    sd = float(np.sqrt(weights @ (turned - turned[best]) ** 2 + (known.roll_sd_deg or 0.0) ** 2))
    middle = known.roll_deg - float(turned[best])
    rooms = []
    for place, turn in enumerate(turned):
        room = recording.room if place == best else Room()
        more = 0.0 if place == best else TURN_SD_DEG
        rooms.append(
            replace(room, roll_deg=round(middle + float(turn), 3), roll_sd_deg=round(float(np.hypot(sd, more)), 3))
        )
    return rooms


def _floor_roll(frames: Observations, calibration: Calibration, source: Source) -> float:
    """The picture's roll by hands and toes at their low, degrees; as the calibration has it where nobody lies."""
    frames = frames[in_place(frames)]
    joints = [
        frames.pixels[:, INDEX[f"{calibration.side}_{joint}"]].astype(np.float64) for joint in ("wrist", "foot_index")
    ]
    if len(frames) == 0:
        return calibration.roll_deg or 0.0
    (tail, up), (to_tail, to_up) = (to_plane(view(calibration, source), at[:, 0], at[:, 1]) for at in joints)
    rise = float(np.percentile(np.degrees(np.arctan2(to_up - up, to_tail - tail)), LOW)) - FLOOR_DEG
    return (calibration.roll_deg or 0.0) + (-rise if calibration.facing == "left" else rise)
