"""The live window's picture: what is read in it, from how far, and that no words stand outside or are flipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest
from faces import CAMERAS, FAULT, Image, blank, camera, changed, face_at

from formcheck.data.result import Finding
from formcheck.outputs import draw as pen
from formcheck.outputs.body import Body
from formcheck.outputs.draw import fitting, text_width
from formcheck.outputs.window import cards, notes, words
from formcheck.outputs.window.face import Face
from formcheck.outputs.window.layout import layout
from formcheck.outputs.window.picture import draw
from formcheck.outputs.window.words import fitted

INSTRUCTION = "Move the camera back until the whole body is in the picture"
SIZES = [
    (1280, 720),
    (960, 720),
    (640, 480),
    (1366, 768),
    (1920, 1080),
    (480, 854),
    (720, 720),
    (1100, 350),
    (320, 240),
]
CUE = Finding("swinging", "severe", 0.4, 0.7, 0.1, "s", 1.0, "Don't swing, stop at the top")


def height_of(size: tuple[int, int], with_it: dict[str, Any], without: dict[str, Any], shape: str = "4:3") -> float:
    """How high a text stands that is there with some values and not with others, over the picture's height."""
    one, other = (draw(blank(shape), Face(**values), size) for values in (with_it, without))
    box = changed(one, other)
    ink = one[box[1] : box[3], box[0] : box[2]].min(axis=2) > 200
    rows = np.nonzero(ink.any(axis=1))[0]
    return float(rows.max() - rows.min() + 1) / one.shape[0]


class Text(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    words: str


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Text]]:
    """Every text that is drawn on the window, with the box of its capitals."""
    found: list[Text] = []
    true = pen.text

    def note(picture: Image, said: str, at: tuple[float, float], size: float, colour: pen.Colour = pen.WHITE) -> None:
        found.append(Text(at[0], at[1] - size * 0.37, at[0] + text_width(said, size) - 1, at[1] + size * 0.37, said))
        true(picture, said, at, size, colour)

    for module in (cards, notes, words):
        monkeypatch.setattr(module, "text", note)
    return found


FACES: dict[str, dict[str, Any]] = {
    "faults": {"warnings": ("computer is slow, measuring less finely",)},
    "set-up": {"phase": "", "rep": None, "clock_s": None, "faults": (), "message": INSTRUCTION, "tone": "act"},
    "rest": {"phase": "", "message": "Rest: stretch hamstrings and lower back gently", "left_s": 41.0, "left_of_s": 60},
    "paused": {"paused": True, "message": "Paused: come back to the ball", "faults": ()},
    "long": {
        "message": "word " * 60,
        "faults": tuple(replace(CUE, cue="never ending cue " * 12) for _ in range(5)),
        "warnings": ("a very long warning " * 20,) * 5,
        "model": "model " * 30,
        "rep": 1234,
        "reps": 9999,
        "set": 12,
        "sets": 34,
        "clock_s": 1234.5,
    },
}


@pytest.mark.parametrize("shape", CAMERAS)
@pytest.mark.parametrize("name", FACES)
def test_all_texts_stand_inside_and_apart(texts: list[Text], name: str, shape: str) -> None:
    picture, face = camera(shape), face_at(*FAULT, **FACES[name])
    given = picture.copy()
    for size in SIZES:
        texts.clear()
        drawn = draw(picture, face, size)
        assert texts, (size, "no text is seen")
        scale = min(1, 1280 / max(size))
        assert drawn.shape == (round(size[1] * scale), round(size[0] * scale), 3)
        for number, one in enumerate(texts):
            assert one.left >= -1, (size, one)
            assert one.top >= 0, (size, one)
            assert one.right <= drawn.shape[1] + 1, (size, one)
            assert one.bottom <= drawn.shape[0], (size, one)
            if name != "long" and min(size) >= 400:
                for other in texts[number + 1 :]:
                    aside = other.left >= one.right - 2 or other.right <= one.left + 2
                    assert aside or other.top >= one.bottom or other.bottom <= one.top, (size, one, other)
    np.testing.assert_array_equal(picture, given)


@pytest.mark.parametrize("size", [(1280, 720), (960, 720), (1366, 768)])
@pytest.mark.parametrize("shape", CAMERAS)
def test_it_is_read_from_three_metres(size: tuple[int, int], shape: str) -> None:
    """Capitals of 9 % of a 19 cm high screen are 20 minutes of arc at 3 m, those of 6 % are 13."""
    common = {"phase": "hold", "rep": 0}
    clock = height_of(size, {**common, "clock_s": 8.8}, common, shape)
    assert clock >= 0.09
    none = {"phase": "hold", "clock_s": 1.0}
    assert height_of(size, {**none, "rep": 8}, {**none, "rep": 5}, shape) >= 0.09
    instruction = height_of(size, {"message": "HERE"}, {}, shape)
    assert instruction >= 0.07
    assert height_of(size, {"left_s": 28.0}, {"left_s": None}, shape) >= 0.12


