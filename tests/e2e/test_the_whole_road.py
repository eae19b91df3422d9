"""The main job as a newcomer does it: one command, then a browser from sign-up to a digest in
the mailbox and out again. Everything is real; nothing is reached past the pages."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.config import PROJECT_ROOT, REQUIRED
from app.embedded.ports import free_port
from tests.browser import BROWSER_MARKS

pytestmark = BROWSER_MARKS

READY = "Ctrl-C stops everything"
READER = "reader+morning@example.org"
STAYS = "stays@example.org"
PERSON = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"
)
"""The browser of the tests says that nobody sits in front of it."""


@dataclass(frozen=True, kw_only=True)
class Installation:
    """A running `nashra up --samples` and the login it printed."""

    base: str
    login: str
    password: str


@pytest.fixture(scope="module")
def nashra(register_of_instances: None) -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="nashra-road-"))
    folder.chmod(0o711)
    said = folder / "said"
    env = {k: v for k, v in os.environ.items() if k not in (*REQUIRED, "DATA_DIR", "BASE_URL")}
    with said.open("w") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "app.cli", "up", "--samples"),
                *(f"--data={folder / 'data'}", f"--port={free_port()}"),
            ],
            cwd=PROJECT_ROOT,
            env=env,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _eventually(lambda: READY in said.read_text() or process.poll() is not None, 120)
        text = said.read_text()
        assert READY in text, text
        site = re.search(r"site\s+(http://\S+?)/?\n", text)
        login = re.search(r"login\s+(\S+)\n\s+password: (\S+),", text)
        assert site is not None, text
        assert login is not None, text
        yield Installation(base=site[1], login=login[1], password=login[2])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def page(browser: Browser, nashra: Installation) -> Iterator[Page]:
    context = browser.new_context(base_url=nashra.base, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def _eventually(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.1)


def newest_mail(page: Page, to: str, *, more_than: int = 0) -> str:
    """Waits for another mail to this reader and opens it; returns its text part."""

    def there() -> bool:
        page.goto(f"/mailbox?q={to.replace('+', '%2B')}")
        return page.locator("ol.mails li").count() > more_than

    _eventually(there, 30)
    page.locator("ol.mails li a").first.click()
    page.goto(f"{page.url.partition('?')[0]}?view=text")
    return page.locator("pre.mail-text").inner_text()


def mails_to(page: Page, to: str) -> int:
    page.goto(f"/mailbox?q={to.replace('+', '%2B')}")
    return page.locator("ol.mails li").count()


def link(text: str, path: str) -> str:
    found = re.search(rf"https?://\S+{path}[\w-]{{32}}", text)
    assert found is not None, text
    return found[0]


def sign_up(page: Page, address: str, *, cadence: str) -> None:
    """From the form to the confirmed subscription: opening the link changes nothing, its button
    does. Nobody who types faster than a person is let through."""
    page.goto("/subscribe")
    page.locator("form input[type=email]").fill(address)
    page.locator(f"form input[name=cadence][value={cadence}]").check(force=True)
    time.sleep(2.5)
    page.locator("form:has(input[type=email]) button.button").click()
    expect(page).to_have_url(re.compile("/subscribed"))
    page.goto(link(newest_mail(page, address), "/confirm/"))
    page.locator("main form button").click()
    expect(page.locator("main h1")).to_be_visible()


def log_in(page: Page, nashra: Installation) -> None:
    page.goto("/admin/login")
    page.locator("input[name=email]").fill(nashra.login)
    page.locator("input[name=password]").fill(nashra.password)
    page.locator("form:has(input[name=password]) button.button").click()
    expect(page).not_to_have_url(re.compile("login"))


def make_draft(page: Page, kind: str, subject: str = "") -> None:
    """Makes a draft step by step; ends on its preview."""
    page.goto("/admin/campaigns/new")
    page.locator(f"input[name=kind][value={kind}]").check(force=True)
    page.locator("form.sheet .actions button.button").click()
    page.wait_for_url("**/content")
    if subject:
        page.locator("textarea[name=note]").fill(subject)
    for step in ("audience", "look", "preview"):
        if step == "preview" and subject:
            page.locator("input[name=subject]").fill(subject)
        page.locator(".actions button[name=go][value=next]").click()
        page.wait_for_url(f"**/{step}")


def send_campaign(page: Page, kind: str, subject: str = "") -> None:
    """Makes a draft, has it checked and sends it, through the pages alone."""
    make_draft(page, kind, subject)
    check_campaign(page)
    accept = page.locator("section.ask input[name=accept]")
    if accept.count():
        accept.check()
    page.locator("section.ask form button").click()
    page.wait_for_url(re.compile(r"/admin/campaigns/\d+$"))


def check_campaign(page: Page) -> None:
    """Has the draft on the page checked; the page moves on by itself when a worker is done."""
    page.locator("header a[href$='/when']").click()
    page.locator("form[action$='/when'] button[value=next]").click()
    page.wait_for_url(re.compile(r"/admin/campaigns/\d+/send$"))
    expect(page.locator(".checklist")).to_be_visible(timeout=60_000)


def test_from_the_sign_up_to_a_digest_and_out_again(page: Page, nashra: Installation) -> None:
    page.goto("/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("main article").count() > 0, "the samples stand on the front page"
    sign_up(page, READER, cadence="daily")
    sign_up(page, STAYS, cadence="weekly")

    # An editor sends the digest.
    log_in(page, nashra)
    send_campaign(page, "digest")
    campaign = page.url
    digest = newest_mail(page, READER, more_than=1)
    assert "/u/" in digest
    page.goto(f"{page.url.partition('?')[0]}?view=html")
    frame = page.frame_locator("iframe").first
    expect(frame.locator("h1")).to_have_count(1)
    assert frame.locator("html").get_attribute("dir") == "rtl"

    # A link of the mail leads to its article, and is counted.
    clicked = page.request.get(link(digest, "/c/"), headers={"User-Agent": PERSON}, max_redirects=0)
    assert clicked.status == 302
    assert "/c/" not in clicked.headers["location"]
    page.goto(campaign)
    expect(page.locator(".links tbody td.figure").first).to_have_text("١")

    # Preferences by the link in the mail.
    page.goto(link(digest, "/p/"))
    page.locator("input[name=cadence][value=weekly]").check(force=True)
    page.locator("main form button.button").first.click()
    page.goto(link(digest, "/p/"))
    expect(page.locator("input[name=cadence][value=weekly]")).to_be_checked()

    # A second digest has nothing new for anybody, and says so.
    make_draft(page, "digest")
    check_campaign(page)
    expect(page.locator("#list-title")).to_have_text("لن يُرسل شيء")
    expect(page.locator("section.ask form")).to_have_count(0)
    assert mails_to(page, READER) == 2

    # Leave by the link in the mail: the page alone does nothing, its button does.
    page.goto(link(digest, "/u/"))
    page.locator("main form button").first.click()
    expect(page.locator("main h1")).to_be_visible()
    send_campaign(page, "announcement", "إعلان بعد المغادرة")
    newest_mail(page, STAYS, more_than=2)
    assert mails_to(page, READER) == 2, "after leaving, no further mail"


def test_the_road_works_without_javascript(browser: Browser, nashra: Installation) -> None:
    context = browser.new_context(base_url=nashra.base, java_script_enabled=False)
    page = context.new_page()
    page.goto("/?lang=en")
    assert page.locator("html").get_attribute("dir") == "ltr"
    sign_up(page, "plain@example.org", cadence="weekly")
    context.close()
