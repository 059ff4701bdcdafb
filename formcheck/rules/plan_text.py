"""A plan as text to start from: every limit with its reason, what may be set, and the rules that use it."""

from __future__ import annotations

import textwrap

from formcheck.rules.catalogue import NAMES, RULES
from formcheck.rules.limits import PLAN_RANGE, SPECS, UNITS, Limits

WIDTH = 100
HEAD = """\
# A plan for formcheck: save it as formcheck.toml, or give it with --config FILE.toml.
# What is left out is as it stands here.
"""


def plan_text(limits: Limits) -> str:
    """TOML with the limits in force, as `plan_file.parse` reads it again."""
    off = ", ".join(f'"{name}"' for name in limits.off)
    parts = [HEAD, "[limits]", *(_limit(name, limits) for name in SPECS)]
    parts += ["", "[rules]", _comment(f"rules that are off, of {', '.join(NAMES)}"), f"off = [{off}]"]
    parts += ["", "[plan]", *(_task(name, limits) for name in PLAN_RANGE)]
    return "\n".join(parts) + "\n"


def _limit(name: str, limits: Limits) -> str:
    spec = SPECS[name]
    used = ", ".join(rule.name for rule in RULES if name in rule.limits)
    unit = UNITS[spec.unit]
    what = _comment(f"{used}: {spec.low:g}{unit} to {spec.high:g}{unit}; {spec.reason}")
    return f"{what}\n{name} = {getattr(limits, name):.10g}"


def _task(name: str, limits: Limits) -> str:
    low, high = PLAN_RANGE[name]
    return f"{name} = {getattr(limits.plan, name):g}  # {low:g} to {high:g}"


def _comment(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
