"""The page of a batch: every clip a row, each leading to its report; sorted and searched in a real browser.

The second half needs Chromium and its driver, see `browsers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from batches import inline, recordings
from browsers import BROWSER, chromium

from formcheck import Limits
from formcheck.batch import Options, batch, overview
from formcheck.batch.overview import write_overview

FAULTS = ("short-hold 3;bent-knees 1", "", "short-hold 2")


def clip(number: int, **others: object) -> dict[str, Any]:
    values = {
        "clip": f"gym/set {number}.mp4",
        "error": None,
        "score": 100 - 7 * number,
        "reps": 3,
        "duration_s": 20.0 + number,
        "faults": FAULTS[number % 3],
        "not_assessable": "",
        "checks_seen": 13,
        "checks_of": 13,
        "warnings": "",
        "link": f"clips/{number:032x}.html",
    }
    return values | others


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten clips, one with a name that is HTML, one that failed."""
    folder = tmp_path_factory.mktemp("scores_report")
    clips = [clip(number) for number in range(8)]
    clips.append(clip(8, clip="gym/<b>&.mp4", warnings="the picture is dark; more light helps"))
    clips.append(clip(9, score=None, reps=None, faults=None, error="no picture in it", link=None))
    (folder / "clips").mkdir()
    for row in clips:
        if row["link"]:
            (folder / row["link"]).write_text(f"<title>report of {row['clip'].replace('<', '')}</title>")
    write_overview(clips, folder, "scores.parquet")
    return folder / "index.html"


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def test_every_link_leads_to_a_report(page: Path) -> None:
    links = Links()
    links.feed(page.read_text(encoding="utf-8"))
    assert len([link for link in links.found if not link.startswith("#")]) == 9
    assert all((page.parent / link).is_file() for link in links.found)


def test_names_are_text(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "&lt;b&gt;&amp;.mp4" in text
    assert "<b>&" not in text


def test_of_very_many_clips_the_lowest_scores_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "MOST", 2)
    write_overview([clip(1), clip(9), clip(2), clip(5, score=None, error="broken", link=None)], tmp_path, "s.csv")
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.findall(r">(set \d\.mp4)", text) == ["set 9.mp4", "set 5.mp4"]
    assert "2 more are in s.csv" in text


def test_what_has_no_score_comes_after_what_has_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "MOST", 2)
    empty = clip(6, score=None, reps=0)
    write_overview([clip(1, score=None), clip(2), clip(3, score=None), empty], tmp_path, "s.csv")
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.findall(r">(set \d\.mp4)", text) == ["set 2.mp4", "set 6.mp4"]


def told(page: Path) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8").split("<body>")[1]).split())


def test_scores_are_told_with_what_they_cover(tmp_path: Path) -> None:
    unseen = "legs-apart 3;toe-touch 3"
    clips = [
        clip(0, score=100, checks_seen=13),
        clip(1, score=80, reps=1, checks_seen=7, not_assessable=unseen, faults=""),
        clip(4, score=None, checks_seen=5, not_assessable=unseen, faults=""),
    ]
    write_overview(clips, tmp_path, "s.csv")
    text = told(tmp_path / "index.html")
    assert "Mean score 95 Reps 7 Too little seen 1 Failed 0" in text, "three reps of 100 and one of 80"
    assert "80 7 of 13 checks seen" in text
    assert "none, 7 of 13 checks seen" in text
    assert "– only 5 of 13 checks seen" in text
    assert "none, 5 of 13 checks seen" in text
    assert "none found" not in text


def test_the_mean_covers_what_its_clips_cover(tmp_path: Path) -> None:
    write_overview([clip(0, checks_seen=8), clip(1, checks_seen=9), clip(2, score=None, checks_seen=2)], tmp_path, "s")
    assert "Mean score 96 8 of 13 checks seen" in told(tmp_path / "index.html")
    write_overview([clip(0, score=None, checks_seen=2)], tmp_path, "s")
    assert "Mean score – Reps 3 Too little seen 1" in told(tmp_path / "index.html")


def test_a_batch_writes_reports_and_takes_old_ones_away(tmp_path: Path) -> None:
    kept = recordings(tmp_path / "kept", 3)
    out = tmp_path / "scores.csv"

    def run(limits: Limits) -> set[str]:
        options = Options([kept], out=out, from_recordings=True, report=True, jobs=1, limits=limits)
        batch(options, quiet=True, run=inline)
        links = Links()
        links.feed((tmp_path / "scores_report" / "index.html").read_text(encoding="utf-8"))
        there = {f"clips/{item.name}" for item in (tmp_path / "scores_report" / "clips").iterdir()}
        assert there == set(links.found) - {"#"}
        return there

    (tmp_path / "scores_report" / "clips").mkdir(parents=True)
    first = run(Limits())
    assert len(first) == 3
    assert not first & run(Limits(hold_min_s=5.0))
    assert run(Limits()) == first, "known rows whose reports are gone are reported again"


# ---------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    browser = chromium()
    yield browser
    browser.quit()


def opened(driver: Any, page: Path, width: int) -> Any:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    driver.get(page.as_uri())
    return driver


def scores(driver: Any) -> list[str]:
    script = (
        "return [...document.querySelectorAll('tbody tr')].filter(r => r.offsetParent).map(r => r.cells[1].dataset.v)"
    )
    return list(driver.execute_script(script))


@BROWSER
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_and_the_console_is_silent(driver: Any, page: Path, width: int) -> None:
    opened(driver, page, width)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    assert driver.get_log("browser") == []


@BROWSER
def test_a_click_on_a_heading_sorts(driver: Any, page: Path) -> None:
    opened(driver, page, 1280)
    assert scores(driver) == [*map(str, range(100, 43, -7)), ""]
    head = driver.find_elements("css selector", "thead th")[1]
    head.find_element("css selector", "button").click()
    assert scores(driver) == [*map(str, range(44, 101, 7)), ""], "lowest first, what has no score last"
    assert head.get_attribute("aria-sort") == "ascending"
    head.find_element("css selector", "button").click()
    assert scores(driver) == [*map(str, range(100, 43, -7)), ""]
    assert head.get_attribute("aria-sort") == "descending"


@BROWSER
@pytest.mark.parametrize("width", [1280, 390])
def test_what_is_typed_is_searched(driver: Any, page: Path, width: int) -> None:
    opened(driver, page, width)
    search = driver.find_element("id", "search")
    search.send_keys("bent knees")
    assert scores(driver) == ["100", "79", "58"]
    assert driver.find_element("id", "found").text == "3 of 10 shown"


@BROWSER
def test_on_a_phone_a_list_sorts(driver: Any, page: Path) -> None:
    opened(driver, page, 390)
    driver.execute_script(
        "const list = document.querySelector('#order'); list.value = '1 0'; list.dispatchEvent(new Event('change'))"
    )
    assert scores(driver)[0] == "44"


@BROWSER
def test_a_row_leads_to_its_report(driver: Any, page: Path) -> None:
    opened(driver, page, 1280)
    driver.find_element("css selector", "tbody a").click()
    assert driver.title == "report of gym/set 0.mp4"
