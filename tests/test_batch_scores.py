"""Scores in the tables of a batch: what they cover, and none where too little was seen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from batches import RECORDING, recordings, reps_of, rescore, rows

from formcheck import Limits
from formcheck.analyze import replay
from formcheck.rules.catalogue import NAMES

UNSEEN = ("bent-elbows", "uneven-legs", "legs-apart")
"""What is not assessable in any of the recordings."""


def only(*names: str) -> Limits:
    """Only these rules are on."""
    return Limits(off=tuple(name for name in NAMES if name not in names))


SOME = only(*UNSEEN, "bent-knees", "short-hold", "hyperextension")
FEW = only(*UNSEEN, "bent-knees")
"""Of what is on, half is seen, and a quarter."""


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a table of either kind."""
    if path.suffix == ".csv":
        return rows(path)
    return list(pytest.importorskip("pyarrow.parquet").read_table(path).to_pylist())


@pytest.mark.parametrize("name", ["scores.csv", "scores.parquet"])
@pytest.mark.parametrize(("limits", "seen", "of"), [(Limits(), 10, 13), (SOME, 3, 6), (FEW, 1, 4)])
def test_a_score_with_what_it_covers(tmp_path: Path, limits: Limits, seen: int, of: int, name: str) -> None:
    """Null in Parquet and empty in CSV where too little was seen."""
    kept, out = recordings(tmp_path / "kept", 2), tmp_path / name
    rescore(out, kept, limits=limits)
    score = replay(RECORDING, limits=limits).score
    assert (score is None) == (limits == FEW)
    assert [row["score"] for row in read(out)] == [
        ("" if score is None else str(score)) if ".csv" in name else score
    ] * 2
    for row in (*read(out), *read(reps_of(out))):
        assert (int(row["checks_seen"]), int(row["checks_of"])) == (seen, of)
        assert (row["score"] in (None, "")) == (limits == FEW)
        assert set(re.findall("[a-z-]{3,}", row["not_assessable"])) == set(UNSEEN)


@pytest.mark.parametrize("limits", [SOME, FEW], ids=["some", "few"])
def test_without_a_score_all_goes_on_as_with_one(tmp_path: Path, limits: Limits) -> None:
    """Known when it is run again; the same from kept measures, from whole recordings, and with reports."""
    tables = []
    for measured in (True, False):
        kept, out = recordings(tmp_path / f"kept{measured}", 3, measured=measured), tmp_path / f"{measured}.csv"
        assert rescore(out, kept, limits=limits).scored == 3
        first = out.read_bytes(), reps_of(out).read_bytes()
        assert rescore(out, kept, limits=limits).known == 3
        rescore(out, kept, limits=limits, report=True)
        assert (out.read_bytes(), reps_of(out).read_bytes()) == first
        own = ("clip", "content_sha256", "recording")
        tables.append([{k: v for k, v in row.items() if k not in own} for row in (*rows(out), *rows(reps_of(out)))])
    assert tables[0] == tables[1]
    page = (tmp_path / "True_report" / "index.html").read_text(encoding="utf-8")
    assert page.count("only 1 of 4 checks seen" if limits == FEW else "3 of 6 checks seen</small></td>") == 3
