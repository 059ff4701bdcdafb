"""The report as text: what it must say, what it must never do, whatever the clip is called."""

from __future__ import annotations

import base64
import hashlib
import math
import re
import time
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from guards import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from outputs_fixture import SAMPLES, empty_result, result_from_truth

from formcheck.data.result import Result
from formcheck.outputs.chart import BUDGET, UNITS_PER_S, Chart, chart, curve, simplify
from formcheck.outputs.report import render, write_report
from formcheck.outputs.report_text import SAFETY, advice, clock, praise
from formcheck.rules.catalogue import RULES, find
from formcheck.rules.score import EXPLANATION

VOID = {"meta", "br", "img", "input", "link", "hr"}


class Page(HTMLParser):
    """Elements with their attributes and all text; fails where tags do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.raw: dict[str, str] = {}
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice in <{tag}>"
        self.elements.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("style", "script"):
            self.raw[self.open[-1]] = self.raw.get(self.open[-1], "") + data
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def having(self, name: str) -> list[dict[str, str]]:
        return [attrs for _, attrs in self.elements if name in attrs]

    def of(self, css_class: str) -> list[dict[str, str]]:
        return [a for _, a in self.elements if css_class in a.get("class", "").split()]


@pytest.fixture(scope="module")
def faulty() -> Result:
    return result_from_truth(SAMPLES / "clip10.truth.json")


def page_of(result: Result, video: str | None = "overlay.mp4") -> Page:
    return Page(render(result, video=video))


def named(result: Result, name: str) -> Result:
    source = replace(result.recording.source, name=name)
    return replace(result, recording=replace(result.recording, source=source))


def test_says_what_was_found(faulty: Result) -> None:
    page = page_of(faulty)
    assert "clip10.mp4" in page.text
    assert SAFETY in page.text
    assert EXPLANATION in page.text
    assert "3 reps in 1 set" in page.text
    for name in {fault.name for rep in faulty.reps for fault in rep.faults}:
        assert find(name).why in page.text
        assert find(name).do in page.text
    assert "Not assessable until the ball is found." in page.text


def test_every_rep_and_fault_leads_to_its_time(faulty: Result) -> None:
    page = page_of(faulty)
    rows = [float(row["data-t"]) for row in page.of("rep")]
    assert rows == pytest.approx([rep.numbers["lift_start_s"] for rep in faulty.reps], abs=1e-3)
    times = sorted(fault.time_s for rep in faulty.reps for fault in rep.faults)
    for place in ("mark", "jump"):
        assert sorted(float(a["data-t"]) for a in page.of(place)) == pytest.approx(times, abs=1e-3)
    assert all(a["href"].startswith("overlay.mp4#t=") for a in page.of("mark"))


@pytest.mark.parametrize("number", range(1, 15))
def test_every_sample_gives_a_small_sound_page(number: int) -> None:
    html = render(result_from_truth(SAMPLES / f"clip{number:02d}.truth.json"), video="overlay.mp4")
    Page(html)
    assert len(html.encode()) < 200_000
    assert not re.search(r"\bnan\b|\bNone\b|Undefined", html.split("<script>")[0])


def test_nothing_comes_from_elsewhere(faulty: Result) -> None:
    html = render(faulty, video="overlay.mp4")
    page = Page(html)
    assert not re.search(r"https?:|//[a-z]", html.replace("// ", ""))
    assert not {tag for tag, _ in page.elements} & {"link", "iframe", "object", "embed", "base", "form"}
    assert not page.having("style")
    assert not [a for _, attrs in page.elements for a in attrs if a.startswith("on")]
    policy = next(a["content"] for a in page.having("http-equiv"))
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        digest = base64.b64encode(hashlib.sha256(page.raw[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


NASTY = """a "b" 'c' <i>&amp; #1 100% ?x=1 é 球 {{ 7*7 }}</script>.mp4"""


def test_a_nasty_name_stays_a_name(faulty: Result) -> None:
    page = page_of(named(faulty, NASTY), video=NASTY)
    assert " ".join(NASTY.split()) in page.text
    video = next(attrs for tag, attrs in page.elements if tag == "video")
    assert unquote(video["src"]) == NASTY
    assert not set(video["src"]) & set("\"'<>#? ")


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_any_name_survives(name: str) -> None:
    page = page_of(named(empty_result(), name), video=name)
    assert next(a["src"] for tag, a in page.elements if tag == "video") is not None
    assert unquote(next(a["src"] for tag, a in page.elements if tag == "video")) == name
    assert " ".join(name.split()) in page.text


def test_without_video_nothing_promises_one(faulty: Result) -> None:
    page = page_of(faulty, video=None)
    assert not [tag for tag, _ in page.elements if tag in ("video", "button")]
    assert not [a for a in page.having("data-t") if "href" in a]
    assert "--no-video" in page.text
    assert "Click anywhere" not in page.text


def test_no_reps_is_said_and_helped() -> None:
    page = page_of(empty_result())
    assert "No reps found" in page.text
    assert "Nobody was seen" in page.text
    assert "a warning" in page.text
    assert "level with your hips" in page.text
    assert not page.of("rep")
    assert "Nothing to correct" not in page.text
    assert "Good" not in page.text


def test_no_frames_at_all_still_gives_a_page() -> None:
    result = empty_result(seconds=0.0)
    assert len(result.frames) == 0
    assert "No reps found" in page_of(result, video=None).text


