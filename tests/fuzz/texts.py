"""Damaged plans (TOML), folders of phrases and truths."""

from __future__ import annotations

import json
import random
from pathlib import Path

from formcheck.rules.limits import SPECS

from . import damage

TABLES = {"limits": sorted(SPECS), "rules": ["off"], "plan": ["reps", "sets", "rest_s"]}
VALUES = (
    *("1", "-1", "0", "2.5", "1e400", "nan", "inf", "-inf", "true", '"x"', "[]", "{}", "1979-05-27", "07:32:00"),
    *("9" * 40, "9" * 5000, "0x" + "f" * 3000, '["legs-apart"]', '["\\u001b[2J"]', "[[[[[[[[[[1]]]]]]]]]]", '"""\n"""'),
    *("[" * 3000, "{a=" * 3000, "{" + "a." * 300 + "b=1}", '"' + "a" * 300_000 + '"', "'\\'", "", "=", "1 2", "\0"),
)
KEYS = ("hold_min", '"\\u001b"', "a.b", "a." * 50_000 + "a", '""', "limits", "x" * 300_000, '"a\\nb"')
PHRASES = 'language = "de"\n[phrases]\nready = "Bereit"\nn-1 = {text = "eins"}\n'


def plan(dice: random.Random) -> tuple[str, bytes]:
    """A damaged plan, and in a word how."""
    lines = []
    for table, keys in TABLES.items():
        lines.append(f"[{table if dice.random() < 0.95 else dice.choice(KEYS)}]")
        for _ in range(dice.randrange(3)):
            key = dice.choice(keys) if dice.random() < 0.9 else dice.choice(KEYS)
            lines.append(f"{key} = {dice.choice(VALUES)}")
    text = "\n".join(lines).encode()
    return ("bytes", damage.spoilt(text, dice)) if dice.random() < 0.3 else ("values", text)


def truth(whole: dict[str, object], dice: random.Random) -> tuple[str, bytes]:
    """A damaged truth, and in a word how."""
    if dice.random() < 0.3:
        return "bytes", damage.spoilt(json.dumps(whole).encode(), dice)
    value = whole
    for _ in range(dice.choice((1, 1, 2, 4))):
        value = damage.changed(value, dice)
    return "values", damage.json_text(value, dice).encode()


def phrases(folder: Path, sound: bytes, dice: random.Random) -> str:
    """Make a damaged folder of phrases; in a word how."""
    folder.mkdir()
    how = dice.choice(("sound", "sound", "text", "text", "names"))
    name = dice.choice(("ready", "n-1", "hold"))
    damaged = damage.spoilt(sound, dice) if how == "sound" else sound
    (folder / f"{name}{dice.choice(('.ogg', '.wav', '.mp3', '.m4a', '.opus'))}").write_bytes(damaged)
    if how == "text":
        text = PHRASES.replace('"eins"', dice.choice(VALUES)).replace("ready", dice.choice((*KEYS, "ready", "ready")))
        data = damage.spoilt(text.encode(), dice) if dice.random() < 0.5 else text.encode()
        (folder / "phrases.toml").write_bytes(data)
    elif how == "names":
        for each in ("READY.ogg", "nothing.ogg", "ready.txt", "x\x1b[2J.ogg", ".hidden.ogg", "phrases.toml.ogg"):
            if dice.random() < 0.4:
                (folder / each).write_bytes(dice.choice((b"", sound)))
    return how
