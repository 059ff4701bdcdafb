"""From a video to findings and files: the recorded use, thin.

result = analyze("set.mp4")                  # look, measure, judge
write(result, Path("out"), video="set.mp4")  # all files of one result
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import formcheck
from formcheck.core.calibrate import calibrate
from formcheck.core.uncertainty import OBLIQUE_DEG
from formcheck.data.recording import Recording
from formcheck.data.result import Result
from formcheck.rules.limits import Limits
from formcheck.session import judge_recording

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, the frames done and their number (`None` where unknown)."""

RECORDING = ".npz"
DARK = 40.0
"""Mean brightness (0 to 255) below which joints are lost in noise."""
SEEN = 0.9
"""Below this share of frames with a body the camera should stand better."""


def analyze(
    path: Path | str,
    *,
    model: str = "auto",
    limits: Limits | None = None,
    roll_deg: float | None = None,
    progress: Progress | None = None,
) -> Result:
    """What was right and wrong in a video (or in a `recording.npz`), rep by rep.

    `model` is "auto", "lite", "full", "heavy" or the path of a `.task` file; `roll_deg` fixes how far the
    picture is turned. Raises `FormcheckError` where something cannot be read.
    """
    if Path(path).suffix == RECORDING:
        return replay(Recording.load(path), limits=limits)
    recording, warnings = _observed(path, model, roll_deg, progress)
    return judge_recording(recording, limits, [*warnings, *advice(recording)])


def observe(path: Path | str, *, model: str = "auto", roll_deg: float | None = None) -> Recording:
    """The recording of a video: what was seen, not yet judged."""
    return _observed(path, model, roll_deg, None)[0]


def replay(recording: Recording | Path | str, *, limits: Limits | None = None) -> Result:
    """The findings of a recording again, without video or model."""
    if not isinstance(recording, Recording):
        recording = Recording.load(recording)
    return judge_recording(recording, limits, advice(recording))


def write(
    result: Result,
    out: Path | str = ".",
    *,
    video: Path | str | None = None,
    stem: str | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write `<out>/<stem>_formcheck/` whole or not at all; the path of that folder.

    `video` is the file that was analysed: with it comes an overlay, without it (`None`) none. Raises
    `OutputError` where the folder cannot be written.
    """
    from formcheck.outputs import files, folder

    stem = stem or Path(result.recording.source.name).stem
    with folder.result_folder(Path(out), stem) as part:
        files.write_all(result, part, stem, with_video=video is not None)
        if video is not None:
            _overlay(result, Path(video), part / files.OVERLAY, progress)
    return folder.result_path(Path(out), stem)


def advice(recording: Recording) -> list[str]:
    """Warnings about what a recording shows, in words for the user."""
    seen = ~(recording.observations.visibility == 0).all(axis=1)
    if not seen.any():
        return ["nobody was found in the video"]
    warnings = []
    share = float(seen.mean())
    if share < SEEN:
        warnings.append(f"the body was found in {share:.0%} of the frames only; keep it whole in the picture")
    light = float(recording.observations.brightness.mean())
    if light < DARK:
        warnings.append("the picture is dark; more light makes the joints easier to find")
    yaw = recording.calibration.yaw_deg or 0.0
    if abs(yaw) > OBLIQUE_DEG:
        towards = "feet" if yaw > 0 else "head"
        warnings.append(
            f"the camera stands about {abs(yaw):.0f}° off the side view, too far for angles; "
            f"move it towards the {towards}"
        )
    if recording.calibration.roll_deg is None:
        warnings.append("the camera's roll is unknown and taken as level; give it with --roll if you know it")
    return warnings


def _observed(
    path: Path | str, model: str, roll_deg: float | None, progress: Progress | None
) -> tuple[Recording, list[str]]:
    from formcheck.inputs import models
    from formcheck.inputs.observe import observe as look

    name = models.AUTO_RECORDED if model == "auto" else model
    step = None if progress is None else lambda done, total: progress("looking", done, total)
    observations, source, room, warnings = look(path, name, progress=step)
    calibration = calibrate(observations, source, name, room, roll_deg=roll_deg)
    shown = name if name in models.NAMES else Path(name).name
    return Recording(observations, calibration, source, shown, room, _versions()), warnings


def _overlay(result: Result, video: Path, path: Path, progress: Progress | None) -> None:
    from formcheck.inputs.video import Video
    from formcheck.outputs.overlay import write_overlay

    source = result.recording.source
    step = None if progress is None else lambda done: progress("drawing", done, source.frames or None)
    with Video(video) as frames:
        write_overlay(result, frames, (source.width, source.height), path, audio_from=video, progress=step)


def _versions() -> dict[str, str]:
    found = {"formcheck": formcheck.__version__}
    for package in ("mediapipe", "numpy", "opencv-contrib-python"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
