"""By the endings of their names files are taken for videos and recordings."""

from __future__ import annotations

VIDEOS = frozenset(
    ".mp4 .m4v .mov .mkv .webm .avi .wmv .flv .mpg .mpeg .mts .m2ts .ts .3gp .ogv".split()  # noqa: SIM905 - reads well
)
RECORDINGS = frozenset({".npz", ".journal"})
