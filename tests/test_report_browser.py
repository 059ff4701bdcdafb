"""The report in a real browser: a click moves the video, nothing complains, nothing leaves the machine.

Needs Chromium and its driver, see `browsers.py`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from browsers import BROWSER, chromium
from outputs_fixture import SAMPLES, result_from_truth

from formcheck.data.result import Result
from formcheck.outputs.report import write_report

pytestmark = BROWSER
FOLDER = """a "b" <c> 100% #1 é"""  # the page must find its video in any folder
CLIP = "clip10"
TOLERANCE_S = 0.05


@pytest.fixture(scope="module")
def result() -> Result:
    found = result_from_truth(SAMPLES / f"{CLIP}.truth.json")
    source = replace(found.recording.source, name=f"{FOLDER}.mp4")
    return replace(found, recording=replace(found.recording, source=source))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    driver = chromium()
    yield driver
    driver.quit()


@pytest.fixture
def folder(tmp_path: Path, result: Result) -> Path:
    place = tmp_path / FOLDER
    place.mkdir()
    shutil.copy(SAMPLES / f"{CLIP}.mp4", place / "overlay.mp4")
    write_report(result, place / "report.html", video="overlay.mp4")
    return place


def show(browser: Any, page: Path, width: int = 1280, height: int = 800) -> None:
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    for kind in ("browser", "performance"):
        browser.get_log(kind)
    browser.get(page.as_uri())
    until(browser, "return document.querySelector('video')?.readyState >= 2")


def until(browser: Any, script: str) -> None:
    from selenium.webdriver.support.ui import WebDriverWait  # noqa: PLC0415

    WebDriverWait(browser, 20, 0.05).until(lambda driver: driver.execute_script(script))


def click(browser: Any, selector: str, number: int = 0) -> float:
    """Click the element in its middle, as a mouse does; the time at which the video then stands."""
    from selenium.webdriver.common.action_chains import ActionChains  # noqa: PLC0415

    target = browser.find_elements("css selector", selector)[number]
    browser.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", target)
    ActionChains(browser).move_to_element(target).click().perform()
    return standing(browser)


def standing(browser: Any) -> float:
    until(browser, "return !document.querySelector('video').seeking")
    return float(browser.execute_script("return document.querySelector('video').currentTime"))


def complaints(browser: Any) -> list[str]:
    """What the console said, and every address that is no local file."""
    said = [entry["message"] for entry in browser.get_log("browser")]
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert any(url.endswith("overlay.mp4") for url in asked), "the requests were not watched"
    return said + [url for url in asked if not url.startswith(("file:", "data:"))]


def test_click_on_a_rep_moves_the_video(browser: Any, folder: Path, result: Result, tmp_path: Path) -> None:
    show(browser, folder / "report.html")
    for number in (2, 1, 0):
        start = result.reps[number].numbers["lift_start_s"]
        assert click(browser, "tr.rep .score-cell", number) == pytest.approx(start, abs=TOLERANCE_S)
        assert click(browser, "tr.rep .rep-name", number) == pytest.approx(start, abs=TOLERANCE_S)
        assert click(browser, ".rep-link", number) == pytest.approx(start, abs=TOLERANCE_S)
    assert "rep 1 · lift" in browser.find_element("css selector", ".now").text
    assert browser.find_element("css selector", "tr.now-playing").get_attribute("data-name") == "rep 1"
    assert complaints(browser) == []
    browser.save_screenshot(str(tmp_path / "laptop.png"))
    assert (tmp_path / "laptop.png").stat().st_size > 20_000


@pytest.mark.parametrize("selector", [".mark .hit", ".jump"])
def test_click_on_a_fault_moves_the_video(browser: Any, folder: Path, result: Result, selector: str) -> None:
    show(browser, folder / "report.html")
    faults = [fault for rep in result.reps for fault in rep.faults]
    for number in (len(faults) - 1, 0):
        moved = click(browser, selector, number)
        assert min(abs(moved - fault.time_s) for fault in faults) < TOLERANCE_S
        node = browser.find_elements("css selector", selector)[number]
        wanted = browser.execute_script("return arguments[0].closest('[data-t]').dataset.t", node)
        assert moved == pytest.approx(float(wanted), abs=TOLERANCE_S)
    assert complaints(browser) == []


def test_click_in_the_picture_moves_the_video(browser: Any, folder: Path, result: Result) -> None:
    show(browser, folder / "report.html")
    middle = result.recording.source.duration_s / 2
    assert click(browser, ".plot") == pytest.approx(middle, abs=0.1)


def test_keys_move_the_video(browser: Any, folder: Path, result: Result) -> None:
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415

    show(browser, folder / "report.html")
    head = browser.find_element("css selector", ".playhead")
    for key, start in ((Keys.PAGE_DOWN, 0), (Keys.PAGE_DOWN, 1), (Keys.PAGE_UP, 0)):
        head.send_keys(key)
        wanted = result.reps[start].numbers["lift_start_s"]
        assert standing(browser) == pytest.approx(wanted, abs=TOLERANCE_S)
    mark = browser.find_element("css selector", ".mark")
    mark.send_keys(Keys.ENTER)
    assert standing(browser) == pytest.approx(float(mark.get_attribute("data-t")), abs=TOLERANCE_S)


def test_the_playhead_follows_the_video(browser: Any, folder: Path) -> None:
    show(browser, folder / "report.html")
    browser.execute_script("const v = document.querySelector('video'); v.muted = true; v.play()")
    until(browser, "return document.querySelector('video').currentTime > 0.5")
    until(browser, "return parseFloat(document.querySelector('.playhead').getAttribute('x')) > 2")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (820, 1180), (1280, 800)])
def test_no_sideways_scrolling(browser: Any, folder: Path, tmp_path: Path, width: int, height: int) -> None:
    show(browser, folder / "report.html", width, height)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    browser.save_screenshot(str(tmp_path / f"{width}.png"))
    click(browser, "tr.rep .rep-name", 1)
    box = browser.execute_script("return document.querySelector('video').getBoundingClientRect().toJSON()")
    assert box["top"] >= -1
    assert box["bottom"] <= height
    assert complaints(browser) == []


def test_a_lost_video_is_explained(browser: Any, folder: Path) -> None:
    (folder / "overlay.mp4").unlink()
    browser.get((folder / "report.html").as_uri())
    until(browser, "return !document.querySelector('.lost').hidden")
    assert "same folder" in browser.find_element("css selector", ".lost").text
