"""Both legs as one: at one height, and side by side."""

from __future__ import annotations

from formcheck.data.observations import Floats
from formcheck.rules.rule import Check, rule


@rule(
    "uneven-legs",
    Check(
        column="leg_difference_deg",
        limit="leg_difference_max_deg",
        side="above",
        steps=(6.0, 12.0),
        at="difference_s",
        cue="Lift both legs together",
        says="one leg {value} ahead of the other",
    ),
    praise="Both legs level",
    better="better-legs",
)
def uneven_legs(leg_difference_deg: Floats, leg_difference_max_deg: float) -> Floats:
    """One leg ahead of the other.

    What it checks
    --------------
    How far one leg is above the other while they are held: the median of the
    difference between the elevations of the two legs, from hip to ankle.

    Why it matters
    --------------
    When one leg does more, the pelvis turns and the lower back is loaded on
    one side. The lagging leg also gets less of the exercise.

    What to do
    ----------
    Press the inner ankles lightly together and lift the legs as one. If one
    side always lags, let it set the height and the pace.

    Limit
    -----
    {limits}

    Example
    -------
    >>> uneven_legs(np.array([1.0, 15.0]), leg_difference_max_deg=6.0)
    array([-5.,  9.])

    References
    ----------
    Exercise text, step 3.
    """
    return leg_difference_deg - leg_difference_max_deg


@rule(
    "legs-apart",
    Check(
        column="feet_gap_m",
        limit="feet_gap_max_m",
        side="above",
        steps=(0.15, 0.30),
        at="hold_start_s",
        cue="Keep your feet together",
        says="feet {value} apart",
    ),
    praise="Feet together",
    better="better-legs",
)
def legs_apart(feet_gap_m: Floats, feet_gap_max_m: float) -> Floats:
    """Feet not together.

    What it checks
    --------------
    How far the feet are apart, beyond touching. A camera exactly from the side
    sees little of this; what it cannot tell is reported as not assessable.

    Why it matters
    --------------
    With the feet together both legs move as one and the pelvis stays square.
    Spread legs let the hips turn out and one leg wander off.

    What to do
    ----------
    Let the inner ankles touch lightly before the lift and keep the contact
    until the legs are down again.

    Limit
    -----
    {limits}

    Example
    -------
    >>> legs_apart(np.array([0.05, 0.35]), feet_gap_max_m=0.15)
    array([-0.1,  0.2])

    References
    ----------
    Exercise text, step 3.
    """
    return feet_gap_m - feet_gap_max_m
