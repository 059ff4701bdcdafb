"""Making the stored recordings: the pose models over the sample clips. Slow: only when a model or inputs change."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import formcheck


def observe_all(videos: Iterable[Path], models: Iterable[str], to: Path) -> None:
    """Write `<stem>_<model>.npz` into `to` for every video and model."""
    clips = sorted(videos)
    for model in models:
        for video in clips:
            print(f"{video.stem}, {model}", file=sys.stderr, flush=True)
            observe_one(video, model, to / f"{video.stem}_{model}.npz")


def observe_one(video: Path, model: str, to: Path) -> None:
    """One recording, without the path of its video: that differs from computer to computer."""
    recording = formcheck.observe(video, model=model)
    replace(recording, source=replace(recording.source, path="")).save(to)
