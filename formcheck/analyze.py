"""From a video to findings and files: the recorded use, thin.

result = analyze("set.mp4")                  # look, measure, judge
write(result, Path("out"), video="set.mp4")  # all files of one result
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from formcheck.core.stretches import Seen, recorded
from formcheck.data.disk import FULL
from formcheck.data.endings import RECORDINGS
from formcheck.data.lens import USUAL, Optics
from formcheck.data.recording import Recording, load_remarked
from formcheck.data.result import Result
from formcheck.data.versions import versions
from formcheck.errors import OutputError
from formcheck.rules.limits import Limits
from formcheck.rules.remarks import remarked
from formcheck.session import judge_recording

if TYPE_CHECKING:
    from formcheck.outputs.files import Draw, Written
    from formcheck.outputs.place import Spot

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, the frames done and their number (`None` where unknown)."""


FRAMES_HELD = 20
"""So many pictures of a video, about, are in memory at a time, in all queues and buffers."""


def analyze(  # noqa: PLR0913 - what may be told of a video
    path: Path | str,
    *,
    model: str = "auto",
    limits: Limits | None = None,
    roll_deg: float | None = None,
    speed: float | None = None,
    turn_deg: int | None = None,
    optics: Optics = USUAL,
    progress: Progress | None = None,
) -> Result:
    """What was right and wrong in a video (or in a `recording.npz` or `recording.journal`), rep by rep.

    `model` is "auto", "lite", "full", "heavy" or the path of a `.task` file; `roll_deg` fixes how far the picture is
    turned from level; `speed` are the seconds that truly went by for each second of a video, 0.25 for one that is
    played back four times as slowly (`None`: as the phone has marked it, else 1); pictures are turned clockwise by
    `turn_deg` (0, 90, 180, 270) before they are looked at (`None`: as the body in them shows); `optics` is what is
    known of the lens, such as `Optics(fov_deg=78)`. Raises `FormcheckError` where something cannot be read.
    """
    if is_recording(path):
        return replay(path, limits=limits)
    recording, warnings = _observed(path, model, roll_deg, speed, turn_deg, optics, progress)
    return remarked(judge_recording(recording, limits, warnings))


def observe(  # noqa: PLR0913 - what may be told of a video
    path: Path | str,
    *,
    model: str = "auto",
    roll_deg: float | None = None,
    speed: float | None = None,
    turn_deg: int | None = None,
    optics: Optics = USUAL,
) -> Recording:
    """The recording of a video: what was seen, not yet judged; arguments as for `analyze`."""
    return _observed(path, model, roll_deg, speed, turn_deg, optics, None)[0]


def replay(recording: Recording | Path | str, *, limits: Limits | None = None) -> Result:
    """The findings of a recording again, without video or model.

    A path may be that of a journal, or of the folder that holds one or the other.
    """
    warnings: list[str] = []
    if not isinstance(recording, Recording):
        recording, warnings = load_remarked(recording)
    return remarked(judge_recording(recording, limits, warnings))


