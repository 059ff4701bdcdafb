"""Damaged videos, analysed by the whole program, and whether what comes of it tells what is wrong with them."""

from __future__ import annotations

import json
import random
import re
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np

from . import boxes, clips, damage, streams
from .guard import FAILED, LINE, RESULT, Fate
from .server import MOST_MB, Ran, Server

ALIKE_S = 0.0025
"""Containers keep times to a thousandth of a second."""
HOLE_S = 0.25
"""A result that lacks pictures for so long says so, even where the file is in order without them."""
END_S = 0.12
UNSEEN = "a picture that no decoder knows to be damaged"
TOLD = re.compile(
    r"break off|breaks off|decoded|damaged|missing|no picture for|time stamp|time starts|slow motion|time lapse"
    r"|pixels are|is odd|stood still|repeat|longer than|so many pictures"
)
"""Words of the warnings about pictures and times; others, such as that nobody was seen, tell nothing of damage."""
FILES = ("summary.json", "frames.csv", "reps.csv", "report.html", "recording.npz", "overlay.mp4")


class Mutant(NamedTuple):
    """A damaged video, how it was damaged, and what it was made of; none where nothing says what is to be in it."""

    how: str
    path: Path
    whole: clips.Kind | None
    shorter: bool = False
    """Whether pictures were taken out and the file written in order, so that it is a shorter one."""


@cache
def server() -> Server:
    return Server()


def made(dice: random.Random, folder: Path) -> Mutant:
    """A damaged video."""
    kind = dice.choice(clips.KINDS)
    how = dice.choice(
        ("bytes", "head", "cut", "pieces", "pieces", "words", "words", "mixed", "remuxed", "remuxed", "odd")
    )
    if how == "remuxed":
        way, path = streams.remuxed(kind, dice, folder)
        whole = None if way in {"stamps", "shuffled", "doubled"} or path.suffix != f".{kind.ending}" else kind
        return Mutant(f"remuxed: {way}, {kind} as {path.suffix}", path, whole, way in {"left out", "order"})
    if how == "odd":
        way, path = streams.odd(kind, dice, folder)
        return Mutant(f"odd: {way}", path, None)
    path = folder / f"v.{kind.ending if dice.random() < 0.95 else dice.choice(clips.KINDS).ending}"
    path.write_bytes(_DAMAGED[how](clips.whole(kind).read_bytes(), kind, dice))
    return Mutant(f"{how}, {kind}", path, None if how == "mixed" else kind)


def _bytes(data: bytes, _: clips.Kind, dice: random.Random) -> bytes:
    return damage.spoilt(data, dice)


def _head(data: bytes, kind: clips.Kind, dice: random.Random) -> bytes:
    """Damage in the first 2,000 bytes, or the last, where heads and indices are."""
    at = dice.choice((2000, len(data) - 2000))
    parts = [data[:at], data[at:]]
    spoilt = 0 if at == 2000 else 1
    parts[spoilt] = damage.spoilt(parts[spoilt], dice)
    return b"".join(parts)


def _cut(data: bytes, _: clips.Kind, dice: random.Random) -> bytes:
    at, to = sorted(dice.randrange(len(data)) for _ in range(2))
    return dice.choice((data[:to], data[:to], data[:at] + data[to:], data[at:], data[: len(data) - at % 3000]))


def _pieces(data: bytes, kind: clips.Kind, dice: random.Random) -> bytes:
    return boxes.handled(data, kind.ending, dice)


def _words(data: bytes, kind: clips.Kind, dice: random.Random) -> bytes:
    return boxes.worded(data, kind.ending, dice)


def _mixed(data: bytes, _: clips.Kind, dice: random.Random) -> bytes:
    """The head of one file before what another holds."""
    other = clips.whole(dice.choice(clips.KINDS)).read_bytes()
    at, to = (dice.choice((12, 188, 1000, dice.randrange(len(each)))) for each in (data, other))
    return other[:to] + data[at:]


_DAMAGED = {"bytes": _bytes, "head": _head, "cut": _cut, "pieces": _pieces, "words": _words, "mixed": _mixed}


class Found(NamedTuple):
    """What a result holds: the warnings of its summary, and the times of its pictures."""

    warnings: list[str]
    times: Any
    frames: int


def analysed(path: Path, out: Path) -> Ran:
    """The whole program on a video."""
    return server().run("analyze", path, "--model", "lite", "--out", out)