def test_each_thing_stands_in_its_place() -> None:
    """What changes on the picture when one value changes is that value's card and nothing else."""
    for shape, (wide, high) in CAMERAS.items():
        base = face_at(*FAULT, body=None, faults=(CUE,))
        places, whole = layout((1280, 720), (wide, high), cards=True), draw(blank(shape), base)
        for card, others in (
            (places.phase, {"clock_s": 9.9}),
            (places.phase, {"phase": "lift"}),
            (places.reps, {"rep": 14}),
            (places.reps, {"set": 2}),
            (places.foot, {"fps": 12.0}),
            (places.foot, {"delay_ms": 99.0}),
            (places.words, {"faults": ()}),
            (places.words, {"warnings": ("camera lost, trying again",)}),
            (places.title, {"message": "last two"}),
        ):
            left, top, right, bottom = changed(whole, draw(blank(shape), replace(base, **others)))
            assert left >= card.x - 2, (shape, others)
            assert top >= card.y - 2, (shape, others)
            assert right <= card.x + card.w + 2, (shape, others)
            assert bottom <= card.y + card.h + 2, (shape, others)


def test_the_camera_is_mirrored_and_words_are_not() -> None:
    picture = camera("16:9")
    said = Face(phase="hold", clock_s=2.0, rep=3, reps=15, faults=(CUE,), message="last two", model="full", fps=30.0)
    there = draw(picture, replace(said, mirrored=True))
    np.testing.assert_array_equal(there, draw(np.ascontiguousarray(picture[:, ::-1]), said))
    assert (there != draw(picture, said)).any()
    np.testing.assert_array_equal(draw(blank(), replace(said, mirrored=True)), draw(blank(), said))


def test_odd_values_and_sizes_are_drawn() -> None:
    nan = float("nan")
    far = Body({"hip": np.array([-9e3, 9e3]), "knee": np.array([1e4, -1e4])}, {})
    for face in (
        Face(),
        Face(phase="unheard of", clock_s=0.0, target_s=0.0, rep=-1, reps=0),
        face_at(*FAULT, body=far, left_s=-3.0, left_of_s=0.0),
        face_at(*FAULT, body=far, fps=nan, delay_ms=nan),
        Face(left_s=3600.0, left_of_s=1.0, faults=(replace(CUE, name="a rule of tomorrow"),)),
    ):
        for size in ((1, 1), (60, 4000), (4000, 60), (161, 121), (1280, 720)):
            drawn = draw(camera("4:3"), face, size)
            assert max(drawn.shape) <= 1280
            assert min(drawn.shape[:2]) >= 60
    unknown = Face(fps=nan, delay_ms=nan, model="full")
    np.testing.assert_array_equal(draw(None, unknown), draw(None, Face(model="full")))
    assert draw(None, Face(message="Camera lost, trying again")).any()


def test_the_picture_is_dimmed_while_nothing_counts() -> None:
    picture = camera("16:9")
    bright = draw(picture, Face()).astype(int)
    for face in (Face(paused=True), Face(left_s=30.0)):
        dim = draw(picture, face).astype(int)
        assert dim[200:500, 20:200].mean() < 0.5 * bright[200:500, 20:200].mean()


def test_the_ring_empties() -> None:
    def green(left_s: float) -> int:
        drawn = draw(blank(), Face(left_s=left_s, left_of_s=60.0)).astype(int)
        return int((drawn[..., 1] - drawn[..., 2] > 100).sum())

    full, half = green(60.0), green(30.0)
    assert full > 4000
    assert half == pytest.approx(full / 2, rel=0.06)


def test_a_bar_fills_up_to_the_time_a_phase_should_last() -> None:
    def filled(clock_s: float) -> int:
        place = layout((1280, 720), (640, 480), cards=True).phase
        drawn = draw(blank(), Face(phase="hold", clock_s=clock_s, target_s=3.0)).astype(int)
        strip = drawn[place.y + round(place.h * 0.8) : place.y + place.h, place.x : place.x + place.w]
        return int((strip[..., 1] - strip[..., 2] > 100).sum())

    assert filled(0.0) == 0
    assert filled(1.5) == pytest.approx(filled(3.0) / 2, rel=0.1)
    assert filled(9.0) == filled(3.0) > 500


def test_words_are_as_large_as_fits() -> None:
    size, lines = fitted("hold", 40, 500, 100)
    assert (size, lines) == (40, ("hold",))
    size, lines = fitted(INSTRUCTION, 40, 500, 160)
    assert " ".join(lines) == INSTRUCTION
    assert size == 40
    assert len(lines) == 3
    assert max(text_width(line, size) for line in lines) <= 500
    smaller, _ = fitted(INSTRUCTION, 40, 500, 60)
    assert 20 < smaller < 40
    size, lines = fitted("word " * 100, 40, 100, 30)
    assert lines[-1].endswith("…")
    assert len(lines) * size <= 30
    assert all(text_width(line, size) <= 100 for line in lines)
    assert fitting("hold", 40, 500) == 40
