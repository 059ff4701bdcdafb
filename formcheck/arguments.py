"""The arguments of the command line, and errors in them as one line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import formcheck
from formcheck.data.lens import FOVS
from formcheck.data.recording import SPEEDS
from formcheck.errors import UsageError
from formcheck.streams import put

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    about = "Checks the form of prone thigh extensions on a stability ball."
    top = _Parser(prog="formcheck", description=about)
    top.add_argument("--version", action="version", version=f"formcheck {formcheck.__version__}")
    names = top.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)
    _demo(names)
    _analyze(names)
    _live(names)
    _batch(names)
    _replay(names)
    _evaluate(names)
    _rules(names)
    _calibrate(names)
    _doctor(names)
    _bench(names)
    return top


class _Parser(argparse.ArgumentParser):
    """Errors as one line; argparse prints the whole usage before it."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Help and version; argparse says nothing where they cannot be written."""
        if file in (None, sys.stdout):
            put(message)
        else:
            super()._print_message(message, file)


_Names = argparse._SubParsersAction  # argparse has no public name for it


def _demo(names: _Names[_Parser]) -> None:
    command = names.add_parser("demo", help="analyse the sample clip that comes with formcheck")
    _out(command)
    _overwrite(command)
    _common(command)
    command.set_defaults(run="demo")


def _analyze(names: _Names[_Parser]) -> None:
    command = names.add_parser("analyze", help="analyse videos: rep by rep what was right and wrong")
    command.add_argument("videos", nargs="+", metavar="VIDEO", type=Path)
    _out(command)
    _overwrite(command)
    command.add_argument("--no-video", action="store_true", help="write no overlay.mp4")
    _camera(command)
    _speed(command)
    _common(command)
    command.set_defaults(run="analyze")


def _live(names: _Names[_Parser]) -> None:
    command = names.add_parser("live", help="coach somebody before a camera, by sound")
    where = "a number, a device, the http or rtsp address of a stream, or a video file (default: 0)"
    command.add_argument("--camera", default="0", metavar="WHERE", help=where)
    command.add_argument("--no-window", action="store_true", help="sound only")
    command.add_argument("--mirror", action="store_true", help="show the picture as a mirror does")
    sounds = ("full", "voice", "tones", "off")
    command.add_argument("--sound", choices=sounds, default="full", help="what is heard (default: full)")
    command.add_argument("--volume", type=_percent, default=80.0, metavar="PERCENT", help="0 to 100 (default: 80)")
    command.add_argument("--voice", type=Path, metavar="FOLDER", help="phrases of your own")
    command.add_argument("--breathing", action="store_true", help="sound when to breathe out and in")
    command.add_argument("--sound-to", type=Path, metavar="FILE.wav", help="write all that is heard")
    command.add_argument("--save-video", action="store_true", help="keep what the camera sees")
    command.add_argument("--stats", action="store_true", help="print delays at the end")
    _camera(command)
    _out(command)
    _common(command)
    command.set_defaults(run="live")


def _batch(names: _Names[_Parser]) -> None:
    command = names.add_parser("batch", help="score many clips into one table")
    what = "files, folders, patterns, @list.txt or addresses"
    command.add_argument("paths", nargs="+", metavar="PATH", help=what)
    table = "table of clips, .parquet or .csv (default: scores.parquet)"
    command.add_argument("--out", type=Path, default=Path("scores.parquet"), metavar="FILE", help=table)
    command.add_argument("--reps", type=Path, metavar="FILE", help="table of reps (default: beside --out)")
    command.add_argument("--jobs", type=int, metavar="N", help="processes (default: one a core; few recordings: fewer)")
    workers = "do it on the workers of a Dask cluster, such as tcp://10.0.0.5:8786 (docs/cluster.md)"
    command.add_argument("--scheduler", default="", metavar="ADDRESS", help=workers)
    command.add_argument("--recordings", type=Path, metavar="DIR", help="keep what was seen of each clip")
    command.add_argument("--from-recordings", action="store_true", help="judge recordings again: no video, no model")
    command.add_argument(
        "--rate", type=float, default=30.0, metavar="HZ", help="look at so many frames a second at most"
    )
    command.add_argument("--report", action="store_true", help="write an overview that leads to single reports")
    command.add_argument("--retry-failed", action="store_true", help="try clips again whose failure is known")
    command.add_argument("--strict", action="store_true", help="end with 1 where a clip failed")
    _camera(command)
    _speed(command)
    _common(command)
    command.set_defaults(run="batch")


