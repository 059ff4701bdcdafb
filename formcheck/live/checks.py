"""What can be wrong with how somebody lies before the camera: one limit and one question for each instruction.

Left and right are those of who stands behind the camera, and of its picture, which is not mirrored.
"""

from __future__ import annotations

from collections.abc import Callable

from formcheck.core.uncertainty import NORMAL_95, OBLIQUE_DEG
from formcheck.live.place import Place
from formcheck.rules.limits import Limits
from formcheck.rules.remarks import DARK

SEEN = 0.5
EDGE = 0.01
"""Joints are placed to about this share of the picture."""
LONGEST = 0.97
"""A body that takes more of the picture than this does not come in by moving the camera sideways."""
ROLL_DEG = 10.0
"""Roll is put right in the numbers to within a degree or so; samples have up to 5 degrees."""
DOWN_DEG = 22.0
"""Cameras up to 13 degrees above read 0 to 19 and are sound; one at 28 reads 25 to 30, one at 36 29 to 60."""
AGREED_DEG = 25.0
"""The yaw by the body alone reads 14 to 36 in clips at 30 degrees and 41 to 79 in those at 45. The session's own,
which hidden hands mislead, counts where the body's is at least so much."""
KNEE_DEG = 35.0
"""Straight legs at rest read -3 to 9 degrees; who kneels has 90."""
GUESSED_DEG = -30.0
"""No knee bends so far forwards; straight ones read -3 and more."""
LEG_DEG = (-65.0, 50.0)
"""Outside of this somebody bends down, kneels upright or sits back."""
BALL_SD_M = 0.025
"""How well the ball's place under the hips is known; the rule about it allows for the same."""
SLACK = 0.9
"""A limit that was passed counts as passed until the number is below so much of it."""

Check = Callable[[Place, float], bool]
"""Whether something is wrong; the limit is multiplied by the second value. Numbers not known are in order."""

ALWAYS = ("more-light", "nobody")
"""Asked whatever is seen."""
UPRIGHT = ("level-camera", "lie-down", "one-person")
"""Asked as soon as somebody is seen; all others only of who is prone."""
ORDER = (
    "more-light",
    "nobody",
    "level-camera",
    "lie-down",
    "one-person",
    "whole-body",
    "move-camera-left",
    "move-camera-right",
    "turn-camera-left",
    "turn-camera-right",
    "lower-camera",
    "straighten-legs",
    "ball-under-hips",
)
"""What is said first of all that is wrong: what hides the rest, then the camera, then the body."""


def wrong(place: Place, spoken: frozenset[str], ball_m: float) -> list[str]:
    """Keys of all that is wrong, in order; those in `spoken` have passed their limit already."""
    if place.seen < SEEN:
        asked: tuple[str, ...] = ALWAYS
    elif place.prone_s == 0:
        asked = (*ALWAYS, *UPRIGHT)
    else:
        asked = ORDER
    checks = CHECKS | {"ball-under-hips": lambda at, slack: abs(at.ball_offset_m) > slack * ball_m}
    return [key for key in asked if checks[key](place, SLACK if key in spoken else 1.0)]


def furthest_ball_m(limits: Limits) -> float:
    """How far the ball may be from under the hips before the rule about it finds a fault."""
    return limits.ball_offset_max_m + NORMAL_95 * BALL_SD_M


def _whole_body(place: Place, slack: float) -> bool:
    """Cut off above or below, at both sides, too long to fit, or so much hidden that the joints are guesses."""
    left, right, above, below = (side > _edge(slack) for side in place.over)
    long = 1.0 + place.over.left + place.over.right > slack * LONGEST
    return above or below or (left and right) or (long and (left or right)) or place.knee_deg < GUESSED_DEG


def _off_left(place: Place, slack: float) -> bool:
    return place.over.left > _edge(slack)


def _off_right(place: Place, slack: float) -> bool:
    return place.over.right > _edge(slack)


def _edge(slack: float) -> float:
    """Past the edge a little; once past it, in again by as much."""
    return EDGE if slack == 1.0 else -EDGE


def _oblique(place: Place, slack: float) -> bool:
    agreed = abs(place.yaw_deg) > AGREED_DEG and place.yaw_deg * place.fused_deg > 0
    return abs(place.yaw_deg) > slack * OBLIQUE_DEG or (agreed and abs(place.fused_deg) > slack * OBLIQUE_DEG)


def _from_left(place: Place) -> bool:
    """The camera stands too far to the left: towards a head that is there, or towards feet that are."""
    return (place.yaw_deg > 0) == (place.facing == "left")


def _not_lying(place: Place, _slack: float) -> bool:
    """Upright, or bent down; feet out of the picture, or seen from head or feet, say nothing of that."""
    bent = place.leg_deg < LEG_DEG[0] or place.leg_deg > LEG_DEG[1]
    return place.prone_s == 0 or (bent and max(place.over) < 0 and not _oblique(place, SLACK))


CHECKS: dict[str, Check] = {
    "more-light": lambda at, slack: at.light < DARK / slack,
    "nobody": lambda at, _slack: at.seen < SEEN,
    "level-camera": lambda at, slack: abs(at.roll_deg) > slack * ROLL_DEG,
    "lie-down": _not_lying,
    "one-person": lambda at, _slack: (at.people or 0) > 1,
    "whole-body": _whole_body,
    "move-camera-left": _off_left,
    "move-camera-right": _off_right,
    # seen from behind: who stands too far to the left looks to the right, and must turn to the left
    "turn-camera-left": lambda at, slack: _oblique(at, slack) and _from_left(at),
    "turn-camera-right": lambda at, slack: _oblique(at, slack) and not _from_left(at),
    "lower-camera": lambda at, slack: at.down_deg > slack * DOWN_DEG,
    "straighten-legs": lambda at, slack: at.knee_deg > slack * KNEE_DEG,
}
