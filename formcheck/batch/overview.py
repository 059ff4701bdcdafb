"""`index.html` of a batch: every clip in one sortable table, each row leading to its single report.

The page looks like the single reports and needs nothing but itself: style and script are written into it, and its
content security policy allows nothing else. Without the script it is a plain table.
"""

from __future__ import annotations

import base64
import hashlib
import heapq
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from formcheck import __version__
from formcheck.data.result import Checks
from formcheck.errors import OutputError
from formcheck.outputs import report_text as text
from formcheck.rules import score

if TYPE_CHECKING:
    from jinja2 import Template

MOST = 5000
"""So many rows a browser sorts without a pause; of more clips the page shows those with the lowest scores, after those
that failed or have no reps; what was seen too little of to have a score comes last."""
MAIN = 6
NAME = "index.html"
_REPORT = re.compile(r"[0-9a-f]{32}\.html")


def write_overview(clips: Iterable[Mapping[str, Any]], folder: Path, table: str) -> None:
    """Write the page and take away single reports that it no longer leads to; raises `OutputError`.

    `clips` are rows of the table of clips with a `link` to the single report, `None` where there is none.
    """
    counted = _Counted()
    shown = heapq.nsmallest(MOST, counted.passing(clips), key=_urgency)
    shown.sort(key=lambda row: int(row["number"]))
    page = render(shown, counted, table)
    part = folder / f".{secrets.token_hex(16)}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with part.open("x", encoding="utf-8") as made:  # never what a link leads to
            made.write(page)
        part.replace(folder / NAME)
        for file in (folder / "clips").glob("*.html"):
            if _REPORT.fullmatch(file.name) and file.name not in counted.linked:
                file.unlink()
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror}); see to it and run again") from error
    finally:
        with suppress(OSError):
            part.unlink()


def _urgency(row: Mapping[str, Any]) -> int:
    """What is shown first where there are more clips than the page takes."""
    if row["error"] is not None or not row["reps"]:
        return -1
    return 101 if row["score"] is None else int(row["score"])


class _Counted:
    """What all clips have in common, counted as they pass by.

    The score is the mean over the reps of the clips that have one, and so is what it covers.
    """

    def __init__(self) -> None:
        self.clips = self.failed = self.reps = self.points = self.scored = self.unscored = 0
        self.seen = self.of = 0
        self.kinds: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.linked: set[str] = set()
        self.places: set[str] = set()

    def passing(self, clips: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
        for number, clip in enumerate(clips, 1):
            row = _row(number, clip)
            self.clips += 1
            self.places.add(row["place"])
            self.failed += row["error"] is not None
            self.reps += clip.get("reps") or 0
            self.kinds[clip.get("exercise") or ""] += 1
            self._score(row)
            self.faults.update({fault["name"]: fault["reps"] for fault in row["faults"]})
            if row["link"]:
                self.linked.add(Path(row["link"]).name)
            yield row

    def _score(self, row: Mapping[str, Any]) -> None:
        if row["score"] is None:
            self.unscored += bool(row["reps"])
            return
        self.points += row["score"] * row["reps"]
        self.scored += row["reps"]
        self.seen += row["checks"].seen * row["reps"]
        self.of = row["checks"].of

    @property
    def score(self) -> int | None:
        """The mean score; `None` where no clip has one."""
        return round(self.points / self.scored) if self.scored else None

    @property
    def note(self) -> str:
        """What the mean score covers, where that has to be said."""
        return score.note(self.score, Checks(self.seen // self.scored, self.of)) if self.scored else ""


def render(rows: list[dict[str, Any]], counted: _Counted, table: str) -> str:
    """The page as HTML."""
    style = _asset("formcheck.outputs", "report.css") + _asset("formcheck.batch", "overview.css")
    script = _asset("formcheck.batch", "overview.js")
    common = counted.faults.most_common(MAIN)
    return _template().render(
        rows=rows,
        clips=text.plural(counted.clips, "clip"),
        place=counted.places.pop() if len(counted.places) == 1 else "",
        explanation=score.EXPLANATION,
        hidden=counted.clips - len(rows),
        failed=counted.failed,
        reps=counted.reps,
        score=score.figure(counted.score, "–"),
        note=counted.note,
        unscored=counted.unscored,
        others=counted.kinds["other"],
        nothing=counted.kinds["nothing"],
        common=[{"title": text.title(n), "reps": c, "share": round(100 * c / counted.reps)} for n, c in common],
        table=table,
        version=__version__,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _row(number: int, clip: Mapping[str, Any]) -> dict[str, Any]:
    place, _, name = str(clip["clip"]).replace("\\", "/").rpartition("/")
    checks = Checks(clip.get("checks_seen") or 0, clip.get("checks_of") or 0)
    return {
        "number": number,
        "name": name,
        "place": place,
        "link": clip.get("link"),
        "error": clip.get("error"),
        "score": clip.get("score"),
        "checks": checks,
        "figure": score.figure(clip.get("score"), "–"),
        "note": score.note(clip.get("score"), checks) if clip.get("reps") else "",
        "none": _none(clip, checks),
        "reps": clip.get("reps"),
        "duration_s": clip.get("duration_s"),
        "faults": [_fault(part) for part in (clip.get("faults") or "").split(";") if part],
        "unjudged": ", ".join(
            text.title(part.split(" ")[0]).lower() for part in (clip.get("not_assessable") or "").split(";") if part
        ),
        "warnings": _remarks(clip),
    }


def _none(clip: Mapping[str, Any], checks: Checks) -> str:
    """What is said of a clip without faults: no more than was seen."""
    if not clip.get("reps"):
        return f"no reps found: {clip['note']}" if clip.get("note") else "no reps found"
    return f"none, {score.seen(checks)}" if clip.get("not_assessable") else "none found"


def _remarks(clip: Mapping[str, Any]) -> list[str]:
    """What there is to say about the exercise, where it is not said with the reps that are missing, and warnings."""
    note = (clip.get("note") or "") if clip.get("reps") else ""
    return [part for part in (note, clip.get("warnings")) if part]


def _fault(part: str) -> dict[str, Any]:
    """One fault from "short-hold 3": its name and in how many reps it was."""
    name, reps = part.rsplit(" ", 1)
    return {"name": name, "title": text.title(name), "reps": int(reps)}


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - slow to load, needed here alone

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["clock"] = text.clock
    return environment.from_string(_asset("formcheck.batch", "overview.html.j2"))


@cache
def _asset(package: str, name: str) -> str:
    return (resources.files(package) / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
