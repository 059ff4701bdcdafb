"""Words that fit: broken into lines and as large as there is room. The same words are fitted once."""

from __future__ import annotations

from functools import lru_cache

from formcheck.outputs.draw import WHITE, Colour, Picture, text, text_width

LEADING = 1.22
CAPITALS = 0.73
"""Height of capitals and digits over the text's size."""
LEAST = 9
STEP = 0.94


@lru_cache(maxsize=256)
def fitted(words: str, largest: float, width: int, height: float) -> tuple[float, tuple[str, ...]]:
    """Text size up to `largest`, pixels, and the lines at which `words` fill at most such a box.

    Where not even the smallest letters fit, the rest is cut off with an ellipsis.
    """
    size = largest
    while True:
        lines = _broken(words, size, width)
        fits = len(lines) * LEADING * size <= height and all(text_width(line, size) <= width for line in lines)
        if fits or size <= LEAST:
            break
        size = max(size * STEP, LEAST)
    if not fits:
        lines = _cut(lines, size, width, max(int(height / LEADING / size), 1))
    return size, tuple(lines)


def one_line(words: str, size: float, width: float) -> tuple[float, str]:
    """Text size up to `size` and the words, cut off where they do not fit on a line."""
    size, lines = fitted(words, size, int(width), LEADING * size + 1)
    return size, lines[0]


def lines_at(picture: Picture, lines: tuple[str, ...], size: float, at: tuple[float, float], colour: Colour) -> None:
    """Lines below each other, their left upper corner at `at`."""
    for number, words in enumerate(lines):
        text(picture, words, (at[0], at[1] + (number + 0.5) * LEADING * size), size, colour)


def figures(picture: Picture, words: str, at: tuple[float, float], size: float, colour: Colour = WHITE) -> float:
    """Numbers, as `text` would set them, but from single figures, which are kept; return where they end."""
    x = at[0]
    for sign in words:
        text(picture, sign, (x, at[1]), size, colour)
        x += _advance(sign, size)
    return x


def figures_width(words: str, size: float) -> float:
    """How wide `figures` will be, pixels."""
    return sum(_advance(sign, size) for sign in words)


def _advance(sign: str, size: float) -> float:
    return text_width(sign, size) - 1  # the picture of a text is a pixel wider than the text


def _broken(words: str, size: float, width: int) -> list[str]:
    """Lines as even as can be: not more of them than needed, and the narrowest at which that holds."""
    lines = _greedy(words, size, width)
    if len(lines) > 1:
        narrow = width
        while len(tried := _greedy(words, size, narrow := int(narrow * STEP))) == len(lines):
            if any(text_width(line, size) > width for line in tried) or narrow < LEAST:
                break
            lines = tried
    return lines


def _greedy(words: str, size: float, width: int) -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _cut(lines: list[str], size: float, width: int, most: int) -> list[str]:
    kept = [*lines[:most]]
    if len(lines) > most:
        kept[-1] += "…"
    return [_shortened(line, size, width) for line in kept]


def _shortened(line: str, size: float, width: int) -> str:
    while len(line) > 1 and text_width(line, size) > width:
        line = line.rstrip("…")[:-1] + "…"
    return line
