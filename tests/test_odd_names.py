"""Files of odd names: a whole report in which the name is only text, or one line."""

from __future__ import annotations

import html.parser
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import LINUX, Run
from results import summary, whole

from formcheck.cli import main


@pytest.mark.parametrize("name", ["two\nlines.mp4", os.fsdecode(b"\xff\xfe.mp4"), "x" * 300 + ".mp4", ""])
def test_a_missing_file_of_an_odd_name(tmp_path: Path, out: Path, refused: Callable[..., str], name: str) -> None:
    refused(2, "analyze", f"{tmp_path}/none/{name}", "--out", out)


NAMES = [
    'it\'s a "set" of 3 <b>bold & more.mp4',
    "100% #1? {{ x }} %d.mp4",
    "Übung à la 体操 \N{FLEXED BICEPS}.mp4",
    "</script><script>alert(1)</script>.mp4".replace("/", "\N{FRACTION SLASH}"),
    "-q.mp4",
]


class _Page(html.parser.HTMLParser):
    """What a browser would make of a page: its tags, links and words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for key, value in attrs if key in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("name", NAMES)
def test_any_file_name_makes_a_whole_report(tmp_path: Path, out: Path, short: Path, name: str) -> None:
    plain = tmp_path / "plain.mp4"
    plain.write_bytes(short.read_bytes())
    video = plain.with_name(name)
    assert main(["analyze", str(plain), "--model", "lite", "--out", str(out), "--quiet"]) == 0
    plain.rename(video)
    assert main(["analyze", "--model", "lite", "--out", str(out), "--quiet", "--", str(video)]) == 0
    result = out / f"{video.stem}_formcheck"
    assert whole(result, video.stem)
    assert summary(result)["source"]["name"] == name
    pages = [_Page((each / "report.html").read_text("utf-8")) for each in (out / "plain_formcheck", result)]
    assert pages[0].tags == pages[1].tags, "the name has become part of the page"
    assert name in pages[1].words
    assert pages[0].sources == pages[1].sources


@LINUX
def test_a_name_that_is_not_text(tmp_path: Path, out: Path, short: Path, run: Run) -> None:
    """Bytes that are no UTF-8, on which OpenCV itself crashes: a result or one line."""
    video = tmp_path / os.fsdecode(b"caf\xe9.mp4")
    try:
        video.write_bytes(short.read_bytes())
    except OSError:
        pytest.skip("this file system takes no such names")
    done = run("analyze", video, "--model", "lite", "--out", out, "--quiet")
    assert done.returncode in (0, 2), done.stderr
    assert "Traceback" not in done.stderr
    results = list(out.glob("*_formcheck")) if out.exists() else []
    assert len(results) == (done.returncode == 0)
