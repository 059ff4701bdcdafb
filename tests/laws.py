"""The law: cutting the input anywhere does not change the output, bit for bit. One checker for all stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st

SIZES = (1, 2, 3, 5, 7, 13, 100, None)
"""Lengths of blocks that every stage has to stand; `None` is the whole input."""

Stage = tuple[Callable[[], Any], Callable[[Any, Any], tuple[Any, Any]], Callable[[Any], Any]]


def cuts(length: int, most: int = 40) -> st.SearchStrategy[list[int]]:
    """Places at which an input of this length is cut; some twice, which makes empty blocks."""
    return st.lists(st.integers(0, length), max_size=most).map(sorted)


def by_size(length: int, size: int | None) -> list[int]:
    """The cuts that make blocks of this size."""
    return [] if size is None else list(range(size, length, size))


def blocks(whole: Any, places: Sequence[int]) -> list[Any]:
    """`whole` (an array, a sequence, `Observations`, or a tuple of these of one length) cut at `places`."""
    length = len(whole[0]) if isinstance(whole, tuple) else len(whole)
    edges = [0, *places, length]
    return [_part(whole, slice(a, b)) for a, b in pairwise(edges)]


def check_law(stage: Stage, whole: Any, places: Sequence[int] | None = None) -> None:
    """The output of `stage` for `whole` is the same however it is cut: at `places`, or into all `SIZES`."""
    expected = run(stage, blocks(whole, []))
    length = len(whole[0]) if isinstance(whole, tuple) else len(whole)
    many = [by_size(length, size) for size in SIZES] if places is None else [list(places)]
    for some in many:
        found = run(stage, blocks(whole, some))
        assert same(found, expected), f"cut at {some[:20]}: {difference(found, expected)}"


def run(stage: Stage, parts: Sequence[Any]) -> Any:
    """All that a stage gives for these blocks, put together."""
    start, step, finish = stage
    state, out = start(), []
    for part in parts:
        state, found = step(state, part)
        out.append(found)
    out.append(finish(state))
    return join(out)


def join(outputs: Sequence[Any]) -> Any:
    """Blocks of output one after the other: arrays, lists, or tuples of them."""
    first = outputs[0]
    if isinstance(first, tuple):
        return tuple(join([each[k] for each in outputs]) for k in range(len(first)))
    if isinstance(first, list):
        return [item for each in outputs for item in each]
    filled = [each for each in outputs if len(each)]
    return np.concatenate(filled) if filled else first[:0]


def same(a: Any, b: Any) -> bool:
    """Equal in every bit that means something: not-a-number equals itself, -0.0 does not equal 0.0."""
    if isinstance(a, np.ndarray):
        return _same_bits(a, b)
    if isinstance(a, float):
        return _same_bits(np.array(a), np.array(b))
    if is_dataclass(a) and not isinstance(a, type):
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


def difference(a: Any, b: Any) -> str:
    """Where two outputs first differ, in words."""
    if isinstance(a, tuple) and not hasattr(a, "_fields"):
        return "; ".join(difference(x, y) for x, y in zip(a, b, strict=True) if not same(x, y))
    if len(a) != len(b):
        return f"{len(a)} instead of {len(b)}"
    for k, (x, y) in enumerate(zip(a, b, strict=True)):
        if not same(x, y):
            return f"at {k}: {x} instead of {y}"
    return "none"


def _same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if a.dtype.kind != "f":
        return np.array_equal(a, b)
    unknown = np.isnan(a)
    if not np.array_equal(unknown, np.isnan(b)):
        return False
    return a[~unknown].tobytes() == b[~unknown].tobytes()


def _part(whole: Any, where: slice) -> Any:
    return tuple(each[where] for each in whole) if isinstance(whole, tuple) else whole[where]
