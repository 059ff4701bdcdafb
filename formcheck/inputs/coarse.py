"""How finely a video is coded, by what its file holds for each pixel: of few bits whatever moves is smeared."""

from __future__ import annotations

from pathlib import Path

import cv2


def bits(path: Path | str) -> float:
    """Bits for each pixel of each picture of a video that can be read; 0 where the file does not tell.

    Where it does not tell the bit rate of the pictures alone, the whole file's counts.
    """
    path = Path(path).resolve()
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    asked = cv2.CAP_PROP_BITRATE, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT
    kbit_s, width, height = (capture.get(what) for what in asked)
    fps, frames = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
    capture.release()
    pixels = width * height
    if pixels <= 0:
        return 0.0
    if kbit_s > 0 and fps > 0:
        return round(1000 * kbit_s / fps / pixels, 6)
    return round(8 * path.stat().st_size / frames / pixels, 6) if frames > 0 else 0.0
