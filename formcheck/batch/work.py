"""One task of a batch, from paths to rows: a function of its arguments, wherever it runs.

What it gives back is small and ready to be written down; a clip that cannot be scored gives a row with its error.
"""

from __future__ import annotations

import io
import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from formcheck import __version__, blame
from formcheck.batch import columns, key, rejudge
from formcheck.batch.fetch import data_of, here
from formcheck.batch.find import is_address
from formcheck.batch.key import Settings
from formcheck.core.stretches import Seen, recorded
from formcheck.data.recording import load_remarked
from formcheck.data.result import Result
from formcheck.data.versions import versions
from formcheck.errors import InputError, OutputError
from formcheck.outputs import measures
from formcheck.rules.remarks import remarked
from formcheck.session import judge_recording

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
SCORED, FAILED, AGAIN = "s", "f", "a"
"""States of a row: scored; failed, and will while the clip stays the same; failed, to be tried in the next run."""

Tick = Callable[[int], None]
"""Called with the number of frames looked at since the last call."""


class Clip(NamedTuple):
    """One clip to score.

    content   its SHA-256 where that is known already
    identity  by what it is known again instead: an address with the stamp that its file system gives
    stamp     how the file was when its content was told, empty where that is of no use
    """

    path: str
    content: str = ""
    identity: str = ""
    stamp: str = ""


@dataclass(frozen=True)
class Task:
    """Clips with all that is needed to score them.

    recordings  the folder in which recordings are kept, empty for none
    reports     the folder for single reports, empty for none
    recorded    the clips are recordings
    attempt     how often this was begun before
    """

    clips: tuple[Clip, ...]
    settings: Settings
    recordings: str = ""
    reports: str = ""
    recorded: bool = False
    attempt: int = 0


class Outcome(NamedTuple):
    """What became of a clip: `text` is the JSON of its row and of the rows of its reps.

    `stamp` and `content` are those of the clip, for the next run.
    """

    path: str
    key: str
    state: str
    text: bytes
    frames: int = 0
    exercise_s: float = 0.0
    stamp: str = ""
    content: str = ""


def score_task(task: Task, tick: Tick = lambda _: None) -> list[Outcome]:
    """Score the clips of a task.

    Raises `OutputError` where recordings or reports cannot be written; whatever else goes wrong is a row.
    """
    judging = task.settings.judging()
    if not task.recorded:
        return [_guarded(clip, task, judging, tick) for clip in task.clips]
    quick, rest = _measured(task, judging)
    done = {outcome.path: outcome for outcome in (*quick, *(_guarded(c, task, judging, tick) for c in rest))}
    return [done[clip.path] for clip in task.clips]


def told(clip: Clip, file: Path) -> Clip:
    """A clip, which lies in a file, with its content; raises `OSError`."""
    stamp = "" if is_address(clip.path) else key.stamp(clip.path)  # before it is read: it may change meanwhile
    return clip._replace(content=key.content(file), stamp=stamp)


def lost(task: Task, error: str) -> list[Outcome]:
    """Rows of a task whose process died; it is tried again in the next run."""
    return [_failed(clip, clip.content, error, AGAIN, task) for clip in task.clips]


def report_name(row_key: str) -> str:
    """The file name of a single report."""
    return f"{row_key}.html"


def recording_name(what: str, settings: Settings) -> str:
    """The file name of a recording: the clip's content, and how it was looked at."""
    return f"{what}-{settings.looking()}.npz"


def _guarded(clip: Clip, task: Task, judging: str, tick: Tick) -> Outcome:
    """One clip, every error of which is a row."""
    what, path = clip.content, Path(clip.path)
    try:
        with here(clip.path) as path:
            stored = measures.find(path) if task.recorded else None
            clip = clip._replace(identity=clip.identity or (stored[0] if stored else ""))
            what = stored[1].content_sha256 if stored else ""
            clip = clip if what or clip.content else told(clip, path)
            what = what or clip.content
            row_key = key.key(clip.identity or what, judging)
            found = _found(path, what, task, tick, stored[1] if stored else None)
            if task.reports:
                _write(Path(task.reports) / report_name(row_key), _report(found.result))
        return _scored(clip, row_key, found, task.settings)
    except OutputError:
        raise
    except Exception as error:  # noqa: BLE001 - one odd clip must not end a batch of a million
        return _failed(clip, what, *_why(error, what, clip.path, path), task)


def _why(error: Exception, what: str, *paths: str | Path) -> tuple[str, str]:
    """An error for the row, and whether it is worth another try."""
    if blame.is_memory(error):
        return "not enough memory for it; give fewer --jobs", AGAIN
    if isinstance(error, InputError) and not blame.is_handles(error):
        return _plain(str(error), *paths), FAILED if what else AGAIN
    if isinstance(error, OSError) and not blame.is_handles(error):
        return f"cannot be read: {error.strerror or error}", AGAIN
    return blame.line(error), AGAIN


class _Found(NamedTuple):
    """A result, the content of its video, the name of the recording kept of it, and the frames looked at for it."""

    result: Result
    content: str
    kept: str = ""
    frames: int = 0


