"""What the body rests on: hands and ball."""

from __future__ import annotations

from formcheck.data.observations import Floats
from formcheck.rules.rule import Check, rule


@rule(
    "unstable-support",
    Check(
        column="support_shift_m",
        limit="support_shift_max_m",
        side="above",
        steps=(0.06, 0.14),
        at="lift_start_s",
        cue="Keep hands and ball still",
        says="hands or ball moved by {value}",
    ),
    praise="Hands and ball still",
    praise_without_ball="Hands still",
    better="better-support",
)
def unstable_support(support_shift_m: Floats, support_shift_max_m: float) -> Floats:
    """Hands or ball moving.

    What it checks
    --------------
    How far the hands, or the ball where it is found, move along the floor
    during the rep.

    Why it matters
    --------------
    A ball that rolls takes the pelvis with it: the hips no longer have a fixed
    point to lift from, and you may roll off.

    What to do
    ----------
    Spread the fingers, press the palms into the floor and lift more slowly. On
    a smooth floor, use a mat.

    Limit
    -----
    {limits}

    Example
    -------
    >>> unstable_support(np.array([0.02, 0.16]), support_shift_max_m=0.06)
    array([-0.04,  0.1 ])

    References
    ----------
    Exercise text, step 2.
    """
    return support_shift_m - support_shift_max_m


@rule(
    "ball-misplaced",
    Check(
        column="ball_offset_m",
        limit="ball_offset_max_m",
        side="above",
        steps=(0.06, 0.12),
        at="lift_start_s",
        cue="Ball further towards your feet",
        says="middle of the ball {value} from under the hips, towards the head",
    ),
    Check(
        column="ball_offset_m",
        limit="ball_offset_max_m",
        side="below",
        factor=-1.0,
        steps=(0.06, 0.12),
        at="lift_start_s",
        cue="Ball further towards your belly",
        says="middle of the ball {value} from under the hips, towards the feet",
    ),
    praise="Ball under the hips",
    better="better-support",
)
def ball_misplaced(ball_offset_m: Floats, ball_offset_max_m: float) -> tuple[Floats, Floats]:
    """Ball not under the hips.

    What it checks
    --------------
    How far the centre of the ball lies from under the hips, along the body;
    positive is towards the head. Not assessable until the ball is found.

    Why it matters
    --------------
    Too low on the thighs, the ball stops the hips from moving; too high on the
    belly, it leaves the pelvis without support, and the lower back moves
    instead of the hips.

    What to do
    ----------
    Lie so that the ball bears the pelvis, the upper thighs and the lower
    belly, and settle there before you lift.

    Limit
    -----
    {limits}

    Example
    -------
    A ball 5 cm and one 20 cm towards the feet; the second number of a rep says
    how far too low on the thighs it is:

    >>> high, low = ball_misplaced(np.array([-0.05, -0.20]), ball_offset_max_m=0.12)
    >>> low.round(2)
    array([-0.07,  0.08])

    References
    ----------
    Exercise text, step 1.
    """
    return ball_offset_m - ball_offset_max_m, -ball_offset_max_m - ball_offset_m
