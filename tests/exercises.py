"""Other exercises than this one, and bad performances of this one, as bodies in motion."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
from bodies import HAND, HIP, RATE, Body
from figure import ARM_M, FOREARM_M, SHANK_M, THIGH_M, TRUNK_M, Floats
from movements import Rep, movement

LYING_M = 0.12
"""How high hips are that lie on the floor."""


def wave(cycles: int = 4, rest_s: float = 1.2, up_s: float = 1.0, hold_s: float = 0.8, pace: float = 1.0) -> Floats:
    """From 0 to 1 and back, so many times, with stays at both ends; `pace` stretches time."""
    rep = Rep(0.0, 1.0, up_s * pace, hold_s * pace, 1.3 * up_s * pace, rest_s * pace, corner_s=0.4 * pace)
    curve, _, stop = movement([rep] * cycles, before_s=1.5)
    return curve(np.arange(int((stop + 1.0) * RATE)) / RATE)


def between(share: Floats, low: float, high: float) -> Floats:
    return low + (high - low) * share


def superman(pace: float) -> Body:
    """Arms ahead, chest and legs lifted together from the floor."""
    s = wave(pace=pace)
    trunk = between(s, 0.0, 18.0)
    shoulder = (-TRUNK_M * np.cos(np.radians(trunk)), LYING_M + TRUNK_M * np.sin(np.radians(trunk)))
    hand = (shoulder[0] - 0.5, shoulder[1] + between(s, -0.02, 0.15))
    return Body(between(s, 0.0, 20.0), trunk=trunk, hip=(0.0, LYING_M), hand=hand, ball=None)


def alternating_superman(pace: float) -> Body:
    """Face-down on the floor, one arm and the other leg in turn."""
    s = wave(6, pace=pace)
    turn = _number(s) % 2
    return Body(
        between(s * (turn == 0), 0.0, 22.0),
        between(s * (turn == 1), 0.0, 22.0),
        trunk=0.0,
        hip=(0.0, LYING_M),
        hand=(-1.0, between(s * (turn == 1), LYING_M, 0.3)),
        ball=None,
    )


def swimmer(pace: float) -> Body:
    """Face-down on the floor, both legs kicking in turn."""
    t = np.arange(int(20 * RATE)) / RATE / pace
    kick = 12.0 + 12.0 * np.sin(2 * np.pi * t / 1.6)
    return Body(kick, 24.0 - kick, trunk=4.0, hip=(0.0, LYING_M), hand=(-1.0, 0.2), ball=None)


def donkey_kick(pace: float) -> Body:
    """On hands and knees, one bent leg kicked up."""
    s = wave(5, pace=pace)
    hip = (0.0, THIGH_M)
    return Body(between(s, -88.0, 10.0), -88.0, 88.0, 88.0, trunk=8.0, hip=hip, hand=(-TRUNK_M, 0.0), ball=None)


def bird_dog(pace: float) -> Body:
    """On hands and knees, one leg stretched out behind."""
    s = wave(5, pace=pace)
    return Body(
        between(s, -88.0, 0.0), -88.0, between(s, 88.0, 3.0), 88.0, 8.0, (0.0, THIGH_M), (-TRUNK_M, 0.0), ball=None
    )


def push_up(pace: float) -> Body:
    """Shins on the ball, the trunk sinks between the hands and rises again."""
    s = wave(5, pace=pace)
    feet = np.array([0.9, 0.62])
    arm = ARM_M + FOREARM_M
    low = between(s, arm * 0.98, 0.2)
    tilt = np.degrees(np.arctan2(feet[1] - low, TRUNK_M + THIGH_M + SHANK_M))
    hip = (feet[0] - (THIGH_M + SHANK_M) * np.cos(np.radians(tilt)), low + TRUNK_M * np.sin(np.radians(tilt)))
    return Body(tilt, trunk=-tilt, hip=hip, hand=(-TRUNK_M - 0.02, 0.0), ball=(0.7, 0.3, 0.0))


def back_extension(pace: float) -> Body:
    """Belly on the ball, feet on the floor, the trunk is lifted."""
    s = wave(5, pace=pace)
    trunk = between(s, -25.0, 22.0)
    a = np.radians(trunk)
    hand = (-TRUNK_M * np.cos(a) - 0.1, HIP[1] + TRUNK_M * np.sin(a) + 0.1)
    return Body(np.full(len(s), -32.0) + 4 * s, trunk=trunk, hand=hand)


def upward_dog(pace: float) -> Body:
    """Arms push the trunk up, hips sink to the floor, feet stay."""
    s = wave(4, pace=pace)
    leg = THIGH_M + SHANK_M
    hip_up = between(s, 0.5, 0.18)
    thigh = -np.degrees(np.arcsin((hip_up - 0.08) / leg))
    hip = (0.9 - leg * np.cos(np.radians(thigh)), hip_up)
    return Body(thigh, trunk=between(s, 0.0, 38.0), hip=hip, hand=(-0.5, 0.0), ball=None)


def leg_curl(pace: float) -> Body:
    """Face-down on a bench, only the knees bend."""
    s = wave(5, pace=pace)
    return Body(between(s, -6.0, -3.0), knee=between(s, 5.0, 75.0), trunk=3.0, hand=(-0.55, 0.2), ball=None)


def frog(pace: float) -> Body:
    """Hips rise and sink over feet that stay, knees apart."""
    s = wave(5, pace=pace)
    thigh = between(s, -20.0, -2.0)
    hip = (0.0, 0.35 - 0.28 * s)
    return Body(thigh, knee=between(s, 35.0, 20.0), trunk=between(s, -12.0, 4.0), hip=hip, hand=(-0.5, 0.0), ball=None)


def leg_raise_on_the_back(pace: float) -> Body:
    """On the back, both straight legs lifted."""
    s = wave(5, pace=pace)
    return Body(
        between(s, 2.0, 40.0),
        0.0 + between(s, 2.0, 40.0),
        trunk=0.0,
        hip=(0.0, LYING_M),
        hand=(0.0, 0.05),
        on_back=True,
        ball=None,
    )


def bridge(pace: float) -> Body:
    """On the back, knees bent, hips lifted."""
    s = wave(5, pace=pace)
    return Body(
        between(s, 45.0, 15.0),
        knee=95.0,
        trunk=between(s, 0.0, -25.0),
        hip=(0.0, between(s, 0.12, 0.35)),
        hand=(0.1, 0.05),
        on_back=True,
        ball=None,
    )


def standing(pace: float) -> Body:
    """Upright, marching on the spot."""
    t = np.arange(int(18 * RATE)) / RATE / pace
    step = 25.0 * np.maximum(0.0, np.sin(2 * np.pi * t / 1.4))
    other = 25.0 * np.maximum(0.0, -np.sin(2 * np.pi * t / 1.4))
    return Body(-90.0 - step, -90.0 - other, step, other, trunk=88.0, hip=(0.0, 0.85), hand=(0.0, 0.7), ball=None)


def plank(pace: float) -> Body:
    """On the forearms, held, the hips swaying a little."""
    t = np.arange(int(18 * RATE)) / RATE / pace
    sway = 0.03 * np.sin(2 * np.pi * t / 3.0)
    return Body(-12.0 - 60 * sway, trunk=8.0 - 60 * sway, hip=(0.0, 0.32 + sway), hand=(-0.55, 0.0), ball=None)


def jackknife(pace: float) -> Body:
    """Shins on the ball, the hips are drawn up high."""
    s = wave(5, pace=pace)
    hip = (between(s, 0.0, 0.05), between(s, 0.5, 0.85))
    return Body(between(s, 3.0, -28.0), trunk=between(s, 0.0, -35.0), hip=hip, hand=(-0.5, 0.0), ball=(0.75, 0.2, 0.0))


def kneeling_rock(pace: float) -> Body:
    """Kneeling behind the ball, rolling onto it and back."""
    s = wave(4, pace=pace)
    hip = (between(s, 0.25, 0.0), between(s, 0.55, 0.45))
    return Body(
        between(s, -85.0, -40.0),
        knee=between(s, 85.0, 20.0),
        trunk=between(s, 40.0, 5.0),
        hip=hip,
        hand=(between(s, -0.3, -0.62), 0.0),
    )


OTHERS: tuple[Callable[[float], Body], ...] = (
    superman,
    alternating_superman,
    swimmer,
    donkey_kick,
    bird_dog,
    push_up,
    back_extension,
    upward_dog,
    leg_curl,
    frog,
    leg_raise_on_the_back,
    bridge,
    standing,
    plank,
    jackknife,
    kneeling_rock,
)


def _number(s: Floats) -> Floats:
    """Which cycle of a wave each sample belongs to, from 0 on."""
    return np.concatenate([[0], np.cumsum((s[1:] <= 1e-6) & (s[:-1] > 1e-6))])


# This exercise, done badly

FLAWS = ("knees", "elbows", "swing", "ahead", "ball", "rolls")
"""Knees bent by 60 degrees, elbows by 80, legs thrown up, one leg 15 degrees ahead, the ball 20 cm off, and rolling by
15 cm while the legs go up."""
TRIPLES = [*combinations(FLAWS, 1), *combinations(FLAWS, 3)]
REPS = 4


def bad(flaws: tuple[str, ...]) -> Body:
    """Four reps with these flaws."""
    rep = Rep(lift_s=0.45, hold_s=0.6, lower_s=1.2, corner_s=0.3) if "swing" in flaws else Rep()
    curve, times, stop = movement([rep] * REPS, before_s=1.5)
    t = np.arange(int((stop + 1.0) * RATE)) / RATE
    thigh = curve(t)
    if "swing" in flaws:
        for start in (time.lift_start_s for time in times):
            u = t - start - 0.4
            thigh = thigh + np.where(u > 0, 8.0 * np.exp(-u / 0.4) * np.sin(2 * np.pi * u / 0.7), 0.0)
    share = (thigh + 25.0) / 25.0
    roll = 0.15 * share if "rolls" in flaws else np.zeros_like(share)
    hip = (HIP[0] + roll, HIP[1] + np.zeros_like(share))
    far = thigh + 15.0 * np.clip(share, 0.0, 1.0) if "ahead" in flaws else thigh
    ball = (0.25, 0.15, 0.0) if "ball" in flaws else (0.05, 0.15, 0.0)
    trunk = _trunk_with_bent_elbows(share) if "elbows" in flaws else 5.0
    return Body(thigh, far, 60.0 * share if "knees" in flaws else 0.0, None, trunk, hip, HAND, ball=ball)


def _trunk_with_bent_elbows(share: Floats) -> Floats:
    """Elevations of a trunk that sinks as elbows give way by 80 degrees."""
    return 5.0 - 18.0 * np.clip(share, 0.0, 1.0)
