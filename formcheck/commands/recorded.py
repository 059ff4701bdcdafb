"""Commands on videos and recordings."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from glob import glob
from pathlib import Path
from typing import Any

from formcheck import blame
from formcheck.analyze import analyze as analysed
from formcheck.analyze import check, content, is_recording, write_to
from formcheck.analyze import replay as replayed
from formcheck.commands import opened
from formcheck.commands.common import Arguments, detail, limits_of, optics_of, print_json, say, show, warn, write_text
from formcheck.data.endings import VIDEOS
from formcheck.data.lens import Optics
from formcheck.data.result import Result
from formcheck.errors import UsageError
from formcheck.outputs.files import REPORT, Written
from formcheck.outputs.place import Spot, alike, check_out, stem_of
from formcheck.outputs.progress import ProgressLine
from formcheck.rules.limits import Limits

DRAWING = {"lite": 0.35, "full": 0.25, "heavy": 0.1}
"""How long the overlay takes, as a share of the time in which a model looks at the pictures: for the time left."""


def demo(arguments: Arguments) -> int:
    """Analyse the sample clip, with the quickest model that finds what is in it unless another is named."""
    from formcheck.inputs import sample

    if arguments.model == "auto":
        arguments.model = sample.MODEL
    arguments.videos, arguments.no_video = [sample.path()], False
    arguments.roll = arguments.speed = arguments.rotate = arguments.fov = arguments.camera_profile = None
    return analyze(arguments)


def analyze(arguments: Arguments) -> int:
    """Analyse each video; whatever one does, the others are done.

    The exit code is 2 where one cannot be used, else 1 where something failed or a file of a result is missing.
    """
    arguments.videos = [video for given in arguments.videos for video in _expanded(given)]
    call = _Call(arguments, limits_of(arguments), optics_of(arguments))
    check_out(arguments.out)
    codes = [call.one(video) for video in arguments.videos]
    if arguments.json:
        print_json(call.shown if len(codes) > 1 else call.shown[0])
    call.open_report()
    return max(codes)


def _expanded(given: Path) -> list[Path]:
    """What a pattern names that the shell has left as it was; any other path as it is."""
    if given.exists() or not any(sign in str(given) for sign in "*?["):
        return [given]
    found = [Path(path) for path in sorted(glob(str(given), recursive=True))]  # noqa: PTH207 - may be absolute
    return found or [given]


@dataclass
class _Call:
    """The videos of one call: `shown` has what programs are told of each, `written` the stems of their results."""

    arguments: Arguments
    limits: Limits
    optics: Optics
    shown: list[dict[str, Any]] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    reports: list[Path] = field(default_factory=list)

    def one(self, video: Path) -> int:
        """One video: look, judge, write, print. Errors become a line and an exit code."""
        try:
            written, spot = self._judged(video)
        except Exception as error:
            if len(self.arguments.videos) == 1:
                raise
            line = blame.line(error)
            warn(line if str(video) in line else f"{video}: {line}")
            self.shown.append({"source": {"path": str(video)}, "error": line})
            return blame.code(error)
        self._tell(video, written.result, spot)
        return 1 if written.missing else 0

    def _judged(self, video: Path) -> tuple[Written, Spot]:
        """The result of a video, written; whether it can be is found out first."""
        given = self.arguments
        drawn = not given.no_video and not is_recording(video)
        spot = self._spot(video)
        after = DRAWING.get(given.model, DRAWING["heavy"]) if drawn else 0.0
        with ProgressLine(video.name, quiet=given.quiet, after=after) as progress:
            check(spot, video, overlay=drawn)
            how: dict[str, Any] = {"roll_deg": given.roll, "speed": given.speed, "turn_deg": given.rotate}
            how["optics"] = self.optics
            began = time.perf_counter()
            result = analysed(video, model=given.model, limits=self.limits, progress=progress, **how)
            looked = time.perf_counter()
            written = write_to(spot, result, video=video if drawn else None, progress=progress)
        self._detail(video, result, looked - began, time.perf_counter() - looked)
        return written, spot

    def _detail(self, video: Path, result: Result, looking_s: float, writing_s: float) -> None:
        """What a result rests on, and how long it took, for `--verbose`."""
        recording = result.recording
        camera, frames = recording.calibration, len(recording.observations)
        told = {"yaw": camera.yaw_deg, "roll": camera.roll_deg, "pitch": camera.pitch_deg}
        angles = ", ".join(f"{name} {'unknown' if value is None else f'{value:.1f}°'}" for name, value in told.items())
        detail(self.arguments, f"{video.name}: model {recording.model}, {camera.side} side, camera {angles}")
        detail(self.arguments, f"{video.name}: {frames} frames in {looking_s:.1f} s, files in {writing_s:.1f} s")

    def _spot(self, video: Path) -> Spot:
        """Where the result of a video goes."""
        others = {alike(stem_of(each)) for each in self.arguments.videos}
        own = video.parent if is_recording(video) else None
        overwrite = self.arguments.overwrite
        stem, mark = stem_of(video), content(video)
        return Spot(self.arguments.out, stem, mark, overwrite, own, frozenset(self.written), others)

    def _tell(self, video: Path, result: Result, spot: Spot) -> None:
        """Print what was found, and where it lies."""
        from formcheck.outputs.summary import summary

        self.written.add(alike(spot.chosen))
        self.reports.append(spot.path / REPORT)
        if line := spot.told():
            warn(f"{video.name}: {line}")
        self.shown.append(summary(result))
        if self.arguments.json:
            return
        if len(self.arguments.videos) > 1:
            say(self.arguments, f"\n{video.name}")
        show(result, self.arguments)
        say(self.arguments, f"report: {spot.path / REPORT}")

    def open_report(self) -> None:
        """Show the report of a single video to whoever sits before a desktop, or wants it shown."""
        asked = self.arguments.open
        quiet = self.arguments.quiet or self.arguments.json or len(self.arguments.videos) > 1
        if not self.reports or not opened.is_wanted(False if asked is None and quiet else asked):
            return
        report = self.reports[0]
        if not report.exists() or not opened.open_page(report):
            warn(f"{report}: no browser could be started; open it yourself")


def replay(arguments: Arguments) -> int:
    """The findings of a recording again."""
    from formcheck.outputs.summary import summary

    if arguments.recording.suffix.lower() in VIDEOS:
        raise UsageError(f"{arguments.recording}: a video, not a recording; give it to formcheck analyze")
    result = replayed(arguments.recording, limits=limits_of(arguments))
    if arguments.json:
        print_json(summary(result))
    else:
        show(result, arguments)
    return 0


def evaluate(arguments: Arguments) -> int:
    """Errors against the truth."""
    from formcheck import evaluate as truth

    limits = limits_of(arguments)
    with ProgressLine("evaluate", quiet=arguments.quiet) as progress:
        found = truth.evaluate_folder(
            arguments.folder,
            lambda video: analysed(video, model=arguments.model, limits=limits, progress=progress),
        )
    if arguments.markdown:
        write_text(arguments.markdown, truth.to_markdown(found))
    if arguments.json:
        print_json(truth.to_json(found))
    else:
        say(arguments, truth.to_text(found))
    return 1 if found.failures else 0
