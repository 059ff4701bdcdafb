"""Remarks on a recording as a whole: what about camera, light and picture keeps the numbers from being good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from formcheck.core.uncertainty import NORMAL_95, OBLIQUE_DEG, level_known, roll_sd_deg, smeared
from formcheck.data.recording import CUT, Calibration, Move, Recording, Source
from formcheck.data.result import Result
from formcheck.rules import cutoff, slowmotion, unseen

DARK = 40.0
"""Mean brightness (0 to 255) below which joints are lost in noise."""
SEEN = 0.9
"""Below this share of frames with a body the camera should stand better."""
LENS_DEG = 3.0
"""A lens that nobody knows, and that may turn heights of the legs by more, is told."""
NO_TEMPO, SHOWN = "and tempo is not assessable", 3
"""By what it is known that guessed times were told; so many places are named."""
MOST_MOVES = 3
"""So many moves of the camera are told with their times."""
AT_ONCE_S = 0.75
"""What was over sooner happened at one time: the room is looked at a few times a second."""
OWN = "a calibration of their own"
TOLD = ("the body was seen in ", "off the side view")
"""By what it is known that the sentence of `rules.activity` tells of a body hardly seen, of an oblique camera."""


def remarked(result: Result) -> Result:
    """The result with the remarks on its recording, after the warnings that it has."""
    slow = slowmotion.remark(result)
    told = [*_guessed(result), *unseen.missed(result), *cutoff.cut_off(result)]
    said = [*told, *advice(result.recording, result.activity.sentence), *([slow] if slow else [])]
    return replace(result, warnings=(*result.warnings, *said))


def _guessed(result: Result) -> list[str]:
    """Where tempo is not assessable, unless whoever read the video has said so."""
    spans = result.recording.source.guessed_s
    if not spans or any(NO_TEMPO in line for line in result.warnings):
        return []
    where = ", ".join(f"{a:.1f} to {b:.1f} s" for a, b in spans[:SHOWN]) + (" and more" if len(spans) > SHOWN else "")
    return [f"times had to be guessed from {where}, {NO_TEMPO} there"]


def advice(recording: Recording, sentence: str = "") -> list[str]:
    """Warnings about what a recording shows, in words for the user.

    What the sentence on the exercise (`Activity`) tells already is not told again, only what to do about it.
    """
    remarks = [*moves_told(recording.moves or ()), *_coarse(recording.source)]
    share, brightness = seen_share(recording), recording.observations.brightness
    if 0 < share < SEEN:
        seen = f"the body was found in {share:.0%} of the frames only; keep it whole in the picture"
        remarks.append("keep the whole body in the picture" if TOLD[0] in sentence else seen)
    if len(brightness) and float(brightness.mean()) < DARK:
        remarks.append("the picture is dark; more light makes the joints easier to find")
    yaw = recording.calibration.yaw_deg or 0.0
    if abs(yaw) > OBLIQUE_DEG:
        towards = "feet" if yaw > 0 else "head"
        seen = f"the camera stands about {abs(yaw):.0f}° off the side view, too far for angles; move it"
        remarks.append(f"{'move the camera' if TOLD[1] in sentence else seen} towards the {towards}")
    if share > 0 and not level_known(recording.calibration):
        remarks.append(_unlevel(recording.calibration))
    bent = NORMAL_95 * recording.calibration.lens_sd_deg
    if share > 0 and bent > LENS_DEG and level_known(recording.calibration):
        seen = f"the lens alone may turn heights of the legs by ±{bent:.0f}° as the camera stands"
        remarks.append(f"{seen}; tell how wide it sees with --fov DEG, or measure it with formcheck calibrate")
    return remarks


def moves_told(moves: Sequence[Move]) -> list[str]:
    """One sentence on the moves of the camera, none where it stood still."""
    if not moves:
        return []
    told = [_told(move) for move in moves[:MOST_MOVES]]
    more = [f"moved {len(moves) - MOST_MOVES} more times"] if len(moves) > MOST_MOVES else []
    return [
        f"the camera {', '.join([*told, *more])}; reps seen across that are not assessable, those after it have {OWN}"
    ]


def _coarse(source: Source) -> list[str]:
    """That a video has too few bits."""
    if not smeared(source):
        return []
    kbit_s = source.bits * source.width * source.height * source.fps / 1000
    seen = f"the video is coded very coarsely ({kbit_s:.0f} kbit/s), so that what moves is smeared"
    return [f"{seen}: heights, bends and tempo are not judged; save it with more"]


def _told(move: Move) -> str:
    when = (
        f"at {move.to_s:.1f} s"
        if move.to_s - move.from_s < AT_ONCE_S
        else f"from {move.from_s:.1f} to {move.to_s:.1f} s"
    )
    return f"{'moved far or showed another view' if move.what == CUT else move.what} {when}"


def _unlevel(calibration: Calibration) -> str:
    """Why nothing is judged against the floor, and what to do."""
    band = f"{NORMAL_95 * roll_sd_deg(calibration):.0f}°"
    why = "room and body do not agree, or hardly tell, how far the picture is turned"
    if calibration.roll_deg is None:
        why = "nothing shows how far the picture is turned"
    return (
        f"{why}: level is known to ±{band} only, and heights of the legs are not judged; "
        "give the turn with --roll DEG (0: the camera stands level)"
    )


def seen_share(recording: Recording) -> float:
    """Share of the frames in which a body was found, 0 to 1."""
    visibility = recording.observations.visibility
    return float((visibility != 0).any(axis=1).mean()) if len(visibility) else 0.0
