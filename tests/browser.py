"""A Chromium for the tests that look at pages, and the mark that such tests bear.

A pytest plugin (tests/conftest.py names it). The browser belongs to one module: Playwright allows
one running at a time in a thread, so a longer life would forbid every other.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), ""
)

expect.set_options(timeout=20_000)  # a busy machine is slow, which is no fault of the pages

BROWSER_MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
]
"""For a module: `pytestmark = BROWSER_MARKS`."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()