def test_unknown_numbers_are_called_unknown(faulty: Result) -> None:
    rep = faulty.reps[0]
    lost = replace(rep, numbers=rep.numbers | {"hold_s": math.nan, "lift_start_s": math.nan})
    page = page_of(replace(faulty, reps=(lost, *faulty.reps[1:])))
    assert "unknown" in page.text
    assert len(page.of("rep")) == 3
    assert len(page.of("rep-link")) == 2


def test_praise_only_for_what_was_measured(faulty: Result) -> None:
    clean = result_from_truth(SAMPLES / "clip09.truth.json")
    assert "Held long enough" in praise(clean)
    assert "Held long enough" not in praise(faulty)
    assert "Ball under the hips" not in praise(clean)  # not assessable
    unmeasured = tuple(replace(rep, numbers=rep.numbers | {"hold_s": math.nan}) for rep in clean.reps)
    assert "Held long enough" not in praise(replace(clean, reps=unmeasured))
    doubtful = tuple(replace(rep, not_assessable=(*rep.not_assessable, "short-hold")) for rep in clean.reps)
    assert "Held long enough" not in praise(replace(clean, reps=doubtful))


def test_praise_without_ball_does_not_speak_of_it() -> None:
    words = {rule.name: rule.praise for rule in RULES}
    assert all(each.written and each.without_ball for each in words.values())
    assert words["unstable-support"].written == "Hands and ball still"
    assert words["unstable-support"].without_ball == "Hands still"


def test_advice_follows_the_camera(faulty: Result) -> None:
    def with_camera(**changes: float | None) -> str:
        recording = faulty.recording
        calibration = replace(recording.calibration, **changes)  # type: ignore[arg-type]
        return " ".join(advice(replace(faulty, recording=recording.with_calibration(calibration))))

    assert "towards your feet" in with_camera(yaw_deg=25.0)
    assert "towards your head" in with_camera(yaw_deg=-25.0)
    assert "could not be told" in with_camera(yaw_deg=None)
    assert with_camera(yaw_deg=3.0, roll_deg=1.0) == ""


def test_gaps_are_drawn_as_gaps(faulty: Result) -> None:
    frames = faulty.frames
    angles = {name: values.copy() for name, values in frames.angles.items()}
    angles["leg_elevation_deg"][100:130] = np.nan
    drawn = picture(replace(faulty, frames=replace(frames, angles=angles)))
    assert drawn.leg.count("M") == 2
    (gap,) = drawn.gaps
    assert gap.start_s == pytest.approx(frames.time_s[99], abs=1e-3)
    assert gap.end_s == pytest.approx(frames.time_s[130], abs=1e-3)


def picture(result: Result) -> Chart:
    drawn = chart(result)
    assert drawn is not None
    return drawn


def test_marks_lie_at_their_time_and_cover_no_other(faulty: Result) -> None:
    drawn = picture(faulty)
    for mark in drawn.marks:
        assert mark.x == pytest.approx(100 * mark.finding.time_s / drawn.duration_s, abs=1e-3)
        assert mark.y < drawn.top <= mark.curve_y <= drawn.bottom
    places = [(mark.x / 100 * drawn.min_width, mark.y) for mark in drawn.marks]
    for number, (x, y) in enumerate(places):
        assert all(abs(x - other) >= 20 or abs(y - row) >= 20 for other, row in places[:number])


def test_bands_tile_the_recording(faulty: Result) -> None:
    bands = picture(faulty).bands
    assert all(a.end_s == b.start_s for a, b in pairwise(bands))
    assert {"rest", "lift", "hold", "lower"} == {band.phase for band in bands}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-500, 500), min_size=1, max_size=200), st.floats(0.1, 5))
def test_simplified_curve_stays_within_tolerance(values: list[float], tolerance: float) -> None:
    y = np.array(values)
    kept = simplify(y, tolerance, 10_000)
    again = np.interp(np.arange(len(y)), kept, y[kept])
    assert np.abs(again - y).max() <= tolerance + 1e-9


def test_a_long_recording_keeps_to_its_budget() -> None:
    noise = np.random.default_rng(1).normal(0, 40, 36_000)
    path = curve(np.arange(36_000) / 30, noise)
    assert path.count("L") + 1 == BUDGET
    xs = [int(point.split()[0]) for point in path[1:].split("L")]
    assert xs == sorted(xs)
    assert xs[0] == 0
    assert xs[-1] == round(35_999 / 30 * UNITS_PER_S)


@pytest.mark.parametrize(("second", "text"), [(0.0, "0.0 s"), (59.94, "59.9 s"), (59.97, "1:00"), (61.2, "1:01")])
def test_clock(second: float, text: str) -> None:
    assert clock(second) == text


def test_written_as_utf8_and_fast(faulty: Result, tmp_path: Path, benchmarks: Any) -> None:
    """Quick is what takes no longer than 200 rounds of calls of numpy, processor time: 0.07 s on a quick machine."""
    path = tmp_path / "report.html"
    write_report(faulty, path, video="overlay.mp4")
    shares = []
    for _ in range(5):
        start = time.process_time()
        reference(200)
        between = time.process_time()
        write_report(faulty, path, video="overlay.mp4")
        shares.append((time.process_time() - between) / (between - start))
    assert min(shares) < 1
    assert "−" in path.read_text(encoding="utf-8")
