"""What is known at one frame: the value that coach and window share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.data.result import Rep


class Moment(NamedTuple):
    """One frame, judged as far as it can be by now.

    time_s   of the frame, seconds of the session
    first    number of the first instant in `rows`; instants are 1/30 s apart, instant 0 is at 0 s,
             but for what long gaps left out
    rows     (m, len(SIGNALS)) instants that became known with this frame, as angles come from the joints: not
             smoothed, not-a-number where unknown; often one, none where frames come faster, more after a gap
    seen     somebody is in the picture
    lying    somebody lies over the ball with legs more or less straight
    reps     reps whose verdict came with this frame
    advice   key of the set-up check's instruction, empty where all is well
    still    lying, all is well, and nothing has moved for a second
    anew     from this frame on another calibration holds: places are not those of before
    late_s   so much later than its number says the newest instant was, seconds
    trouble  key of what has gone wrong in mid-session, on the one frame at which it is to be said
    """

    time_s: float
    first: int
    rows: NDArray[np.float64]
    seen: bool
    lying: bool
    reps: tuple[Rep, ...] = ()
    advice: str = ""
    still: bool = False
    trouble: str = ""
    anew: bool = False
    late_s: float = 0.0
