"""What figures are held against: pieces of plain numpy, and the least that any program must do with a video."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from formcheck.data.landmarks import COUNT
from formcheck.inputs import hushed
from formcheck.inputs.prune import without_mask

PIECE = 512
CALLS = 100
"""Short calls a frame: about thirty microseconds."""


def long_arrays(frames: int) -> None:
    """An angle of each landmark, in pieces that stay in the processor's cache, and two short calls a frame.

    Long arrays and short calls slow down differently on a busy machine; the core has both, as each rep is measured
    by itself.
    """
    angles = np.linspace(-3.0, 3.0, PIECE * COUNT).reshape(PIECE, COUNT)
    for _ in range(frames // PIECE):
        np.arctan2(np.sin(angles), np.cos(angles))
    short_arrays(frames, 2)


def short_arrays(frames: int, calls: int = CALLS) -> None:
    """So many calls a frame on the coordinates of one body."""
    body = total = np.linspace(0.0, 1.0, 3 * COUNT).reshape(COUNT, 3)
    for _ in range(frames * calls):
        total = np.add(total, body)


def bare_loop(clip: Path, model: Path, *, pruned: bool = False) -> int:
    """Frames in which MediaPipe found a body: nothing but decoding and the net.

    The net is as it is published, which is what any other program shows its pictures to; or, to see what formcheck adds
    to it, `pruned` as formcheck has it.
    """
    with bare_net(model, pruned=pruned) as detect:
        capture, seen, last_ms = cv2.VideoCapture(str(clip)), 0, -1
        while True:
            good, picture = capture.read()
            if not good:
                break
            last_ms = max(round(capture.get(cv2.CAP_PROP_POS_MSEC)), last_ms + 1)
            seen += bool(detect(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), last_ms).pose_landmarks)
        capture.release()
    return seen


@contextmanager
def bare_net(model: Path, *, pruned: bool = False) -> Iterator[Callable[[Any, int], Any]]:
    """MediaPipe's landmarker, shown a picture (red, green, blue) and its time in milliseconds."""
    with hushed():
        import mediapipe  # noqa: PLC0415 - loud
        from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415

        file = {"model_asset_buffer": without_mask(model)} if pruned else {"model_asset_path": str(model)}
        options = vision.PoseLandmarkerOptions(base_options=BaseOptions(**file), running_mode=vision.RunningMode.VIDEO)
        srgb = mediapipe.ImageFormat.SRGB
        with vision.PoseLandmarker.create_from_options(options) as net:
            yield lambda picture, time_ms: net.detect_for_video(
                mediapipe.Image(image_format=srgb, data=picture), time_ms
            )
