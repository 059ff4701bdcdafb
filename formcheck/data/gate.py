"""The gate: what comes from outside is decoded and checked here, once, so that nothing behind it meets a wrong type.

    Degrees = Annotated[float, Meta(ge=-180, le=180)]

    @dataclass(frozen=True)
    class Camera:
        roll_deg: Degrees | None = None             # what may stand there is said where the field is

    typed(json_of(text), Camera)                    # a Camera, or `GateError`: which value, what was expected

The types below bound numbers, texts and lists; `msgspec` knows the rest. Text is read with a limit of its own on
length and depth. Arrays have theirs in `arrays.py`.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict, TypeVar

import msgspec

T = TypeVar("T")
Meta = msgspec.Meta

_CONTROL = r"\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
CONTROL = re.compile(f"[{_CONTROL}]")
"""What moves a cursor, turns the writing direction or is half a character: no part of a name."""
INT32 = 2**31 - 1
"""Whole numbers of the tables have 32 bits."""
LARGEST = 1e12
"""Beyond it a number of any text is none."""
TOML_BYTES, TOML_DOTS = 1 << 18, 100
"""A plan has a few lines. The time and memory of `tomllib` grow with the square of a key's dots."""
DEPTH = 8
LONGEST_REASON = 240
_PATTERN = re.compile(r"^Expected `str` matching regex '.*'( - at |$)", re.DOTALL)

Degrees = Annotated[float, Meta(ge=-180, le=180)]
Spread = Annotated[float, Meta(ge=0, le=1e4)]
Pixels = Annotated[float, Meta(ge=-1e5, le=1e5)]
Length = Annotated[float, Meta(ge=0, le=1e6)]
Seconds = Annotated[float, Meta(ge=-1e9, le=1e9)]
Number = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
Rate = Annotated[float, Meta(ge=0, le=1e6)]
Count = Annotated[int, Meta(ge=0, le=INT32)]
Size = Annotated[int, Meta(ge=0, le=1 << 16)]
Label = Annotated[str, Meta(max_length=300, pattern=rf"^[^{_CONTROL}]*\Z")]
Text = Annotated[str, Meta(max_length=10_000)]
"""The name of a file, whatever is in it; shown through `printable`."""
Int32 = Annotated[int, Meta(ge=-INT32, le=INT32)]
Digest = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]
Cell = Annotated[str, Meta(max_length=1 << 20)]
if TYPE_CHECKING:
    Flank = str
    Turn = int
else:
    Flank = Literal["left", "right"]
    Turn = Literal[0, 90, 180, 270]


class GateError(ValueError):
    """What came is not what it should be; one line that says where and why."""


def typed(value: object, kind: type[T]) -> T:
    """A value of plain parts as a `kind`; raises `GateError`."""
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, RecursionError, OverflowError) as error:
        raise GateError(reason(error)) from error


def table(name: str, columns: Mapping[str, Any]) -> Any:
    """The kind of a table's row with values by name, each of which may be missing or null."""
    return TypedDict(name, {column: kind | None for column, kind in columns.items()}, total=False)  # type: ignore[operator]


def row(columns: Iterable[Any]) -> Any:
    """The kind of a table's row with values in order, each of which may be null."""
    return tuple[tuple(kind | None for kind in columns)]  # type: ignore[misc]


def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """Reads JSON of one kind quickly, by `decoded`; kept by who reads much of it."""
    return msgspec.json.Decoder(kind)


def decoded(data: bytes | memoryview, known: msgspec.json.Decoder[T]) -> T:
    """What is in a JSON text; raises `GateError`."""
    try:
        return known.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise GateError(reason(error)) from error


def json_of(text: str | bytes) -> Any:
    """What is in a JSON text, half characters and not-a-number too; numbers beyond `LARGEST` are infinite.

    Raises `GateError`.
    """
    try:
        return json.loads(text, parse_int=_whole, parse_float=_number)
    except (ValueError, RecursionError) as error:
        raise GateError(f"not valid JSON ({reason(error)})") from error


def toml_of(text: str) -> dict[str, Any]:
    """The tables of a TOML text; raises `GateError`."""
    if len(text) > TOML_BYTES:
        raise GateError(f"longer than {TOML_BYTES:,} characters; a few lines are enough")
    for number, line in enumerate(text.splitlines(), 1):
        if line.count(".") > TOML_DOTS:
            raise GateError(f"line {number} has more than {TOML_DOTS} dots; no key lies so deep")
    try:
        tables = tomllib.loads(text)
    except RecursionError as error:
        raise GateError("brackets nested too deep; none is needed inside another") from error
    except ValueError as error:
        last = f"at line {len(text.splitlines())}, the last one"
        raise GateError(f"not valid TOML: {reason(error).replace('at end of document', last)}") from error
    if _depth(tables) > DEPTH:
        raise GateError(f"tables nested more than {DEPTH} deep; none is needed inside another")
    return tables


def whole(values: Any, kind: type[Any], always: Iterable[str] = ()) -> None:
    """Raise `GateError` where a table has a key that a dataclass does not know, or lacks one of `always`."""
    assert is_dataclass(kind)
    what = kind.__name__.lower()
    if not isinstance(values, dict):
        raise GateError(f"{what} is no table")
    if unknown := sorted(str(key) for key in values.keys() - _names(kind)):
        raise GateError(f"{what} has an unknown key {shown(unknown[0])}, perhaps of a newer formcheck")
    if lacking := [key for key in always if key not in values]:
        raise GateError(f"{what} lacks {lacking[0]}")


def printable(text: str) -> str:
    """The same with a sign in the place of everything that is not for a terminal or a table."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def reason(error: BaseException) -> str:
    """What an error says, on one line and not for ever."""
    text = printable(" ".join(_PATTERN.sub(r"Expected a text without control characters\1", str(error)).split()))
    text = text or type(error).__name__
    return text if len(text) <= LONGEST_REASON else f"{text[: LONGEST_REASON - 3]}..."


def shown(text: str) -> str:
    """A text from outside, quoted, on one line and short."""
    return repr(printable(text if len(text) <= 40 else f"{text[:37]}..."))


@cache
def _names(kind: type[Any]) -> frozenset[str]:
    return frozenset(field.name for field in fields(kind))


def _whole(digits: str) -> float | int:
    return int(digits) if len(digits) < 14 else math.copysign(math.inf, -1 if digits[0] == "-" else 1)


def _number(digits: str) -> float:
    value = float(digits)
    return value if abs(value) <= LARGEST else math.copysign(math.inf, value)


def _depth(tables: object) -> int:
    """How deep tables and lists lie in one another, as far as it matters."""
    level: list[object] = [tables]
    for depth in range(DEPTH + 1):
        inner: list[object] = []
        for each in level:
            inner += each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        if not inner:
            return depth
        level = inner
    return DEPTH + 1
