"""Remarks on times in a set at which nobody was seen: reps that were done then are not counted, and that is told."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from formcheck.core.calibrate import in_place
from formcheck.data.observations import Observations
from formcheck.data.result import Result

Floats = NDArray[np.float64]

ROOM_S = 1.5
"""The quickest rep, half of which is enough to lose it, takes about so long (`automaton.SHORTEST` is 0.8 s)."""
BESIDE_S = 1.0
"""Somebody who lies in position so shortly before and after lay there meanwhile."""
SHOWN = 3
"""So many times are told one by one."""


def missed(result: Result) -> list[str]:
    """A warning of the times between two in position, in which nobody was seen for long enough for a rep."""
    seen = result.recording.observations
    seen = seen[np.isfinite(seen.pixels[:, 0, 0])]
    gaps = np.flatnonzero(np.diff(seen.time_s) >= ROOM_S)
    spans = [(float(seen.time_s[at]), float(seen.time_s[at + 1])) for at in gaps.tolist() if _lay(seen, at)]
    if not spans:
        return []
    told = ", ".join(f"{a:.1f} to {b:.1f} s" for a, b in spans[:SHOWN]) + (" and later" if len(spans) > SHOWN else "")
    return [f"nobody was seen from {told}: a rep that was done then, or in part, may be missing from the count"]


def _lay(seen: Observations, at: int) -> bool:
    """Whether somebody lay in position just before and just after the gap behind frame `at`."""
    before, after = seen.time_s[at], seen.time_s[at + 1]
    first, last = np.searchsorted(seen.time_s, [before - BESIDE_S, after + BESIDE_S])
    return bool(in_place(seen[first : at + 1]).any() and in_place(seen[at + 1 : last]).any())
