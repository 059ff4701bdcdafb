"""How high the legs come: too high, or not high enough."""

from __future__ import annotations

import numpy as np

from formcheck.data.observations import Floats
from formcheck.rules.rule import Check, rule


@rule(
    "hyperextension",
    Check(
        column="peak_thigh_elevation_deg",
        limit="parallel_tolerance_deg",
        side="above",
        steps=(5.0, 10.0),
        at="peak_s",
        cue="Not so high, stop at parallel",
        says="thighs {value} above parallel",
    ),
    praise="No higher than parallel",
    better="better-elevation",
)
def hyperextension(peak_thigh_elevation_deg: Floats, parallel_tolerance_deg: float) -> Floats:
    """Thighs above parallel.

    What it checks
    --------------
    The highest elevation of the thighs (hip to knee against the floor) in the
    rep, however short it was.

    Why it matters
    --------------
    Hips extend only 10° to 20° beyond the line of the trunk; what comes on top
    is an arched lower back. That presses on the joints and disks of the spine
    and trains the muscles no better.

    What to do
    ----------
    Stop when the thighs are level with the floor. Squeeze the buttocks instead
    of arching the back, and look at the floor between your hands.

    Limit
    -----
    {limits}

    Example
    -------
    >>> hyperextension(np.array([3.0, 12.0]), parallel_tolerance_deg=5.0)
    array([-2.,  7.])

    References
    ----------
    Exercise text, steps 3 and 4.
    Roaas A, Andersson GB. Normal range of motion of the hip, knee and ankle
    joints in male subjects, 30-40 years of age. Acta Orthop Scand 53, 1982.
    """
    return peak_thigh_elevation_deg - parallel_tolerance_deg


@rule(
    "incomplete-lift",
    Check(
        column="hold_thigh_elevation_deg",
        limit="parallel_tolerance_deg",
        side="below",
        factor=-1.0,
        steps=(8.0, 16.0),
        at="hold_start_s",
        cue="Higher, until thighs are level",
        says="thighs {value} below parallel",
    ),
    unless=("hyperextension",),
    praise="Lifted to parallel",
    better="better-elevation",
)
def incomplete_lift(
    hold_thigh_elevation_deg: Floats,
    leg_difference_deg: Floats,
    leg_difference_deg_uncertainty: Floats,
    parallel_tolerance_deg: float,
    leg_difference_max_deg: float,
) -> Floats:
    """Thighs short of parallel.

    What it checks
    --------------
    The elevation at which the thighs are held (the median of the hold). Where
    one leg surely lags (see uneven-legs), the leading leg is judged: half of
    the difference is added. Never raised beside hyperextension.

    Why it matters
    --------------
    The buttocks work hardest near the end of hip extension, with the legs
    level, where their weight pulls with its longest lever. Stopping short
    leaves that part out.

    What to do
    ----------
    Press the hips into the ball and lift from the hips until thighs and legs
    are in line with the floor. If you cannot, do fewer reps, or hold for less.

    Limit
    -----
    {limits}

    Example
    -------
    The first rep is held 12° low, the second too, but with one leg 16° ahead:

    >>> incomplete_lift(
    ...     hold_thigh_elevation_deg=np.array([-12.0, -12.0]),
    ...     leg_difference_deg=np.array([1.0, 16.0]),
    ...     leg_difference_deg_uncertainty=np.array([3.0, 3.0]),
    ...     parallel_tolerance_deg=5.0,
    ...     leg_difference_max_deg=6.0,
    ... )
    array([ 7., -1.])

    References
    ----------
    Exercise text, step 3.
    Plamondon A et al. Estimated moments at L5/S1 level and muscular activation
    of back extensors for six prone back extension exercises in healthy
    individuals. Scand J Med Sci Sports 12, 2002.
    """
    lags = leg_difference_deg - leg_difference_deg_uncertainty > leg_difference_max_deg
    leading = hold_thigh_elevation_deg + np.where(lags, leg_difference_deg / 2, 0.0)
    return -parallel_tolerance_deg - leading
