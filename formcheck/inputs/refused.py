"""Why a file is no video that can be read, in one line."""

from __future__ import annotations

from pathlib import Path

from formcheck.errors import VideoError

UNKNOWN = "unknown pictures"


def check_file(path: Path) -> None:
    """Raise `VideoError` where a path is no file that can be opened and read."""
    try:
        str(path.resolve()).encode()
    except UnicodeEncodeError as error:  # OpenCV does not survive such a name
        raise VideoError(f"{path}: its name is not valid Unicode; rename the file or folder") from error
    if path.is_dir():
        raise VideoError(f"{path}: a folder, not a video; formcheck batch scores all clips of a folder")
    if not path.exists():
        raise VideoError(f"{path}: no such file; check the path of the video")
    if not path.is_file():
        raise VideoError(f"{path}: not a regular file; give the path of a video file")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise VideoError(f"{path}: cannot be read ({error.strerror}); check who may read it") from error
    if empty:
        raise VideoError(f"{path}: an empty file; copy or record the video again")


def reason(path: Path) -> str:
    """Why FFmpeg refused a file, in words."""
    if _lacks_index(path):
        return "cut off, the end with its index is missing; copy or record the video again"
    kinds = _kinds(path)
    if UNKNOWN in kinds:
        return "its pictures are coded in a way that is not known here; convert it, to H.264 for instance"
    if kinds == {"sound"}:
        return "holds sound but no picture; give a video"
    return "not a video that can be read; give a video file such as mp4, mov, mkv, webm or avi"


def _lacks_index(path: Path) -> bool:
    """Whether this is an MP4 or MOV without its `moov` box (ISO/IEC 14496-12, 4.2 and 8.2.1)."""
    size = path.stat().st_size
    found: set[bytes] = set()
    with path.open("rb") as file:
        at = 0
        while at + 8 <= size and len(found) < 1000:
            file.seek(at)
            head = file.read(16)
            length, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if not found and kind not in (b"ftyp", b"wide", b"mdat"):
                return False
            found.add(kind)
            length = int.from_bytes(head[8:16], "big") if length == 1 else length
            if length < 8:
                break
            at += length
    return bool(found) and b"moov" not in found


def _kinds(path: Path) -> set[str]:
    """What tracks are in a file: sound, pictures, pictures of which none is in a code that is known."""
    import av  # noqa: PLC0415 - needed for this message alone

    try:
        with av.open(str(path.resolve()), metadata_errors="replace") as container:
            pictures = container.streams.video
            sound = {"sound"} if container.streams.audio else set()
            known = any(each.codec_context is not None for each in pictures)
            return sound | ({"pictures" if known else UNKNOWN} if pictures else set())
    except (av.FFmpegError, OSError, ValueError):
        return set()
