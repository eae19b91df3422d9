from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.judges.eye import launch, opened


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page on which mails are drawn as in the approved pictures."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        with opened(browser) as page:
            yield page
        browser.close()
