"""The live coach's window on the screen, by OpenCV's highgui.

highgui belongs to one thread: open, `show`, `poll` and close the window from the main thread, which is the only one
that macOS accepts and, under Qt, the one that opened it. With opencv-contrib-python the toolkit is Qt 5 on Linux,
Cocoa on macOS, Win32 on Windows.
"""

from __future__ import annotations

import cv2

from formcheck.errors import UsageError
from formcheck.outputs.draw import Picture
from formcheck.outputs.window import display
from formcheck.outputs.window.face import Face
from formcheck.outputs.window.picture import SIZE, draw

KEYS = {"q": "quit", "\x1b": "quit", "f": "full", "m": "mirror"}
LEAST_SIDE = 60
"""Smaller areas are those of a window that is not yet or no longer laid out."""


class Window:
    """A window that can be resized; full screen with `f`. Close it when done.

    Raises `UsageError` where there is no screen.
    """

    def __init__(self, title: str = "formcheck live", size: tuple[int, int] = SIZE) -> None:
        reason = display.missing()
        if reason:
            raise no_screen(reason)
        display.hush_qt()
        self._title, self._size, self._open, self._shown = title, size, True, False
        try:
            cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_FREERATIO | cv2.WINDOW_GUI_NORMAL)
            cv2.resizeWindow(title, *size)
        except cv2.error as error:
            raise no_screen(_line(error)) from error

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the area that is drawn on, pixels."""
        if self._open:
            try:
                _, _, width, height = cv2.getWindowImageRect(self._title)
            except cv2.error:  # closed since, or not known by this toolkit
                return self._size
            if min(width, height) >= LEAST_SIDE:
                self._size = width, height
        return self._size

    def show(self, picture: Picture | None, face: Face) -> None:
        """Draw a moment in the size of the window; nothing once it has been closed."""
        if not self._open or (self._shown and self._closed()):  # to show would open it again
            self._open = False
            return
        self._shown, size = True, self.size
        drawn = draw(picture, face, size)
        if drawn.shape[1] < size[0]:  # smoothly: Qt would repeat pixels
            drawn = cv2.resize(drawn, size, interpolation=cv2.INTER_LINEAR)
        cv2.imshow(self._title, drawn)

    def poll(self) -> set[str]:
        """Let the window work, and tell what was asked for: "quit" (also by closing it), "full", "mirror".

        Full screen has been dealt with here; mirroring is the `Face`'s matter.
        """
        if not self._open:
            return {"quit"}
        key = cv2.pollKey()
        sign = chr(key & 0xFF).lower() if key != -1 else ""
        asked = {KEYS[sign]} if sign in KEYS else set()
        if self._closed():
            self._open = False
            return asked | {"quit"}
        if "full" in asked:
            self._turn_full()
        return asked

    def close(self) -> None:
        """Take the window off the screen."""
        if self._open:
            self._open = False
            try:
                cv2.destroyWindow(self._title)
                cv2.pollKey()  # which is when Qt does it
            except cv2.error:  # closed by hand a moment ago
                pass

    def _closed(self) -> bool:
        try:
            return bool(cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) < 1)
        except cv2.error:
            return True

    def _turn_full(self) -> None:
        full = cv2.getWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN) == cv2.WINDOW_FULLSCREEN
        wanted = cv2.WINDOW_NORMAL if full else cv2.WINDOW_FULLSCREEN
        cv2.setWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN, wanted)


def no_screen(reason: str) -> UsageError:
    """The error to raise where there is no screen, and what to do about it."""
    return UsageError(f"no screen ({reason}): use --no-window")


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:160]
