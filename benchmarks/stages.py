"""Where a frame's time goes, stage by stage: python benchmarks/run.py --profile

Of a recorded analysis each stage runs by itself over the same frames, so that nothing waits for anything and nothing
is counted twice; below them stands the whole analysis, in which the threads run side by side. Of a live session there
are the times that it takes itself.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple
from unittest.mock import Mock, patch

import live
from material import SAMPLE, cut
from mediapipe.tasks.python import vision
from references import bare_net
from timing import Work

from formcheck import Recording, Result
from formcheck.analyze import analyze, write
from formcheck.core.calibrate import calibrate
from formcheck.inputs import models, observe
from formcheck.inputs.pose import Pose, PoseModel
from formcheck.inputs.scene import Scene
from formcheck.inputs.video import Picture, Video, shrunk, to_rgb
from formcheck.live.stats import PARTS, WORDS
from formcheck.outputs import files, overlay
from formcheck.outputs.body import bodies
from formcheck.outputs.encode import video_writer
from formcheck.outputs.stage import staging
from formcheck.outputs.timeline import timeline
from formcheck.session import judge_recording

RECORDED, LIVE = "heavy", "full"
FRAMES, SECONDS = 180, live.SHORT_S
AHEAD, OWN, ASIDE, WRITER = "read ahead", "the net's", "scene", "encoder"

Frames = list[tuple[float, Picture]]


class Spent(NamedTuple):
    """Seconds by the clock on the wall and of the processor, all threads together."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


class Stage(NamedTuple):
    """A stage of the analysis of a whole clip, and the thread that it has in there."""

    name: str
    thread: str
    spent: Spent


def tables(frames: int = FRAMES, seconds: float = SECONDS, models: tuple[str, str] = (RECORDED, LIVE)) -> str:
    """Both tables in Markdown."""
    return f"{_of_stages(recorded(frames, models[0]), frames, models[0])}\n\n{_of_live(seconds, models[1])}"


