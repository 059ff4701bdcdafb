"""What is done to bytes, to plain values and to texts; all of it drawn from one generator, so that a seed tells all."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from typing import Any

DEEP = "@deep@"
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 3.5, 720, -720, 1e-300, 1e308, -1e308, 2**31, 2**63, 10**30, 10**400),
    *(math.nan, math.inf, -math.inf, "", "x", "left", "right", "NaN", "1", "\x1b[2J\x07", "two\nlines", "\ud800", "\0"),
    *("a" * 100_000, "\u202egpj", [], {}, [1, 2, 3], [None], {"a": 1}, ["left"], DEEP, [DEEP], [[[[1]]]], [0.0] * 3),
)
"""What may stand where something else should."""


def spoilt(data: bytes, dice: random.Random) -> bytes:
    """Bytes flipped, cut off, left out, put in, zeroed or doubled at a few places."""
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 1, 2, 5, 20))):
        at = dice.randrange(len(changed) + 1)
        length = dice.choice((1, 1, 2, 8, 64, 1000))
        kind = dice.randrange(7)
        if kind <= 1 and at < len(changed):
            changed[at] ^= dice.randrange(1, 256)
        elif kind == 2:
            del changed[at:]
        elif kind == 3:
            del changed[at : at + length]
        elif kind == 4:
            changed[at:at] = dice.randbytes(length)
        elif kind == 5:
            changed[at : at + length] = bytes(len(changed[at : at + length]))
        else:
            changed[at:at] = changed[at : at + length]
    return bytes(changed)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside, itself included."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*at, key))


def changed(value: Any, dice: random.Random, odd: tuple[Any, ...] = ODD) -> Any:
    """A copy in which something odd stands in one place, or a key is gone, new or renamed."""
    value = json.loads(json.dumps(value))
    way = dice.choice(list(places(value))[1:] or [()])
    if not way:
        return dice.choice(odd)
    held = value
    for key in way[:-1]:
        held = held[key]
    kind = dice.randrange(10)
    if kind == 0:
        del held[way[-1]]
    elif kind == 1 and isinstance(held, dict):
        held[f"{way[-1]}x"] = held.pop(way[-1])
    elif kind == 2 and isinstance(held, dict):
        held["more"] = dice.choice(odd)
    elif kind == 3 and isinstance(held[way[-1]], int | float):
        held[way[-1]] *= dice.choice((-1, 0, 0.5, 2, 10, 1e3, 1e6, 1e12))
    else:
        held[way[-1]] = dice.choice(odd)
    return value


def json_text(value: Any, dice: random.Random) -> str:
    """Its JSON, with what no writer of JSON would write."""
    deep = dice.choice((20, 900, 100_000))
    return json.dumps(value).replace(json.dumps(DEEP), "[" * deep + "]" * deep)
