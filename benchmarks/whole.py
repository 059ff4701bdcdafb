"""A whole analysis over the least that any program must do: decode each frame, show it to the same net."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

import av
import cv2
from timing import Figure, ratio, turns

from formcheck.analyze import analyze, write
from formcheck.inputs import hushed, models

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "clip10.mp4"
FRAMES = 180
ROUNDS = 5


def measure(model: str = "full", frames: int = FRAMES, rounds: int = ROUNDS) -> list[Figure]:
    """Ratios without and with `overlay.mp4`, on the first frames of a sample."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = cut(SAMPLE, folder / "clip.mp4", frames)
        bare, plain, drawn = turns(
            (
                lambda: bare_loop(clip, models.find(model)),
                lambda: write(analyze(clip, model=model), folder),
                lambda: write(analyze(clip, model=model), folder, video=clip),
            ),
            rounds,
        )
    base = median(bare)
    return [
        Figure(name, ratio(times, bare), median(times), base, f"{frames / median(times):.0f} frames/s")
        for name, times in (("analyze.no_video", plain), ("analyze.overlay", drawn))
    ]


def bare_loop(clip: Path, model: Path) -> int:
    """Frames in which MediaPipe found a body: nothing but decoding and the net."""
    with hushed():
        import mediapipe  # noqa: PLC0415 - loud
        from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415

        options = vision.PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model)), running_mode=vision.RunningMode.VIDEO
        )
        capture, seen, last_ms = cv2.VideoCapture(str(clip)), 0, -1
        with vision.PoseLandmarker.create_from_options(options) as net:
            while True:
                good, picture = capture.read()
                if not good:
                    break
                last_ms = max(round(capture.get(cv2.CAP_PROP_POS_MSEC)), last_ms + 1)
                rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
                image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)
                seen += bool(net.detect_for_video(image, last_ms).pose_landmarks)
        capture.release()
    return seen


def cut(source: Path, target: Path, frames: int) -> Path:
    """The first frames of a video, copied without coding them again."""
    with av.open(str(source)) as given, av.open(str(target), "w") as part:
        seen = given.streams.video[0]
        stream = part.add_stream_from_template(seen)
        for number, packet in enumerate(given.demux(seen)):
            if number >= frames or packet.dts is None:
                break
            packet.stream = stream
            part.mux(packet)
    return target
