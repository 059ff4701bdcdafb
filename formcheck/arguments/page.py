"""The first page: what formcheck is, three lines to try, and the commands in the order in which people need them."""

from __future__ import annotations

from collections.abc import Mapping

ABOUT = "formcheck checks prone thigh extensions on a stability ball: how high, how fast, and what goes wrong."
TRY = (
    ("formcheck demo", "analyse a sample clip and look at its report"),
    ("formcheck analyze VIDEO", "the same for a video of yours"),
    ("formcheck live", "be coached before a webcam, by sound"),
)
END = "formcheck help COMMAND tells what a command takes. Nothing leaves this computer."


def page(commands: Mapping[str, str]) -> str:
    """The page; `commands` are names and one line for each."""
    lines = [ABOUT, "", "To begin:", *_columns(dict(TRY)), "", "Commands:", *_columns(commands), "", END]
    return "\n".join(lines) + "\n"


def _columns(rows: Mapping[str, str]) -> list[str]:
    width = max(map(len, rows))
    return [f"  {name:{width}}  {what}" for name, what in rows.items()]
