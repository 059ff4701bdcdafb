"""How fast it goes: the lift, the hold, the way down.

Slow is never a fault: a lift or descent longer than asked for is in the table of reps, and no rule minds it.
"""

from __future__ import annotations

import numpy as np

from formcheck.data.observations import Floats
from formcheck.rules.rule import Check, rule


@rule(
    "swinging",
    Check(
        column="lift_s",
        limit="lift_min_s",
        side="below",
        steps=(0.25, 0.45),
        at="lift_start_s",
        cue="Lift smoothly, about one second",
        says="lifted in {value}",
    ),
    Check(
        column="overshoot_deg",
        limit="overshoot_max_deg",
        side="above",
        steps=(4.0, 8.0),
        at="peak_s",
        cue="Don't swing, stop at the top",
        says="shot {value} past the level held and swung on",
    ),
    praise="Lifted smoothly",
    better="better-tempo",
)
def swinging(  # noqa: PLR0913, PLR0917  two signs of three measures
    lift_s: Floats,
    overshoot_deg: Floats,
    oscillation_deg: Floats,
    oscillation_deg_uncertainty: Floats,
    lift_min_s: float,
    overshoot_max_deg: float,
    oscillation_max_deg: float,
) -> tuple[Floats, Floats]:
    """Legs thrown up, or swinging.

    What it checks
    --------------
    Two signs, one is enough: the lift is too quick, or the legs shoot past the
    level at which they come to be held and go on swinging there. A peak
    without swinging on, or a sway without a peak, is no swing. Of two signs
    the worse is reported.

    Why it matters
    --------------
    Momentum does the work that the muscles should do, and the back has to
    catch the legs at the top. Quick, jerky stretches are what the tough tissue
    of the lower back takes worst.

    What to do
    ----------
    Start the lift without a jerk and take about one second. Breathe out on the
    way up, and be still at the top before you count.

    Limit
    -----
    {limits}

    Example
    -------
    A good lift, a thrown one, and one that overshoots and swings:

    >>> quick, swing = swinging(
    ...     lift_s=np.array([1.0, 0.5, 0.8]),
    ...     overshoot_deg=np.array([0.5, 0.5, 6.0]),
    ...     oscillation_deg=np.array([1.0, 1.0, 7.0]),
    ...     oscillation_deg_uncertainty=np.array([1.0, 1.0, 1.0]),
    ...     lift_min_s=0.7,
    ...     overshoot_max_deg=2.0,
    ...     oscillation_max_deg=2.5,
    ... )
    >>> quick.round(1)
    array([-0.3,  0.2, -0.1])
    >>> swing
    array([-inf, -inf,   4.])

    References
    ----------
    Exercise text, steps 3 and 4 and the closing remarks.
    """
    beyond = overshoot_deg - overshoot_max_deg
    sways = oscillation_deg - oscillation_deg_uncertainty > oscillation_max_deg
    still = oscillation_deg + oscillation_deg_uncertainty <= oscillation_max_deg
    vague = ~(oscillation_deg_uncertainty <= oscillation_max_deg)  # true of not-a-number, too
    neither = np.where(vague & (beyond > 0), np.nan, np.minimum(beyond, 0.0))
    return lift_min_s - lift_s, np.where(sways, beyond, np.where(still, -np.inf, neither))


@rule(
    "fast-descent",
    Check(
        column="lower_s",
        limit="lower_min_s",
        side="below",
        steps=(0.75, 1.5),
        at="lower_start_s",
        cue="Lower slowly, count to four",
        says="lowered in {value}",
    ),
    praise="Lowered under control",
    better="better-tempo",
)
def fast_descent(lower_s: Floats, lower_min_s: float) -> Floats:
    """Legs dropped.

    What it checks
    --------------
    The time from leaving the top until the legs are down. Taking longer is
    never a fault.

    Why it matters
    --------------
    The muscles are activated more fully when they lower the weight of the legs
    slowly. Legs that drop take that work away and end with a jolt to the lower
    back.

    What to do
    ----------
    Count to three or four on the way down and breathe in. If the legs still
    drop near the end, do fewer reps.

    Limit
    -----
    {limits}

    Example
    -------
    >>> fast_descent(np.array([3.5, 1.0]), lower_min_s=2.5)
    array([-1. ,  1.5])

    References
    ----------
    Exercise text, step 5 and the closing remarks.
    Roig M et al. The effects of eccentric versus concentric resistance training
    on muscle strength and mass in healthy adults. Br J Sports Med 43, 2009.
    """
    return lower_min_s - lower_s


@rule(
    "short-hold",
    Check(
        column="hold_s",
        limit="hold_min_s",
        side="below",
        steps=(1.0, 2.0),
        at="hold_start_s",
        cue="Hold the top, count to three",
        says="held for {value}",
    ),
    praise="Held long enough",
    better="better-tempo",
)
def short_hold(hold_s: Floats, hold_min_s: float) -> Floats:
    """Top not held long enough.

    What it checks
    --------------
    The time from when the legs stop rising until they leave the top. Holding
    longer is never a fault.

    Why it matters
    --------------
    The hold is where buttocks and back work against the longest lever without
    any help from momentum. It also shows that the lift was under control.

    What to do
    ----------
    At the top, squeeze the buttocks and count "one thousand, two thousand,
    three thousand" before you let the legs go down.

    Limit
    -----
    {limits}

    Example
    -------
    >>> short_hold(np.array([3.0, 0.5]), hold_min_s=2.5)
    array([-0.5,  2. ])

    References
    ----------
    Exercise text, step 5.
    """
    return hold_min_s - hold_s