def _found(path: Path, what: str, task: Task, tick: Tick, stored: measures.Measures | None) -> _Found:
    if task.recorded:
        return _Found(_replayed(path, task.settings, stored), what, path.name)
    kept = Path(task.recordings) / recording_name(what, task.settings) if task.recordings else None
    if kept is not None and kept.is_file():
        with suppress(InputError):
            known = measures.find(kept)
            return _Found(_replayed(kept, task.settings, known[1] if known else None), what, kept.name)
    result = _seen(path, task.settings, tick)
    if kept is not None:
        _keep(result, what, kept)
    return _Found(result, what, kept.name if kept else "", len(result.recording.observations))


def _seen(path: Path, settings: Settings, tick: Tick) -> Result:
    """The result of a video."""
    from formcheck.inputs.observe import observe  # noqa: PLC0415 - pictures and net are slow to load

    given = settings.model
    last = 0

    def step(done: int, _: int | None) -> None:
        nonlocal last
        tick(done - last)
        last = done

    how: dict[str, Any] = {"speed": settings.speed, "turn_deg": settings.turn_deg, "optics": settings.optics}
    seen = observe(path, given, rate_hz=settings.rate_hz, progress=step, **how)
    what = Seen(seen.observations, seen.source, given)
    named, roll_deg = Path(given).name, settings.roll_deg
    recording = recorded(what, seen.rooms, seen.moves, name=named, versions=versions(), roll_deg=roll_deg)
    return remarked(judge_recording(recording, settings.limits, seen.warnings))


def _replayed(path: Path, settings: Settings, stored: measures.Measures | None) -> Result:
    """The result of a recording; what was remarked when it was seen is remarked again."""
    recording, remarks = load_remarked(path)
    if stored:
        return judge_recording(recording, settings.limits, stored.warnings)
    return remarked(judge_recording(recording, settings.limits, remarks))


def _measured(task: Task, judging: str) -> tuple[list[Outcome], list[Clip]]:
    """Rows of all recordings that hold their measures, and the clips that have to be gone through."""
    if task.reports:
        return [], list(task.clips)
    quick: list[tuple[Clip, str, measures.Measures]] = []
    rest = []
    for clip in task.clips:
        try:
            data = data_of(clip.path) if is_address(clip.path) else clip.path
            stored = measures.find(io.BytesIO(data) if isinstance(data, bytes) else data)
            content = stored and stored[1].current and (stored[1].content_sha256 or key.content(data))
        except Exception:  # noqa: BLE001 - whatever is odd about it is told when it is gone through by itself
            stored = content = None
        if stored and content:
            quick.append((clip._replace(content=content), key.key(clip.identity or stored[0], judging), stored[1]))
        else:
            rest.append(clip)
    shown = task.settings.shown()
    try:
        verdicts = rejudge.judged([found for _, _, found in quick], task.settings.limits)
        rows = zip(quick, verdicts, strict=True)
        return [_rejudged(clip, row_key, found, verdict, shown) for (clip, row_key, found), verdict in rows], rest
    except Exception:  # noqa: BLE001 - one of them is odd; by itself it is told which
        return [], list(task.clips)


def _rejudged(clip: Clip, row_key: str, found: measures.Measures, verdict: rejudge.Judged, shown: str) -> Outcome:
    reps, whole = verdict
    values = found.clip | columns.verdict_values(reps, whole)
    name = os.path.basename(clip.path)  # noqa: PTH119 - a `Path` takes long
    values |= {"content_sha256": clip.content, "recording": name, "settings": shown}
    values |= {"warnings": "; ".join(found.warnings), "formcheck": __version__}
    text = _json([values, [columns.rep_row(rep) for rep in reps]])
    return Outcome(clip.path, row_key, SCORED, text, 0, found.clip["duration_s"] or 0.0)


def _scored(clip: Clip, row_key: str, found: _Found, settings: Settings) -> Outcome:
    shared = {"content_sha256": found.content, "recording": found.kept, "settings": settings.shown()}
    values = columns.clip_values(found.result) | shared
    text = _json([values, [columns.rep_row(rep) for rep in found.result.reps]])
    known = (clip.stamp, clip.content)
    return Outcome(clip.path, row_key, SCORED, text, found.frames, values["duration_s"] or 0.0, *known)


def _failed(clip: Clip, what: str, error: str, state: str, task: Task) -> Outcome:
    row_key = key.key(clip.identity or what or f"path {clip.path}", task.settings.judging())
    values = columns.failure(what, " ".join(error.split())[:500], task.settings)
    return Outcome(clip.path, row_key, state, _json([values, []]), stamp=clip.stamp, content=clip.content)


def _plain(error: str, *paths: str | Path) -> str:
    """An error without the path that it begins with: the row has it already."""
    for path in paths:
        error = error.removeprefix(f"{path}: ")
    return error


def _json(value: object) -> bytes:
    return _ENCODER.encode(value).encode(errors="replace")  # half characters of a file's name


def _report(result: Result) -> bytes:
    from formcheck.outputs.report import render  # noqa: PLC0415 - needs a template engine

    return render(result, video=None).encode()


def _keep(result: Result, what: str, path: Path) -> None:
    """Keep a recording with its measures, whole or not at all."""

    _put(path, lambda part: measures.save(result, part, what))


def _write(path: Path, data: bytes) -> None:
    _put(path, lambda part: part.write_bytes(data))


def _put(path: Path, write: Callable[[Path], object]) -> None:
    part = path.with_name(f".{secrets.token_hex(16)}{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(part)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise OutputError(
            f"{path.parent}: cannot be written ({error.strerror or error}); see to it and run again"
        ) from error