def write(  # noqa: PLR0913 - a whole job
    result: Result,
    out: Path | str = ".",
    *,
    video: Path | str | None = None,
    stem: str | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Write `<out>/<stem>_formcheck/` whole or not at all; the path of that folder.

    `video` is the file that was analysed: with it comes an overlay, without it (`None`) or for a recording none.
    Where the folder holds the result of another file, this one goes to `<stem>-2_formcheck` and so on, unless it is to
    `overwrite` that. A file that cannot be made is missing, and the summary's warnings say so. Raises `OutputError`
    where the folder cannot be written.
    """
    from formcheck.outputs.place import Spot

    mark = result.content_sha256 or (content(video) if video is not None else "") or _seen(result)
    spot = Spot(Path(out), stem or Path(result.recording.source.name).stem, mark, overwrite)
    write_to(spot, result, video=video, progress=progress)
    return spot.path


def write_to(
    spot: Spot, result: Result, *, video: Path | str | None = None, progress: Progress | None = None
) -> Written:
    """As `write`, at a place that was chosen; what was written, and what could not be."""
    from formcheck.outputs import files, folder

    result = replace(result, content_sha256=spot.mark)
    drawn = video is not None and not is_recording(video)
    draw = _drawer(result, Path(video), progress) if video is not None and drawn else None
    with folder.result_folder(spot.out, spot.choose) as part:
        shown = None if drawn else folder.camera_video(spot.out, spot.chosen)
        return files.write_all(result, part, spot.chosen, video=shown, draw=draw)


def check(spot: Spot, path: Path | str, *, overlay: bool = True) -> None:
    """Before anything is looked at: can the result of this file be written, and is there room for it?

    Raises `OutputError`, `VideoError` where the file is no video, and `MemoryError` where too little is to be had.
    """
    from formcheck.inputs import memory
    from formcheck.outputs import place

    size = Path(path).stat().st_size if Path(path).is_file() else 0
    if is_recording(path):
        room = place.room_of_recording(size)
    else:
        memory.require(memory.PICTURES)
        from formcheck.inputs.video import probe

        source = probe(path)
        memory.require(memory.PICTURES // 2 + FRAMES_HELD * 3 * source.width * source.height)
        room = place.room_of_video(source, size, overlay=overlay)
    place.check(spot, room)


def content(path: Path | str) -> str:
    """SHA-256 of a file, 64 digits; empty where it cannot be read, which whoever reads it will say."""
    from formcheck.inputs import models

    try:
        return models.sha256(Path(path)) if Path(path).is_file() else ""
    except OSError:
        return ""


def is_recording(path: Path | str) -> bool:
    """Whether a path has the name of a recording, not of a video."""
    return Path(path).suffix in RECORDINGS


def _observed(  # noqa: PLR0913, PLR0917 - as for `analyze`
    path: Path | str,
    model: str,
    roll_deg: float | None,
    speed: float | None,
    turn_deg: int | None,
    optics: Optics,
    progress: Progress | None,
) -> tuple[Recording, list[str]]:
    from formcheck.inputs import models
    from formcheck.inputs.observe import observe as look

    name = models.AUTO_RECORDED if model == "auto" else model
    step = None if progress is None else lambda done, total: progress("looking", done, total)
    seen = look(path, name, speed=speed, turn_deg=turn_deg, optics=optics, progress=step)
    shown = name if name in models.NAMES else Path(name).name
    what = Seen(seen.observations, seen.source, name)
    recording = recorded(what, seen.rooms, seen.moves, name=shown, versions=versions(), roll_deg=roll_deg)
    return recording, seen.warnings


def _seen(result: Result) -> str:
    """SHA-256 of what was seen: stands for a file where none is given."""
    whole = sha256()
    for each in fields(result.recording.observations):
        whole.update(np.ascontiguousarray(getattr(result.recording.observations, each.name)).tobytes())
    return whole.hexdigest()


def _drawer(result: Result, video: Path, progress: Progress | None) -> Draw:
    """What makes the overlay; a sound track that spoils it is left out."""

    def draw(path: Path) -> list[str]:
        from formcheck.outputs import sound

        told: list[str] = []
        try:
            _overlay(result, video, path, progress, told.append)
        except OutputError as error:
            if getattr(error.__cause__, "errno", None) in FULL or not sound.present(video):
                raise
            told = [f"it has no sound: with the sound track it cannot be written ({error.__cause__ or error})"]
            _overlay(result, video, path, progress, None)
        return told

    return draw


def _overlay(
    result: Result, video: Path, path: Path, progress: Progress | None, tell: Callable[[str], None] | None
) -> None:
    """The overlay; with sound if `tell` is there to hear what that lacks."""
    from formcheck.inputs.ahead import ahead
    from formcheck.inputs.lens import straight
    from formcheck.inputs.threads import one_thread
    from formcheck.inputs.video import Video
    from formcheck.outputs.overlay import write_overlay

    source = result.recording.source
    size = (source.width, source.height)
    step = None if progress is None else lambda done: progress("drawing", done, source.frames or None)
    heard = video if tell is not None and source.speed == 1 else None  # sound of another speed does not fit
    with (
        one_thread(),
        Video(video, speed=source.speed, turn_deg=source.turn_deg) as frames,
        ahead(straight(frames, source.lens)) as pictures,
    ):
        write_overlay(result, pictures, size, path, audio_from=heard, progress=step, tell=tell or (lambda _: None))
