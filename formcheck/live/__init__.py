"""The live use: a camera, a session, a coach who speaks."""

import formcheck.inputs.video  # noqa: F401 - OpenCV before PyAV: whose X11 libraries come first decides if windows open
