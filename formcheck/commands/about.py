"""Commands that tell of formcheck itself: its rules, and what works on this machine."""

from __future__ import annotations

from typing import Any

from formcheck.commands.common import Arguments, limits_of, print_json, say, warn
from formcheck.rules.catalogue import Row, catalogue, manual, render, table
from formcheck.rules.limits import Limits
from formcheck.rules.plan_text import plan_text
from formcheck.streams import put, shown

SOUNDS = (
    "a lift with the bell at parallel, three seconds of hold, the way down with its guide, the warning near the floor, "
    "a number and a cue"
)


def rules(arguments: Arguments) -> int:
    """The catalogue, or one manual page."""
    limits = limits_of(arguments)
    if arguments.toml:
        put(plan_text(limits))
        return 0
    if arguments.name:
        text = manual(arguments.name)
        value: Any = {"name": arguments.name, "manual": text}
    else:
        text = render(limits)
        value = _rows(table(limits), limits)
    if arguments.json:
        print_json(value)
    else:
        put(text)
    return 0


def _rows(rows: list[Row], limits: Limits) -> list[dict[str, Any]]:
    """The catalogue for programs: a rule with several checks is named in each of its rows.

    `direction` is "above" where more than `value` is a fault, "below" where less is; `steps` are the excess from which
    the fault is major, and severe. All three are in `unit`.
    """
    checks = [check for rule in catalogue() for check in (rule.checks[:1] if rule.name in limits.off else rule.checks)]
    whole: list[dict[str, Any]] = []
    for row, check in zip(rows, checks, strict=True):
        given = {key: value for key, value in row._asdict().items() if value or key not in {"name", "what"}}
        named = {key: whole[-1][key] for key in ("name", "what")} if whole else {}
        value = check.factor * getattr(limits, check.limit)
        numbers = {"value": value, "unit": check.unit, "direction": check.side, "steps": list(check.steps)}
        whole.append({**named, **given, **numbers})
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
