"""An evaluation as text for a terminal and as Markdown for `docs/validation.md`."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from formcheck.evaluate.pooled import Evaluation
from formcheck.evaluate.tables import Table, headlines, tables

WIDTH = 100
NAME_WIDTH = 18
"""Longer names of clips are cut in the middle, so that a row stays on one line."""


def to_text(evaluation: Evaluation) -> str:
    """Tables of at most 100 columns, pooled ones first; ends with a line break."""
    blocks = [_title(evaluation)]
    for name, part in evaluation.models.items():
        lines = [line for text in headlines(part) for line in textwrap.wrap(text, WIDTH)]
        blocks.append("\n".join([f"Model {name}:"] * (len(evaluation.models) > 1) + lines))
    blocks += [_text_table(table) for table in tables(evaluation)]
    return "\n\n".join(blocks) + "\n"


def to_markdown(evaluation: Evaluation) -> str:
    """The same as Markdown, headings from the third level; ends with a line break."""
    blocks = [_title(evaluation)]
    for name, part in evaluation.models.items():
        heading = [f"Model {_escape(name)}:\n"] * (len(evaluation.models) > 1)
        blocks.append("\n".join([*heading, *(f"- {line}" for line in headlines(part))]))
    blocks += [_markdown_table(table) for table in tables(evaluation)]
    return "\n\n".join(blocks) + "\n"


def _title(evaluation: Evaluation) -> str:
    whole, failed = evaluation.whole.pooled, len(evaluation.failures)
    models = ", ".join(evaluation.models) or "none"
    count = f"{whole.clips} clip{'s' * (whole.clips != 1)}"
    reps = f"{whole.counts.true} true reps, {whole.duration_s / 60:.1f} min"
    end = f"; {failed} could not be evaluated" if failed else ""
    return f"{count}, {reps}, model: {models}{end}."


def _text_table(table: Table) -> str:
    rows = [[_cut(row[0]) if table.head[0] == "clip" else row[0], *row[1:]] for row in table.rows]
    widths = [max(map(len, column)) for column in zip(table.head, *rows, strict=True)]
    gap = 2 if sum(widths) + 2 * len(widths) - 2 <= WIDTH else 1
    last = len(widths) - 1 if len(widths) - 1 in table.left else None
    lines = [line for row in [list(table.head), *rows] for line in _row(row, widths, gap, table.left, last)]
    lines.insert(1, "-" * min(sum(widths) + gap * (len(widths) - 1), WIDTH))
    return "\n".join([table.title.upper(), *textwrap.wrap(table.note, WIDTH), "", *lines])


def _row(cells: Sequence[str], widths: Sequence[int], gap: int, left: Sequence[int], last: int | None) -> list[str]:
    """One row, its last column wrapped where that is text."""
    placed = [
        cell.ljust(width) if i in left else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    if last is None:
        return [(" " * gap).join(placed).rstrip()]
    start = "".join(cell + " " * gap for cell in placed[:last])
    wrapped = textwrap.wrap(cells[last], max(WIDTH - len(start), 20)) or [""]
    return [(start if i == 0 else " " * len(start)) + line for i, line in enumerate(wrapped)]


def _cut(name: str) -> str:
    if len(name) <= NAME_WIDTH:
        return name
    return f"{name[: NAME_WIDTH - 8]}…{name[-7:]}"


def _markdown_table(table: Table) -> str:
    rule = ["---" if i in table.left else "---:" for i in range(len(table.head))]
    rows = [table.head, rule, *table.rows]
    lines = [f"| {' | '.join(map(_escape, row))} |" for row in rows]
    return "\n".join([f"### {table.title}", "", *([table.note, ""] if table.note else []), *lines])


def _escape(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
