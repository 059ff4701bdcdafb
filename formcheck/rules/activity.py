"""Which exercise a session showed: this one on a ball, the same movement without one, another one, or nothing to judge.

Where no rep was found there is always a reason, in one sentence, from what was seen.
"""

from __future__ import annotations

from formcheck.core import exercise
from formcheck.core.tally import Tally
from formcheck.core.uncertainty import OBLIQUE_DEG
from formcheck.data.recording import Calibration
from formcheck.data.result import Activity

BALL, NO_BALL, OTHER, NOTHING = "ball", "no-ball", "other", "nothing"

NO_BALL_SEEN = (
    "no ball was seen: the movement is judged, but not what needs the ball, such as its place and the floor under it"
)
ANOTHER = {
    "on-back": "the body lies on its back or the picture stands on its head",
    "one-leg": "only one leg was seen to move at a time",
    "trunk": "the trunk moves with the legs",
    "feet": "the feet stay where they are while the hips rise or sink",
    "pelvis": "the pelvis does not stay where it is",
    "hands": "the hands do not stay where they are",
    "knees": "the knees do the moving, not the hips",
    "passing": "the legs moved while the body was getting into or out of position",
}
"""What speaks against a movement, by `exercise.REASONS`."""
NEVER = {
    exercise.UPRIGHT: "the body was upright {share}; if it was lying, the picture lies on its side",
    exercise.STEEP: (
        "the trunk was steeper than 45° {share}: this exercise needs a body that lies nearly level; "
        "take a smaller ball or walk the hands further out"
    ),
    exercise.BACK: "the body was on its back or sitting {share}, not face-down",
    exercise.KNEES: "the knees were bent by more than 80° {share}, as in kneeling, not stretched out behind",
    exercise.LEGS: "the legs hung down or stuck up {share}: they have to be stretched out behind",
    exercise.TRAVELS: "the body was on the move {share} and never lay still",
}
"""What keeps somebody from being in position at all."""
SLOWEST_FPS = 3.4
"""Pictures that are further apart than 0.3 s are not bridged."""
SHORT_S = 3.0
"""No whole rep fits into less."""
HARDLY_SEEN = 0.2
MOSTLY = 0.8
LIFTED_DEG = 6.0
"""A movement of the legs by less is no lift (`automaton.FIRST_RISE_DEG`)."""


def activity(tally: Tally, calibration: Calibration, reps: int, *, rising: bool = False) -> Activity:
    """What was seen; `rising`: the legs were up when the recording ended."""
    if reps:
        kind = BALL if calibration.ball_px is not None else NO_BALL
        parts = [NO_BALL_SEEN] if kind == NO_BALL else []
        return Activity(kind, "; ".join([*parts, *_not_counted(tally)]))
    if tally.others:
        reason = ANOTHER[_strongest(tally)]
        return Activity(OTHER, f"{reason}: this looks like another exercise")
    kind, sentence = _nothing(tally, calibration, rising)
    return Activity(kind, sentence)


def _strongest(tally: Tally) -> str:
    """The reason that came most often; of equals the strongest."""
    return max(exercise.REASONS, key=lambda reason: tally.others.get(reason, 0))


def _not_counted(tally: Tally) -> list[str]:
    count = sum(tally.others.values())
    if not count:
        return []
    what = "one other movement was" if count == 1 else f"{count} other movements were"
    return [f"{what} not counted: {ANOTHER[_strongest(tally)]}"]


def _nothing(tally: Tally, calibration: Calibration, rising: bool) -> tuple[str, str]:
    """Why nothing could be judged, the plainest reason first."""
    if tally.seen == 0:
        return NOTHING, "nobody was seen in the picture" if tally.frames else "there is no picture in it"
    length_s = tally.last_s - tally.first_s - tally.asleep_s
    if length_s < SHORT_S:
        return NOTHING, f"it is only {length_s:.1f} s long: a whole rep takes longer"
    rate = (tally.frames - 1) / length_s
    if rate < SLOWEST_FPS:
        return NOTHING, f"there are only {rate:.1f} pictures a second: at least 4 are needed, better 25"
    samples = sum(tally.postures)
    if tally.postures[exercise.UNSEEN] > (1 - HARDLY_SEEN) * samples or samples == 0:
        return (
            NOTHING,
            f"the body was seen in {tally.seen / tally.frames:.0%} of the pictures only, too little to judge",
        )
    return _in_position(tally, calibration, rising)


def _in_position(tally: Tally, calibration: Calibration, rising: bool) -> tuple[str, str]:
    """Somebody was seen for long enough: in which posture, and what the legs did."""
    seen = sum(tally.postures) - tally.postures[exercise.UNSEEN]
    ready = sum(tally.postures[posture] for posture in exercise.IN_POSITION)
    yaw = calibration.yaw_deg or 0.0
    if abs(yaw) > OBLIQUE_DEG:
        return NOTHING, f"the camera stands about {abs(yaw):.0f}° off the side view: too far to tell what the legs do"
    worst = max(NEVER, key=lambda posture: tally.postures[posture])
    if ready < tally.postures[worst] or ready == 0:
        return OTHER, NEVER[worst].format(share=_share(tally.postures[worst] / seen))
    if rising:
        return NOTHING, "it ends before the legs came down again: no whole rep is in it"
    way, turn = tally.legs[1] - tally.legs[0], tally.trunk[1] - tally.trunk[0]
    if turn > max(way, LIFTED_DEG):
        return OTHER, f"the trunk moved by {turn:.0f}° and the legs by {way:.0f}°: this looks like another exercise"
    if way < LIFTED_DEG:
        return NOTHING, f"the legs moved by {way:.0f}° only: they were not lifted"
    return NOTHING, (f"the legs moved by {way:.0f}°, but were never lifted from lying still and lowered again")


def _share(share: float) -> str:
    return "nearly all the time" if share > MOSTLY else "most of the time" if share > 0.5 else "much of the time"
