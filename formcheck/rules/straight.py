"""What should stay straight: knees and elbows."""

from __future__ import annotations

from formcheck.data.observations import Floats
from formcheck.rules.rule import Check, rule


@rule(
    "bent-knees",
    Check(
        column="max_knee_flexion_deg",
        limit="knee_flexion_max_deg",
        side="above",
        steps=(15.0, 30.0),
        at="knee_s",
        cue="Straighten your knees",
        says="knees bent by {value}",
    ),
    praise="Knees straight",
    better="better-straight",
)
def bent_knees(max_knee_flexion_deg: Floats, knee_flexion_max_deg: float) -> Floats:
    """Knees bent.

    What it checks
    --------------
    How far the knees are bent in the rep, 0° being a straight leg: what is
    exceeded for a third of a second in all, so that single jumps do not count.

    Why it matters
    --------------
    Bent knees bring the weight of the legs closer to the hips, so that the
    buttocks and the back have less to lift, and the hamstrings shorten at both
    ends and pull less well.

    What to do
    ----------
    Before the lift, tighten the front of the thighs and push the heels away
    from you. Keep them so until the toes are down again.

    Limit
    -----
    {limits}

    Example
    -------
    >>> bent_knees(np.array([6.0, 48.0]), knee_flexion_max_deg=15.0)
    array([-9., 33.])

    References
    ----------
    Exercise text, steps 2 and 3.
    Neumann DA. Kinesiology of the Musculoskeletal System (hip, knee).
    """
    return max_knee_flexion_deg - knee_flexion_max_deg


@rule(
    "bent-elbows",
    Check(
        column="max_elbow_flexion_deg",
        limit="elbow_flexion_max_deg",
        side="above",
        steps=(15.0, 30.0),
        at="elbow_s",
        cue="Straighten your elbows",
        says="elbows bent by {value}",
    ),
    praise="Elbows straight",
    better="better-straight",
)
def bent_elbows(max_elbow_flexion_deg: Floats, elbow_flexion_max_deg: float) -> Floats:
    """Elbows bent.

    What it checks
    --------------
    How far the elbows are bent in the rep, 0° being a straight arm: what is
    exceeded for a third of a second in all. Of the two arms, the one that the
    camera sees well counts.

    Why it matters
    --------------
    The arms are what keeps the ball from rolling. Bent elbows let the chest
    sink and tip you forward, so the legs look higher than the hips lift them.

    What to do
    ----------
    Palms flat under or a little ahead of the shoulders, arms long. Push the
    floor away and leave them so for the whole set.

    Limit
    -----
    {limits}

    Example
    -------
    >>> bent_elbows(np.array([9.0, 40.0]), elbow_flexion_max_deg=15.0)
    array([-6., 25.])

    References
    ----------
    Exercise text, step 2.
    """
    return max_elbow_flexion_deg - elbow_flexion_max_deg
