"""Sidecars of true values: what may be left out, what the document shows, and what broken ones say."""

from __future__ import annotations

import copy
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from truths import ROOT, perfect, read, truth_dict

from formcheck.errors import InputError
from formcheck.evaluate import compare, load, pool, to_text


def test_missing_optional_keys(tmp_path: Path) -> None:
    data = truth_dict()
    for key in ("schema", "side", "facing", "camera"):
        del data[key]
    data["frames"] = {k: data["frames"][k] for k in ("time_s", "knee_flexion_deg")}
    for rep in data["reps"]:
        del rep["peak_thigh_elevation_deg"], rep["borderline"]
    truth = read(tmp_path, data)
    evaluation = pool([compare(perfect(truth), truth)])
    s = evaluation.whole.pooled
    assert s.angles["knee_flexion_deg"].n == 701
    assert s.angles["thigh_elevation_deg"].n == 0
    assert math.isnan(s.known["thigh_elevation_deg"])
    assert (s.peak.n, s.roll.n, s.counts.exact) == (0, 0, 1)
    assert list(evaluation.whole.by_yaw) == ["unknown"]
    assert "thigh elevation" not in to_text(evaluation).split("REPS")[0]
    assert "CAMERA" not in to_text(evaluation)


def test_a_clip_is_named_by_its_stem(tmp_path: Path) -> None:
    assert read(tmp_path, truth_dict(), "a.b").name == "a.b"


def test_durations_follow_from_boundaries(tmp_path: Path) -> None:
    numbers = read(tmp_path, truth_dict()).reps[0].numbers
    assert [numbers[name] for name in ("lift_s", "hold_s", "lower_s")] == [1, 3, 3]


def test_left_and_right_columns_stand_in(tmp_path: Path) -> None:
    frames = {
        "time_s": [0, 0.1],
        "left_knee_flexion_deg": [2, 4],
        "right_knee_flexion_deg": [4, None],
        "right_elbow_flexion_deg": [7, 8],
    }
    truth = read(tmp_path, {"reps": [], "frames": frames})
    np.testing.assert_array_equal(truth.angles["knee_flexion_deg"], [3, math.nan])
    np.testing.assert_array_equal(truth.angles["elbow_flexion_deg"], [7, 8])
    assert set(truth.angles) == {"knee_flexion_deg", "elbow_flexion_deg"}


def test_documented_sidecars_load(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "truth-format.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 2
    first, second = (read(tmp_path, block) for block in blocks)
    assert (len(first.reps), first.angles, first.reps[0].faults) == (2, {}, None)
    assert second.reps[0].numbers["hold_s"] == pytest.approx(2.95)
    assert (second.yaw_deg, second.reps[0].faults) == (10.5, {"bent-knees"})


def change(path: str, value: Any) -> dict[str, Any]:
    data = copy.deepcopy(truth_dict())
    *way, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    place: Any = data
    for key in way:
        place = place[key]
    if value is KeyError:
        del place[last]
    else:
        place[last] = value
    return data


BROKEN: list[tuple[str, Any, str]] = [
    ("reps", KeyError, "reps is missing"),
    ("reps", None, "reps is missing"),
    ("reps", {}, "reps is an object, expected a list"),
    ("reps.1", 3, "reps[1] is a number"),
    ("reps.2.lift_start_s", KeyError, "reps[2].lift_start_s is missing"),
    ("reps.0.end_s", "late", "reps[0].end_s is a text"),
    ("reps.0.end_s", True, "reps[0].end_s is a yes or no"),
    ("reps.0.end_s", math.nan, "reps[0].lift_start_s to end_s"),
    ("reps.0.end_s", math.inf, "reps[0].end_s is a number beyond all bounds"),
    ("reps.0.end_s", 0.5, "reps[0].lift_start_s to end_s do not follow"),
    ("reps.0.hold_start_s", 6.0, "reps[0].lift_start_s to end_s do not follow"),
    ("reps.1.faults", "bent-knees", "reps[1].faults is a text"),
    ("reps.1.faults", [1], "reps[1].faults holds a number"),
    ("reps.1.borderline", ["bent-knees"], "both hold bent-knees"),
    ("frames.time_s", KeyError, "frames.time_s is missing"),
    ("frames.time_s.5", 0.0, "frames.time_s must rise"),
    ("frames.time_s.5", None, "frames.time_s must rise"),
    ("frames.knee_flexion_deg", [1.0], "frames.knee_flexion_deg has 1 values, time_s has 701"),
    ("frames.knee_flexion_deg.7", "x", "frames.knee_flexion_deg[7] is a text"),
    ("frames", [], "frames is a list, expected an object"),
    ("camera.yaw_deg", "30", "camera.yaw_deg is a text"),
    ("side", "front", "side is 'front'"),
    ("schema", 2, "schema is 2"),
]


@pytest.mark.parametrize(("path", "value", "message"), BROKEN)
def test_broken_sidecar_says_what_and_where(tmp_path: Path, path: str, value: Any, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        read(tmp_path, change(path, value))
    assert "a.truth.json" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', "null", "[" * 100_000, "\ud800"])
def test_no_json(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.truth.json"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(InputError, match=r"a\.truth\.json"):
        load(path)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load(tmp_path / "b.truth.json")
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path)
