"""One case of each kind: something damaged, what is done with it, and what became of that."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from batches import inline, reps_of, rescore, rows
from truths import truth_dict

import formcheck
from formcheck.batch import Options, batch
from formcheck.data.result import Result
from formcheck.evaluate import compare, load, pool, to_json, to_text
from formcheck.outputs.voice.phrases import SHIPPED, Pack

from . import memories, recordings, texts, videos
from .guard import FAILED, LINE, RESULT, Fate, called, commanded

Case = tuple[str, Fate]


def replayed(dice: random.Random, folder: Path) -> Case:
    """A recording judged again; damaged bytes give what the whole ones gave, or nothing."""
    how, data = recordings.archive(dice)
    path = _put(folder / "a.npz", data)
    fate = commanded("replay", path, "--json")
    if how == "bytes" and fate.kind == RESULT and fate.said != _expected(path):
        return how, Fate(FAILED, "another result than that of the whole recording")
    return how, fate


def analysed(dice: random.Random, folder: Path) -> Case:
    """A recording from which all files are made."""
    how, data = dice.choice((recordings.archive, recordings.journal))(dice)
    path = _put(folder / dice.choice(("a.npz", "b.journal")), data)
    fate = commanded("analyze", path, "--out", folder / "out", "--quiet")
    left = list((folder / "out").glob("*")) if (folder / "out").exists() else []
    if (fate.kind == RESULT) != bool(left) and fate.kind != FAILED:
        return how, Fate(FAILED, f"{fate.kind}, and left {left}")
    return how, fate


def journalled(dice: random.Random, folder: Path) -> Case:
    """A journal judged again."""
    how, data = recordings.journal(dice)
    return how, commanded("replay", _put(folder / "recording.journal", data), "--json")


def planned(dice: random.Random, folder: Path) -> Case:
    """A plan that is shown."""
    how, data = texts.plan(dice)
    return how, commanded("rules", "--config", _put(folder / "plan.toml", data), "--quiet")


def spoken(dice: random.Random, folder: Path) -> Case:
    """A folder of phrases that is read."""
    how = texts.phrases(folder / "voice", (SHIPPED / "ready.ogg").read_bytes(), dice)
    return how, called(lambda: len(Pack.load(folder / "voice").keys))


def compared(dice: random.Random, folder: Path) -> Case:
    """A truth that a result is compared with."""
    how, data = texts.truth(truth_dict(), dice)
    path = _put(folder / "a.truth.json", data)

    def told() -> str:
        found = pool([compare(_result(), load(path))])
        to_json(found)
        return to_text(found)

    return how, called(told)


def scored(dice: random.Random, folder: Path) -> Case:
    """A folder of recordings, four damaged, scored twice as CSV and as Parquet: the same rows, the whole one scored."""
    kept = folder / "kept"
    kept.mkdir()
    for number in range(4):
        (kept / f"bad{number}.npz").write_bytes(recordings.archive(dice)[1])
    shutil.copy(recordings.WHOLE, kept / "good.npz")

    def told() -> str:
        tables = [_table(kept, folder / f"scores{ending}") for ending in (".csv", ".csv", ".parquet", ".parquet")]
        if any(table != tables[0] for table in tables):
            raise AssertionError(f"runs differ: {tables}")
        good = next(row for row in tables[0] if row["clip"].endswith("good.npz"))
        if good["error"] or not good["reps"]:
            raise AssertionError(f"the whole one was not scored: {good}")
        if odd := [row["error"] for row in tables[0] if "unexpected" in (row["error"] or "")]:
            raise AssertionError(f"unexpected rows: {odd}")
        return str(len(tables[0]))

    return "mixed", called(told)


def remembered(dice: random.Random, folder: Path) -> Case:
    """A batch that goes on with a damaged memory: the same tables as if it were whole, or nothing is touched."""
    how, out, expected = memories.made(folder, dice)

    def told() -> str:
        for _ in range(2):
            rescore(out, folder / "kept", recordings.WHOLE)
            if memories.tables(out) != expected:
                raise AssertionError("other tables")
        return "the same"

    before = [out.read_bytes(), reps_of(out).read_bytes()]
    fate = called(told)
    if fate.kind == LINE and [out.read_bytes(), reps_of(out).read_bytes()] != before:
        return how, Fate(FAILED, "refused, and changed the tables")
    return how, fate


KINDS: dict[str, Callable[[random.Random, Path], Case]] = {
    "recordings replayed": replayed,
    "recordings analysed": analysed,
    "recordings in a batch": scored,
    "journals": journalled,
    "plans": planned,
    "folders of phrases": spoken,
    "truths": compared,
    "memories": remembered,
    "videos": videos.judged,
}


def _table(kept: Path, out: Path) -> list[dict[str, str]]:
    batch(Options([kept], out=out, from_recordings=True, jobs=1), quiet=True, run=inline)
    if out.suffix == ".csv":
        return rows(out)
    from pyarrow import parquet  # noqa: PLC0415 - slow to load

    read = parquet.read_table(out).to_pylist()
    return [{name: "" if value is None else _csv(value) for name, value in row.items()} for row in read]


def _csv(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@cache
def _result() -> Result:
    return formcheck.replay(recordings.WHOLE)


@cache
def _expected(path: Path) -> str:
    """What the whole recording gives."""
    whole = path.with_name("whole.npz")
    shutil.copy(recordings.WHOLE, whole)
    return commanded("replay", whole, "--json").said
