import json
from dataclasses import replace

import jsonschema
import numpy as np
import pytest
from outputs_fixture import SAMPLES, covering, empty_result, result_from_truth

from formcheck.data.recording import Calibration, Recording
from formcheck.data.result import REP_NUMBERS, Activity
from formcheck.outputs.summary import as_json, schema, summary, write_summary

CLIPS = sorted(SAMPLES.glob("clip*.truth.json"))


def valid(value):
    jsonschema.Draft202012Validator(schema()).validate(value)


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("path", CLIPS, ids=lambda path: path.name.split(".")[0])
def test_every_sample_is_valid_after_a_trip_through_json(path):
    result = result_from_truth(path)
    loaded = json.loads(as_json(result))
    valid(loaded)
    assert loaded == summary(result)
    assert [rep["rep"] for rep in loaded["reps"]] == [rep.rep for rep in result.reps]


def test_the_keys_of_the_contract():
    made = summary(result_from_truth(SAMPLES / "clip10.truth.json"))
    contract = {
        "formcheck",
        "schema",
        "source",
        "model",
        "side",
        "facing",
        "camera",
        "reps",
        "sets",
        "score",
        "warnings",
    }
    assert contract <= made.keys()
    assert made["schema"] == 1
    assert {"roll_deg", "yaw_deg"} <= made["camera"].keys()
    assert made["checks"] == made["sets"][0]["checks"] == made["reps"][0]["checks"] == {"seen": 12, "of": 13}
    assert {*REP_NUMBERS, "faults", "not_assessable"} <= made["reps"][0].keys()
    fault = made["reps"][1]["faults"][2]
    assert fault == {
        "name": "fast-descent",
        "severity": "severe",
        "value": 0.9,
        "limit": 2.5,
        "uncertainty": 0.15,
        "unit": "s",
        "time_s": 12.38,
        "cue": "lower slowly",
    }


def test_what_is_unknown_is_null():
    result = result_from_truth(SAMPLES / "clip10.truth.json")
    rep = replace(result.reps[0], numbers={**result.reps[0].numbers, "hold_s": float("nan")})
    recording = result.recording.with_calibration(Calibration())
    made = json.loads(as_json(replace(result, recording=recording, reps=(rep,))))
    valid(made)
    assert made["reps"][0]["hold_s"] is None
    assert made["camera"]["roll_deg"] is None


def test_a_video_without_anybody():
    made = summary(empty_result())
    valid(made)
    assert made["reps"] == []
    assert made["score"] is None
    assert made["checks"] == {"seen": 0, "of": 13}
    assert made["warnings"] == ["a warning"]
    assert made["exercise"] == {"kind": "nothing", "sentence": "nobody was seen in the picture"}


@pytest.mark.parametrize("kind", ["ball", "no-ball", "other", "nothing"])
def test_which_exercise_was_seen(kind):
    result = result_from_truth(SAMPLES / "clip10.truth.json")
    made = json.loads(as_json(replace(result, activity=Activity(kind, "no ball was seen"))))
    valid(made)
    assert made["exercise"] == {"kind": kind, "sentence": "no ball was seen"}
    assert summary(result)["exercise"] == {"kind": "ball", "sentence": ""}


def test_where_too_little_was_seen_the_score_is_null():
    made = json.loads(as_json(covering(result_from_truth(SAMPLES / "clip10.truth.json"), 5, 13, 1)))
    valid(made)
    assert [rep["score"] for rep in made["reps"]] == [None, 37, None]
    assert [rep["checks"]["seen"] for rep in made["reps"]] == [5, 13, 1]
    assert made["score"] is made["sets"][0]["score"] is None
    assert made["checks"] == {"seen": 6, "of": 13}


def test_a_summary_from_before_the_additions_is_valid_still():
    made = summary(result_from_truth(SAMPLES / "clip10.truth.json"))
    del made["exercise"]
    for part in (made, *made["reps"], *made["sets"]):
        del part["checks"]
    valid(made)


def test_a_saved_recording_gives_the_same_text(tmp_path):
    result = result_from_truth(SAMPLES / "clip03.truth.json")
    seen = result.recording.observations  # a net places all joints of a body, the truth some
    whole = replace(seen, pixels=np.nan_to_num(seen.pixels), world=np.nan_to_num(seen.world))
    result = replace(result, recording=replace(result.recording, observations=whole))
    result.recording.save(tmp_path / "recording.npz")
    again = replace(result, recording=Recording.load(tmp_path / "recording.npz"))
    assert as_json(again) == as_json(result)


def test_names_of_any_language_survive(tmp_path):
    result = empty_result()
    source = replace(result.recording.source, name='übung <1> 100% "体操".mp4')
    named = replace(result, recording=replace(result.recording, source=source))
    write_summary(named, tmp_path / "summary.json")
    assert json.loads((tmp_path / "summary.json").read_text("utf-8"))["source"]["name"] == source.name
    assert b"\r" not in (tmp_path / "summary.json").read_bytes()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda made: made.pop("score"),
        lambda made: made.update(score=101),
        lambda made: made.update(extra=1),
        lambda made: made["reps"][1]["faults"][0].update(severity="awful"),
        lambda made: made["reps"][1]["faults"][0].update(note="x"),
        lambda made: made["reps"][0].pop("lift_s"),
        lambda made: made["checks"].update(seen=1.5),
        lambda made: made["exercise"].update(kind="squat"),
        lambda made: made["exercise"].pop("sentence"),
        lambda made: made["exercise"].update(sentence=None),
        lambda made: made.update(side="top"),
        lambda made: made["camera"].update(roll_deg="5"),
    ],
)
def test_the_schema_is_strict(spoil):
    made = summary(result_from_truth(SAMPLES / "clip10.truth.json"))
    spoil(made)
    with pytest.raises(jsonschema.ValidationError):
        valid(made)
