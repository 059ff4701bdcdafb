"""Limits and plans: what may be set, and one clear line for what may not."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.errors import ConfigError
from formcheck.rules import Limits, Plan, from_dict, parse
from formcheck.rules.limits import SPECS, UNITS

EXAMPLE = """
[limits]
hold_min_s = 2          # a whole number will do
parallel_tolerance_deg = 8.5

[rules]
off = ["legs-apart", "hyperextension", "legs-apart"]

[plan]
reps = 15
sets = 3
rest_s = 45.5
"""


def test_defaults_are_the_published_ones():
    values = Limits().values()
    assert values["parallel_tolerance_deg"] == 5
    assert values["knee_flexion_max_deg"] == values["elbow_flexion_max_deg"] == 15
    assert values["hold_min_s"] == values["lower_min_s"] == 2.5
    assert values["lift_min_s"] == 0.7
    assert values["touch_max_s"] == 0.1
    assert values["leg_difference_max_deg"] == 6
    assert Limits().off == ()
    assert Limits().plan == Plan(15, 1, 60.0)


def test_each_limit_has_its_facts():
    assert set(SPECS) == set(Limits().values())
    for spec in SPECS.values():
        assert spec.low <= spec.default <= spec.high
        assert spec.unit in UNITS
        assert spec.name.endswith(f"_{spec.unit}")
        assert len(spec.reason) > 30
        assert not spec.reason.endswith(".")


def test_a_plan_replaces_what_it_names():
    limits = parse(EXAMPLE, "mine.toml")
    assert limits == Limits(
        hold_min_s=2.0,
        parallel_tolerance_deg=8.5,
        off=("hyperextension", "legs-apart"),
        plan=Plan(15, 3, 45.5),
    )
    assert isinstance(limits.hold_min_s, float)


def test_an_empty_plan_is_the_default():
    assert parse("") == parse("[limits]\n[rules]\n[plan]\n") == from_dict({}) == Limits()


def test_limits_are_frozen_and_travel():
    limits = parse(EXAMPLE)
    assert pickle.loads(pickle.dumps(limits)) == limits
    with pytest.raises(FrozenInstanceError):
        limits.hold_min_s = 1.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[limits]\nhold_mins_s = 2", "p.toml, [limits]: unknown key 'hold_mins_s'; the nearest"),
        ("[limits]\n'a\\nb' = 2", "p.toml, [limits]: unknown key"),
        ("[limits]\n\"a\\nb\" = 2", "unknown key 'a\\nb'"),
        ("[limit]\nhold_min_s = 2", "p.toml: unknown key 'limit'; the nearest is [limits]"),
        ("hold_min_s = 2", "p.toml: hold_min_s stands outside its table; put it below a line [limits]"),
        ("knee_flexion_deg = 2", "the nearest is knee_flexion_max_deg in [limits]"),
        ("off = []", "put it below a line [rules]"),
        ("limits = 3", "p.toml: limits must be a table, not 3; begin it with a line [limits]"),
        ("[[limits]]\nhold_min_s = 2", "limits must be a table"),
        ("[limits]\nhold_min_s = '2'", "p.toml, [limits]: hold_min_s must be a number, not '2'"),
        ("[limits]\nhold_min_s = true", "hold_min_s must be a number, not true"),
        ("[limits]\nhold_min_s = [2]", "hold_min_s must be a number, not [2]"),
        ("[limits]\nhold_min_s = 2020-01-01", "hold_min_s must be a number"),
        ("[limits]\nhold_min_s = -1", "hold_min_s = -1 is outside 0 to 30 s; choose a value in between"),
        ("[limits]\nhold_min_s = nan", "hold_min_s = nan is outside 0 to 30 s"),
        ("[limits]\nhold_min_s = inf", "hold_min_s = inf is outside 0 to 30 s"),
        ("[limits]\nhold_min_s = 1" + "0" * 400, "hold_min_s = a huge number is outside"),
        ("[limits]\nhold_min_s = 1" + "0" * 5000, "p.toml: not valid TOML"),
        ("[limits]\nhold_min_s = \n", "Invalid value (at line 2, column 14); correct it there"),
        ("[limits]\nhold_min_s = 2\nhold_min_s = 3", "line 3"),
        ("x = " + "[" * 20000, "p.toml: "),
        ("\0", "p.toml: not valid TOML"),
        ("[rules]\noff = 'legs-apart'", "[rules]: off must be a list of rule names, not 'legs-apart'"),
        ("[rules]\noff = [1]", "off must be a list of rule names"),
        ("[rules]\noff = ['leg-apart']", "no rule is called 'leg-apart'; the nearest is legs-apart"),
        ("[rules]\non = []", "p.toml, [rules]: unknown key 'on'; known are off"),
        ("[plan]\nrep = 3", "p.toml, [plan]: unknown key 'rep'; the nearest is reps"),
        ("[plan]\nreps = 3.5", "p.toml, [plan]: reps must be a whole number, not 3.5"),
        ("[plan]\nreps = true", "reps must be a whole number, not true"),
        ("[plan]\nreps = 0", "reps = 0 is outside 1 to 100; choose a value in between"),
        ("[plan]\nrest_s = 1e9", "rest_s = 1000000000.0 is outside 0 to 900 s"),
    ],
)  # fmt: skip
def test_each_mistake_has_one_clear_line(text, message):
    with pytest.raises(ConfigError) as caught:
        parse(text, "p.toml")
    found = str(caught.value)
    assert message in found
    assert found.startswith("p.toml")
    assert "\n" not in found
    assert len(found) < 200


@pytest.mark.parametrize("value", [99, float("nan"), "2", None, True])
def test_limits_made_in_code_are_checked_too(value):
    with pytest.raises(ConfigError, match="hold_min_s"):
        Limits(hold_min_s=value)


@given(st.sampled_from(sorted(SPECS)), st.data())
def test_whatever_may_be_set_is_set(name, data):
    value = data.draw(st.floats(SPECS[name].low, SPECS[name].high))
    assert parse(f"[limits]\n{name} = {value!r}\n").values() == Limits().values() | {name: value}


@given(st.sampled_from(sorted(SPECS)), st.integers(0, 40), st.sampled_from("abcxyz_"))
def test_a_slip_of_one_letter_names_the_right_key(name, place, letter):
    place %= len(name)
    slip = name[:place] + letter + name[place + 1 :]
    if slip in SPECS:
        return
    with pytest.raises(ConfigError, match=rf"the nearest is {name} \(all"):
        parse(f"[limits]\n{slip} = 2\n")


TOML_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["limits", "rules", "plan", "off", "reps", "rest_s", *sorted(SPECS)]) | st.text(max_size=12)


def outcome(function, given_there) -> str:
    """The message of the `ConfigError`, or nothing where there is none."""
    try:
        assert isinstance(function(given_there, "p.toml"), Limits)
    except ConfigError as error:
        return str(error)
    return ""


@given(st.dictionaries(KEYS, TOML_VALUES | st.dictionaries(KEYS, TOML_VALUES, max_size=4), max_size=4))
@settings(max_examples=100, deadline=None)
def test_any_table_gives_limits_or_one_line(table):
    message = outcome(from_dict, table)
    assert message == "" or (message.startswith("p.toml") and len(message.splitlines()) == 1)


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_text_gives_limits_or_one_line(text):
    message = outcome(parse, text)
    assert message == "" or (message.startswith("p.toml") and len(message.splitlines()) == 1)
