"""How surely the roll is told in drawn rooms with things that lean: a table for docs/validation.md.

python validation/rolls.py
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from rooms import THINGS, Camera, Line, bare, drawn, walls  # type: ignore[import-not-found]

from formcheck.core.uncertainty import LEVEL_BAND_DEG, NORMAL_95
from formcheck.inputs.lines import stand

ROLLS = (0.0, 5.0, -8.0)
ROOMS: dict[str, Callable[[], list[Line]]] = {"door, picture, skirting": walls, "a pole and a picture's edge": bare}


def cell(lines: list[Line], roll: float) -> str:
    """What is found with the camera rolled by that much; in brackets where heights would not be judged."""
    found = stand(drawn(Camera(roll, 5.0, 0.0 if roll == 0 else 8.0), lines))
    if found is None:
        return "none"
    band = NORMAL_95 * found.roll_sd_deg
    text = f"{found.roll_deg:+.1f}° ± {band:.1f}".replace("-", "−")
    return f"({text})" if band > LEVEL_BAND_DEG else text


def main() -> None:
    """Print the table."""
    print("| room | and in it |", " | ".join(f"rolled by {roll:+.0f}°".replace("-", "−") for roll in ROLLS), "|")
    print("| --- | --- |", " | ".join("---:" for _ in ROLLS), "|")
    for room, base in ROOMS.items():
        for thing, more in {"nothing else": list, **THINGS}.items():
            print(f"| {room} | {thing} |", " | ".join(cell(base() + more(), roll) for roll in ROLLS), "|")


if __name__ == "__main__":
    main()
