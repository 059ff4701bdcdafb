"""A plan: TOML text that sets limits, switches rules off and says how many reps and sets.

    [limits]
    hold_min_s = 2
    parallel_tolerance_deg = 8

    [rules]
    off = ["legs-apart"]

    [plan]
    reps = 15
    sets = 3
    rest_s = 60

Everything may be left out. This room never opens a file: whoever does gives the text and a name for messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from formcheck.data.gate import GateError, toml_of
from formcheck.data.likeness import nearest, suggestion
from formcheck.errors import ConfigError
from formcheck.rules.catalogue import NAMES
from formcheck.rules.limits import PLAN_RANGE, SPECS, Limits, Plan, objection, plan_objection, shown

TABLES = {"limits": tuple(SPECS), "rules": ("off",), "plan": tuple(PLAN_RANGE)}


def parse(text: str, name: str = "plan") -> Limits:
    """Limits from TOML text; raises `ConfigError` of one line that begins with `name`."""
    try:
        table = toml_of(text)
    except GateError as error:
        raise ConfigError(f"{name}: {error}; correct it there") from error
    return from_dict(table, name)


def from_dict(table: Mapping[str, Any], name: str = "plan") -> Limits:
    """Limits from the tables `limits`, `rules` and `plan`; raises `ConfigError` as `parse` does."""
    for key in table:
        _known_table(key, name)
    parts = {key: _part(table, key, name) for key in TABLES}
    for key, value in parts["limits"].items():
        _refuse(objection(key, value), f"{name}, [limits]")
    for key, value in parts["plan"].items():
        _refuse(plan_objection(key, value), f"{name}, [plan]")
    return Limits(
        **{key: float(value) for key, value in parts["limits"].items()},
        off=_off(parts["rules"].get("off", []), name),
        plan=Plan(**parts["plan"]),
    )


def _known_table(key: str, name: str) -> None:
    if key in TABLES:
        return
    for table, keys in TABLES.items():
        if key in keys:
            raise ConfigError(f"{name}: {key} stands outside its table; put it below a line [{table}]")
    places = {table: f"[{table}]" for table in TABLES} | {limit: f"{limit} in [limits]" for limit in SPECS}
    near = places.get(nearest(key, places))
    told = f"the nearest is {near}" if near else f"known tables are {', '.join(f'[{table}]' for table in TABLES)}"
    raise ConfigError(f"{name}: unknown key {shown(key)}; {told}")


def _part(table: Mapping[str, Any], key: str, name: str) -> dict[str, Any]:
    part = table.get(key, {})
    if not isinstance(part, dict):
        raise ConfigError(f"{name}: {key} must be a table, not {shown(part)}; begin it with a line [{key}]")
    for word in part:
        if word not in TABLES[key]:
            near = suggestion(word, TABLES[key])
            raise ConfigError(f"{name}, [{key}]: unknown key {shown(word)}; {near} (all: formcheck rules --toml)")
    return part


def _off(names: object, name: str) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise ConfigError(f"{name}, [rules]: off must be a list of rule names, not {shown(names)}")
    for each in names:
        if each not in NAMES:
            near = suggestion(each, NAMES)
            raise ConfigError(f"{name}, [rules]: no rule is called {shown(each)}; {near} (all: formcheck rules)")
    return tuple(each for each in NAMES if each in names)


def _refuse(complaint: str, where: str) -> None:
    if complaint:
        raise ConfigError(f"{where}: {complaint}")
