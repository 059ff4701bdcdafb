"""Cameras, streams of phones, and video files that play as if they were one.

    with Capture(open_camera("0")) as capture:
        while capture.state != "ended":
            shot = capture.next(0.5)
            ...

`open_camera` finds what is meant and refuses what cannot be opened with one line; `Capture` reads on threads
of its own, keeps the newest picture only, and comes back after trouble. `cameras` names those of this
computer. OpenCV and PyAV are imported when the first source that needs them is opened.

Nothing here connects to anything but the host of the address that was given: redirects of HTTP are refused,
and so are playlists, which name other addresses; no proxy is asked. RTSP servers can send a player elsewhere
by protocol, which FFmpeg follows.
"""

from formcheck.inputs.camera.capture import Capture, Shot
from formcheck.inputs.camera.devices import cameras
from formcheck.inputs.camera.source import Camera, open_camera

__all__ = ["Camera", "Capture", "Shot", "cameras", "open_camera"]
