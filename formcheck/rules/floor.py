"""How the rep ends: toes on the floor, or still far above it."""

from __future__ import annotations

from formcheck.data.observations import Floats
from formcheck.rules.rule import Check, rule


@rule(
    "toe-touch",
    Check(
        column="touch_s",
        limit="touch_max_s",
        side="above",
        steps=(0.4, 0.9),
        at="touch_start_s",
        cue="Keep your toes off the floor",
        says="toes on the floor for {value}",
    ),
    praise="Toes kept off the floor",
    better="better-floor",
)
def toe_touch(touch_s: Floats, touch_max_s: float) -> Floats:
    """Toes down between reps.

    What it checks
    --------------
    The time that the toes spend on the floor after the hold of this rep, until
    the next lift: feet that the picture shows surely less than 2.5 cm above
    their shadow on the floor stand on it. Not assessable in a live session, or
    where toes come near the floor and their shadow is not clearly seen (little
    light from above, feet as dark as the floor, a moved camera), or where no
    ball shows the floor.

    Why it matters
    --------------
    On the floor the muscles let go. Turning round just above it keeps tension
    on them through the whole set.

    What to do
    ----------
    Lower until the toes almost touch, then lift again at once. If you need to
    rest, end the set.

    Limit
    -----
    {limits}

    Example
    -------
    >>> toe_touch(np.array([0.0, 1.1]), touch_max_s=0.1)
    array([-0.1,  1. ])

    References
    ----------
    Exercise text, step 5.
    """
    return touch_s - touch_max_s


@rule(
    "incomplete-lowering",
    Check(
        column="toe_clearance_m",
        limit="toe_clearance_max_m",
        side="above",
        steps=(0.10, 0.20),
        at="end_s",
        cue="Lower until toes almost touch",
        says="toes no lower than {value} above the floor",
    ),
    praise="Lowered all the way",
    better="better-floor",
)
def incomplete_lowering(toe_clearance_m: Floats, toe_clearance_max_m: float) -> Floats:
    """Legs not lowered all the way.

    What it checks
    --------------
    The least height of the toes above the floor after the hold. Not assessable
    where no ball shows the floor, the feet are out of sight, or the video ends
    on the way down.

    Why it matters
    --------------
    Turning round half-way leaves out the part in which buttocks and hamstrings
    are long, and with it part of the benefit.

    What to do
    ----------
    Lower until the toes are just short of the floor, without letting them
    touch, then lift again.

    Limit
    -----
    {limits}

    Example
    -------
    >>> incomplete_lowering(np.array([0.0, 0.35]), toe_clearance_max_m=0.10)
    array([-0.1 ,  0.25])

    References
    ----------
    Exercise text, step 5.
    """
    return toe_clearance_m - toe_clearance_max_m
