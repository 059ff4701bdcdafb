"""The live use: a camera, a session, a coach who speaks."""
