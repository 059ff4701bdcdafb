"""What figures are held against: plain numpy, and the least that any program must do with a video."""

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

ROWS = 12
TIMES_S = np.linspace(-3.0, 3.0, ROWS)
ANGLES = np.linspace(-3.0, 3.0, ROWS * COUNT).reshape(ROWS, COUNT)
POWERS = np.vander(TIMES_S, 3)


def varied_calls(times: int) -> None:
    """A score of different calls of numpy on a few rows of a body, so often: about 150 microseconds each.

    That is what core and rules are made of. One call over and over stays in the processor's nearest cache, and long
    arrays gain by its widest vectors, so both say more of processor and neighbours than of the program.
    """
    for _ in range(times):
        np.arctan2(np.sin(ANGLES), np.cos(ANGLES))
        height = np.interp(TIMES_S, TIMES_S[::3], np.sin(TIMES_S[::3]))
        np.median(np.lib.stride_tricks.sliding_window_view(height, 5), axis=-1)
        np.convolve(height, np.hanning(7), "same")
        np.percentile(height, [5, 50, 95])
        np.polyfit(TIMES_S, height, 2)
        np.linalg.lstsq(POWERS, height, rcond=None)
        np.maximum.accumulate(np.where(height > 0, np.argsort(height), -1))
        np.nanmean(np.diff(height).std() + height)


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
