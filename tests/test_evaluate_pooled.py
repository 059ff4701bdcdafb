"""Evaluation of several clips: pooled numbers, tables as text, Markdown and JSON, differences, folders."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from truths import perfect, read, truth_dict, with_faults

from formcheck.data.result import Result
from formcheck.errors import InputError, VideoError
from formcheck.evaluate import (
    ClipEvaluation,
    Failure,
    Truth,
    bland_altman,
    compare,
    evaluate_folder,
    load,
    merge,
    pool,
    to_json,
    to_markdown,
    to_text,
)
from formcheck.evaluate.pooled import summarise, yaw_group


@pytest.mark.parametrize(
    ("yaw", "group"),
    [
        (None, "unknown"),
        (0, "under 5°"),
        (-4.9, "under 5°"),
        (15, "5-20°"),
        (-30, "20-35°"),
        (35, "from 35°"),
        (60, "from 35°"),
    ],
)
def test_yaw_groups(yaw: float | None, group: str) -> None:
    assert yaw_group(yaw) == group


def several(truth: Truth) -> list[ClipEvaluation]:
    side_on = replace(truth, name="a-name-that-is-far-longer-than-others", yaw_deg=0.0)
    good, bad = perfect(truth), with_faults(perfect(truth, model="lite"), 0, "swinging")
    bad = replace(bad, reps=bad.reps[:2])
    angles = {name: values + 12.345 for name, values in bad.frames.angles.items()}
    bad = replace(bad, frames=replace(bad.frames, angles=angles))
    return [
        compare(good, truth),
        compare(good, side_on),
        compare(replace(bad), truth),
        compare(replace(bad), side_on),
    ]


def test_pooled_by_model_and_yaw(truth: Truth) -> None:
    evaluation = pool(several(truth), [Failure("z", "broken", "lite")])
    heavy, lite = evaluation.models["heavy"], evaluation.models["lite"]
    assert list(heavy.by_yaw) == ["under 5°", "20-35°"]
    assert (heavy.pooled.clips, heavy.pooled.counts.exact, lite.pooled.counts.exact) == (2, 2, 0)
    assert heavy.pooled.angles["knee_flexion_deg"].n == 1402
    assert lite.pooled.angles["knee_flexion_deg"].mae == pytest.approx(12.345)
    assert evaluation.whole.pooled.angles["knee_flexion_deg"].mae == pytest.approx(12.345 / 2)
    assert (lite.pooled.clean.reps, lite.pooled.clean.alarms) == (2, 2)
    assert repr(lite.by_yaw["20-35°"]) == repr(summarise([several(truth)[2]]))


def test_text_fits_and_leads_with_the_pooled_results(truth: Truth) -> None:
    text = to_text(pool(several(truth), [Failure("z", "a long reason, " * 20, "lite")]))
    assert max(map(len, text.split("\n"))) <= 100
    for word in ("count exact on 2 of 2 clips", "count exact on 0 of 2 clips", "MODELS", "BY YAW", "!2/3"):
        assert word in text
    assert "1 could not be evaluated" in text.split("\n", maxsplit=1)[0]
    assert text.index("ANGLES") < text.index("CLIPS")
    assert not re.search(r"nan|-0\.00?\b", text)


def test_markdown_tables_are_whole(truth: Truth) -> None:
    truth = replace(truth, name="a|b<c>")
    text = to_markdown(pool([compare(perfect(truth), truth)]))
    assert "a\\|b&lt;c>" in text
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(tables) == 6
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.strip().split("\n")}) == 1


def test_json_is_json(truth: Truth) -> None:
    evaluation = pool(several(truth), [Failure("z", "broken", "lite")])
    plain = json.loads(json.dumps(to_json(evaluation), allow_nan=False))
    assert plain["models"]["heavy"]["pooled"]["angles"]["knee_flexion_deg"]["mae"] == 0
    assert plain["models"]["lite"]["clips"][0]["counts"]["missed"] == 1
    assert plain["models"]["lite"]["clips"][0]["roll"]["true"] == 5
    assert plain["pooled"]["all_faults"]["precision"] == pytest.approx(6 / 8)
    assert plain["pooled"]["counts"]["clips"] == 4
    assert plain["failed"] == [{"name": "z", "error": "broken", "model": "lite"}]
    reps = plain["models"]["lite"]["clips"][0]["reps"]
    assert [rep["found"] for rep in reps] == [1, 2, None]
    assert reps[0]["faults"]["false"] == ["swinging"]


def test_nothing_at_all_can_be_shown() -> None:
    evaluation = pool([], [Failure("z", "broken")])
    assert "broken" in to_text(evaluation)
    assert "broken" in to_markdown(evaluation)
    json.dumps(to_json(evaluation), allow_nan=False)
    assert to_text(pool([])).startswith("0 clips")


def test_bland_altman(truth: Truth) -> None:
    clips = several(truth)
    points = bland_altman(clips, "knee_flexion_deg", every=10)
    assert len(points.mean) == len(points.difference) == len(points.clip) == 4 * 71
    assert points.stats.n == 4 * 701
    assert points.stats.bias == pytest.approx(12.345 / 2)
    np.testing.assert_allclose(points.difference[points.clip >= 2], 12.345)
    np.testing.assert_allclose(points.mean[points.clip == 3], truth.angles["knee_flexion_deg"][::10] + 12.345 / 2)
    reps = bland_altman(clips, "peak_thigh_elevation_deg")
    assert (reps.mean.tolist(), reps.difference.tolist()) == ([1.0] * 10, [0.0] * 10)
    assert bland_altman([], "lift_s").stats.n == 0
    with pytest.raises(ValueError, match="every"):
        bland_altman(clips, "lift_s", every=0)


def test_folder(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        read(tmp_path, truth_dict(), name)
    for name in ("a.mp4", "b.MOV", "c.mp4", "other.mp4", "a.txt"):
        (tmp_path / name).touch()
    (tmp_path / "c.truth.json").write_text("{}")
    seen: list[str] = []

    def analyse(video: Path) -> Result:
        if video.stem == "b":
            raise VideoError(f"{video}: broken\nvideo")
        return perfect(load(video.with_suffix(".truth.json")))

    evaluation = evaluate_folder(
        tmp_path, analyse, model="heavy", progress=lambda i, n, video: seen.append(f"{i}/{n} {video.name}")
    )
    assert seen == ["0/3 a.mp4", "1/3 b.MOV", "2/3 c.mp4"]
    assert [clip.name for clip in evaluation.whole.clips] == ["a"]
    failed = {failure.name: failure.error for failure in evaluation.failures}
    assert failed["b"].endswith("broken video")
    assert "reps is missing" in failed["c"]
    assert "no video" in failed["d"]
    both = merge([evaluation, evaluation])
    assert (len(both.whole.clips), len(both.failures)) == (2, 6)


def test_unexpected_error_of_one_clip_is_listed(tmp_path: Path) -> None:
    read(tmp_path, truth_dict())
    (tmp_path / "a.mp4").touch()
    evaluation = evaluate_folder(tmp_path, lambda _: 1 / 0)  # type: ignore[arg-type,return-value]
    assert evaluation.failures == (Failure("a", "unexpected ZeroDivisionError: division by zero"),)


def test_two_videos_of_one_stem_are_told_apart(tmp_path: Path) -> None:
    truth = read(tmp_path, truth_dict())
    for name in ("a.mp4", "a.avi"):
        (tmp_path / name).touch()
    evaluation = evaluate_folder(tmp_path, lambda _: perfect(truth))
    assert [clip.name for clip in evaluation.whole.clips] == ["a.avi", "a.mp4"]


def test_folder_without_clips(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no video with"):
        evaluate_folder(tmp_path, lambda _: None)  # type: ignore[arg-type,return-value]
    with pytest.raises(InputError, match="no folder"):
        evaluate_folder(tmp_path / "gone", lambda _: None)  # type: ignore[arg-type,return-value]
