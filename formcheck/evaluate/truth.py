"""The truth of one clip, read from its sidecar `<stem>.truth.json` (form: `docs/truth-format.md`)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from formcheck.data.gate import GateError, json_of, printable, shown
from formcheck.data.observations import Floats
from formcheck.data.result import ANGLES, REP_NUMBERS, TIMES
from formcheck.errors import InputError

SCHEMA = 1
MOST = 1 << 26
"""Signs of a sidecar: an hour with all columns is a tenth of it."""
SUFFIX = ".truth.json"
IN_POSITION = "in_position"
LONGEST = 100
DURATIONS = {"lift_s": TIMES[0:2], "hold_s": TIMES[1:3], "lower_s": TIMES[2:4]}
"""Each duration with the two boundaries it lies between."""

T = TypeVar("T")


@dataclass(frozen=True)
class TrueRep:
    """One true rep: numbers by name, in the units their names tell.

    faults      must be raised; `None` where nobody judged the faults of this rep
    borderline  raising them or not is both right
    """

    numbers: dict[str, float]
    faults: frozenset[str] | None = None
    borderline: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Truth:
    """What is known of one clip; what is not known is `None`, not-a-number or left out.

    time_s  (T,) seconds from the first picture of the video, strictly rising; empty without frames
    angles  for some of `ANGLES` an array (T,), degrees
    in_position  (T,) 1 where somebody lies ready for a rep or does one, 0 where not, not-a-number where unknown
    """

    name: str
    time_s: Floats
    angles: dict[str, Floats]
    reps: tuple[TrueRep, ...]
    side: str | None = None
    facing: str | None = None
    yaw_deg: float | None = None
    roll_deg: float | None = None
    in_position: Floats | None = None

    @property
    def faults_judged(self) -> bool:
        """Whether a fault that is not listed is a false alarm: no where nobody judged faults at all."""
        return not self.reps or any(rep.faults is not None for rep in self.reps)


def load(path: Path | str) -> Truth:
    """Read a sidecar; raises `InputError` with the file and the key where it is broken."""
    path = Path(path)
    data = _read(path)
    where = f"{path}: "
    if data.get("schema", SCHEMA) != SCHEMA:
        said = printable(str(data["schema"]))[:40]
        raise InputError(f"{where}schema is {said}, this formcheck reads schema {SCHEMA}")
    frames = _optional(data, "frames", dict, where)
    time_s, angles = _frames(frames, f"{where}frames.")
    camera = _optional(data, "camera", dict, where) or {}
    return Truth(
        name=path.name.removesuffix(SUFFIX),
        time_s=time_s,
        angles=angles,
        reps=_reps(_required(data, "reps", list, where), where),
        side=_flank(data, "side", where),
        facing=_flank(data, "facing", where),
        yaw_deg=_optional_number(camera, "yaw_deg", f"{where}camera."),
        roll_deg=_optional_number(camera, "roll_deg", f"{where}camera."),
        in_position=_in_position(frames or {}, len(time_s), f"{where}frames."),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(MOST + 1)
        if len(text) > MOST:
            raise InputError(f"{path}: longer than {MOST:,} signs; leave out what is not compared")
        data = json_of(text)
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; a truth lies beside its video as <stem>{SUFFIX}") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except GateError as error:
        raise InputError(f"{path}: {error}; write it again") from error
    except UnicodeError as error:
        raise InputError(f"{path}: not UTF-8 text ({error}); write it again") from error
    if not isinstance(data, dict):
        raise InputError(f"{path}: holds {_kind(data)}, expected an object with the key reps")
    return data


def _frames(frames: dict[str, Any] | None, where: str) -> tuple[Floats, dict[str, Floats]]:
    if frames is None:
        return np.zeros(0), {}
    time_s = _column(_required(frames, "time_s", list, where), f"{where}time_s")
    if not np.all(np.diff(time_s) > 0):  # not-a-number fails too
        raise InputError(f"{where}time_s must rise strictly from frame to frame")
    angles = {}
    for name in ANGLES:
        column = _angle(frames, name, len(time_s), where)
        if column is not None:
            angles[name] = column
    return time_s, angles


def _angle(frames: dict[str, Any], name: str, length: int, where: str) -> Floats | None:
    """The column itself, else the mean of its left and right columns, as far as they are there."""
    columns = []
    for key in (name,) if name in frames else (f"left_{name}", f"right_{name}"):
        values = _values(frames, key, length, where)
        if values is not None:
            columns.append(_column(values, f"{where}{key}"))
    return np.mean(columns, axis=0) if columns else None


def _in_position(frames: dict[str, Any], length: int, where: str) -> Floats | None:
    values = _values(frames, IN_POSITION, length, where)
    for number, value in enumerate(values or ()):
        if value is not None and not isinstance(value, bool):
            raise InputError(f"{where}{IN_POSITION}[{number}] is {_kind(value)}, expected true, false or null")
    return None if values is None else np.array([math.nan if value is None else value for value in values], np.float64)


def _values(frames: dict[str, Any], key: str, length: int, where: str) -> list[Any] | None:
    """A column as it is written, `None` where it is missing."""
    values = _optional(frames, key, list, where)
    if values is not None and len(values) != length:
        raise InputError(f"{where}{key} has {len(values)} values, time_s has {length}; they must agree")
    return values


def _column(values: list[Any], where: str) -> Floats:
    for number, value in enumerate(values):
        if value is not None and not _is_number(value):
            raise InputError(f"{where}[{number}] is {_kind(value)}, expected a number or null")
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def _reps(reps: list[Any], where: str) -> tuple[TrueRep, ...]:
    return tuple(_rep(rep, f"{where}reps[{number}]") for number, rep in enumerate(reps))


def _rep(rep: Any, where: str) -> TrueRep:
    if not isinstance(rep, dict):
        raise InputError(f"{where} is {_kind(rep)}, expected an object")
    where += "."
    for key in (TIMES[0], TIMES[-1]):
        _required(rep, key, float, where)
    for key in REP_NUMBERS:
        _optional_number(rep, key, where)
    numbers = {key: float(value) for key, value in rep.items() if _is_number(value)}
    for name, (start, end) in DURATIONS.items():
        if name not in numbers and start in numbers and end in numbers:
            numbers[name] = numbers[end] - numbers[start]
    times = [numbers[key] for key in TIMES if key in numbers]
    if not numbers[TIMES[0]] < numbers[TIMES[-1]] or times != sorted(times):
        raise InputError(f"{where}lift_start_s to end_s do not follow each other in time; correct them")
    return TrueRep(numbers, *_faults(rep, where))


def _faults(rep: dict[str, Any], where: str) -> tuple[frozenset[str] | None, frozenset[str]]:
    names = {}
    for key in ("faults", "borderline"):
        values = _optional(rep, key, list, where)
        wrong = [value for value in values or () if not isinstance(value, str)]
        if wrong:
            raise InputError(f"{where}{key} holds {_kind(wrong[0])}, expected names of faults")
        if odd := [value for value in values or () if value != printable(value) or len(value) > LONGEST]:
            raise InputError(f"{where}{key} holds {shown(odd[0])}, expected names of faults")
        names[key] = None if values is None else frozenset(values)
    faults, borderline = names["faults"], names["borderline"] or frozenset()
    both = sorted((faults or frozenset()) & borderline)
    if both:
        raise InputError(f"{where}faults and {where}borderline both hold {both[0]}; keep it in one")
    return faults, borderline


def _required(data: Mapping[str, Any], key: str, kind: type[T], where: str) -> T:
    value = _optional(data, key, kind, where)
    if value is None:
        raise InputError(f"{where}{key} is missing; add it (the form is told in docs/truth-format.md)")
    return value


def _optional(data: Mapping[str, Any], key: str, kind: type[T], where: str) -> T | None:
    """The value of a key, `None` where it is missing or null."""
    value = data.get(key)
    right = _is_number(value) if kind is float else isinstance(value, kind)
    if value is not None and not right:
        raise InputError(f"{where}{key} is {_kind(value)}, expected {_KINDS[kind]}")
    return value


def _optional_number(data: Mapping[str, Any], key: str, where: str) -> float | None:
    value = _optional(data, key, float, where)
    return None if value is None or math.isnan(value) else float(value)


def _flank(data: Mapping[str, Any], key: str, where: str) -> str | None:
    value = _optional(data, key, str, where)
    if value not in (None, "left", "right"):
        raise InputError(f"{where}{key} is {shown(value)}, expected left or right")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isinf(value)


_KINDS: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "a text",
    float: "a number",
    bool: "a yes or no",
}


def _kind(value: Any) -> str:
    """What a value is, with its article."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "a number" if _is_number(value) else "a number beyond all bounds"
    return _KINDS.get(type(value), "null")
