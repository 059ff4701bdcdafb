"""A pose model without the part that draws a mask of the body, which nobody asks for.

MediaPipe computes the mask in every frame and throws it away: a picture of 256 by 256 in many layers, a third of the
time of `full`. The net is a table of FlatBuffers (TensorFlow Lite's `tensorflow/lite/schema/schema.fbs`); its list of
operators is shortened in memory to those that the other outputs need. The weights stay as they are, and the landmarks
are the same to the last bit.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from flatbuffers import number_types as types
from flatbuffers.table import Table
from numpy.typing import NDArray

from formcheck.inputs import models

MODEL_SUBGRAPHS = 2
GRAPH_TENSORS, GRAPH_OUTPUTS, GRAPH_OPERATORS = 0, 2, 3
OPERATOR_INPUTS, OPERATOR_OUTPUTS = 1, 2
TENSOR_SHAPE = 0
"""Numbers of fields in the schema."""
POSES, PRESENCE, MASK, HEATMAP, WORLD = range(5)
"""The outputs of a landmark net, in MediaPipe's order."""


class _List(NamedTuple):
    """Tables that stand in a list: where the list begins, and where each table does."""

    start: int
    tables: list[Table]


def without_mask(task: Path) -> bytes | None:
    """A `.task` file as it is to be loaded; none where it is not built like MediaPipe's and is best left alone."""
    name = models.PARTS[1]
    try:
        parts = models.parts(task)
        net = pruned(parts.pop(name))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - no net, of any kind: MediaPipe will say what is wrong with it
        return None
    if net is None:
        return None
    whole = io.BytesIO()
    models.bundle(whole, {**parts, name: net})
    return whole.getvalue()


def pruned(net: bytes) -> bytearray | None:
    """A landmark net that does not compute the mask; none where it has no mask in MediaPipe's place for it.

    What was the mask's output gives the body's presence once more: MediaPipe asks for five.
    """
    data = bytearray(net)
    model = Table(data, Table(data, 0).Indirect(0))
    graph = _tables(model, MODEL_SUBGRAPHS).tables[0]
    outputs = _numbers(graph, GRAPH_OUTPUTS)
    tensors = _tables(graph, GRAPH_TENSORS).tables
    shapes = [tuple(_numbers(tensors[number], TENSOR_SHAPE).tolist()) for number in outputs]
    if len(shapes) != WORLD + 1 or shapes[PRESENCE] != (1, 1) or not _is_mask(shapes[MASK]):
        return None
    outputs[MASK] = outputs[PRESENCE]
    operators = _tables(graph, GRAPH_OPERATORS)
    _shorten(data, operators, _needed(operators.tables, outputs.tolist()))
    return data


def _is_mask(shape: tuple[int, ...]) -> bool:
    return len(shape) == 4 and shape[0] == shape[3] == 1 and min(shape[1:3]) > 1


def _needed(operators: list[Table], outputs: Iterable[int]) -> list[int]:
    """Which operators it takes to compute the outputs, in their order."""
    maker = {tensor: k for k, each in enumerate(operators) for tensor in _numbers(each, OPERATOR_OUTPUTS).tolist()}
    needed: set[int] = set()
    wanted = list(outputs)
    while wanted:
        k = maker.get(wanted.pop())
        if k is not None and k not in needed:
            needed.add(k)
            wanted += _numbers(operators[k], OPERATOR_INPUTS).tolist()
    return sorted(needed)


def _shorten(data: bytearray, whole: _List, keep: list[int]) -> None:
    """Keep these of a list. A list holds its length and then distances, each from its own place."""
    count = np.frombuffer(data, "<u4", 1, whole.start - 4)
    distances = np.frombuffer(data, "<u4", len(whole.tables), whole.start)
    places = np.array([whole.tables[k].Pos for k in keep])
    distances[: len(keep)] = places - (whole.start + 4 * np.arange(len(keep)))
    count[0] = len(keep)


def _tables(table: Table, field: int) -> _List:
    offset = table.Offset(_slot(field))
    if not offset:
        raise ValueError
    start, count = table.Vector(offset), table.VectorLen(offset)
    if 4 * count > len(table.Bytes) - start:
        raise ValueError
    return _List(start, [Table(table.Bytes, table.Indirect(start + 4 * k)) for k in range(count)])


def _numbers(table: Table, field: int) -> NDArray[np.int32]:
    """Whole numbers in a field, to be read and written."""
    offset = table.Offset(_slot(field))
    found: NDArray[np.int32] = table.GetVectorAsNumpy(types.Int32Flags, offset) if offset else np.empty(0, np.int32)
    return found


def _slot(field: int) -> int:
    """Where in a table's index a field stands."""
    return 4 + 2 * field
