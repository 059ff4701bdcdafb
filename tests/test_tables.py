import csv
import io
import re
import time
from dataclasses import replace

import numpy as np
import pytest
from outputs_fixture import SAMPLES, covering, empty_result, result_from_truth

from formcheck.data.result import ANGLES, FRAME_COLUMNS, PHASES, REP_COLUMNS, Activity, Checks, Frames, SetSummary
from formcheck.outputs.tables import rep_table, rounded, table_foot, wants_colour, write_frames, write_reps
from formcheck.rules.catalogue import NAMES


@pytest.fixture(scope="module")
def result():
    return result_from_truth(SAMPLES / "clip10.truth.json")


def read(path):
    data = path.read_bytes()
    assert b"\r" not in data
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"))))


def test_frames_have_the_columns_of_the_contract(result, tmp_path):
    write_frames(result, tmp_path / "frames.csv")
    rows = read(tmp_path / "frames.csv")
    assert tuple(rows[0]) == FRAME_COLUMNS
    assert len(rows) == len(result.frames)
    for number in (0, 60, 250, len(rows) - 1):
        row = rows[number]
        assert float(row["time_s"]) == pytest.approx(result.frames.time_s[number], abs=5e-5)
        assert row["phase"] == PHASES[result.frames.phase[number]]
        assert row["rep"] == (str(result.frames.rep[number]) if result.frames.rep[number] else "")
        assert row["visible"] == "1"
        for name in ANGLES:
            assert float(row[name]) == pytest.approx(result.frames.angles[name][number], abs=5.1e-3)
    assert {len(row["time_s"].split(".")[1]) for row in rows} == {4}
    assert {len(row["leg_elevation_deg"].split(".")[1]) for row in rows} == {2}


def test_frames_are_empty_where_unknown(tmp_path):
    write_frames(empty_result(), tmp_path / "frames.csv")
    row = read(tmp_path / "frames.csv")[3]
    assert row["time_s"] == "0.1000"
    assert row["visible"] == "0"
    assert {row[name] for name in (*ANGLES, "phase", "rep")} == {""}


def test_no_number_is_minus_nothing(result, tmp_path):
    angles = {name: np.full(len(result.frames), -0.001) for name in ANGLES}
    write_frames(replace(result, frames=replace(result.frames, angles=angles)), tmp_path / "frames.csv")
    assert "-0.00" not in (tmp_path / "frames.csv").read_text()


def test_reps_have_the_columns_of_the_contract(result, tmp_path):
    write_reps(result, tmp_path / "reps.csv")
    rows = read(tmp_path / "reps.csv")
    assert tuple(rows[0]) == REP_COLUMNS
    assert [row["rep"] for row in rows] == ["1", "2", "3"]
    assert [row["faults"] for row in rows] == ["", *["swinging;short-hold;fast-descent"] * 2]
    assert REP_COLUMNS[-3:] == ("score", "faults", "not_assessable")
    assert [row["not_assessable"] for row in rows] == ["ball-misplaced"] * 3
    assert rows[1]["hold_s"] == "1.6000"
    assert rows[1]["peak_thigh_elevation_deg"] == "6.25"


def test_reps_are_empty_where_unknown(result, tmp_path):
    numbers = {**result.reps[0].numbers, "hold_s": float("nan")}
    unknown = replace(result, reps=(replace(result.reps[0], numbers=numbers),))
    write_reps(unknown, tmp_path / "reps.csv")
    assert read(tmp_path / "reps.csv")[0]["hold_s"] == ""
    assert "?" in rep_table(unknown)


def test_no_reps_give_a_header_and_a_word(tmp_path):
    write_reps(empty_result(), tmp_path / "reps.csv")
    assert (tmp_path / "reps.csv").read_text() == ",".join(REP_COLUMNS) + "\n"
    assert rep_table(empty_result()) == "No reps found: nobody was seen in the picture.\n"


def test_twenty_minutes_are_written_in_a_moment(result, tmp_path):
    n = 36_000
    angles = {name: np.linspace(-30, 5, n) for name in ANGLES}
    rep = np.ones(n, np.int32)
    frames = Frames(np.arange(n) / 30, np.ones(n, np.bool_), angles, np.ones(n, np.int8), rep)
    times = []
    for _ in range(3):
        start = time.process_time()
        write_frames(replace(result, frames=frames), tmp_path / "frames.csv")
        times.append(time.process_time() - start)
    assert min(times) < 2.0


def test_the_rep_table_reads_well(result):
    assert rep_table(result) == (
        "  rep   lift   hold  lower   peak   knee  score  faults\n"
        "           s      s      s    deg    deg\n"
        "    1    1.2    3.2    3.8     +1      3    100  none, 12 of 13 checks seen\n"
        "    2    0.6    1.6    0.9     +6      5     37  swinging !, short-hold !!, fast-descent !!!\n"
        "    3    0.6    1.6    0.9     +5      4     37  swinging !, short-hold !!, fast-descent !!!\n"
        "\n"
        "  3 reps, score 58 of 100\n"
        "  ! minor   !! major   !!! severe\n"
        "  not assessable: ball-misplaced\n"
    )


