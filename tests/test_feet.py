"""Feet and their shadow in drawn pictures: a dark leg that comes down over a floor with grain, under a light above."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from formcheck.data.landmarks import COUNT, INDEX
from formcheck.inputs.feet import Feet

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]

WIDTH, HEIGHT = 640, 480
HIPS, LEG, BALL_X = np.array([300.0, 230.0]), 190.0, 300.0
FLOOR = 380.0
FPS = 20
TIME_S = np.arange(5 * FPS) / FPS
TOP = 320  # nothing of the shadow is above this row
HEEL, TOE, SOLE_PX = np.array([8.0, -4.0]), np.array([4.0, 32.0]), 8
FLOOR_GREY, WALL_GREY, SKIN, SHOE = 130, 190, (60, 90, 160), (45, 35, 30)


def tip_above(lowest: float) -> Floats:
    """How far the feet's lowest edge is above the floor, pixels: up for a second, down in three, then low."""
    return np.interp(TIME_S, [0.0, 1.0, 4.0, 5.0], [90.0 + lowest, 90.0 + lowest, lowest, lowest])


def ankle_for(above: float) -> Floats:
    """Where the ankle is when the shoe's lowest edge is so high."""
    down = FLOOR - above - SOLE_PX - TOE[1] - HIPS[1]
    return HIPS + np.array([np.sqrt(LEG**2 - down**2), down])


def drawn(above: float, *, dark: float, light: float, rng: np.random.Generator) -> Picture:
    """Wall, floor with grain, the leg's shadow and the leg; `light` moves the shadow by so much of the height.

    The lamp is broad: the higher the feet, the fainter is their shadow.
    """
    grain = np.random.default_rng(7).normal(0, 4, (HEIGHT, 1)) + np.zeros((1, WIDTH))
    picture = np.where(np.arange(HEIGHT)[:, None] > FLOOR - 70, FLOOR_GREY + grain, WALL_GREY)[..., None].repeat(3, 2)
    ankle = ankle_for(above)
    shade = np.zeros((HEIGHT, WIDTH), np.float32)
    start, stop = ((x, FLOOR + light * (FLOOR - y)) for x, y in ((HIPS[0], HIPS[1] + 40), ankle + TOE + (0, SOLE_PX)))
    cv2.line(shade, _at(start), _at(stop), 1.0, 9)
    shade[TOP:] = cv2.GaussianBlur(shade[TOP:], (0, 0), 2.0)
    picture = picture * (1 - dark * np.exp(-above / 25) * shade)[..., None]
    picture = np.ascontiguousarray(picture.clip(0, 255).astype(np.uint8))
    cv2.line(picture, _at(HIPS), _at(ankle), SKIN, 26, cv2.LINE_AA)
    cv2.line(picture, _at(ankle + HEEL), _at(ankle + TOE), SHOE, 2 * SOLE_PX, cv2.LINE_AA)
    noisy: Picture = (picture + rng.normal(0, 1.5, picture.shape)).clip(0, 255).astype(np.uint8)
    return noisy


def _at(point: tuple[float, float] | Floats) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def joints(above: float, rng: np.random.Generator) -> Floats:
    """Landmarks of the same body, with noise."""
    ankle = ankle_for(above)
    places = {"shoulder": HIPS - (130, -30), "hip": HIPS, "knee": (HIPS + ankle) / 2, "ankle": ankle}
    places |= {"heel": ankle + HEEL, "foot_index": ankle + TOE}
    out = np.tile(HIPS, (COUNT, 1))
    for name, place in places.items():
        for side in ("left", "right"):
            out[INDEX[f"{side}_{name}"]] = place + rng.normal(0, 0.7, 2)
    return out


def looked(lowest: float, *, dark: float = 0.45, light: float = 0.0, zoom: float = 1.0, ball: bool = True) -> Floats:
    """What was seen of the feet at the end (3,): x, y, how far below their shadow ends."""
    rng, feet = np.random.default_rng(1), Feet()
    floor = np.array([BALL_X, FLOOR]) if ball else np.full(2, np.nan)
    for time_s, above in zip(TIME_S, tip_above(lowest), strict=True):
        picture = drawn(above, dark=dark, light=light, rng=rng)
        if zoom != 1:
            picture = np.asarray(cv2.resize(picture, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.uint8)
        feet.look(picture, float(time_s), joints(above, rng) * zoom, floor * zoom, zoom)
    assert np.isnan(feet.places(TIME_S[: 2 * FPS])).all(), "feet that are up are not looked at"
    return feet.places(TIME_S[-1:])[0]


@pytest.fixture(scope="module")
def standing() -> Floats:
    return looked(0.0)


def test_the_lowest_edge_of_the_feet_is_found(standing: Floats) -> None:
    assert standing[1] == pytest.approx(FLOOR, abs=2.0)
    assert standing[0] == pytest.approx(ankle_for(0.0)[0] + TOE[0], abs=4.0)


@pytest.mark.parametrize("light", [0.0, -0.2])
@pytest.mark.parametrize("above", [4.0, 8.0])
def test_the_shadow_is_as_far_below_as_the_feet_are_above_the_floor(
    above: float, light: float, standing: Floats
) -> None:
    """Compared with feet that stand: how wide the shadow is does not count; a light from behind brings it nearer."""
    found = looked(above, light=light)
    assert found[1] == pytest.approx(FLOOR - above, abs=2.0)
    assert found[2] - standing[2] == pytest.approx((1 + light) * above, abs=2.0)


def test_pixels_are_those_of_the_original(standing: Floats) -> None:
    np.testing.assert_allclose(looked(0.0, zoom=0.75), standing, atol=2.5)


@pytest.mark.parametrize("unclear", [{"dark": 0.0}, {"ball": False}])
def test_without_a_shadow_or_a_ball_nothing_is_said(unclear: dict[str, float]) -> None:
    assert np.isnan(looked(0.0, **unclear)).all()  # type: ignore[arg-type]


def test_feet_that_leave_are_no_longer_where_they_were() -> None:
    rng, feet = np.random.default_rng(1), Feet()
    time_s = np.arange(6 * FPS) / FPS
    for at, above in zip(time_s, np.append(tip_above(0.0), np.linspace(0, 60, FPS)), strict=True):
        feet.look(drawn(above, dark=0.45, light=0.0, rng=rng), float(at), joints(above, rng), np.array([BALL_X, FLOOR]))
    assert np.isfinite(feet.places(np.array([4.9]))).all()
    assert np.isnan(feet.places(np.array([5.9]))).all()
