"""How finely a video is coded, by what its file holds for each pixel: of few bits whatever moves is smeared.

Counted are the packets of the pictures: headers of joined files tell wrong rates, and most of a file may be sound.
"""

from __future__ import annotations

from pathlib import Path

from formcheck.data.recording import Source
from formcheck.inputs.container import pictures_of

PLENTY = 0.05
"""A file that holds so many bits for each pixel, with all that it holds, is not counted: sound takes less."""


def bits(path: Path | str, source: Source) -> float:
    """Bits for each pixel of each picture of a video that was read whole; 0 where its file cannot be counted."""
    pixels, path = source.width * source.height, Path(path).resolve()
    if pixels * source.frames == 0:
        return 0.0
    whole = 8 * path.stat().st_size / (pixels * source.frames)
    return round(whole if whole >= PLENTY else 8 * _packet(path) / pixels, 6)


def _packet(path: Path) -> float:
    """Mean size of a picture's packet, bytes; 0 where there are none."""
    import av  # noqa: PLC0415 - as in `container`

    try:
        with av.open(str(path)) as container:
            stream = pictures_of(container)
            sizes = [packet.size for packet in container.demux(stream) if packet.size] if stream is not None else []
    except (av.FFmpegError, OSError, ValueError):
        return 0.0
    return sum(sizes) / len(sizes) if sizes else 0.0