def found(folder: Path) -> Found:
    """What a result folder holds."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    with np.load(folder / "recording.npz") as held:
        return Found(summary["warnings"], held["time_s"], summary["source"]["frames"])


@cache
def expected(kind: clips.Kind) -> Found:
    """What the whole clip gives."""
    out = Path(clips.HELD.name) / f"out{clips.KINDS.index(kind)}"
    ran = analysed(clips.whole(kind), out)
    if ran.code != 0:
        raise AssertionError(f"{kind}: {ran}")
    return found(next(out.iterdir()))


def judged(dice: random.Random, folder: Path) -> tuple[str, Fate]:
    """A damaged video, and what became of it."""
    mutant = made(dice, folder)
    out = folder / "out"
    ran = analysed(mutant.path, out)
    left = sorted(out.glob("*")) if out.exists() else []
    kind, said = RESULT, ""
    if wrong := _wrong(ran, left):
        kind, said = FAILED, wrong
    elif not left:
        kind, said = LINE, ran.err.strip()
    elif mutant.whole is not None and (wrong := _silent(found(left[0]), mutant)):
        kind, said = (RESULT if wrong == UNSEEN else FAILED), wrong
    return mutant.how, Fate(kind, said, ran.took_s)


def _wrong(ran: Ran, left: list[Path]) -> str:
    """What is wrong with how the command ended."""
    lines = ran.err.splitlines()
    if ran.code not in {0, 1, 2} or any(each in ran.err for each in ("Traceback", "unexpected")):
        return f"exit code {ran.code} after {ran.took_s:.1f} s: {ran.err[-3000:]}"
    if ran.more_mb > MOST_MB:
        return f"{ran.more_mb:.0f} MB"
    if not all(line.startswith("formcheck: ") and line.isprintable() for line in lines):
        return f"odd lines: {ran.err[:2000]!r}"
    if ran.code == 2:
        whole = len(lines) == 1 and not ran.out and not left
        return "" if whole else f"refused, and said {lines}, {ran.out!r}, left {left}"
    return _lacking(ran, left)


def _lacking(ran: Ran, left: list[Path]) -> str:
    """What a result lacks without saying so."""
    if len(left) != 1:
        return f"exit code {ran.code}, left {left}: {ran.err}"
    missing = [name for name in FILES if not (left[0] / name).is_file() or not (left[0] / name).stat().st_size]
    told = [name for name in missing if f"{name} is missing" in " ".join(found(left[0]).warnings)]
    if missing != told or bool(missing) != (ran.code == 1):
        return f"exit code {ran.code}, lacks {missing}: {ran.err}"
    if "overlay.mp4" not in missing:
        with av.open(str(left[0] / "overlay.mp4")) as file:
            drawn = sum(1 for _ in file.decode(video=0))
        if drawn < found(left[0]).frames:
            return f"the overlay has {drawn} pictures of {found(left[0]).frames}"
    return ""


def _silent(got: Found, mutant: Mutant) -> str:
    """How a result differs from that of the whole video where no warning says so.

    It is whole where its times are those of the whole one, without a hole and to the same end: a picture less here and
    there, or a later beginning, makes nothing that is measured wrong.
    """
    assert mutant.whole is not None
    whole = expected(mutant.whole)
    if any(TOLD.search(each) for each in got.warnings if each not in whole.warnings):
        return ""
    lacks_end = not mutant.shorter and mutant.path.suffix != ".ts"
    ends = [end for end in whole.times if end >= whole.times[-1] - END_S or not lacks_end]
    alike = any(_among(got.times - got.times[-1] + end, whole) for end in ends)
    if alike and np.diff(got.times).max(initial=0.0) < HOLE_S:
        return "" if _hashes(mutant.path) <= _hashes(clips.whole(mutant.whole)) else UNSEEN
    counts = f"{len(got.times)} pictures to {got.times[-1]:.3f} s"
    return f"{counts}, not {len(whole.times)} to {whole.times[-1]:.3f} s, {got.warnings}"


def _among(times: Any, whole: Found) -> bool:
    """Whether all times are among those of the whole clip."""
    return bool((np.abs(times[:, None] - whole.times).min(axis=1) < ALIKE_S).all())


def _hashes(path: Path) -> set[str]:
    """The pictures of a video as a decoder gives them."""
    found: set[str] = set()
    with av.open(str(path), metadata_errors="replace") as file:
        for packet in file.demux(video=0) if file.streams.video else ():
            with suppress(av.FFmpegError):
                found |= {sha256(frame.to_ndarray(format="gray").tobytes()).hexdigest() for frame in packet.decode()}
    return found