def _replay(names: _Names[_Parser]) -> None:
    command = names.add_parser("replay", help="the findings of a recording again, without video or model")
    what = "recording.npz, recording.journal or the folder that holds one"
    command.add_argument("recording", metavar="RECORDING", type=Path, help=what)
    _common(command, model=False)
    command.set_defaults(run="replay")


def _evaluate(names: _Names[_Parser]) -> None:
    command = names.add_parser("evaluate", help="errors against clips with .truth.json beside them")
    command.add_argument("folder", metavar="DIR", type=Path)
    command.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables as Markdown too")
    _common(command)
    command.set_defaults(run="evaluate")


def _rules(names: _Names[_Parser]) -> None:
    command = names.add_parser("rules", help="the catalogue of faults, or one rule's manual page")
    command.add_argument("name", nargs="?", metavar="NAME")
    _common(command, model=False)
    command.set_defaults(run="rules")


def _calibrate(names: _Names[_Parser]) -> None:
    command = names.add_parser("calibrate", help="measure a camera with a printed chessboard")
    what = "pictures of the board from several sides, or a short video of it, as the camera films"
    command.add_argument("pictures", nargs="+", metavar="PICTURE", type=Path, help=what)
    command.add_argument("--name", required=True, help="what the profile is called, for --camera-profile")
    inner = "inner corners along and across, where four squares meet (default: 9x6)"
    command.add_argument("--corners", type=_corners, default=(9, 6), metavar="NxM", help=inner)
    same = "what the camera calls itself: live sessions with it, in that picture size, take the profile by themselves"
    command.add_argument("--camera-name", default="", metavar="CAMERA", help=same)
    _common(command, model=False)
    command.set_defaults(run="calibrate")


def _doctor(names: _Names[_Parser]) -> None:
    command = names.add_parser("doctor", help="what works here, and what to do about the rest")
    command.add_argument("--sound", action="store_true", help="play what the coach sounds like")
    command.add_argument("--voice", type=Path, metavar="FOLDER", help="with --sound: phrases of your own")
    _common(command, model=False)
    command.set_defaults(run="doctor")


def _bench(names: _Names[_Parser]) -> None:
    command = names.add_parser("bench", help="how fast each pose model is here, and how quick the live coach")
    _common(command, model=False)
    command.set_defaults(run="bench")


def _out(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="where results go (default: here)")


def _overwrite(command: argparse.ArgumentParser) -> None:
    what = "replace a result of the same name that belongs to another video"
    command.add_argument("--overwrite", action="store_true", help=what)


def _camera(command: argparse.ArgumentParser) -> None:
    command.add_argument("--roll", type=_degrees, metavar="DEG", help="the picture is turned by that much")
    turn = "turn the picture clockwise (default: as the body in it shows)"
    command.add_argument("--rotate", type=int, choices=(0, 90, 180, 270), help=turn)
    what = "the camera sees so many degrees across the picture (default: by the file, or a usual camera's)"
    command.add_argument("--fov", type=_fov, metavar="DEG", help=what)
    command.add_argument("--camera-profile", metavar="NAME", help="a camera measured with formcheck calibrate")


def _speed(command: argparse.ArgumentParser) -> None:
    what = "the video is played back at that share of the true speed, 0.25 for slow motion by four"
    command.add_argument("--speed", type=_share, metavar="SPEED", help=f"{what} (default: as its phone marked it)")


def _common(command: argparse.ArgumentParser, *, model: bool = True) -> None:
    if model:
        command.add_argument("--model", default="auto", help="auto, lite, full, heavy or a .task file")
    command.add_argument("--config", type=Path, metavar="FILE.toml", help="limits, rules and plan of your own")
    command.add_argument("--quiet", action="store_true", help="print errors only")
    command.add_argument("--json", action="store_true", help="print a machine-readable result")


def _degrees(text: str) -> float:
    value = float(text)
    if not -45 <= value <= 45:
        raise argparse.ArgumentTypeError(f"{text} is not between -45 and 45 degrees")
    return value


def _corners(text: str) -> tuple[int, int]:
    along, _, across = text.partition("x")
    if not (along.isdecimal() and across.isdecimal() and min(int(along), int(across)) >= 3):
        raise argparse.ArgumentTypeError(f"{text} is not like 9x6, three or more each way")
    return int(along), int(across)


def _fov(text: str) -> float:
    value = float(text)
    if not FOVS[0] <= value <= FOVS[1]:
        raise argparse.ArgumentTypeError(f"{text} is not between {FOVS[0]:g} and {FOVS[1]:g} degrees")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not SPEEDS[0] <= value <= SPEEDS[1]:
        raise argparse.ArgumentTypeError(f"{text} is not between {SPEEDS[0]:g} and {SPEEDS[1]:g}")
    return value


def _percent(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 100")
    return value
