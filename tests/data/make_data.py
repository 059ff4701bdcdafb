"""Makes the recordings beside this file from sample clips, by the real pose model: run it from the root.

    python tests/data/make_data.py

Needed again only when recordings get another version. The smallest model is used: its noise is the worst.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WANTED = {
    "two_reps": ("clip10", 0.0, 13.1),  # facing right; a good rep, and a thrown one
    "other_way": ("clip12", 0.0, 14.9),  # facing left; a short hold, and a good rep
}


def main() -> None:
    sys.path.insert(0, str(ROOT))
    import formcheck  # noqa: PLC0415 - found only now

    for name, (clip, start_s, stop_s) in WANTED.items():
        recording = formcheck.observe(ROOT / "samples" / f"{clip}.mp4", model="lite")
        t = recording.observations.time_s
        first, last = (int((t < limit).sum()) for limit in (start_s, stop_s))
        part = recording.observations[first:last]
        part = replace(part, time_s=part.time_s - part.time_s[0])
        seconds = float(part.time_s[-1])
        source = replace(recording.source, path="", name=f"{clip}.mp4", frames=len(part), duration_s=seconds)
        path = HERE / f"{name}.npz"
        replace(recording, observations=part, source=source).save(path)
        print(f"{path.name}: {len(part)} frames, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
