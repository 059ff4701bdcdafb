"""Commands that tell of formcheck itself: its rules, and what works on this machine."""

from __future__ import annotations

from typing import Any

from formcheck.commands.common import Arguments, limits_of, print_json, say, warn
from formcheck.rules.catalogue import Row, manual, render, table
from formcheck.streams import put, shown

SOUNDS = (
    "a lift with the bell at parallel, three seconds of hold, the way down with its guide, the warning near the floor, "
    "a number and a cue"
)


def rules(arguments: Arguments) -> int:
    """The catalogue, or one manual page."""
    limits = limits_of(arguments)
    if arguments.name:
        text = manual(arguments.name)
        value: Any = {"name": arguments.name, "manual": text}
    else:
        text = render(limits)
        value = _rows(table(limits))
    if arguments.json:
        print_json(value)
    else:
        put(text)
    return 0


def _rows(rows: list[Row]) -> list[dict[str, str]]:
    """The catalogue for programs: a rule with several checks is named in each of its rows."""
    whole: list[dict[str, str]] = []
    for row in rows:
        given = {key: value for key, value in row._asdict().items() if value or key not in {"name", "what"}}
        named = {key: whole[-1][key] for key in ("name", "what")} if whole else {}
        whole.append({**named, **given})
    return whole


def doctor(arguments: Arguments) -> int:
    """What works here; exit code 1 where something that is needed does not."""
    from formcheck import doctor as checks

    if arguments.sound:
        return _sound(arguments)
    found = checks.report()
    if arguments.json:
        print_json([check._asdict() for check in found])
    else:
        put(shown(checks.render(found)))
    return 1 if any(check.ok is False for check in found) else 0


def _sound(arguments: Arguments) -> int:
    """Play what the coach sounds like; exit code 1 where nothing can be heard."""
    from formcheck.inputs import hushed
    from formcheck.outputs.voice.demo import LENGTH_S, play_demo
    from formcheck.outputs.voice.mixer import Mixer
    from formcheck.outputs.voice.phrases import Pack

    say(arguments, f"{SOUNDS} ({LENGTH_S:.0f} s)", unless_json=True)
    warning = play_demo(Mixer(Pack.load(arguments.voice)), quiet=hushed)
    if warning:
        warn(warning)
    if arguments.json:
        print_json({"heard": not warning, "warning": warning})
    return 1 if warning else 0