def test_why_there_are_no_reps_is_said_within_a_hundred_columns_of_ascii():
    steep = Activity(
        "other",
        "the trunk was steeper than 45° most of the time: this exercise needs a body that lies nearly level; "
        "take a smaller ball or walk the hands further out",
    )
    text = rep_table(replace(empty_result(), activity=steep))
    assert text == (
        "No reps found: the trunk was steeper than 45 degrees most of the time: this exercise needs a body\n"
        "  that lies nearly level; take a smaller ball or walk the hands further out.\n"
    )
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 100
    assert table_foot(replace(empty_result(), activity=steep)) == text, "a live session has printed its rows already"
    assert rep_table(replace(empty_result(), activity=Activity("nothing"))) == "No reps found.\n"


def test_what_there_is_to_say_about_the_exercise_stands_below_the_table(result):
    no_ball = Activity("no-ball", "no ball was seen: the movement is judged, but not what needs the ball")
    text = rep_table(replace(result, activity=no_ball))
    assert text == rep_table(result) + f"  {no_ball.sentence}\n"
    words = f"{no_ball.sentence}, such as its place and the floor under it"
    lines = rep_table(replace(result, activity=replace(no_ball, sentence=words))).splitlines()
    assert " ".join(line.strip() for line in lines[-2:]) == words
    assert lines[-1].startswith("    ")


def test_colours_change_nothing_but_colour(result):
    coloured = rep_table(result, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == rep_table(result)


def test_many_faults_stay_within_a_hundred_columns(result):
    fault = result.reps[1].faults[0]
    names = (
        "hyperextension",
        "bent-knees",
        "swinging",
        "fast-descent",
        "short-hold",
        "toe-touch",
        "legs-apart",
    )
    faults = tuple(replace(fault, name=name, severity="severe") for name in names)
    reps = tuple(
        replace(rep, faults=faults, not_assessable=(*names, *(f"{name}-too" for name in names))) for rep in result.reps
    )
    text = rep_table(replace(result, reps=reps))
    assert max(len(line) for line in text.splitlines()) <= 100
    assert all(text.count(f"{name} !!!") == 3 for name in names)


def test_sets_and_single_reps_are_named(result):
    first, second, third = result.reps
    reps = (
        replace(first, not_assessable=("bent-elbows",)),
        replace(second, set=2, not_assessable=()),
        replace(third, set=2, not_assessable=()),
    )
    sets = (
        SetSummary(1, 1, 0.8, 8.9, 100, Checks(12, 13)),
        SetSummary(2, 2, 9.8, 15.0, 37, Checks(13, 13)),
    )
    text = rep_table(replace(result, reps=reps, sets=sets))
    assert "  set 2\n    2 " in text
    foot = "set 1: 1 rep, score 100 of 100; set 2: 2 reps, score 37 of 100; all: score 58 of 100"
    assert foot in text
    assert "not assessable: bent-elbows (rep 1)" in text


def test_the_rep_table_says_what_a_score_covers(result):
    lines = rep_table(covering(result, 8, 5, 12)).splitlines()
    assert lines[2].endswith("    100  none, 8 of 13 checks seen")
    assert lines[3].endswith("      -  swinging !, short-hold !!, fast-descent !!!")
    assert lines[4] == " " * 49 + "only 5 of 13 checks seen"
    assert lines[5].endswith("     37  swinging !, short-hold !!, fast-descent !!!"), (
        "a single check less is told below"
    )
    assert lines[7] == "  3 reps, score 69 of 100, 8 of 13 checks seen"


def test_no_score_says_why_and_a_rep_without_fault_is_not_called_clean(result):
    text = rep_table(covering(result, 3, 2, 1))
    assert "      -  none, only 3 of 13 checks seen\n" in text
    assert "\n  3 reps, no score: only 2 of 13 checks seen\n" in text
    coloured = rep_table(covering(result, 12, 13, 13), colour=True)
    assert "\x1b[32mnone" not in coloured, "green is for reps of which all was seen"
    assert "\x1b[32mnone" in rep_table(covering(result, 13, 13, 13), colour=True)
    assert "none\n" in rep_table(covering(result, 13, 13, 13))


def test_reps_csv_tells_no_fault_from_not_seen(result, tmp_path):
    write_reps(covering(result, 13, 5, 13), tmp_path / "reps.csv")
    first, second, _ = read(tmp_path / "reps.csv")
    assert (first["score"], first["faults"], first["not_assessable"]) == ("100", "", "")
    assert second["score"] == ""
    assert second["not_assessable"] == ";".join(NAMES[5:])


def test_colour_is_for_terminals_whose_users_want_it(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert wants_colour(Terminal())
    assert not wants_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Terminal())


def test_rounding_is_by_name():
    assert rounded("roll_deg", -0.0001) == 0.0
    assert str(rounded("roll_deg", -0.0001)) == "0.0"
    assert rounded("lift_s", 1.23456) == 1.2346
    assert rounded("feet_gap_m", 0.123456) == 0.1235
    assert rounded("x", float("inf")) is None
