"""A real browser for tests of pages: Chromium and its driver, asked for once.

Where they are missing the tests are skipped, except where `CI` is set: there they must run.
"""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
BROWSER = pytest.mark.skipif(
    not (CHROMIUM and DRIVER) and not os.environ.get("CI"),
    reason="needs a browser: install chromium and chromedriver (Debian: chromium, chromium-driver)",
)
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage")


def chromium() -> Any:
    """A driver that notes what pages complain of and what they ask the network for; `quit` ends it."""
    from selenium import webdriver  # noqa: PLC0415  only where there is a browser
    from selenium.webdriver.chrome.service import Service  # noqa: PLC0415

    assert CHROMIUM, "CI is set: chromium is missing"
    assert DRIVER, "CI is set: chromedriver is missing"
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service(DRIVER))
