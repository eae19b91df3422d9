"""Whole public pages in a browser: axe-core finds nothing on them in Arabic and English, light and
dark; they fit their screens; and a hostile edition runs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser

from tests.browser import BROWSER_MARKS
from tests.databases import NewDatabase
from tests.web.showcase import Showcase, showcase

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = BROWSER_MARKS

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

FIND = """async () => {
    const report = await axe.run(document);
    const told = report.violations.map(
        rule => `${rule.id}: ${rule.help}: ${rule.nodes.map(node => node.html).join(" | ")}`);
    return report.passes.length < 20 ? [...told, "axe looked at hardly anything"] : told;
}"""


@pytest.fixture(scope="module")
def site(
    new_database: NewDatabase, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Showcase]:
    with showcase(new_database, redis_url, tmp_path_factory.mktemp("showcase")) as made:
        yield made


def in_language(path: str, language: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed in tests/node_modules")
@pytest.mark.parametrize("language", ["ar", "en"])
def test_axe_finds_nothing(browser: Browser, site: Showcase, language: str) -> None:
    axe = AXE.read_text(encoding="utf-8")
    # The policies of the pages would keep axe out; what it looks at is the same without them.
    context = browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
    page = context.new_page()
    found: dict[str, Any] = {}
    for name, path in site.paths.items():
        if language == "en" and name.startswith("web-"):
            continue  # a mail has the language it was sent in
        page.goto(f"{site.base}{in_language(path, language)}")
        page.evaluate(axe)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            if problems := page.evaluate(FIND):
                found[f"{name}, {scheme}"] = problems
    context.close()
    assert found == {}


@pytest.mark.parametrize("width", [360, 600, 1200])
def test_no_page_is_wider_than_its_screen(browser: Browser, site: Showcase, width: int) -> None:
    """And none breaks its own policy."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
    for name, path in site.paths.items():
        page.goto(f"{site.base}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    context.close()
    assert [one for one in complaints if "the server responded with a status of 4" not in one] == []


@pytest.mark.parametrize("name", ["hostile-edition", "hostile-web"])
def test_a_hostile_edition_runs_nothing_and_sends_nobody_away(
    browser: Browser, site: Showcase, name: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    address = f"{site.base}{site.hostile[name]}"
    page.goto(address)
    page.get_by_text("متن", exact=True).last.click()
    page.get_by_role("link", name="رابط").last.click()
    page.get_by_role("button", name="زر").last.dispatch_event("click")
    page.wait_for_timeout(300)  # a form that was let through would be on its way by now
    assert page.url == address
    assert page.title() != "run"
    assert page.evaluate("document.baseURI") == address
    context.close()
