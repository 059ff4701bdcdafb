"""The continuous tone, and warnings before a fault: what one estimate asks for, with the limits in force.

Physics sets the bounds. A lift is told to go too high once its second half begins, 0.2 to 0.3 s before its peak. A
fall is told from a controlled lowering after 0.2 to 0.3 s, in which it has come down by some 3 degrees, of which the
pose model shows 1 or 2 by then; after 0.3 to 0.4 s where the legs had not come to rest before. Toes are
placed to some 3 cm only, which is all that "almost" means, so being about to touch the floor cannot be told from
almost touching it. Near the floor the tone gets harsh; "floor" is said only where the toes are about to go surely
deeper than ever before in the session.
"""

from __future__ import annotations

from math import isfinite, isnan, nan, radians, sin

from formcheck.core.boundaries import CORNER_S
from formcheck.core.ground import LEG_M
from formcheck.core.phases import HOLD, LIFT, LOWER
from formcheck.core.posemodel import UNKNOWN
from formcheck.core.quick import Estimate
from formcheck.outputs.voice.sounds import Guide
from formcheck.rules.limits import Limits

STOP_SD_DEG = 1.0
"""Where a lift will stop is known to about this, once it is known."""
FAST = 0.6
"""A lowering that will last less than this share of the shortest allowed is a fall, whatever the noise."""
FAST_ONSET = 0.7
"""The same by the first frames, in which legs do not have the speed yet that they will fall with."""
LOWER_S, MARGIN_S = 3.5, 0.5
"""The guide comes down in the middle of the 3 to 4 s asked for; a limit nearer to that moves it."""
NEAR_M = 0.05
"""Toes nearer to the floor than this, by best estimate, sound harsh."""
REACT_S = 0.3
"""Legs move on for so long after a word."""
DEEPER_M = 0.02
"""Toes come down to within a centimetre of where they were in other reps."""


def guide(now: Estimate, time_s: float, limits: Limits) -> Guide:
    """The tone of this moment."""
    tolerance = limits.parallel_tolerance_deg
    return Guide(
        now.elevation_deg,
        target(now, time_s, limits),
        abs(now.elevation_deg) <= tolerance,
        max(_too_high(now, tolerance, limits), _too_low(now, limits)),
    )


def target(now: Estimate, time_s: float, limits: Limits) -> float | None:
    """Where the legs should be by now on the way down."""
    if now.phase != LOWER or not isfinite(now.lower_s + now.top_deg + now.low_deg):
        return None
    seconds = max(LOWER_S, limits.lower_min_s + MARGIN_S)
    return now.top_deg + (now.low_deg - now.top_deg) * way_down(
        (time_s - now.lower_s) / seconds, 2 * CORNER_S / seconds
    )


def way_down(u: float, corner: float) -> float:
    """Share of the way at share `u` of the time: an even speed between two corners."""
    u = min(max(u, 0.0), 1.0)
    if u > 0.5:
        return 1.0 - way_down(1.0 - u, corner)
    return (u * u / (2 * corner) if u < corner else u - corner / 2) / (1.0 - corner)


def warning(now: Estimate, deepest_legs: float, limits: Limits) -> str:
    """Key of what has to be said at once; `deepest_legs`: the lowest that the toes were before this lowering.

    Legs that come down while the body is put in its place, or gets off, are not being lowered: nothing is said of them.
    """
    if now.phase == LIFT and "hyperextension" not in limits.off and _over(now, limits.parallel_tolerance_deg):
        return "stop"
    if now.arranges:
        return ""
    if now.phase in {HOLD, LOWER} and "fast-descent" not in limits.off and _falls(now, limits.lower_min_s):
        return "slower"
    if now.phase == LOWER and "toe-touch" not in limits.off and _deeper(now, deepest_legs):
        return "floor"
    return ""


def _over(now: Estimate, tolerance: float) -> bool:
    highest = now.elevation_deg if isnan(now.stop_deg) else max(now.elevation_deg, now.stop_deg)
    return highest > tolerance + STOP_SD_DEG


def _falls(now: Estimate, least_s: float) -> bool:
    return now.lasts_s < FAST * least_s or now.onset_s < FAST_ONSET * least_s


def _deeper(now: Estimate, deepest_legs: float) -> bool:
    """Whether the toes will soon be on or under the floor, by best estimate, and surely lower than ever."""
    soon = _toes_soon(now)
    return soon * LEG_M < UNKNOWN.toe_zero_m and (deepest_legs - soon) * LEG_M > DEEPER_M


def _toes_soon(now: Estimate) -> float:
    """Height of the toes after `REACT_S`, lengths of the leg, with legs that begin to brake now as they usually do."""
    if now.speed_deg_s >= 0:
        return nan
    braked = now.speed_deg_s * REACT_S * (1.0 - REACT_S / (4.0 * CORNER_S))
    before, after = radians(now.elevation_deg), radians(now.elevation_deg + braked)
    return now.toe_legs + sin(after) - sin(before)


def _too_high(now: Estimate, tolerance: float, limits: Limits) -> float:
    """From the edge of what counts as parallel to twice that."""
    if "hyperextension" in limits.off:
        return 0.0
    highest = now.elevation_deg if isnan(now.stop_deg) else max(now.elevation_deg, now.stop_deg)
    return min(max((highest - tolerance) / tolerance, 0.0), 1.0)


def _too_low(now: Estimate, limits: Limits) -> float:
    height = now.toe_legs * LEG_M - UNKNOWN.toe_zero_m
    if now.phase != LOWER or "toe-touch" in limits.off or isnan(height):
        return 0.0
    return min(max(1.0 - height / NEAR_M, 0.0), 1.0)
