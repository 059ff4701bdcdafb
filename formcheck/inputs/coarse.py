"""Videos of so few bits that what moves is smeared: told by the file's own bit rate."""

from __future__ import annotations

from pathlib import Path

import cv2

LEAST = 0.002
"""Bits for each pixel of each picture. Drawn rooms without any noise, which need least of all, have 0.0035 and more in
the samples, filmed ones 0.03 and more; coded again at crf 45 they have 0.0014 to 0.0018, and thighs are off by 3°."""


def coarse(path: Path | str) -> list[str]:
    """A warning where a video that can be read is coded too coarsely; none where the file does not tell."""
    capture = cv2.VideoCapture(str(Path(path).resolve()), cv2.CAP_FFMPEG)
    asked = cv2.CAP_PROP_BITRATE, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FPS
    kbit_s, width, height, fps = (capture.get(what) for what in asked)
    capture.release()
    if not 0 < 1000 * kbit_s < LEAST * width * height * fps:
        return []
    return [f"the video is coded very coarsely ({kbit_s:.0f} kbit/s), so that what moves is smeared; save it with more"]
