"""The command of the live coach."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from formcheck import ends
from formcheck.commands.common import Arguments, limits_of, optics_of, print_json, say, warn
from formcheck.data.result import Rep, Result
from formcheck.errors import FormcheckError
from formcheck.streams import put

if TYPE_CHECKING:
    from formcheck.live.options import Options
    from formcheck.live.run import Live

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def live(arguments: Arguments) -> int:
    """Coach somebody before a camera, until they leave or end it; then write what was found."""
    from formcheck.live.run import Live

    options = _options(arguments)
    if options.window:
        _check_screen()
    session = Live(options, tell=warn, judged=_Table(arguments).row)
    with session, _ended_by_signals(session.stop):
        _watch(session, options)
    kept = session.keep()
    if kept is None:
        raise FormcheckError(f"{session.camera_name}: no picture came; nothing was kept")
    folder, result = kept
    _say_all(arguments, session, result)
    say(arguments, f"report: {folder / 'report.html'}", unless_json=True)
    return 0


def _watch(session: Live, options: Options) -> None:
    """Show the window, or wait, until the session is over; its last words are waited for."""
    if options.window:
        from formcheck.live.show import show

        show(session, mirrored=options.mirrored)
    session.over.wait()


def _check_screen() -> None:
    """Raise `UsageError` before anything else has begun."""
    from formcheck.outputs.window import display
    from formcheck.outputs.window.screen import no_screen

    if reason := display.missing():
        raise no_screen(reason)


class _Table:
    """Prints each rep as its verdict comes, below one head."""

    def __init__(self, arguments: Arguments) -> None:
        self._printed = not arguments.json and not arguments.quiet
        self._begun = False

    def row(self, rep: Rep) -> None:
        """One more rep."""
        if not self._printed:
            return
        from formcheck.outputs.tables import table_head, table_row, wants_colour

        if not self._begun:
            put(table_head() + "\n")
        self._begun = True
        put(table_row(rep, colour=wants_colour(sys.stdout)) + "\n")
        sys.stdout.flush()


def _say_all(arguments: Arguments, session: Live, result: Result) -> None:
    """What the whole session came to."""
    from formcheck.outputs.summary import summary
    from formcheck.outputs.tables import table_foot, wants_colour

    for warning in result.warnings:
        warn(warning)
    if arguments.stats:
        table = session.stats.table(session.dropped)
        (sys.stderr if arguments.json else sys.stdout).write(f"\n{table}")
    if arguments.json:
        print_json(summary(result))
    elif not arguments.quiet:
        put(f"\n{table_foot(result, colour=wants_colour(sys.stdout))}")


@contextmanager
def _ended_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C, a request to terminate and a terminal that goes end the session in good order.

    A second one does not wait for last words. The third ends whatever is going on; what was recorded is on the disk.
    """
    asked = 0
    numbers = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]

    def end(number: int, _: object) -> None:
        nonlocal asked
        asked += 1
        ends.heard()
        stop()
        if asked == 2:
            signal.signal(number, signal.default_int_handler)

    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _options(arguments: Arguments) -> Options:
    from formcheck.live.options import Options

    return Options(
        camera=arguments.camera,
        model=arguments.model,
        limits=limits_of(arguments),
        out=arguments.out,
        roll_deg=arguments.roll,
        turn_deg=arguments.rotate,
        optics=optics_of(arguments),
        sound=arguments.sound,
        volume=arguments.volume / 100,
        voice=arguments.voice,
        sound_to=arguments.sound_to,
        loudspeaker=arguments.sound != "off",
        breathing=arguments.breathing,
        window=not arguments.no_window,
        mirrored=arguments.mirror,
        save_video=arguments.save_video,
    )
