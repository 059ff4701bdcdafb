"""What this exercise is: the one place that says which posture it needs and which movement is a rep of it.

A rep is both legs turning about the hips together, more or less straight, while trunk, pelvis and hands stay where they
are and carry. All bounds lie far outside the limits of the rules: whoever does this exercise badly is counted and told
so, whoever does another one is not. Figures of true reps, of bad ones and of other exercises: `docs/exercise.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import hypot, isfinite, radians, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from formcheck.core import angles
from formcheck.core.grid import RATE_HZ

Floats = NDArray[np.float64]

# The posture, at one instant

POSTURES = 10
UNSEEN, READY, SETTLES, HANDS_MOVE, UPRIGHT, STEEP, BACK, KNEES, LEGS, TRAVELS = range(POSTURES)
IN_POSITION = (READY, SETTLES, HANDS_MOVE)
"""Nobody is seen; in position, at rest or not; in position, but hips or knees, or the hands are being put elsewhere; or
what is strongest against it: the trunk is upright or steep, knees bend the other way (somebody lies on the back), knees
are bent, thighs or legs hang down or stick up, the pelvis is on its way."""
TRUNK_DEG, UPRIGHT_DEG = 45.0, 65.0
"""A trunk that is steeper than the first is nearer to upright than to lying; beyond the second it is upright."""
KNEE_DEG = 80.0
"""Knees that are bent by 60 degrees are read as up to 75; who kneels has 90 and more."""
WRONG_KNEE_DEG = -35.0
"""No knee bends forwards; straight ones are read as -3 and more. On the back a bent knee looks like this."""
LEG_DEG, THIGH_DEG = (-65.0, 50.0), -72.0
"""Legs hang to the floor at 25 to 50 degrees; the thighs of who kneels or stands bent over are vertical."""
TRAVEL_LEGS, TRAVEL = 0.25, RATE_HZ
"""A pelvis that moves by so many leg lengths in so many samples is on its way: 20 cm in a second. A ball that rolls by
15 cm while the legs are lifted stays below."""
ARRANGE_HIPS, ARRANGE_HANDS, ARRANGE_KNEES_DEG = 0.08, 0.12, 12.0
"""More than this in the same time, and somebody is still arranging the body: leg lengths and degrees. In true reps hips
move by at most 0.06 and hands by 0.05 from low to top."""

_POSE = np.array([angles.TRUNK, angles.KNEE, angles.LEG, angles.THIGH])


def postures(signals: Floats, every: int = 1) -> NDArray[np.int64]:
    """The posture (m,) at each of the last m of (TRAVEL // every + m, S) signals, which are `every` samples apart.

    The first ones tell where pelvis, hands and knees were.
    """
    lag = TRAVEL // every
    hips, hands, knees = signals[:, angles.HIP_TAIL], signals[:, angles.SUPPORT], signals[:, angles.KNEE]
    apart = _moved(hips - hands, lag)  # a camera that moves takes both with it
    moved = np.minimum(_moved(hips, lag), apart)
    found = _lying(signals[lag:])
    lies = found == READY
    found[lies & ((moved > ARRANGE_HIPS) | (_moved(knees, lag) > ARRANGE_KNEES_DEG))] = SETTLES
    found[lies & (np.minimum(_moved(hands, lag), apart) > ARRANGE_HANDS)] = HANDS_MOVE
    found[lies & (moved > TRAVEL_LEGS)] = TRAVELS
    return found


def _moved(values: Floats, lag: int) -> Floats:
    return np.asarray(np.abs(values[lag:] - values[:-lag]))


def in_position(signals: Floats) -> NDArray[np.bool_]:
    """Samples (m,) of signals (m, S) at which somebody lies in position, at rest or not."""
    return np.asarray(_lying(signals) == READY)


def _lying(signals: Floats) -> NDArray[np.int64]:
    trunk, knee, leg, thigh = signals.take(_POSE, axis=1).T
    found = np.full(len(signals), READY)
    found[(leg < LEG_DEG[0]) | (leg > LEG_DEG[1]) | (thigh < THIGH_DEG)] = LEGS
    found[knee > KNEE_DEG] = KNEES
    found[knee < WRONG_KNEE_DEG] = BACK
    tilt = np.abs(trunk)
    found[tilt > TRUNK_DEG] = STEEP
    found[tilt > UPRIGHT_DEG] = UPRIGHT
    found[~np.isfinite(leg)] = UNSEEN
    return found


# The movement, from the low to the top of what may be a rep


class Place(NamedTuple):
    """What is seen of the body at an instant `at`: degrees, leg lengths; `foot_turn` and `far_size` as in `angles`."""

    at: float
    leg: float
    far_leg: float
    far_size: float
    thigh: float
    trunk: float
    hip_tail: float
    hip_up: float
    hand_tail: float
    hand_up: float
    foot_turn: float


COLUMNS = np.array([
    angles.LEG,
    angles.FAR_LEG,
    angles.FAR_SIZE,
    angles.THIGH,
    angles.TRUNK,
    angles.HIP_TAIL,
    angles.HIP_UP,
    angles.SUPPORT,
    angles.HAND_UP,
    angles.FOOT_TURN,
])  # fmt: skip
"""The signals that make a `Place`, as they come from the joints and without its instant."""

OTHER_LEG = 0.2
"""The leg that moves less does so by at least this share of the other: one leg 15 degrees ahead leaves 0.4."""
SEEN_SIZE = (0.7, 1.5)
"""The far leg was found where it is about as long as the near one: hidden ones are put anywhere, much shorter."""
LEVEL_DEG = -8.0
"""Legs that start higher lie on the floor, where both are in sight: then both have to be seen to move."""
TRUNK_RISES = 0.45
"""A trunk that turns up by more than this share of the legs' way is lifted with them; true reps have at most 0.15."""
TRUNK_STILL_DEG = 3.0
"""Less is no movement of the trunk, however small that of the legs."""
TRUNK_SINKS_DEG = 15.0
"""A trunk sinks by so much, or as much as the legs rise, where elbows give way by 80 degrees."""
FEET_RISE = 0.5
"""So much of the legs' turn comes from feet that rise; the rest from hips that sink. True reps have 0.9 to 1.1."""
PELVIS_UP, PELVIS_ALONG = 0.15, 0.3
"""The pelvis stays within so many leg lengths, up and along (12 and 25 cm); true reps have 0.04 and 0.06."""
HANDS = 0.2
"""And so do the hands (16 cm); true reps have 0.05, and 0.16 once where `lite` saw a wrist in the wrong place."""
THIGHS = 0.25
"""The thighs turn by this share of the legs at least: knees that bend by 60 degrees on the way leave 0.35."""
ON_BACK = 0.3
"""Toes that point so far up are those of somebody on the back; face-down they read -0.76 and less."""


def why_not(low: Place, top: Place) -> str:
    """Which of `REASONS` speaks against a rep from `low` to `top`; empty where none does. What is unknown does not."""
    return next((reason for reason, against in _AGAINST if against(low, top)), "")


def _trunk(low: Place, top: Place) -> bool:
    rise, turn = top.leg - low.leg, top.trunk - low.trunk
    return turn > max(TRUNK_STILL_DEG, TRUNK_RISES * rise) or -turn > max(TRUNK_SINKS_DEG, rise)


def _feet(low: Place, top: Place) -> bool:
    turn = sin(radians(top.leg)) - sin(radians(low.leg))
    return turn + top.hip_up - low.hip_up < FEET_RISE * turn


def _pelvis(low: Place, top: Place) -> bool:
    return abs(top.hip_up - low.hip_up) > PELVIS_UP or abs(top.hip_tail - low.hip_tail) > PELVIS_ALONG


def _one_leg(low: Place, top: Place) -> bool:
    """Whether one leg moves by itself, or may do so where both should be in sight."""
    rise, far_rise = top.leg - low.leg, top.far_leg - low.far_leg
    if all(SEEN_SIZE[0] < place.far_size < SEEN_SIZE[1] for place in (low, top)):
        return min(rise, far_rise) < OTHER_LEG * max(rise, far_rise)
    return isfinite(low.far_size) and low.leg > LEVEL_DEG


_AGAINST: tuple[tuple[str, Callable[[Place, Place], bool]], ...] = (
    ("on-back", lambda low, top: min(low.foot_turn, top.foot_turn) > ON_BACK),
    ("one-leg", _one_leg),
    ("trunk", _trunk),
    ("feet", _feet),
    ("pelvis", _pelvis),
    ("hands", lambda low, top: hypot(top.hand_tail - low.hand_tail, top.hand_up - low.hand_up) > HANDS),
    ("knees", lambda low, top: top.thigh - low.thigh < THIGHS * (top.leg - low.leg)),
)
PASSING = "passing"
REASONS = (*(reason for reason, _ in _AGAINST), PASSING)
"""Why a movement is no rep, the strongest reason first; the last one for what belongs to getting off."""


def middle(places: Sequence[Sequence[float]]) -> Place:
    """The median of up to three places (as `Place`), number by number."""
    half = len(places) // 2
    return Place(*[sorted(values)[half] for values in zip(*places, strict=True)])
