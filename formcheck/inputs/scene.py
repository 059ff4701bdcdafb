"""What stands around the body: the ball, and the room's straight edges that tell how the camera stands.

`Scene.look` may be called for every picture; it looks twice a second at the ball and keeps at most 15 small
grey pictures, spread over all that was seen, whose median is the room without what moves. However long
the video, that is 5 MB, and half a megabyte for the balls of 20 minutes. The room's edges are looked at only
when `summary` is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.core.calibrate import SAME_SIZE
from formcheck.data.landmarks import INDEX
from formcheck.data.lens import Lens
from formcheck.data.recording import Move, Room
from formcheck.inputs.ball import Ball, find_ball
from formcheck.inputs.feet import Feet
from formcheck.inputs.lines import Stand, stand
from formcheck.inputs.moves import EVERY_S, LONGEST_PX, Moves
from formcheck.inputs.video import Picture, shrunk

Floats = NDArray[np.float64]

BALL_EVERY_S = 0.5
LOST_EVERY_S = 2.0  # a ball not under the body is looked for this often
AGAIN_S = (1.0, 8.0)  # one that is followed is looked for anew after this time, and twice it, up to the second
BETTER = 1.15  # what another ball must have more of evidence to replace the one that is followed
ROOM_EVERY_S = 0.5  # at first; twice as long each time the store is full
PICTURES = 15
ROOM_PX = 640  # the longer side of the stored pictures
LIMB = 0.3  # how thick limbs are drawn, in legs
MOVED = 6.0  # median change (of 255) of a picture's edges from which on the camera is taken as moved
MOST_SD_DEG = 4.0  # a level less sure than this is not known

STANDS = ("roll_deg", "roll_sd_deg", "pitch_deg", "pitch_sd_deg", "yaw_deg", "yaw_sd_deg")
LIMBS = ("index", "wrist", "elbow", "shoulder", "hip", "knee", "ankle", "foot_index")
CHAINS = (
    *(tuple(f"{side}_{joint}" for joint in LIMBS) for side in ("left", "right")),
    ("left_ear", "left_shoulder", "right_hip", "left_hip", "right_shoulder", "right_ear"),
)


@dataclass(frozen=True)
class Surroundings:
    """What a scene showed; pixels are those of the original picture.

    time_s      (k,)    when the ball was looked for, seconds
    balls       (k, 3)  x, y, radius, pixels; not-a-number where none was found
    confidence  (k,)    0 to 1
    roll_deg    the picture is turned by that much, `None` where the room does not tell; with its standard
                deviation; so the pitch (positive: looking down)
    wall_yaw_deg  the camera is turned to the right of square to a wall by that much (-45 to 45); where a body
                lies along a wall, that is the yaw off the side view if the head is on the left, and minus
                that yaw if it is on the right
    """

    time_s: Floats
    balls: Floats
    confidence: Floats
    roll_deg: float | None
    roll_sd_deg: float | None
    pitch_deg: float | None
    pitch_sd_deg: float | None
    wall_yaw_deg: float | None
    wall_yaw_sd_deg: float | None

    def ball(self) -> tuple[float, float, float] | None:
        """The usual x, y, radius; `None` where no ball was there in a third of the looks or more."""
        seen = np.isfinite(self.balls[:, 0])
        if seen.sum() * 3 < max(1, len(seen)):
            return None
        x, y, radius = np.median(self.balls[seen], axis=0)
        return float(x), float(y), float(radius)


class Scene:
    """Looks at pictures as they come; `summary` tells what was seen so far."""

    def __init__(self, *, feet: bool = True) -> None:
        self._looks_at_feet = feet
        self.lens: Lens | None = None
        self._focal = 0.0  # in widths of the picture; 0: that of a usual camera
        self._ball: Ball | None = None
        self._samples: list[tuple[float, float, float, float, float]] = []
        self._next_ball_s = self._next_room_s = self._again_s = -np.inf
        self._again_every_s = AGAIN_S[0]
        self._room_every_s = ROOM_EVERY_S
        self._room: list[tuple[Picture, Floats]] = []
        self._feet = Feet()
        self._room_s: list[float] = []  # when they were taken
        self._moves, self._next_move_s = Moves(), -np.inf
        self._before: list[Room] = []  # the rooms of the stretches that are over

    def seen_through(self, lens: Lens | None, width: int) -> Lens | None:
        """All pictures, so many pixels wide, are seen through this lens; it comes back."""
        self.lens, self._focal = lens, 0.0 if lens is None else lens.focal_px / width
        return lens

    def look(
        self,
        picture: Picture,
        time_s: float,
        pixels: NDArray[np.floating],
        size: tuple[int, int] | None = None,
    ) -> None:
        """One BGR picture with the landmarks (33, 2 or more) found in it, not-a-number where nobody is.

        `size` is the original picture's width and height where `picture` is a smaller copy; `pixels` are
        those of the original. Ball and room are looked at now and then only; the feet need every picture.
        """
        scale = picture.shape[1] / (size[0] if size else picture.shape[1])
        joints = np.asarray(pixels[:, :2], np.float64) * scale
        if time_s >= self._next_ball_s:
            self._look_for_ball(picture, time_s, joints, scale)
        if time_s >= self._next_move_s:
            self._look_for_move(picture, time_s, joints)
            self._next_move_s = time_s + EVERY_S
        if time_s >= self._next_room_s and self._moves.moving is None:
            self._keep_room(picture, time_s, joints)
            self._next_room_s = time_s + self._room_every_s
        if self._looks_at_feet and self._ball is not None:
            self._feet.look(picture, time_s, joints, np.array([self._ball.x, self._ball.lowest]), scale)

    def due(self, time_s: float) -> bool:
        """Whether ball, room or camera would be looked at in a picture of this time."""
        return time_s >= min(self._next_ball_s, self._next_room_s, self._next_move_s)

    def _look_for_ball(self, picture: Picture, time_s: float, joints: Floats, scale: float) -> None:
        found = find_ball(picture, joints, self._ball)
        if self._ball is None:
            self._again_s, self._again_every_s = time_s + AGAIN_S[0], AGAIN_S[0]
        elif time_s >= self._again_s:
            other = find_ball(picture, joints)
            if other and (found is None or other.evidence > BETTER * found.evidence):
                found = other
            self._again_every_s = min(2 * self._again_every_s, AGAIN_S[1])
            self._again_s = time_s + self._again_every_s
        self._ball = found
        self._next_ball_s = time_s + (BALL_EVERY_S if found else LOST_EVERY_S)
        place = (found.x / scale, found.y / scale, found.radius / scale) if found else (np.nan,) * 3
        self._samples.append((time_s, *place, found.confidence if found else 0.0))

    def _look_for_move(self, picture: Picture, time_s: float, joints: Floats) -> None:
        """Whether the camera moves; what is seen of the room after it, and of the ball, is another stretch."""
        small = shrunk(picture, LONGEST_PX)
        joints = joints * (small.shape[1] / picture.shape[1])
        grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        moves = self._moves
        count, stood = len(moves.found), moves.moving is None
        moves.look(grey, _covered(grey.shape, joints), time_s)
        if stood and moves.moving is not None:
            self._leave_room(moves.moving)
        if len(moves.found) > count:
            if stood:
                self._leave_room(moves.found[-1].from_s)
            self._room, self._room_s = self._room_between(moves.found[-1].to_s, np.inf)
            self._ball, self._next_ball_s = None, time_s

    def _leave_room(self, at_s: float) -> None:
        """The camera has moved since then: what the room told until then."""
        later = self._room_between(float(np.nextafter(at_s, np.inf)), np.inf)
        self._room, self._room_s = self._room_between(-np.inf, at_s)
        self._before.append(self.room())
        self._room, self._room_s = later
        self._room_every_s, self._next_room_s = ROOM_EVERY_S, -np.inf

    def _room_between(self, since_s: float, until_s: float) -> tuple[list[tuple[Picture, Floats]], list[float]]:
        """Those of the kept pictures that were taken then, and their times."""
        inside = [since_s <= time_s <= until_s for time_s in self._room_s]
        return list(compress(self._room, inside)), list(compress(self._room_s, inside))

    def moves(self) -> tuple[Move, ...] | None:
        """How the camera moved so far; `None` where too little of the room was seen to tell."""
        if 2 * self._moves.blind > self._moves.looks:
            return None
        return tuple(self._moves.finish())

    def camera(self) -> tuple[list[Move], float | None]:
        """The moves of the camera that are over, and since when, seconds, it moves now; `None` while it stands."""
        return list(self._moves.found), self._moves.moving

    def rooms(self) -> tuple[Room, ...]:
        """What the room told in each stretch between two moves, the last with them: one more than there are moves."""
        return (*self._before, self.room())

    def _keep_room(self, picture: Picture, time_s: float, joints: Floats) -> None:
        if len(self._room) == PICTURES:
            self._room, self._room_s = self._room[::2], self._room_s[::2]
            self._room_every_s *= 2
        small = shrunk(picture, ROOM_PX)
        joints = joints * (small.shape[1] / picture.shape[1])
        self._room.append((cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), joints))
        self._room_s.append(time_s)

    def places(self, time_s: Floats) -> Floats:
        """x, y, radius (T, 3) at the last look before each time, original pixels; not-a-number without a ball."""
        looks = np.array([(-np.inf, np.nan, np.nan, np.nan, 0.0), *self._samples])
        return looks[np.searchsorted(looks[:, 0], time_s, side="right") - 1, 1:4]

    def soles(self, time_s: Floats) -> Floats:
        """What `Feet.places` tells of the feet at their low (T, 3), original pixels."""
        return self._feet.places(time_s)

    @property
    def latest_ball(self) -> Ball | None:
        """The ball of the last look, in pixels of the picture that was looked at; `None` without one."""
        return self._ball

    def summary(self) -> Surroundings:
        """All that was seen so far; takes about a tenth of a second."""
        table = _of_one_size(np.array(self._samples, np.float64).reshape(-1, 5))
        found = self.stand_if_known()
        level = tuple(getattr(found, name, None) for name in STANDS)
        return Surroundings(table[:, 0], table[:, 1:4], table[:, 4], *level)

    def stand_if_known(self) -> Stand | None:
        """How the camera stands, `None` where the room tells too little."""
        found = self.stand()
        return found if found is not None and found.roll_sd_deg <= MOST_SD_DEG else None

    def room(self) -> Room:
        """What the room tells of the camera by now, to the thousandth of a degree; takes about a tenth of a second."""
        found = self.stand_if_known()
        return Room() if found is None else Room(*(round(float(getattr(found, name)), 3) for name in STANDS))

    def stand(self) -> Stand | None:
        """How the camera stands, from the room behind the body."""
        room = [kept for kept in self._room if kept[0].shape == self._room[-1][0].shape]
        if not room:
            return None
        pictures = np.stack([picture for picture, _ in room])
        covered = [_covered(picture.shape, joints) for picture, joints in room]
        focal = self._focal * pictures.shape[2]
        hidden = (np.mean(covered, axis=0) > 0.25).astype(np.uint8)
        if _moved(pictures, hidden):
            return stand(pictures[-1], covered[-1], focal)
        return stand(np.median(pictures, axis=0).astype(np.uint8), hidden, focal)


def _of_one_size(table: Floats) -> Floats:
    """Looks (k, 5: time, x, y, radius, confidence) without those that saw a ball of another size."""
    radius = table[:, 3]
    if not np.isfinite(radius).any():
        return table
    usual = np.nanmedian(radius)
    other = abs(radius - usual) > SAME_SIZE * usual
    table[other, 1:] = np.nan, np.nan, np.nan, 0.0
    return table


def _covered(shape: tuple[int, ...], joints: Floats) -> Picture:
    """1 where the body, its limbs drawn thick, and what is below its trunk cover the picture."""
    hidden = np.zeros(shape, np.uint8)
    if not np.isfinite(joints).all():
        return hidden
    legs = [np.hypot(*(joints[INDEX[f"{s}_hip"]] - joints[INDEX[f"{s}_ankle"]])) for s in ("left", "right")]
    leg = float(max(legs))
    for chain in CHAINS:
        points = joints[[INDEX[name] for name in chain]].round().astype(np.int32)
        cv2.polylines(hidden, [points], False, 1, max(1, round(LIMB * leg)))
    hips = joints[[INDEX["left_hip"], INDEX["right_hip"]]].mean(axis=0)
    below = (round(float(hips[0])), round(float(hips[1] + 0.45 * leg)))
    cv2.circle(hidden, below, round(0.45 * leg), 1, -1)
    return hidden


def _moved(pictures: NDArray[np.uint8], hidden: Picture) -> bool:
    """Whether the camera, not only somebody, moved: edges of the room are elsewhere at the end."""
    first, last = (cv2.GaussianBlur(picture, (0, 0), 1.5).astype(np.float32) for picture in (pictures[0], pictures[-1]))
    slope = cv2.Laplacian(first, cv2.CV_32F)
    edges = (abs(slope) > np.quantile(abs(slope), 0.9)) & (hidden == 0)
    if edges.sum() < 100:
        return False
    change = last - first
    return float(np.median(abs(change - np.median(change))[edges])) > MOVED