def recorded(frames: int, model: str) -> list[Stage]:
    """The stages of an analysis of the first frames of a sample, then the whole of it without and with overlay."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = cut(SAMPLE, folder / "clip.mp4", frames)
        result = analyze(clip, model=model)
        with Video(clip) as video:
            pictures = list(video)
        return [
            *_inputs(clip, pictures, result.recording),
            *_judging(result.recording),
            *_outputs(clip, pictures, result, folder),
            Stage("**all of it, no overlay**", "all", spent(lambda: write(analyze(clip, model=model), folder))),
            Stage("**all of it**", "all", spent(lambda: write(analyze(clip, model=model), folder, video=clip))),
        ]


def spent(work: Work) -> Spent:
    """What a piece of work takes."""
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall_s, time.process_time() - cpu_s)


def _inputs(clip: Path, pictures: Frames, seen: Recording) -> list[Stage]:
    scene = Scene(feet=seen.model == RECORDED)
    poses = [Pose(*each) for each in zip(*(getattr(seen.observations, name) for name in Pose._fields), strict=True)]
    net, rest = _net(pictures, seen.model)
    return [
        Stage("decode", AHEAD, spent(lambda: _decoded(clip))),
        Stage("colours, brightness", AHEAD, spent(lambda: _coloured(pictures))),
        Stage("pose net", OWN, net),
        Stage("landmarks to arrays, the right person", OWN, rest),
        Stage("ball, room, feet", ASIDE, spent(lambda: _looked_around(scene, pictures, poses))),
        Stage("rows of the recording", OWN, spent(lambda: _gathered(scene, pictures, poses))),
    ]


def _decoded(clip: Path) -> None:
    with Video(clip) as video:
        for _ in video:
            pass


def _coloured(pictures: Frames) -> None:
    for _, picture in pictures:
        to_rgb(shrunk(picture))
        observe.brightness(picture)


def _net(pictures: Frames, model: str) -> tuple[Spent, Spent]:
    """The bare net; and what `PoseModel` does besides, with a net that tells at once what the real one found."""
    shown = [(time_s, to_rgb(picture)) for time_s, picture in pictures]
    path = models.find(model)
    found: list[object] = []
    with bare_net(path, pruned=True) as detect:
        net = spent(lambda: found.extend(detect(rgb, round(time_s * 1000)) for time_s, rgb in shown))
    known = Mock(detect_for_video=partial(_next, iter(found)))
    with patch.object(vision.PoseLandmarker, "create_from_options", return_value=known), PoseModel(path) as pose:
        rest = spent(lambda: [pose.detect_rgb(rgb, time_s, rgb.shape[1::-1]) for time_s, rgb in shown])
    return net, rest


def _next(found: Iterator[object], *_: object) -> object:
    return next(found)


def _looked_around(scene: Scene, pictures: Frames, poses: list[Pose]) -> None:
    for (time_s, picture), pose in zip(pictures, poses, strict=True):
        scene.look(picture, time_s, pose.pixels)
    scene.room()


def _gathered(scene: Scene, pictures: Frames, poses: list[Pose]) -> None:
    table = observe._Table()
    for (time_s, _), pose in zip(pictures, poses, strict=True):
        table.add(time_s, pose, 0.0)
    table.observations(scene)


def _judging(seen: Recording) -> list[Stage]:
    known = (seen.observations, seen.source, seen.model, seen.room)
    return [
        Stage("calibrate", OWN, spent(lambda: calibrate(*known))),
        Stage("angles, reps, rules", OWN, spent(lambda: judge_recording(seen))),
    ]


def _outputs(clip: Path, pictures: Frames, result: Result, folder: Path) -> list[Stage]:
    drawn: Frames = []
    paint, encode = _painter(result, pictures, drawn), folder / "encoded.mp4"
    return [
        Stage("tables, report", OWN, spent(lambda: files.write_all(result, folder, "clip", video=files.OVERLAY))),
        Stage("draw", OWN, spent(paint)),
        Stage("encode", WRITER, spent(lambda: _encoded(drawn, result, encode, clip))),
    ]


def _painter(result: Result, pictures: Frames, drawn: Frames) -> Callable[[], None]:
    source = result.recording.source
    stage = staging(result, (source.width, source.height))
    at, body_at = timeline(result), bodies(result.recording, 1.0)

    def paint() -> None:
        for time_s, picture in pictures:
            copy = picture.copy()
            overlay.paint(copy, stage, at(time_s), body_at(time_s))
            drawn.append((time_s, copy))

    return paint


def _encoded(pictures: Frames, result: Result, path: Path, clip: Path) -> None:
    source = result.recording.source
    with video_writer(path, (source.width, source.height), source.fps, clip) as put:
        for time_s, picture in pictures:
            put(time_s, picture)


def _of_stages(stages: list[Stage], frames: int, model: str) -> str:
    head = f"`formcheck analyze --model {model}`, {frames} frames; milliseconds a frame\n\n"
    head += "| stage | thread | wall | processor |\n|---|---|---:|---:|\n"
    rows = [
        f"| {stage.name} | {stage.thread} | {1e3 * stage.spent.wall_s / frames:.2f} "
        f"| {1e3 * stage.spent.cpu_s / frames:.2f} |"
        for stage in stages
    ]
    return head + "\n".join(rows)


def _of_live(seconds: float, model: str) -> str:
    found = live.played(model, seconds)
    stats = found.stats
    head = f"`formcheck live --model {model}`, a sample as camera for {seconds:.0f} s: {stats.frames} frames, "
    head += f"{found.dropped} dropped, processor {stats.cpu_share():.2f} cores; milliseconds a frame\n\n"
    head += "| | median | 95th percentile |\n|---|---:|---:|\n"
    spreads = {part: stats.spread(part) for part in PARTS}
    return head + "\n".join(f"| {WORDS[part].strip()} | {s.p50:.2f} | {s.p95:.2f} |" for part, s in spreads.items())
