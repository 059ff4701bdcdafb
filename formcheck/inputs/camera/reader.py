"""One connection, read on a thread of its own that may hang in native code: whoever watches gives it up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from formcheck.errors import FormcheckError
from formcheck.inputs.camera.source import OPEN_S, Camera, Frame

FROZEN_S = 2.0
LOOK_S = 0.1  # how often is looked whether it is frozen
CHECK = "; check that it is switched on and connected"


class Reader:
    """Connects and hands every frame to `take(frame, reader)`, until given up or nothing more comes.

    `take` tells whether it was a new picture; who shows the same one again and again shows none.
    """

    def __init__(self, camera: Camera, take: Callable[[Frame, Reader], bool]) -> None:
        self._camera, self._take = camera, take
        self._over, self._done = threading.Event(), threading.Event()
        self._trouble = ""
        self._stands = False
        self._patience_until = 0.0
        self._thread = threading.Thread(target=self._work, name="camera", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._patience_until = time.perf_counter() + OPEN_S
        self._thread.start()

    def watch(self) -> str:
        """Wait for its end; what went wrong, empty at the end of a file or when given up."""
        patient = self._camera.kind != "file"  # one may have long gaps, and does not come back
        while not self._done.wait(LOOK_S if patient else None):
            if time.perf_counter() >= self._patience_until:
                return (
                    stands_still(self._camera)
                    if self._stands
                    else f"{self._camera.name}: no picture comes any more{CHECK}"
                )
        return self._trouble

    def give_up(self) -> None:
        """Take nothing more from it; it ends as soon as it can."""
        self._over.set()
        self._done.set()

    def join(self, limit_s: float) -> None:
        """Wait for the thread, but not for ever."""
        self._thread.join(limit_s)

    def _work(self) -> None:
        try:
            source = self._camera.connect()
            try:
                self._patience_until = time.perf_counter() + OPEN_S
                for frame in source.frames(self._over):
                    self._stands = not self._take(frame, self)
                    if not self._stands:
                        self._patience_until = time.perf_counter() + FROZEN_S
            finally:
                source.close()
        except FormcheckError as error:
            self._trouble = str(error)
        except Exception as error:  # noqa: BLE001 - drivers raise what they like, and the session goes on
            self._trouble = f"{self._camera.name}: {' '.join(str(error).split()) or type(error).__name__}"
        finally:
            self._done.set()


def stands_still(camera: Camera) -> str:
    """Pictures come, and all show the same."""
    return f"{camera.name}: the picture stands still{'' if camera.kind == 'file' else CHECK}"
