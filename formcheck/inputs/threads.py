"""How many threads OpenCV takes for one picture: one, where the processors have other work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import cv2


@contextmanager
def one_thread() -> Iterator[None]:
    """OpenCV keeps to the thread that calls it; afterwards as before.

    On two processors its own threads cost a twentieth more processor time and keep the pose net waiting.
    """
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
