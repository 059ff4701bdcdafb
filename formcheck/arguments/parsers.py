"""What each command takes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import formcheck
from formcheck.arguments import kinds
from formcheck.arguments.page import page
from formcheck.data.lens import FOVS
from formcheck.data.recording import SPEEDS
from formcheck.errors import UsageError
from formcheck.streams import put

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class Parser(argparse.ArgumentParser):
    """Errors as one line; argparse prints the whole usage before it.

    known     its options
    commands  of the whole command line: the parser of each, by name, in the order of the page
    lines     what each of them is for
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        self.known: list[str] = []
        self.commands: dict[str, Parser] = {}
        self.lines: dict[str, str] = {}
        super().__init__(*given, **named)

    def add_argument(self, *names: Any, **named: Any) -> argparse.Action:
        """One more argument."""
        action = super().add_argument(*names, **named)
        self.known += action.option_strings
        return action

    def format_help(self) -> str:
        """The first page for the whole command line, argparse's for a command."""
        return page(self.lines) if self.lines else super().format_help()

    def error(self, message: str) -> NoReturn:
        """One line, with the command that shows what is taken."""
        raise UsageError(f"{message}; see {self.prog} --help")

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Help and version; argparse says nothing where they cannot be written."""
        if file in (None, sys.stdout):
            put(message)
        else:
            super()._print_message(message, file)


def parser() -> Parser:
    """The whole command line."""
    top = Parser(prog="formcheck")
    top.add_argument("-V", "--version", action="version", version=f"formcheck {formcheck.__version__}")
    names = top.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    for name, what, take in COMMANDS:
        command = names.add_parser(name, help=what, description=f"{what[:1].upper()}{what[1:]}.")
        take(command)
        command.set_defaults(run=name)
        top.commands[name], top.lines[name] = command, what
    top.lines["help"] = "this page, or what a command takes"
    return top


def _demo(command: Parser) -> None:
    _out(command)
    _overwrite(command)
    _open(command)
    _common(command)


def _analyze(command: Parser) -> None:
    command.add_argument("videos", nargs="+", metavar="VIDEO", type=kinds.local, help="a video or recording")
    _out(command)
    _overwrite(command)
    command.add_argument("--no-video", action="store_true", help="write no overlay.mp4")
    _open(command)
    _camera(command)
    _speed(command)
    _common(command)


def _live(command: Parser) -> None:
    where = "a number, a device, the http or rtsp address of a stream, or a video file (default: 0)"
    command.add_argument("--camera", default="0", metavar="WHERE", help=where)
    command.add_argument("--no-window", action="store_true", help="sound only")
    command.add_argument("--mirror", action="store_true", help="show the picture as a mirror does")
    sounds = ("full", "voice", "tones", "off")
    command.add_argument("--sound", choices=sounds, default="full", help="what is heard (default: full)")
    command.add_argument(
        "--volume", type=kinds.number(0, 100), default=80.0, metavar="PERCENT", help="0 to 100 (default: 80)"
    )
    command.add_argument("--voice", type=Path, metavar="FOLDER", help="phrases of your own")
    command.add_argument("--breathing", action="store_true", help="sound when to breathe out and in")
    command.add_argument("--sound-to", type=Path, metavar="FILE.wav", help="write all that is heard")
    command.add_argument("--save-video", action="store_true", help="keep what the camera sees")
    command.add_argument("--stats", action="store_true", help="print delays at the end")
    _camera(command)
    _out(command)
    _common(command)


def _batch(command: Parser) -> None:
    what = "files, folders, patterns, @list.txt or addresses"
    command.add_argument("paths", nargs="+", metavar="PATH", help=what)
    table = "table of clips, .parquet or .csv (default: scores.parquet)"
    command.add_argument("--out", type=Path, default=Path("scores.parquet"), metavar="FILE", help=table)
    command.add_argument("--reps", type=Path, metavar="FILE", help="table of reps (default: beside --out)")
    command.add_argument(
        "--jobs", type=kinds.whole, metavar="N", help="processes (default: one a core; few recordings: fewer)"
    )
    workers = "do it on the workers of a Dask cluster, such as tcp://10.0.0.5:8786 (docs/cluster.md)"
    command.add_argument("--scheduler", default="", metavar="ADDRESS", help=workers)
    command.add_argument("--recordings", type=Path, metavar="DIR", help="keep what was seen of each clip")
    command.add_argument("--from-recordings", action="store_true", help="judge recordings again: no video, no model")
    command.add_argument(
        "--rate", type=kinds.number(0, 1000), default=30.0, metavar="HZ", help="look at so many frames a second at most"
    )
    command.add_argument("--report", action="store_true", help="write an overview that leads to single reports")
    command.add_argument("--retry-failed", action="store_true", help="try clips again whose failure is known")
    command.add_argument("--strict", action="store_true", help="end with 1 where a clip failed")
    _camera(command)
    _speed(command)
    _common(command)


def _replay(command: Parser) -> None:
    what = "recording.npz, recording.journal or the folder that holds one"
    command.add_argument("recording", metavar="RECORDING", type=Path, help=what)
    _common(command, model=False)


def _evaluate(command: Parser) -> None:
    command.add_argument("folder", metavar="DIR", type=Path)
    command.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables as Markdown too")
    _common(command)


def _rules(command: Parser) -> None:
    command.add_argument("name", nargs="?", metavar="NAME", help="a rule, for its manual page")
    command.add_argument("--toml", action="store_true", help="print a plan with all limits, to be changed")
    _common(command, model=False)


def _calibrate(command: Parser) -> None:
    what = "pictures of the board from several sides, or a short video of it, as the camera films"
    command.add_argument("pictures", nargs="+", metavar="PICTURE", type=Path, help=what)
    command.add_argument("--name", required=True, help="what the profile is called, for --camera-profile")
    inner = "inner corners along and across, where four squares meet (default: 9x6)"
    command.add_argument("--corners", type=kinds.corners, default=(9, 6), metavar="NxM", help=inner)
    same = "what the camera calls itself: live sessions with it, in that picture size, take the profile by themselves"
    command.add_argument("--camera-name", default="", metavar="CAMERA", help=same)
    _common(command, model=False)


def _doctor(command: Parser) -> None:
    command.add_argument("--sound", action="store_true", help="play what the coach sounds like")
    command.add_argument("--voice", type=Path, metavar="FOLDER", help="with --sound: phrases of your own")
    _common(command, model=False)


def _bench(command: Parser) -> None:
    _common(command, model=False)


def _out(command: Parser) -> None:
    command.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="where results go (default: here)")


def _overwrite(command: Parser) -> None:
    what = "replace a result of the same name that belongs to another video"
    command.add_argument("--overwrite", action="store_true", help=what)


def _open(command: Parser) -> None:
    what = "open the report in a browser (default: at a terminal with a desktop, for one video)"
    command.add_argument("--open", action=argparse.BooleanOptionalAction, help=what)


def _camera(command: Parser) -> None:
    command.add_argument(
        "--roll", type=kinds.number(-45, 45, " degrees"), metavar="DEG", help="how far the picture is turned"
    )
    turn = "turn the picture clockwise (default: as the body in it shows)"
    command.add_argument("--rotate", type=int, choices=(0, 90, 180, 270), help=turn)
    what = "the camera sees so many degrees across the picture (default: by the file, or a usual camera's)"
    command.add_argument("--fov", type=kinds.number(*FOVS, " degrees"), metavar="DEG", help=what)
    command.add_argument("--camera-profile", metavar="NAME", help="a camera measured with formcheck calibrate")


def _speed(command: Parser) -> None:
    what = "the video is played back at that share of the true speed, 0.25 for slow motion by four"
    command.add_argument(
        "--speed", type=kinds.number(*SPEEDS), metavar="SPEED", help=f"{what} (default: as its phone marked it)"
    )


def _common(command: Parser, *, model: bool = True) -> None:
    if model:
        command.add_argument("--model", default="auto", help="auto, lite, full, heavy or a .task file")
    plan = "a plan: limits, rules, reps and sets of your own (default: formcheck.toml, where there is one)"
    command.add_argument("--config", type=Path, metavar="FILE.toml", help=plan)
    command.add_argument("--quiet", action="store_true", help="print errors only")
    command.add_argument("--verbose", action="store_true", help="tell on standard error what is used and what it takes")
    command.add_argument("--debug", action="store_true", help="print where an error comes from, for a report of it")
    command.add_argument("--json", action="store_true", help="print a machine-readable result")


COMMANDS = (
    ("demo", "analyse the sample clip that comes with formcheck", _demo),
    ("analyze", "analyse videos: rep by rep what was right and wrong", _analyze),
    ("live", "coach somebody before a camera, by sound", _live),
    ("doctor", "what works here, and what to do about the rest", _doctor),
    ("rules", "the catalogue of faults, or one rule's manual page", _rules),
    ("replay", "the findings of a recording again, without video or model", _replay),
    ("batch", "score many clips into one table", _batch),
    ("calibrate", "measure a camera with a printed chessboard", _calibrate),
    ("evaluate", "errors against clips with .truth.json beside them", _evaluate),
    ("bench", "how fast each pose model is here, and how quick the live coach", _bench),
)
"""Name, purpose and arguments of each command, in the order in which people need them."""
